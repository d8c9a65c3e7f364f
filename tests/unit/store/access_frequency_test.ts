/**
 * Access frequency: the logarithmic counter, its decay and its wrap.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/random.ts";
import { AccessFrequency } from "../../../src/store/mod.ts";

const NOW_MS = 1_704_067_200_000;
const MINUTE_MS = 60_000;

function frequencyOf(logFactor: number, decayMinutes: number): AccessFrequency {
  return new AccessFrequency({ random: new SeededRandom(1), logFactor, decayMinutes });
}

function counterAfterUses(frequency: AccessFrequency, useCount: number): number {
  let access = frequency.freshAccess(NOW_MS);
  for (let use = 0; use < useCount; use++) access = frequency.accessAfterUse(access, NOW_MS);
  return frequency.counterOf(access, NOW_MS);
}

Deno.test("AccessFrequency starts at 5, and the first use always counts", () => {
  const frequency = frequencyOf(10, 1);
  assertEquals(counterAfterUses(frequency, 0), 5);
  assertEquals(counterAfterUses(frequency, 1), 6);
});

Deno.test("AccessFrequency counts each use under the factor 0, and never past 255", () => {
  const frequency = frequencyOf(0, 1);
  assertEquals(counterAfterUses(frequency, 100), 105);
  assertEquals(counterAfterUses(frequency, 1000), 255);
});

Deno.test("AccessFrequency rises with the root of uses under the factor 10", () => {
  // Expected uses for k points: the sum of (10 i + 1) for i below k, about 5 k squared.
  const counter = counterAfterUses(frequencyOf(10, 1), 50_000);
  assert(counter > 85 && counter < 125, `${counter}`);
});

Deno.test("AccessFrequency falls by one for each decay time without a use, not below 0", () => {
  const frequency = frequencyOf(0, 2);
  let access = frequency.freshAccess(NOW_MS);
  for (let use = 0; use < 5; use++) access = frequency.accessAfterUse(access, NOW_MS);
  const counters = [0, 1, 2, 3, 4, 20, 1000].map((minutes) =>
    frequency.counterOf(access, NOW_MS + minutes * MINUTE_MS)
  );
  assertEquals(counters, [10, 10, 9, 9, 8, 0, 0]);
  // A use writes the loss down and then counts.
  const used = frequency.accessAfterUse(access, NOW_MS + 4 * MINUTE_MS);
  assertEquals(frequency.counterOf(used, NOW_MS + 4 * MINUTE_MS), 9);
});

Deno.test("AccessFrequency keeps counters for ever under the decay time 0", () => {
  const frequency = frequencyOf(0, 0);
  assertEquals(frequency.counterOf(frequency.freshAccess(NOW_MS), NOW_MS + 1e9), 5);
});

Deno.test("AccessFrequency decays across the wrap of its minutes", () => {
  const frequency = frequencyOf(0, 1);
  const lastMinuteMs = 0xffff * MINUTE_MS;
  const access = frequency.freshAccess(lastMinuteMs);
  assertEquals(frequency.counterOf(access, lastMinuteMs + 2 * MINUTE_MS), 3);
});
