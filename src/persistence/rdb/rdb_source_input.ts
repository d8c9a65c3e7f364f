/**
 * RDB source input: a file that is read piece by piece.
 *
 * A primitive lies in one array wherever pieces meet: what is left of the last piece goes in front of
 * the next. That goes into another array, so that views on the piece before stay good; an array is used
 * again when so many strings have been read since that no view on it is good any longer.
 *
 * Always true: the checksum covers what was read before `at` when it was last asked for.
 *
 * @module
 */

import { EMPTY_BYTES } from "../../base/byte_view.ts";
import { Crc64 } from "../../base/crc64.ts";
import type { ByteSource } from "../byte_source.ts";
import { ShortRdbError } from "./rdb_error.ts";
import { RdbInput } from "./rdb_input.ts";

/** Bytes asked of a source at a time. */
const PIECE_BYTES = 256 * 1024;
/** Length of the arrays, so that what is left of a piece has room before the next. */
const PIECE_ROOM_BYTES = PIECE_BYTES + 64 * 1024;

/** Arrays that are kept to be used again. */
const KEPT_PIECE_COUNT = 3;
/** Strings after which a view is good no longer. */
const VIEW_STRINGS = 2;

/** An array that held a piece. */
interface LeftPiece {
  bytes: Uint8Array;
  /** Strings that had been read when the next piece took its place. */
  stringCount: number;
}

/** A position in a source of bytes. */
export class RdbSourceInput extends RdbInput {
  readonly #source: ByteSource;
  readonly #crc: Crc64 | undefined;
  /** Up to where the checksum covers `bytes`. */
  #summedEnd = 0;
  #hasEnded = false;
  readonly #leftPieces: LeftPiece[] = [];

  /** @param isChecksummed Whether a checksum runs along. */
  constructor(source: ByteSource, isChecksummed: boolean) {
    super(EMPTY_BYTES, 0, 0);
    this.#source = source;
    this.#crc = isChecksummed ? new Crc64() : undefined;
  }

  /** The checksum of all bytes read so far; `undefined` when none runs along. */
  checksum(): Crc64 | undefined {
    this.#crc?.update(this.bytes, this.#summedEnd, this.at);
    this.#summedEnd = this.at;
    return this.#crc;
  }

  protected override refill(byteCount: number): void {
    this.checksum();
    const { bytes, at, end } = this;
    let piece = this.#pieceFor(end - at + PIECE_BYTES);
    piece.set(bytes.subarray(at, end));
    let filled = end - at;
    // Guide: room for a long string is doubled as it fills, so that a lie about a length costs little.
    while (filled < byteCount && !this.#hasEnded) {
      if (filled === piece.length) {
        const grown = new Uint8Array(Math.min(2 * piece.length, byteCount + PIECE_BYTES));
        grown.set(piece);
        piece = grown;
      }
      const readBytes = this.#source.read(piece.subarray(filled));
      this.#hasEnded = readBytes === 0;
      filled += readBytes;
    }
    this.#keepPiece();
    this.base += at;
    this.bytes = piece;
    this.at = 0;
    this.end = filled;
    this.#summedEnd = 0;
    if (filled < byteCount) throw new ShortRdbError("Bytes are missing", this.offset);
  }

  /** An array of at least so many bytes that no view lies in. */
  #pieceFor(byteCount: number): Uint8Array {
    const goodFrom = this.rawStringCount - VIEW_STRINGS;
    const index = this.#leftPieces.findIndex(({ bytes, stringCount }) =>
      bytes.length >= byteCount && stringCount <= goodFrom
    );
    if (index >= 0) return this.#leftPieces.splice(index, 1)[0].bytes;
    return new Uint8Array(Math.max(byteCount, PIECE_ROOM_BYTES));
  }

  /** Keeps the array of the piece that is left, instead of the one kept for longest. */
  #keepPiece(): void {
    const { bytes, rawStringCount: stringCount } = this;
    if (bytes.length > PIECE_ROOM_BYTES || bytes.length === 0) return;
    if (this.#leftPieces.length === KEPT_PIECE_COUNT) this.#leftPieces.shift();
    this.#leftPieces.push({ bytes, stringCount });
  }
}
