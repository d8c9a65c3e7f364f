/**
 * Pending entry: that an entry was delivered to a consumer, which has not acknowledged it yet.
 *
 * It is one small block, which the group's list and the consumer's both refer to: whoever finds it by
 * ID in one of them knows when and how often it was delivered, and to whom.
 *
 *   delivered at i64 (unix ms) | delivery count u64 | consumer u32
 *
 * Behaviour: Redis 7.0, where it is called a NACK.
 *
 * @module
 */

import type { Int64 } from "../../../base/int64.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";

const ENTRY_BYTES = 20;
const TWO_TO_32 = 2 ** 32;

/** A handle on one pending entry after the other. */
export class PendingEntry {
  readonly #arena: Arena;
  ref: Ref = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Points at an entry. */
  open(ref: Ref): this {
    this.ref = ref;
    return this;
  }

  /** Creates an entry that was delivered once, now, and belongs to nobody yet. */
  create(nowMs: number): Ref {
    this.ref = this.#arena.allocate(ENTRY_BYTES);
    this.deliveredMs = nowMs;
    const at = this.#at;
    this.#words[at + 2] = 1;
    this.#words[at + 3] = 0;
    this.#words[at + 4] = 0;
    return this.ref;
  }

  /** When it was delivered last, in unix milliseconds. */
  get deliveredMs(): number {
    return readMs(this.#words, this.#at);
  }

  set deliveredMs(deliveredMs: number) {
    writeMs(this.#words, this.#at, deliveredMs);
  }

  /** Reads how often it was delivered; returns `into`. */
  readDeliveryCount(into: Int64): Int64 {
    const words = this.#words, at = this.#at + 2;
    into.lo = words[at];
    into.hi = words[at + 1];
    return into;
  }

  /** Sets how often it was delivered. */
  setDeliveryCount(count: Int64): void {
    const words = this.#words, at = this.#at + 2;
    words[at] = count.lo;
    words[at + 1] = count.hi;
  }

  /** Counts a delivery. */
  countDelivery(): void {
    const words = this.#words, at = this.#at + 2;
    words[at] = words[at] + 1;
    if (words[at] === 0) words[at + 1] = words[at + 1] + 1;
  }

  /** The record of the consumer to which it was delivered; 0 if there is none yet. */
  get consumer(): Ref {
    return this.#words[this.#at + 4];
  }

  set consumer(consumer: Ref) {
    this.#words[this.#at + 4] = consumer;
  }

  get #words(): Int32Array {
    return this.#arena.words[this.ref >>> PAGE_SHIFT];
  }

  get #at(): number {
    return (this.ref & GRANULE_MASK) << 1;
  }
}

/** Reads a moment in milliseconds from two words. */
export function readMs(words: Int32Array, at: number): number {
  return words[at + 1] * TWO_TO_32 + (words[at] >>> 0);
}

/** Writes a moment in milliseconds to two words. */
export function writeMs(words: Int32Array, at: number, milliseconds: number): void {
  words[at] = milliseconds | 0; // takes the value modulo 2^32
  words[at + 1] = Math.floor(milliseconds / TWO_TO_32);
}
