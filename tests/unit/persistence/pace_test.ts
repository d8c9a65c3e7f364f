/**
 * Pace: the share of the time that a snapshot takes, whatever the loop and the commands do.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Pace } from "../../../src/persistence/snapshot/pace.ts";

const SLICE_US = 1000;
const ENTRY_US = 0.5;

/** What happens in the gaps of a run. */
interface Surroundings {
  readonly isBusy: boolean;
  /** Entries that commands have saved a second. */
  readonly keptPerSecond?: number;
  /** How late each slice begins. */
  readonly lateUs?: number;
}

/** The walk's part of the time, and the part of it together with what commands save. */
function shares(surroundings: Surroundings): { walk: number; total: number } {
  const { isBusy, keptPerSecond = 0, lateUs = 0 } = surroundings;
  const pace = new Pace();
  const sliceCount = 1000;
  let startUs = 0, keptCount = 0, keptSum = 0;
  for (let slice = 0; slice < sliceCount; slice++) {
    const endUs = startUs + SLICE_US;
    const gapMs = pace.gapMs({
      ...{ startUs, endUs, keptCount, isBusy },
      walkedCount: SLICE_US / ENTRY_US,
    });
    const nextUs = endUs + gapMs * 1000 + lateUs;
    keptCount = keptPerSecond * (nextUs - startUs) / 1e6;
    keptSum += keptCount;
    startUs = nextUs;
  }
  const walk = sliceCount * SLICE_US / startUs;
  return { walk, total: walk + keptSum * ENTRY_US / startUs };
}

Deno.test("Pace: without commands there are no gaps", () => {
  assertEquals(shares({ isBusy: false }).walk, 1);
});

Deno.test("Pace: while commands run, the walk takes about a fifth of the time, late or not", () => {
  for (const lateUs of [0, 500, 2500]) {
    const { walk } = shares({ isBusy: true, lateUs });
    assert(walk > 0.2 && walk < 0.24, `${walk} of the time, slices ${lateUs} us late`);
  }
});

Deno.test("Pace: what commands save is counted", () => {
  const { walk, total } = shares({ isBusy: true, keptPerSecond: 200_000 });
  assert(total > 0.2 && total < 0.24, `${total} of the time`);
  assert(walk < 0.14, `${walk} of the time for the walk`);
});

Deno.test("Pace: whatever commands do, the walk gets on", () => {
  const { walk } = shares({ isBusy: true, keptPerSecond: 2_000_000 });
  assert(walk > 0.05, `${walk} of the time`);
});
