/**
 * Buffer pool: output buffers that are lent to whoever has something to send.
 *
 * A batch of commands fills one buffer, and one write empties it. Between batches a connection
 * needs none, so a few buffers serve ten thousand connections.
 *
 * @module
 */

import { OutputBuffer } from "../resp/mod.ts";

/** Buffers kept for the next borrower. */
const KEPT_BUFFER_COUNT = 64;
/** A buffer that grew beyond this is kept with a fresh array. */
const KEPT_BUFFER_BYTES_MAX = 64 * 1024;

/** Lends output buffers. */
export class BufferPool {
  readonly #free: OutputBuffer[] = [];

  /** An empty buffer. */
  take(): OutputBuffer {
    return this.#free.pop() ?? new OutputBuffer();
  }

  /** Takes a buffer back, whatever it holds. */
  give(buffer: OutputBuffer): void {
    if (buffer.bytes.length > KEPT_BUFFER_BYTES_MAX) buffer.giveBack();
    if (this.#free.length >= KEPT_BUFFER_COUNT) return;
    buffer.length = 0;
    this.#free.push(buffer);
  }
}
