/**
 * Partial sort: the wanted positions hold what they should, and equal elements lie as in Redis.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { sortPart } from "../../../src/base/partial_sort.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { takeSeed } from "../../support/seed.ts";

/** What Redis 7.0.15 makes of the calls below. */
const KNOWN_PERMUTATIONS: readonly number[][] = [
  [1, 4, 2, 0, 5, 3],
  [6, 1, 4, 2, 0, 5, 3],
  [
    16,
    6,
    21,
    26,
    1,
    31,
    11,
    36,
    24,
    9,
    34,
    19,
    4,
    39,
    14,
    29,
    32,
    27,
    7,
    37,
    2,
    12,
    17,
    22,
    20,
    5,
    10,
    15,
    0,
    25,
    30,
    35,
    23,
    33,
    18,
    3,
    13,
    8,
    38,
    28,
  ],
  [
    36,
    26,
    56,
    31,
    6,
    51,
    11,
    1,
    46,
    16,
    41,
    21,
    19,
    34,
    39,
    14,
    44,
    29,
    24,
    54,
    59,
    9,
    49,
    4,
    7,
    2,
    12,
    17,
    22,
    27,
    32,
    37,
    42,
    47,
    52,
    57,
    23,
    55,
    38,
    20,
    40,
    18,
    5,
    43,
    15,
    45,
    13,
    3,
    48,
    10,
    50,
    8,
    58,
    53,
    30,
    28,
    0,
    33,
    25,
    35,
  ],
];

/** Sorts a part of 0, 1, 2 ... by keys. */
function sortedPart(keys: readonly number[], first: number, last: number): number[] {
  const numbers = Int32Array.from(keys.keys());
  sortPart(numbers, Float64Array.from(keys), first, last);
  return [...numbers];
}

Deno.test("sortPart puts the wanted positions in order and loses nothing", () => {
  const random = new SeededRandom(takeSeed("partial sort"));
  for (let round = 0; round < 1000; round++) {
    const count = 1 + random.below(round % 10 === 0 ? 1000 : 60);
    const variety = 1 + random.below(round % 3 === 0 ? 4 : 1000);
    const keys = Array.from({ length: count }, () => random.below(variety));
    const first = random.below(count), last = first + random.below(count - first);
    const numbers = sortedPart(keys, first, last);
    const expected = keys.toSorted((left, right) => left - right);
    assertEquals(
      numbers.slice(first, last + 1).map((number) => keys[number]),
      expected.slice(first, last + 1),
    );
    assertEquals(numbers.toSorted((left, right) => left - right), [...keys.keys()]);
  }
});

Deno.test("sortPart moves equal elements as Redis' partial sort does", () => {
  const keys = Array.from({ length: 60 }, (_, index) => (index * 7 + 3) % 5);
  assertEquals(sortedPart(keys.slice(0, 6), 0, 2), KNOWN_PERMUTATIONS[0]);
  assertEquals(sortedPart(keys.slice(0, 7), 0, 2), KNOWN_PERMUTATIONS[1]);
  assertEquals(sortedPart(keys.slice(0, 40), 5, 9), KNOWN_PERMUTATIONS[2]);
  assertEquals(sortedPart(keys, 0, 4), KNOWN_PERMUTATIONS[3]);
});
