/**
 * Partial sort: puts only a part of a sequence in order, the ten nearest of a million, say.
 *
 * It is a quicksort that does not look into parts nobody asked for: O(n + k log k) for the first k. It
 * is not stable, and that shows: of two places equally far away, `COUNT 1` returns one. So that it is
 * the one that Redis returns, pivots are chosen and equal elements moved as there, after Bentley and
 * McIlroy, "Engineering a sort function", 1993:
 *
 *   pivot        the middle of three; of three times three in long sequences
 *   while parted | equal | less |   not yet seen   | greater | equal |
 *   then         | less | equal | greater |        and on with less and greater
 *
 * @module
 */

/** Sequences shorter than this are sorted by insertion. */
const SHORT_COUNT = 7;
/** Longer ones than this take the middle of nine for a pivot. */
const LONG_COUNT = 40;

/**
 * Sorts so that positions `first` to `last` hold what they would in the sorted sequence.
 *
 * @param numbers The things; moved.
 * @param keys What they are ordered by, by number, not by position; none NaN.
 */
export function sortPart(
  numbers: Int32Array,
  keys: Float64Array,
  first: number,
  last: number,
): void {
  sortWithin(numbers, keys, 0, numbers.length, { first, last });
}

/** The positions that matter, both included. */
interface Wanted {
  readonly first: number;
  readonly last: number;
}

/** Sorts `[start, end)` as far as it matters. */
function sortWithin(
  numbers: Int32Array,
  keys: Float64Array,
  start: number,
  end: number,
  wanted: Wanted,
): void {
  for (;;) {
    if (end - start < SHORT_COUNT) return insertionSort(numbers, keys, start, end);
    swap(numbers, start, pivotOf(numbers, keys, start, end));
    const { lessCount, greaterCount } = part(numbers, keys, start, end);
    if (lessCount > 1 && matters(start, start + lessCount, wanted)) {
      sortWithin(numbers, keys, start, start + lessCount, wanted);
    }
    start = end - greaterCount;
    if (greaterCount <= 1 || !matters(start, end, wanted)) return;
  }
}

function matters(start: number, end: number, { first, last }: Wanted): boolean {
  return !(first < start && last < start) && !(first >= end && last >= end);
}

/**
 * Parts `[start, end)` by the pivot that stands first into what is less, equal and greater.
 *
 * @returns How many are less and greater; the others are equal.
 */
function part(
  numbers: Int32Array,
  keys: Float64Array,
  start: number,
  end: number,
): { lessCount: number; greaterCount: number } {
  const pivot = keys[numbers[start]];
  let equalEnd = start + 1, low = start + 1; // equal ones gather before `equalEnd`,
  let high = end - 1, equalStart = end - 1; // and behind `equalStart`
  for (;;) {
    for (let key; low <= high && (key = keys[numbers[low]]) <= pivot; low++) {
      if (key === pivot) swap(numbers, equalEnd++, low);
    }
    for (let key; low <= high && (key = keys[numbers[high]]) >= pivot; high--) {
      if (key === pivot) swap(numbers, high, equalStart--);
    }
    if (low > high) break;
    swap(numbers, low++, high--);
  }
  const lessCount = low - equalEnd, greaterCount = equalStart - high;
  swapBlocks(numbers, start, low, Math.min(equalEnd - start, lessCount));
  swapBlocks(numbers, low, end, Math.min(greaterCount, end - equalStart - 1));
  return { lessCount, greaterCount };
}

/** Exchanges the `count` elements from `start` on with the last `count` before `end`. */
function swapBlocks(numbers: Int32Array, start: number, end: number, count: number): void {
  for (let offset = 0; offset < count; offset++) {
    swap(numbers, start + offset, end - count + offset);
  }
}

function pivotOf(numbers: Int32Array, keys: Float64Array, start: number, end: number): number {
  const count = end - start;
  let middle = start + (count >>> 1);
  if (count === SHORT_COUNT) return middle;
  let low = start, high = end - 1;
  if (count > LONG_COUNT) {
    const step = count >>> 3;
    low = middleOf(numbers, keys, low, low + step, low + 2 * step);
    middle = middleOf(numbers, keys, middle - step, middle, middle + step);
    high = middleOf(numbers, keys, high - 2 * step, high - step, high);
  }
  return middleOf(numbers, keys, low, middle, high);
}

/** Which of three positions holds what is neither least nor greatest. */
function middleOf(
  numbers: Int32Array,
  keys: Float64Array,
  a: number,
  b: number,
  c: number,
): number {
  const x = keys[numbers[a]], y = keys[numbers[b]], z = keys[numbers[c]];
  if (x < y) {
    if (y < z) return b;
    return x < z ? c : a;
  }
  if (y > z) return b;
  return x < z ? a : c;
}

function insertionSort(numbers: Int32Array, keys: Float64Array, start: number, end: number): void {
  for (let next = start + 1; next < end; next++) {
    for (let at = next; at > start && keys[numbers[at - 1]] > keys[numbers[at]]; at--) {
      swap(numbers, at, at - 1);
    }
  }
}

function swap(numbers: Int32Array, a: number, b: number): void {
  const number = numbers[a];
  numbers[a] = numbers[b];
  numbers[b] = number;
}
