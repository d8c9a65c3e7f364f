/**
 * Keyed sort: the order, and that of things with equal keys.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { sortByKey, type TieBreak } from "../../../src/base/keyed_sort.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { takeSeed } from "../../support/seed.ts";

/** Sorts 0, 1, 2 ... by keys. */
function sorted(keys: readonly number[], compareTied: TieBreak): number[] {
  const numbers = Int32Array.from(keys.keys());
  const moved = Float64Array.from(keys);
  sortByKey(numbers, moved, compareTied);
  assertEquals([...moved], Array.from(numbers, (number) => keys[number]));
  return [...numbers];
}

Deno.test("sortByKey sorts by key, and by the comparison where keys are equal", () => {
  assertEquals(sorted([], () => 0), []);
  assertEquals(sorted([5], () => 0), [0]);
  assertEquals(sorted([3, -1, Infinity, -Infinity, 0.5], () => 0), [3, 1, 4, 0, 2]);
  assertEquals(sorted([1, 0, 1, 0], (left, right) => right - left), [3, 1, 2, 0]);
});

Deno.test("sortByKey agrees with the engine's sort, and keeps the order of equals", () => {
  const random = new SeededRandom(takeSeed("keyed sort"));
  for (let round = 0; round < 300; round++) {
    const count = random.below(round % 10 === 0 ? 3000 : 40);
    const variety = 1 + random.below(round % 3 === 0 ? 4 : 1000);
    const keys = Array.from({ length: count }, () => random.below(variety) - variety / 2);
    const compareTied: TieBreak = round % 2 === 0 ? () => 0 : (left, right) => left % 3 - right % 3;
    const expected = [...keys.keys()].sort((left, right) =>
      keys[left] - keys[right] || compareTied(left, right)
    );
    assertEquals(sorted(keys, compareTied), expected);
  }
});
