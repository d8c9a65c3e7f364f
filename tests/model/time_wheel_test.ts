/**
 * Time wheel model: random timers, clock jumps and slices against a plain map of moments.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import type { Ref } from "../../src/store/memory/mod.ts";
import { TimeWheel } from "../../src/store/structures/mod.ts";
import { takeSeed } from "../support/seed.ts";
import { WheelRecords } from "../support/wheel_records.ts";

const ACTION_COUNT = 60_000;
const RECORD_COUNT_MAX = 2000;
const START_MS = 1_700_000_000_000;
/** Where forward jumps end: later than any real clock, earlier than what a double can't count. */
const NOW_MS_MAX = 2 ** 52;

/** A wheel, and the moments of the records that should be in it. */
class WheelModel {
  readonly records = new WheelRecords();
  readonly dueMs = new Map<Ref, number>();
  readonly wheel = new TimeWheel(this.records, START_MS);
  firedCount = 0;
  cutSliceCount = 0;
  turnBackCount = 0;

  readonly #random: SeededRandom;
  #nowMs = START_MS;
  /** The latest time that the wheel has been told, since the clock was set back last. */
  #wheelMs = START_MS;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  run(): void {
    for (let action = 0; action < ACTION_COUNT; action++) {
      const draw = this.#random.below(100);
      if (draw < 45) this.#add();
      else if (draw < 60) this.#remove();
      else if (draw < 65) this.#move();
      else this.#pass(draw < 97 ? this.#drawStepMs() : -this.#drawStepMs());
      assertEquals(this.wheel.count, this.dueMs.size);
      if (this.#random.below(100) === 0) this.#checkNext();
    }
  }

  /** Goes to each next moment until nothing waits that is due before the end of the clock. */
  drain(): void {
    while (this.wheel.nextMs < NOW_MS_MAX) {
      this.#nowMs = Math.max(this.#nowMs, this.wheel.nextMs);
      this.#advance(Infinity);
    }
    for (const dueMs of this.dueMs.values()) assert(dueMs >= NOW_MS_MAX, `lost: ${dueMs}`);
    for (const ref of [...this.dueMs.keys()]) this.#removeRecord(ref);
    assertEquals(this.wheel.count, 0);
    assertEquals(this.wheel.nextMs, Infinity);
  }

  /** From a millisecond to ages, each magnitude equally likely. */
  #drawStepMs(): number {
    return this.#random.below(2 ** this.#random.below(this.#random.below(20) === 0 ? 48 : 24));
  }

  #drawRef(): Ref | undefined {
    const refs = [...this.dueMs.keys()];
    return refs.length === 0 ? undefined : refs[this.#random.below(refs.length)];
  }

  #add(): void {
    if (this.dueMs.size >= RECORD_COUNT_MAX) return;
    const draw = this.#random.below(100);
    let dueMs = this.#nowMs + this.#drawStepMs();
    if (draw < 10) dueMs = this.#nowMs - this.#drawStepMs(); // late already
    else if (draw < 40) dueMs = Math.ceil(this.#nowMs / 4096) * 4096; // many at one moment
    else if (draw < 42) dueMs = 2 ** 62; // never
    const ref = this.records.create(dueMs);
    this.dueMs.set(ref, dueMs);
    this.wheel.add(ref);
  }

  #remove(): void {
    const ref = this.#drawRef();
    if (ref !== undefined) this.#removeRecord(ref);
  }

  #removeRecord(ref: Ref): void {
    this.wheel.remove(ref);
    this.dueMs.delete(ref);
  }

  #move(): void {
    const ref = this.#drawRef();
    if (ref === undefined) return;
    const moved = this.records.move(ref);
    this.wheel.moved(moved);
    this.dueMs.set(moved, this.dueMs.get(ref)!);
    this.dueMs.delete(ref);
  }

  #pass(stepMs: number): void {
    if (stepMs < 0) this.turnBackCount++;
    this.#nowMs = Math.min(NOW_MS_MAX, Math.max(0, this.#nowMs + stepMs));
    this.#advance(this.#random.below(3) === 0 ? this.#random.below(30) : Infinity);
  }

  #advance(budget: number): void {
    let stepCount = 0;
    const isDone = this.wheel.advance(this.#nowMs, () => stepCount++ < budget, (ref) => {
      const dueMs = this.dueMs.get(ref) ?? NaN; // no comparison holds for what is not in the wheel
      assert(dueMs <= this.#nowMs, `fired ${dueMs - this.#nowMs} ms early`);
      this.dueMs.delete(ref);
      this.firedCount++;
      // What fires may set other timers off and on.
      if (this.#random.below(20) === 0) this.#add();
      if (this.#random.below(20) === 0) this.#remove();
    });
    this.#wheelMs = this.#nowMs;
    if (!isDone) {
      this.cutSliceCount++;
      assert(stepCount > budget, "a slice ended early");
      return;
    }
    for (const dueMs of this.dueMs.values()) {
      assert(dueMs > this.#nowMs, `${this.#nowMs - dueMs} ms late`);
    }
  }

  #checkNext(): void {
    let earliestMs = Infinity;
    for (const dueMs of this.dueMs.values()) earliestMs = Math.min(earliestMs, dueMs);
    const nextMs = this.wheel.nextMs;
    assert(nextMs <= Math.max(earliestMs, this.#wheelMs), `${nextMs} is after ${earliestMs}`);
  }
}

Deno.test("model: a time wheel fires all that is due, and nothing early", () => {
  const model = new WheelModel(new SeededRandom(takeSeed("time wheel")));
  model.run();
  assert(model.firedCount > 1000 && model.cutSliceCount > 100 && model.turnBackCount > 100);
  model.drain();
});
