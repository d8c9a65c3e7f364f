/**
 * Fair draw: as many as are wanted, and each choice equally often.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { SeededRandom } from "../../../src/base/random.ts";
import {
  drawDifferent,
  PassingChoice,
  requireRepeatable,
} from "../../../src/commands/fair_draw.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";

const ROUND_COUNT = 10_000;

/** Counts choices of two among five. */
function choicesBy(choose: (random: SeededRandom) => number[]): number[] {
  const random = new SeededRandom(7), counts = new Map<string, number>();
  for (let round = 0; round < ROUND_COUNT; round++) {
    const choice = choose(random).sort();
    assertEquals(choice.length, 2);
    counts.set(String(choice), (counts.get(String(choice)) ?? 0) + 1);
  }
  return [...counts.values()];
}

Deno.test("PassingChoice takes as many as are wanted, each choice equally often", () => {
  const counts = choicesBy((random) => {
    const choice = new PassingChoice(random, 2, 5);
    const taken: number[] = [];
    for (let element = 0; element < 5; element++) {
      assertEquals(choice.isComplete, taken.length === 2);
      if (choice.takesNext()) taken.push(element);
    }
    return taken;
  });
  assertEquals(counts.length, 10);
  assert(counts.every((count) => Math.abs(count - ROUND_COUNT / 10) < 150), `${counts}`);
});

Deno.test("drawDifferent draws each choice equally often", () => {
  const counts = choicesBy((random) => [...drawDifferent(2, () => random.below(5))]);
  assertEquals(counts.length, 10);
  assert(counts.every((count) => Math.abs(count - ROUND_COUNT / 10) < 150), `${counts}`);
});

Deno.test("requireRepeatable refuses what no reply could hold", () => {
  requireRepeatable(2 ** 27);
  assertThrows(() => requireRepeatable(2 ** 27 + 1), RedisError, "out of range");
});
