/**
 * Byte rows: many byte strings, copied one behind the other and found by number.
 *
 * Commands that put a collection in another order (SORT, GEOSEARCH) copy its elements here first: the
 * original may be packed, where an element has no place to be compared at, and may be overwritten by
 * the result. Copying costs less than an object for each would, and nothing to throw away.
 *
 * The bytes lie in chunks, so that growing moves nothing and a row larger than a chunk gets its own.
 *
 * @module
 */

import { type ByteView, copyBytes, EMPTY_BYTES } from "./byte_view.ts";

const CHUNK_BYTES = 1 << 20;
/** The first chunk is small, for most results are. */
const FIRST_CHUNK_BYTES = 4096;
const FIRST_ROW_COUNT = 64;

/** Byte strings by number. */
export class ByteRows {
  /** How many there are. */
  count = 0;
  readonly #chunks: Uint8Array[] = [];
  #chunk: Uint8Array = EMPTY_BYTES;
  #chunkUsedBytes = 0;
  #chunkOfRow: Int32Array;
  #startOfRow: Int32Array;
  #endOfRow: Int32Array;

  /** @param expectedCount For how many rows there is room without growing. */
  constructor(expectedCount: number = FIRST_ROW_COUNT) {
    this.#chunkOfRow = new Int32Array(expectedCount);
    this.#startOfRow = new Int32Array(expectedCount);
    this.#endOfRow = new Int32Array(expectedCount);
  }

  /**
   * Adds a row.
   *
   * @param view Copied.
   * @returns Its number.
   */
  append(view: ByteView): number {
    const byteCount = view.end - view.start;
    if (this.#chunkUsedBytes + byteCount > this.#chunk.length) this.#addChunk(byteCount);
    if (this.count === this.#chunkOfRow.length) this.#growRows();
    const row = this.count++;
    const start = this.#chunkUsedBytes;
    copyBytes(view.bytes, view.start, view.end, this.#chunk, start);
    this.#chunkUsedBytes = start + byteCount;
    this.#chunkOfRow[row] = this.#chunks.length - 1;
    this.#startOfRow[row] = start;
    this.#endOfRow[row] = start + byteCount;
    return row;
  }

  /** Points a view at a row; good until the rows are gone. */
  view(row: number, into: ByteView): ByteView {
    if (this.#endOfRow[row] === 0) return into.set(EMPTY_BYTES, 0, 0); // maybe before any chunk
    return into.set(
      this.#chunks[this.#chunkOfRow[row]],
      this.#startOfRow[row],
      this.#endOfRow[row],
    );
  }

  #addChunk(byteCount: number): void {
    const usualBytes = this.#chunks.length === 0 ? FIRST_CHUNK_BYTES : CHUNK_BYTES;
    this.#chunk = new Uint8Array(Math.max(byteCount, usualBytes));
    this.#chunks.push(this.#chunk);
    this.#chunkUsedBytes = 0;
  }

  #growRows(): void {
    this.#chunkOfRow = twiceAsLong(this.#chunkOfRow);
    this.#startOfRow = twiceAsLong(this.#startOfRow);
    this.#endOfRow = twiceAsLong(this.#endOfRow);
  }
}

function twiceAsLong(array: Int32Array): Int32Array {
  const longer = new Int32Array(Math.max(FIRST_ROW_COUNT, array.length * 2));
  longer.set(array);
  return longer;
}
