/**
 * Input buffer: what was read from a peer and not consumed yet, and the room for the next read.
 *
 * It starts at 1 KiB, since ten thousand idle clients each wait with one, grows while reads fill it or
 * a long argument needs room, and shrinks when they are small again. The memory for a long argument goes
 * to the next one, of whatever connection.
 *
 * Always true: `bytes[from, to)` is what was read and not consumed. Whoever owns it sees to it that the
 * array is neither moved nor replaced while a read is under way.
 *
 * @module
 */

import { SpareMemory } from "../base/spare_memory.ts";

const BYTES_MIN = 1024;
/** Reads grow the buffer up to this; beyond only a long argument does. */
const BYTES_MAX = 16 * 1024;
/** A buffer shrinks after so many reads in a row that would fit a much smaller one. */
const SMALL_READ_COUNT = 64;
/** An announced length is believed up to this, 1 MiB with its words; beyond, the buffer doubles as bytes come. */
const TRUSTED_BYTES_MAX = 1024 * 1024 + 1024;

/** Of the last long argument of all connections. */
const spare = new SpareMemory();

/** One connection's input. */
export class InputBuffer {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(BYTES_MIN);
  from = 0;
  to = 0;
  #smallReadCount = 0;

  /** Bytes read and not consumed. */
  get waitingBytes(): number {
    return this.to - this.from;
  }

  /**
   * Makes room for the next read.
   *
   * @param requestBytes How many bytes the request in progress needs from its beginning; 0 if unknown.
   * @returns Where the read may write.
   */
  makeRoom(requestBytes: number): Uint8Array<ArrayBuffer> {
    this.#fit(requestBytes);
    return this.to === 0 ? this.bytes : this.bytes.subarray(this.to);
  }

  /** Takes note of what a read brought; the buffer follows the size of reads. */
  accept(byteCount: number, roomBytes: number, requestBytes: number): void {
    const size = this.bytes.length;
    if (byteCount === roomBytes && size < BYTES_MAX) {
      const grown = new Uint8Array(Math.min(size * 4, BYTES_MAX));
      grown.set(this.bytes.subarray(0, this.to + byteCount));
      this.bytes = grown;
      this.#smallReadCount = 0;
    } else if (size > BYTES_MIN && byteCount * 8 < size) {
      const isTooLarge = size > BYTES_MAX || ++this.#smallReadCount >= SMALL_READ_COUNT;
      const usedBytes = this.to + byteCount;
      if (isTooLarge && usedBytes <= BYTES_MIN && requestBytes === 0) {
        const bytes = this.bytes;
        this.bytes = bytes.slice(0, BYTES_MIN);
        if (size > BYTES_MAX) spare.give(bytes);
        this.#smallReadCount = 0;
      }
    } else {
      this.#smallReadCount = 0;
    }
    this.to += byteCount;
  }

  #fit(requestBytes: number): void {
    const { waitingBytes } = this;
    const size = this.bytes.length;
    const isFull = waitingBytes === size;
    const neededBytes = Math.min(
      requestBytes,
      isFull ? Math.max(size * 2, TRUSTED_BYTES_MAX) : TRUSTED_BYTES_MAX,
    );
    if (waitingBytes === 0 && neededBytes === 0 && size > BYTES_MAX) {
      return this.#resize(BYTES_MAX); // a long argument is done with
    }
    if (neededBytes > size) return this.#resize(neededBytes);
    if (isFull) return this.#resize(size * 2);
    if (this.from === 0) return;
    this.bytes.copyWithin(0, this.from, this.to);
    this.to = waitingBytes;
    this.from = 0;
  }

  #resize(byteCount: number): void {
    const before = this.bytes;
    const bytes = byteCount > BYTES_MAX ? spare.take(byteCount) : new Uint8Array(byteCount);
    bytes.set(before.subarray(this.from, this.to));
    this.bytes = bytes;
    if (before.length > BYTES_MAX) spare.give(before);
    this.to -= this.from;
    this.from = 0;
  }
}
