/**
 * RDB source input: a file that is read piece by piece.
 *
 * A primitive lies in one array wherever pieces meet: what is left of the last piece goes in front of
 * the next. Each piece has an array of its own, so that views on the one before stay good.
 *
 * Always true: the checksum covers what was read before `at` when it was last asked for.
 *
 * @module
 */

import { EMPTY_BYTES } from "../../base/byte_view.ts";
import { Crc64 } from "../../base/crc64.ts";
import type { ByteSource } from "../byte_source.ts";
import { RdbInput } from "./rdb_input.ts";

/** Bytes asked of a source at a time. */
const PIECE_BYTES = 1024 * 1024;

/** A position in a source of bytes. */
export class RdbSourceInput extends RdbInput {
  readonly #source: ByteSource;
  readonly #crc: Crc64 | undefined;
  /** Up to where the checksum covers `bytes`. */
  #summedEnd = 0;
  #hasEnded = false;

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
    let piece = new Uint8Array(end - at + PIECE_BYTES);
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
    this.base += at;
    this.bytes = piece;
    this.at = 0;
    this.end = filled;
    this.#summedEnd = 0;
    if (filled < byteCount) this.fail("Bytes are missing");
  }
}
