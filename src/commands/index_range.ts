/**
 * Index range: `start end` as arguments, of bytes, bits or elements; both ends belong to it.
 *
 * Negative indices count from the end, and what lies outside is cut off. Reading and resolving are
 * two steps, because a command may look at its key between them.
 *
 * @module
 */

import { Int64 } from "../base/int64.ts";
import type { Args } from "../resp/mod.ts";

/** A range of indices; made once and filled anew for each command. */
export class IndexRange {
  /** The first index, at least 0. */
  first = 0;
  /** The last one; before `first` when the range is empty. */
  last = -1;

  readonly #start = new Int64();
  readonly #end = new Int64();

  /**
   * Reads the argument at `index` and the one behind it.
   *
   * @throws {RedisError} When one is no 64-bit integer.
   */
  read(args: Args, index: number): void {
    args.int64(index, this.#start);
    args.int64(index + 1, this.#end);
  }

  /**
   * Whether what was read runs backwards and counts from the end. Where that counts as empty, it must be
   * asked: resolved, indices before the first one count as the first.
   */
  get isReversedFromEnd(): boolean {
    return this.#start.isNegative() && this.#end.isNegative() &&
      this.#start.compare(this.#end) > 0;
  }

  /** Resolves what was read for a string of so many bytes or bits. */
  resolve(count: number): void {
    this.set(this.#start.toNumber(), this.#end.toNumber(), count);
  }

  /** The same for indices given as numbers. */
  set(start: number, end: number, count: number): void {
    this.first = Math.max(0, start < 0 ? start + count : start);
    this.last = Math.min(count - 1, Math.max(0, end < 0 ? end + count : end));
  }

  /** Resolves what was read for so many elements: an end before the first one leaves nothing. */
  resolveElements(count: number): void {
    const start = this.#start.toNumber(), end = this.#end.toNumber();
    this.first = Math.max(0, start < 0 ? start + count : start);
    this.last = Math.min(count - 1, end < 0 ? end + count : end);
  }

  /** Whether nothing lies in it. */
  get isEmpty(): boolean {
    return this.first > this.last;
  }
}
