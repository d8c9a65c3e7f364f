/**
 * Wheel records: records for a `TimeWheel` that are plain objects, so that a test sees its links.
 *
 * @module
 */

import type { Ref } from "../../src/store/memory/mod.ts";
import type { WheelLinks } from "../../src/store/structures/mod.ts";

/** References below this are marks of the wheel. */
const FIRST_REF = 1 << 17;

interface WheelRecord {
  dueMs: number;
  previous: number;
  next: number;
}

/** Makes records and keeps their links. */
export class WheelRecords implements WheelLinks {
  readonly #records = new Map<Ref, WheelRecord>();
  #nextRef = FIRST_REF;

  /** A record that is due at a moment, not linked yet. */
  create(dueMs: number): Ref {
    const ref = this.#nextRef++;
    this.#records.set(ref, { dueMs, previous: 0, next: 0 });
    return ref;
  }

  /** A copy of a record, links and all, under a new reference; the old one is gone. */
  move(ref: Ref): Ref {
    const moved = this.#nextRef++;
    this.#records.set(moved, this.#recordOf(ref));
    this.#records.delete(ref);
    return moved;
  }

  dueMsOf(ref: Ref): number {
    return this.#recordOf(ref).dueMs;
  }

  previousOf(ref: Ref): number {
    return this.#recordOf(ref).previous;
  }

  setPrevious(ref: Ref, previous: number): void {
    this.#recordOf(ref).previous = previous;
  }

  nextOf(ref: Ref): number {
    return this.#recordOf(ref).next;
  }

  setNext(ref: Ref, next: number): void {
    this.#recordOf(ref).next = next;
  }

  #recordOf(ref: Ref): WheelRecord {
    const record = this.#records.get(ref);
    if (record === undefined) throw new Error(`Cannot follow a link: there is no record ${ref}`);
    return record;
  }
}
