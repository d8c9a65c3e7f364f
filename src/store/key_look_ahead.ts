/**
 * Key look-ahead: the keys of requests that wait, hashed and looked for together.
 *
 * A lookup in a large table waits for memory two times, for the slot and for the entry. Each wait
 * is as long as a hundred instructions, and a command can do nothing before its key is found. Here the
 * slots of some keys are asked for one right after the other, and then their entries; the
 * processor has many such questions under way at once. The commands then find all in its cache.
 *
 * The hashes are kept for the lookups themselves, which come in the same order.
 *
 * Always true: it changes nothing but time. A key that was not announced is hashed as ever.
 * Cost: about 10 ns a key, beside the hash that is due anyway.
 *
 * @module
 */

import { type ByteView, EMPTY_BYTES } from "../base/byte_view.ts";
import type { KeyHash } from "../base/key_hash.ts";
import { TOUCH_COUNT_MAX } from "./structures/mod.ts";

/** Remembers the hashes of keys to come. */
export class KeyLookAhead {
  /** Keys announced. */
  count = 0;
  /** Whether they are one and the same: there is one look to take. */
  isOneKey = true;
  /** Their hashes. */
  readonly hashes = new Int32Array(TOUCH_COUNT_MAX);
  /** Room for what they lead to. */
  readonly records = new Int32Array(TOUCH_COUNT_MAX);

  readonly #hash: KeyHash;
  #bytes: Uint8Array = EMPTY_BYTES;
  readonly #starts = new Int32Array(TOUCH_COUNT_MAX);
  readonly #ends = new Int32Array(TOUCH_COUNT_MAX);
  #next = 0;

  /** @param hash Hashes keys. */
  constructor(hash: KeyHash) {
    this.#hash = hash;
  }

  /** Forgets what was announced; must be called before `bytes` change. */
  clear(): void {
    this.count = 0;
    this.isOneKey = true;
    this.#next = 0;
    this.#bytes = EMPTY_BYTES;
  }

  /**
   * Announces a key, which lies behind the ones before in the same array; of too many, the rest waits
   * for its commands.
   *
   * @param key Remembered until `clear`.
   */
  add(key: ByteView): void {
    const { bytes, start, end } = key;
    const count = this.count;
    if (count === TOUCH_COUNT_MAX || (count > 0 && bytes !== this.#bytes)) return;
    this.#bytes = bytes;
    this.#starts[count] = start;
    this.#ends[count] = end;
    if (count > 0 && this.#isLikeLast(key)) {
      this.hashes[count] = this.hashes[count - 1];
    } else {
      this.hashes[count] = this.#hash.of(bytes, start, end);
      this.isOneKey = count === 0;
    }
    this.count++;
  }

  /** The hash of a key, announced or not. */
  hashOf(key: ByteView): number {
    const { bytes, start, end } = key;
    if (bytes === this.#bytes) {
      const starts = this.#starts, count = this.count;
      let next = this.#next;
      while (next < count && starts[next] < start) next++;
      this.#next = next;
      if (next < count && starts[next] === start && this.#ends[next] === end) {
        return this.hashes[next];
      }
    }
    return this.#hash.of(bytes, start, end);
  }

  /** Whether a key is that announced last; keys mostly differ at their ends. */
  #isLikeLast({ bytes, start, end }: ByteView): boolean {
    let at = this.#ends[this.count - 1];
    if (at - this.#starts[this.count - 1] !== end - start) return false;
    while (end > start) if (bytes[--at] !== bytes[--end]) return false;
    return true;
  }
}
