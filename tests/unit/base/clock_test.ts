/**
 * Clock: that time passes only when told to, and timers run at their time and in order.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { durationMs, ManualClock, SystemClock, unixMs } from "../../../src/base/clock.ts";
import { InvariantError } from "../../../src/base/invariant.ts";

Deno.test("SystemClock shows the wall clock and a stopwatch that doesn't go back", () => {
  const clock = new SystemClock();
  const before = Date.now();
  const now = clock.nowMs();
  assert(now >= before && now <= Date.now());
  let last = clock.monotonicUs();
  for (let round = 0; round < 1000; round++) {
    const next = clock.monotonicUs();
    assert(Number.isSafeInteger(next) && next >= last);
    last = next;
  }
});

Deno.test("SystemClock shows the wall clock in microseconds, which don't go back", () => {
  const clock = new SystemClock();
  const fractions = new Set<number>();
  let last = 0;
  for (let round = 0; round < 100_000; round++) {
    const beforeMs = Date.now();
    const nowUs = clock.nowUs();
    assert(Number.isSafeInteger(nowUs) && nowUs >= last);
    assert(nowUs >= beforeMs * 1000 && nowUs < (Date.now() + 2) * 1000);
    fractions.add(nowUs % 1000);
    last = nowUs;
  }
  assert(fractions.size > 10, "milliseconds alone");
});

Deno.test("SystemClock runs timers later, the shorter first, and not the cancelled", async () => {
  const clock = new SystemClock();
  const ran: string[] = [];
  const cancelled = clock.setTimer(1, () => ran.push("cancelled"));
  await new Promise<void>((resolve) => {
    clock.setTimer(20, () => {
      ran.push("long");
      resolve();
    });
    clock.setTimer(0, () => ran.push("short"));
    cancelled.cancel();
    assertEquals(ran, []);
  });
  cancelled.cancel();
  assertEquals(ran, ["short", "long"]);
});

Deno.test("SystemClock runs no cancelled timer, even where the runtime does", () => {
  const { setTimeout, clearTimeout } = globalThis;
  const runs: (() => void)[] = [];
  try {
    // A runtime that has collected the timers that are due before they are cleared.
    globalThis.setTimeout = ((run: () => void) => runs.push(run)) as unknown as typeof setTimeout;
    globalThis.clearTimeout = () => {};
    const clock = new SystemClock(), ran: string[] = [];
    const timer = clock.setTimer(1, () => ran.push("cancelled"));
    clock.setTimer(1, () => ran.push("kept"));
    timer.cancel();
    for (const run of runs) run();
    assertEquals(ran, ["kept"]);
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
});

Deno.test("SystemClock waits longer than setTimeout can count, without firing at once", async () => {
  const clock = new SystemClock();
  let ranCount = 0;
  const timers = [2 ** 31, 1e12, Infinity].map((delayMs) =>
    clock.setTimer(delayMs, () => ranCount++)
  );
  await new Promise<void>((resolve) => void clock.setTimer(5, resolve));
  assertEquals(ranCount, 0);
  for (const timer of timers) timer.cancel();
});

Deno.test("ManualClock stands still, then both times go forward together", () => {
  const clock = new ManualClock(5000);
  assertEquals([clock.nowMs(), clock.monotonicUs()], [unixMs(5000), 0]);
  clock.advance(durationMs(250));
  assertEquals([clock.nowMs(), clock.monotonicUs()], [unixMs(5250), 250_000]);
  clock.advance(0);
  assertEquals(clock.nowMs(), unixMs(5250));
  assertThrows(() => clock.advance(-1), InvariantError);
});

Deno.test("ManualClock.set moves the wall clock only; timers follow the stopwatch", () => {
  const clock = new ManualClock(1000);
  const ran: number[] = [];
  clock.setTimer(100, () => ran.push(clock.nowMs()));
  clock.set(500_000);
  assertEquals([ran.length, clock.monotonicUs(), clock.nowMs()], [0, 0, unixMs(500_000)]);
  clock.set(10);
  clock.advance(100);
  assertEquals(ran, [110]);
});

Deno.test("ManualClock runs timers at their own time, in order, equal ones as they were set", () => {
  const clock = new ManualClock(0);
  const ran: string[] = [];
  const note = (name: string) => () => ran.push(`${name}@${clock.nowMs()}`);
  clock.setTimer(30, note("c"));
  clock.setTimer(10, note("a"));
  clock.setTimer(20, note("b1"));
  clock.setTimer(20, note("b2"));
  clock.setTimer(20, note("b3"));
  clock.advance(9);
  assertEquals(ran, []);
  clock.advance(11);
  assertEquals(ran, ["a@10", "b1@20", "b2@20", "b3@20"]);
  assertEquals(clock.timerCount, 1);
  clock.advance(1000);
  assertEquals(ran.at(-1), "c@30");
  assertEquals(clock.nowMs(), unixMs(1020));
});

Deno.test("ManualClock runs timers that timers set, and not those that timers cancel", () => {
  const clock = new ManualClock(0);
  const ran: number[] = [];
  const tick = () => {
    ran.push(clock.nowMs());
    clock.setTimer(10, tick);
  };
  clock.setTimer(10, tick);
  const doomed = clock.setTimer(25, () => ran.push(-1));
  clock.setTimer(15, () => doomed.cancel());
  clock.advance(45);
  assertEquals(ran, [10, 20, 30, 40]);
  doomed.cancel();
  assertEquals(clock.timerCount, 1);
});

Deno.test("ManualClock counts a delay below 1 ms as 1, a fraction as a whole", () => {
  const clock = new ManualClock(0);
  const ran: number[] = [];
  for (const delayMs of [-5, 0, 0.2, 1.5]) clock.setTimer(delayMs, () => ran.push(delayMs));
  clock.advance(0);
  assertEquals(ran, []);
  clock.advance(1);
  assertEquals(ran, [-5, 0, 0.2]);
  clock.advance(1);
  assertEquals(ran, [-5, 0, 0.2, 1.5]);
  assertThrows(() => clock.setTimer(NaN, () => {}), InvariantError);
});

Deno.test("ManualClock stops at a timer that throws, and goes on afterwards", () => {
  const clock = new ManualClock(0);
  const ran: number[] = [];
  clock.setTimer(10, () => {
    throw new RangeError("as planned");
  });
  clock.setTimer(20, () => ran.push(clock.nowMs()));
  assertThrows(() => clock.advance(50), RangeError, "as planned");
  assertEquals(clock.nowMs(), unixMs(10));
  clock.advance(10);
  assertEquals(ran, [20]);
});

Deno.test("ManualClock refuses to be advanced by its own timer", () => {
  const clock = new ManualClock(0);
  clock.setTimer(1, () => clock.advance(1));
  assertThrows(() => clock.advance(5), InvariantError);
});
