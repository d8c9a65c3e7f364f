/**
 * Output buffer: replies on their way out, as bytes.
 *
 * One growing array. It is lent to a connection while that has something to say and comes back
 * when it is sent, so a thousand idle connections hold none.
 *
 * @module
 */

import { copyBytes } from "../base/byte_view.ts";
import { SpareMemory } from "../base/spare_memory.ts";

/** Size of a fresh buffer. */
export const OUTPUT_BUFFER_BYTES = 16 * 1024;

/** Of the last long reply of all buffers that gave theirs back. */
const spare = new SpareMemory();

/** Bytes to be sent. */
export class OutputBuffer {
  /** The array; the first `length` bytes are filled. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(OUTPUT_BUFFER_BYTES);
  /** Filled bytes. */
  length = 0;

  /** Makes room for `byteCount` more bytes. */
  reserve(byteCount: number): void {
    if (this.length + byteCount > this.bytes.length) this.#grow(byteCount);
  }

  /** Appends `source[start, end)`. */
  append(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    copyBytes(source, start, end, this.bytes, this.length);
    this.length += end - start;
  }

  /** Moves what is behind an earlier place up; the bytes between are for the caller to write. */
  openGap(at: number, byteCount: number): void {
    this.reserve(byteCount);
    this.bytes.copyWithin(at + byteCount, at, this.length);
    this.length += byteCount;
  }

  /** Begins anew with a fresh array; nobody may look at the old one any more. */
  giveBack(): void {
    spare.give(this.bytes);
    this.bytes = new Uint8Array(OUTPUT_BUFFER_BYTES);
    this.length = 0;
  }

  #grow(byteCount: number): void {
    const grown = spare.take(Math.max(this.bytes.length * 2, this.length + byteCount));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
