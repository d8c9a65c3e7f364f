/**
 * Patient timers, on clocks that are turned by hand, one of which belongs to a process that stands still.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ManualClock, type Timer } from "../../../src/base/clock.ts";
import { setPatientTimer } from "../../../src/base/patient_timer.ts";

/** A clock of a process that may be halted: then what is due runs late, and all at once. */
class HaltedClock extends ManualClock {
  readonly #due: (() => void)[] = [];
  isHalted = false;

  override setTimer(delayMs: number, run: () => void): Timer {
    return super.setTimer(delayMs, () => this.isHalted ? this.#due.push(run) : run());
  }

  /** The process goes on. */
  resume(): void {
    this.isHalted = false;
    for (const run of this.#due.splice(0)) run();
  }
}

Deno.test("setPatientTimer runs once, at the moment that was asked for", () => {
  for (const delayMs of [2, 3, 4, 5, 99, 100, 1000]) {
    const clock = new ManualClock();
    let runCount = 0;
    setPatientTimer(clock, delayMs, () => runCount++);
    clock.advance(delayMs - 1);
    assertEquals(runCount, 0, `${delayMs} ms`);
    clock.advance(1);
    assertEquals(runCount, 1, `${delayMs} ms`);
    clock.advance(10 * delayMs);
    assertEquals(runCount, 1, `${delayMs} ms`);
  }
});

Deno.test("setPatientTimer leaves some time after a halt that was longer than all of it", () => {
  const clock = new HaltedClock();
  let hasRun = false;
  setPatientTimer(clock, 1000, () => hasRun = true);
  clock.isHalted = true;
  clock.advance(60_000);
  clock.resume();
  assertEquals(hasRun, false);
  clock.advance(249);
  assertEquals(hasRun, false);
  clock.advance(1);
  assertEquals(hasRun, true);
});

Deno.test("a patient timer is cancelled at any time", () => {
  for (const untilMs of [0, 500, 999]) {
    const clock = new ManualClock();
    let hasRun = false;
    const timer = setPatientTimer(clock, 1000, () => hasRun = true);
    clock.advance(untilMs);
    timer.cancel();
    clock.advance(5000);
    assertEquals(hasRun, false, `cancelled after ${untilMs} ms`);
  }
});
