/**
 * Spare memory: one large buffer that is done with, kept for whoever needs one next.
 *
 * A long argument or reply needs a buffer for as long as it takes to get through, and often another one
 * follows. To have each from the system means that every page of it is fetched and cleared anew, and
 * that the collector is called for what was thrown away: together more than the copy of the bytes.
 *
 * Always true: a buffer is either with its borrower or here, and here is one at most.
 *
 * @module
 */

/** A larger buffer is not kept. */
export const SPARE_BYTES_MAX = 2 * 1024 * 1024 + 4096;

/** Keeps a buffer. */
export class SpareMemory {
  #buffer: ArrayBuffer | undefined;

  /** An array of so many bytes with undefined content, in the kept buffer if that is large enough. */
  take(byteCount: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#buffer;
    if (buffer === undefined || buffer.byteLength < byteCount) return new Uint8Array(byteCount);
    this.#buffer = undefined;
    return new Uint8Array(buffer, 0, byteCount);
  }

  /** Takes over the buffer of an array that nobody looks at any more; the larger of two is kept. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (buffer.byteLength > SPARE_BYTES_MAX) return;
    if (buffer.byteLength > (this.#buffer?.byteLength ?? 0)) this.#buffer = buffer;
  }
}
