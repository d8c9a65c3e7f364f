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

Deno.test("KeyedNumbers.sort sorts many numbers of every kind", () => {
  const random = new SeededRandom(takeSeed("keyed sort of many"));
  const kinds: (() => number)[] = [
    () => random.below(1000) / 7 - 70,
    () => (random.below(2) - 0.5) * 2 ** (random.below(2000) - 1000),
    () => (random.below(3) - 1) * Number.MIN_VALUE * random.below(1000),
    () => [Infinity, -Infinity, -0, 0, 1, -1][random.below(6)],
    () => random.below(2 ** 48),
  ];
  for (const kind of [...kinds, () => kinds[random.below(kinds.length)]()]) {
    const keys = Array.from({ length: 1000 + random.below(3000) }, () => kind() + 0);
    assertEquals(sorted(keys), expected(keys));
  }
});

Deno.test("KeyedNumbers.sort takes both zeros for one among many", () => {
  const keys = Array.from({ length: 5000 }, (_, at) => [0, -0, 1, -1][at % 4]);
  const things = new KeyedNumbers(keys.length);
  things.keys.set(keys);
  things.sort(0, keys.length, { start: 0, end: keys.length });
  assertEquals([...things.numbers], expected(keys));
});

Deno.test("KeyedNumbers.sort leaves what is outside alone", () => {
  const things = new KeyedNumbers(6);
  things.keys.set([9, 8, 7, 6, 5, 4]);
  things.sort(1, 5, { start: 0, end: 6 });
  assertEquals([...things.numbers], [0, 4, 3, 2, 1, 5]);
  assertEquals([...things.keys], [9, 5, 6, 7, 8, 4]);
  assertEquals([things.endOfEqual(0, 6), things.endOfEqual(5, 6)], [1, 6]);
  const many = new KeyedNumbers(5000);
  for (let at = 0; at < 5000; at++) many.keys[at] = -at;
  many.sort(1, 4999, { start: 0, end: 5000 });
  assertEquals([many.numbers[0], many.numbers[1], many.numbers[4998]], [0, 4998, 1]);
  assertEquals([many.keys[1], many.keys[4999], many.numbers[4999]], [-4998, -4999, 4999]);
});
