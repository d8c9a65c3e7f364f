/**
 * Time wheel: when records fire; the model test mixes everything.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Ref } from "../../../../src/store/memory/mod.ts";
import { TimeWheel } from "../../../../src/store/structures/mod.ts";
import { WheelRecords } from "../../../support/wheel_records.ts";

const START_MS = 1_700_000_000_123;
const DAY_MS = 86_400_000;

/** A wheel with its records. */
class Fixture {
  readonly records = new WheelRecords();
  readonly wheel = new TimeWheel(this.records, START_MS);

  add(dueMs: number): Ref {
    const ref = this.records.create(dueMs);
    this.wheel.add(ref);
    return ref;
  }

  /** What fires when the clock shows a time. */
  advance(nowMs: number): Ref[] {
    const fired: Ref[] = [];
    assert(this.wheel.advance(nowMs, () => true, (ref) => fired.push(ref)));
    return fired;
  }
}

Deno.test("TimeWheel fires a record at its millisecond and not before, at any distance", () => {
  for (const delayMs of [1, 63, 64, 65, 4095, 4096, 300_000, DAY_MS, 365 * DAY_MS, 2 ** 50]) {
    const fixture = new Fixture();
    const ref = fixture.add(START_MS + delayMs);
    assertEquals(fixture.advance(START_MS + delayMs - 1), [], `${delayMs} ms`);
    assertEquals(fixture.advance(START_MS + delayMs), [ref], `${delayMs} ms`);
    assertEquals(fixture.wheel.count, 0);
  }
});

Deno.test("TimeWheel fires what is due already at the next advance", () => {
  const fixture = new Fixture();
  const refs = [fixture.add(START_MS - DAY_MS), fixture.add(-1), fixture.add(START_MS)];
  assertEquals(fixture.advance(START_MS).sort(), refs);
});

Deno.test("TimeWheel fires in order of time when the clock jumps", () => {
  const fixture = new Fixture();
  const delays = [5, DAY_MS, 70, 5000, 300_000, 64];
  const refs = delays.map((delayMs) => fixture.add(START_MS + delayMs));
  const order = [0, 5, 2, 3, 4, 1].map((index) => refs[index]);
  assertEquals(fixture.advance(START_MS + 10 * DAY_MS), order);
});

Deno.test("TimeWheel never fires what is due after the end of time", () => {
  const fixture = new Fixture();
  fixture.add(2 ** 63);
  assertEquals(fixture.advance(8_640_000_000_000_000), []);
  assertEquals(fixture.wheel.count, 1);
});

Deno.test("TimeWheel.remove takes out first, middle and last of a slot", () => {
  for (const removedIndex of [0, 1, 2]) {
    const fixture = new Fixture();
    const refs = [1, 2, 3].map(() => fixture.add(START_MS + DAY_MS));
    fixture.wheel.remove(refs[removedIndex]);
    refs.splice(removedIndex, 1);
    assertEquals(fixture.advance(START_MS + DAY_MS).sort(), refs);
  }
});

Deno.test("TimeWheel.moved keeps first, middle and last of a slot in place", () => {
  for (const movedIndex of [0, 1, 2]) {
    const fixture = new Fixture();
    const refs = [1, 2, 3].map(() => fixture.add(START_MS + DAY_MS));
    refs[movedIndex] = fixture.records.move(refs[movedIndex]);
    fixture.wheel.moved(refs[movedIndex]);
    assertEquals(fixture.advance(START_MS + DAY_MS).sort(), refs.sort());
  }
});

Deno.test("TimeWheel.advance stops when it may not go on, and goes on from there", () => {
  const fixture = new Fixture();
  const refs = Array.from({ length: 100 }, () => fixture.add(START_MS + DAY_MS));
  const fired: Ref[] = [];
  let sliceCount = 0;
  let isDone = false;
  while (!isDone) {
    let budget = 7;
    isDone = fixture.wheel.advance(START_MS + DAY_MS, () => budget-- > 0, (ref) => fired.push(ref));
    assert(++sliceCount < 200, "slices don't come to an end");
  }
  assert(sliceCount > 100 / 7);
  assertEquals(fired.sort(), refs);
});

Deno.test("TimeWheel goes on emptying a slot although something nearer is set meanwhile", () => {
  const fixture = new Fixture();
  const slotMs = Math.ceil(START_MS / 4096) * 4096; // a slot of level 2 begins
  const refs = [1, 2, 3].map(() => fixture.add(slotMs));
  let budget = 1;
  assert(!fixture.wheel.advance(slotMs, () => budget-- > 0, () => {}));
  fixture.add(slotMs + 10);
  assert(fixture.wheel.nextMs <= slotMs);
  assertEquals(fixture.advance(slotMs).sort(), refs);
});

Deno.test("TimeWheel lets a firing record add and remove others", () => {
  const fixture = new Fixture();
  const first = fixture.add(START_MS + 1), victim = fixture.add(START_MS + 2);
  const fired: Ref[] = [];
  fixture.wheel.advance(START_MS + 5, () => true, (ref) => {
    fired.push(ref);
    if (ref !== first) return;
    fixture.wheel.remove(victim);
    fixture.add(START_MS + 3);
    fixture.add(START_MS + 6);
  });
  assertEquals([fired.length, fired.includes(victim), fixture.wheel.count], [2, false, 1]);
});

Deno.test("TimeWheel follows a clock that is set back", () => {
  for (const backMs of [1, 63, 64, 5000, DAY_MS, 1000 * DAY_MS]) {
    const fixture = new Fixture();
    const delays = [0, 1, 100, 4000, 5000, 2 * DAY_MS, 2000 * DAY_MS];
    const old = delays.map((delayMs) => fixture.add(START_MS + delayMs));
    const nowMs = START_MS - backMs;
    assertEquals(fixture.advance(nowMs), []);
    const fresh = fixture.add(nowMs + 1);
    assert(fixture.wheel.nextMs <= nowMs + 1);
    const isAtOnce = nowMs + 1 === START_MS;
    assertEquals(fixture.advance(nowMs + 1).includes(fresh), true);
    delays.forEach((delayMs, index) => {
      if (index === 0 && isAtOnce) return;
      assertEquals(fixture.advance(START_MS + delayMs - 1), [], `${backMs} ms back`);
      assertEquals(fixture.advance(START_MS + delayMs), [old[index]], `${backMs} ms back`);
    });
  }
});

Deno.test("TimeWheel.nextMs is never late, and leads to each record", () => {
  const fixture = new Fixture();
  assertEquals(fixture.wheel.nextMs, Infinity);
  fixture.add(START_MS + 10 * DAY_MS);
  const near = fixture.add(START_MS + 7);
  assert(fixture.wheel.nextMs > START_MS && fixture.wheel.nextMs <= START_MS + 7);
  fixture.wheel.remove(near);
  let wakeCount = 0;
  while (fixture.wheel.count > 0) {
    assert(fixture.wheel.nextMs <= START_MS + 10 * DAY_MS);
    fixture.advance(fixture.wheel.nextMs);
    wakeCount++;
  }
  assert(wakeCount <= 9, `${wakeCount} wakes for one record`);
});
