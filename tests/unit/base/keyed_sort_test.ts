/**
 * Keyed sort: the order, that of things with equal keys, and what only a part costs.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { KeyedNumbers, type PositionRange } from "../../../src/base/keyed_sort.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { takeSeed } from "../../support/seed.ts";

/** Sorts 0, 1, 2 ... by keys. */
function sorted(
  keys: readonly number[],
  wanted: PositionRange = { start: 0, end: keys.length },
): number[] {
  const things = new KeyedNumbers(keys.length);
  things.keys.set(keys);
  things.sort(0, keys.length, wanted);
  const numbers = [...things.numbers];
  assertEquals([...things.keys], numbers.map((number) => keys[number]));
  assertEquals(numbers.toSorted((left, right) => left - right), [...keys.keys()]);
  return numbers.slice(wanted.start, wanted.end);
}

/** What sorting must come to. */
function expected(keys: readonly number[]): number[] {
  return [...keys.keys()].sort((left, right) => keys[left] - keys[right]);
}

Deno.test("KeyedNumbers.sort sorts by key", () => {
  assertEquals(sorted([]), []);
  assertEquals(sorted([5]), [0]);
  assertEquals(sorted([3, -1, Infinity, -Infinity, 0.5]), [3, 1, 4, 0, 2]);
  assertEquals(sorted([1, 0, 1, 0]), [1, 3, 0, 2]);
});

Deno.test("KeyedNumbers.sort keeps the order of equals, in whole and in part", () => {
  const random = new SeededRandom(takeSeed("keyed sort"));
  for (let round = 0; round < 300; round++) {
    const count = random.below(round % 10 === 0 ? 3000 : 100);
    const variety = 1 + random.below(round % 3 === 0 ? 4 : 1000);
    const keys = Array.from({ length: count }, () => random.below(variety) - variety / 2);
    const start = random.below(count + 1);
    const wanted = { start, end: start + random.below(1 + Math.min(50, count - start)) };
    assertEquals(sorted(keys), expected(keys));
    assertEquals(sorted(keys, wanted), expected(keys).slice(wanted.start, wanted.end));
  }
});

Deno.test("KeyedNumbers.sort sorts a part of what is in order, in reverse and equal", () => {
  const count = 2000, wanted = { start: 700, end: 710 };
  for (const keyAt of [(at: number) => at, (at: number) => -at, () => 7]) {
    const keys = Array.from({ length: count }, (_, at) => keyAt(at));
    assertEquals(sorted(keys, wanted), expected(keys).slice(wanted.start, wanted.end));
  }
});

Deno.test("KeyedNumbers.sort leaves what is outside alone", () => {
  const things = new KeyedNumbers(6);
  things.keys.set([9, 8, 7, 6, 5, 4]);
  things.sort(1, 5, { start: 0, end: 6 });
  assertEquals([...things.numbers], [0, 4, 3, 2, 1, 5]);
  assertEquals([...things.keys], [9, 5, 6, 7, 8, 4]);
  assertEquals([things.endOfEqual(0, 6), things.endOfEqual(5, 6)], [1, 6]);
});
