/**
 * Text sort: the order of bytes, what a zero byte means in it, and things that are equal.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteRows } from "../../../src/base/byte_rows.ts";
import { ByteView } from "../../../src/base/byte_view.ts";
import { KeyedNumbers, type PositionRange } from "../../../src/base/keyed_sort.ts";
import { type Random, SeededRandom } from "../../../src/base/random.ts";
import { sortByKeyAndText } from "../../../src/base/text_sort.ts";
import { takeSeed } from "../../support/seed.ts";

/** What to sort, and how. */
interface Sorting {
  readonly texts: readonly string[];
  readonly keys?: readonly number[];
  readonly isDescending?: boolean;
  readonly endsAtZero?: boolean;
}

/** Sorts by keys and texts; the numbers and ranks that are wanted. */
function sorted(
  { texts, keys = [], isDescending = false, endsAtZero = false }: Sorting,
  wanted: PositionRange = { start: 0, end: texts.length },
): { numbers: number[]; ranks: number[] } {
  const rows = new ByteRows();
  for (const text of texts) rows.append(ByteView.ofText(text));
  const things = new KeyedNumbers(texts.length);
  things.keys.set(keys);
  sortByKeyAndText(things, { texts: rows, isDescending, endsAtZero }, wanted);
  assertEquals(things.numbers.toSorted(), Int32Array.from(texts.keys()));
  return {
    numbers: [...things.numbers.subarray(wanted.start, wanted.end)],
    ranks: [...things.keys.subarray(wanted.start, wanted.end)],
  };
}

/** The same by comparing. */
function compared(
  { texts, keys = [], isDescending = false, endsAtZero = false }: Sorting,
): { numbers: number[]; ranks: number[] } {
  const cut = texts.map((text) => endsAtZero ? text.split("\0")[0] : text);
  const compare = (left: number, right: number) => {
    const byKey = (keys[left] ?? 0) - (keys[right] ?? 0);
    const byText = cut[left] < cut[right] ? -1 : cut[left] > cut[right] ? 1 : 0;
    return byKey || (isDescending ? -byText : byText);
  };
  const numbers = [...texts.keys()].sort(compare);
  const ranks: number[] = [];
  for (let at = 0; at < numbers.length; at++) {
    const isSame = at > 0 && compare(numbers[at - 1], numbers[at]) === 0;
    ranks.push(isSame ? ranks[at - 1] : at);
  }
  return { numbers, ranks };
}

Deno.test("sortByKeyAndText orders bytes, and a text before what goes on from it", () => {
  const inOrder = ["", "\0", "\0\0", "\x01", "A", "a", "a\0", "aa", "abcdef", "abcdefg", "\xff"];
  const texts = inOrder.toReversed();
  assertEquals(sorted({ texts }).numbers.map((number) => texts[number]), inOrder);
  assertEquals(
    sorted({ texts: inOrder, isDescending: true }).numbers,
    [...inOrder.keys()].reverse(),
  );
  assertEquals(sorted({ texts: [] }).numbers, []);
});

Deno.test("sortByKeyAndText takes what differs behind a zero byte for equal if texts end there", () => {
  const texts = ["b\0b", "b\0a", "b", "b\0", "a", "aaaaaa\0b", "aaaaaa", "aaaaaaa"];
  assertEquals(sorted({ texts, endsAtZero: true }), {
    numbers: [4, 5, 6, 7, 0, 1, 2, 3],
    ranks: [0, 1, 1, 3, 4, 4, 4, 4],
  });
});

Deno.test("sortByKeyAndText goes by keys first", () => {
  const keys = [1, 0, 1, 0], texts = ["b", "z", "a", "y"];
  assertEquals(sorted({ texts, keys }).numbers, [3, 1, 2, 0]);
  assertEquals(sorted({ texts, keys, isDescending: true }).numbers, [1, 3, 0, 2]);
});

Deno.test("sortByKeyAndText agrees with comparing", () => {
  const random = new SeededRandom(takeSeed("text sort"));
  for (let round = 0; round < 600; round++) {
    const texts = randomTexts(random, random.below(round % 20 === 0 ? 1000 : 80));
    const sorting = {
      texts,
      keys: round % 4 === 0 ? texts.map(() => random.below(3)) : [],
      isDescending: random.below(2) === 0,
      endsAtZero: random.below(2) === 0,
    };
    const start = random.below(texts.length + 1);
    const wanted = { start, end: start + random.below(1 + texts.length - start) };
    const all = compared(sorting);
    assertEquals(sorted(sorting), all);
    assertEquals(sorted(sorting, wanted).numbers, all.numbers.slice(wanted.start, wanted.end));
  }
});

/** Few letters and shared beginnings, so that many are equal, or nearly. */
function randomTexts(random: Random, count: number): string[] {
  const letters = ["\0", "a", "b", "\xff"].slice(random.below(3));
  const lengthMax = 1 + random.below(20);
  const beginning = letters[0].repeat(random.below(15));
  return Array.from({ length: count }, () => {
    const length = random.below(lengthMax);
    const rest = Array.from({ length }, () => letters[random.below(letters.length)]);
    return (random.below(5) === 0 ? "" : beginning) + rest.join("");
  });
}
