/**
 * Piece compressor: compresses a long string piece by piece, so that nobody waits for the whole.
 *
 * LZF has neither head nor tail, and a reference never reaches before what was written: pieces that
 * were compressed alone, one behind the other, are a compressed whole.
 *
 * @module
 */

import { compressLzf } from "../../base/lzf.ts";

const FIRST_ROOM_BYTES = 64 * 1024;
/** A piece that can't be compressed takes one more byte for each so many. */
const PIECE_GROWTH = 32;
const PIECE_EXTRA_BYTES = 16;

/** The compressed bytes of one string. */
export class PieceCompressor {
  /** The first `length` bytes count. */
  bytes = new Uint8Array(FIRST_ROOM_BYTES);
  length = 0;
  /** Whether what came out so far is shorter than the string may be. */
  isWorthIt: boolean;
  readonly #bytesMax: number;

  /** @param bytesMax More than that is not worth it. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.isWorthIt = bytesMax > 0;
  }

  /** Adds the next piece, `source[start, end)`. */
  add(source: Uint8Array, start: number, end: number): void {
    const pieceBytes = end - start;
    const roomBytes = pieceBytes + Math.ceil(pieceBytes / PIECE_GROWTH) + PIECE_EXTRA_BYTES;
    this.#reserve(roomBytes);
    const pieceEnd = this.length + roomBytes;
    const compressedEnd = compressLzf(source, start, end, this.bytes, this.length, pieceEnd);
    if (compressedEnd !== 0) this.length = compressedEnd;
    this.isWorthIt = compressedEnd !== 0 && this.length <= this.#bytesMax;
  }

  #reserve(byteCount: number): void {
    if (this.length + byteCount <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + byteCount));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
