/**
 * Keyed sort: puts numbered things in the order of a key that each has.
 *
 * The engine's own sort calls a function for every comparison, 20 million times for a million things.
 * Here the keys are doubles in an array beside the numbers, compared in place. What can't be told by
 * one double is told by several: things with equal keys get new ones and are sorted among themselves
 * (text_sort.ts).
 *
 * A merge sort, bottom up: short runs are sorted by insertion, then merged two by two; many things are
 * sorted by the digits of their keys (radix_sort.ts). Both are stable, as is the sort of the C library
 * that Redis uses, so things that are equal in all respects keep their order in both. Where only some
 * positions are wanted, a stable quicksort first parts the things until little more than what is wanted
 * is left to be sorted.
 *
 * Cost: O(n log n), O(n) for many; with k positions wanted O(n + k log k); a copy of both arrays.
 *
 * @module
 */

import { type Keyed, sortByDigits } from "./radix_sort.ts";

/** Things sorted by insertion before any merging. */
const RUN_COUNT = 8;
/** As many things as this are sorted by digits: fewer are merged sooner than all counts are made. */
const RADIX_COUNT_MIN = 1000;
/** Fewer things than this are sorted as a whole, whatever is wanted of them. */
const PARTED_COUNT_MIN = 64;
/** After so many times the base 2 logarithm of the count, parting has had bad luck and ends. */
const PARTINGS_OF_HALVING = 2;

/** Positions from `start` to before `end`. */
export interface PositionRange {
  readonly start: number;
  readonly end: number;
}

/** Numbers and their keys, in arrays of one length: what is moved, is moved in both. */
export class KeyedNumbers {
  /** The things: at first 0, 1, 2 ... */
  readonly numbers: Int32Array;
  /** Their keys, at first 0; none may be NaN. */
  readonly keys: Float64Array;
  readonly #own: Keyed;
  /** Room for what is on the move; short runs need none. */
  #spare: Keyed | undefined;

  /** @param count How many things there are. */
  constructor(count: number) {
    this.numbers = new Int32Array(count);
    for (let number = 0; number < count; number++) this.numbers[number] = number;
    this.keys = new Float64Array(count);
    this.#own = { numbers: this.numbers, keys: this.keys };
  }

  /**
   * Sorts what lies at `[start, end)` by the keys.
   *
   * @param wanted The positions that must hold what they do in the sorted sequence; the others may
   * hold any of the rest.
   */
  sort(start: number, end: number, wanted: PositionRange): void {
    const halvings = 32 - Math.clz32(end - start);
    this.#sortWanted(start, end, wanted, PARTINGS_OF_HALVING * halvings);
  }

  /** Where the run of equal keys ends that begins at `start`, at the latest at `end`. */
  endOfEqual(start: number, end: number): number {
    const { keys } = this;
    const key = keys[start];
    let at = start + 1;
    while (at < end && keys[at] === key) at++;
    return at;
  }

  #sortWanted(start: number, end: number, wanted: PositionRange, partingsLeft: number): void {
    const from = Math.max(start, wanted.start), to = Math.min(end, wanted.end);
    if (from >= to) return;
    const isMostWanted = 2 * (to - from) >= end - start;
    if (isMostWanted || end - start < PARTED_COUNT_MIN || partingsLeft === 0) {
      return this.#sortAll(start, end);
    }
    const { lessEnd, greaterStart } = this.#part(start, end);
    this.#sortWanted(start, lessEnd, wanted, partingsLeft - 1);
    this.#sortWanted(greaterStart, end, wanted, partingsLeft - 1);
  }

  /** Parts by the middle of three keys into less, equal and greater, each in the order it was. */
  #part(start: number, end: number): { lessEnd: number; greaterStart: number } {
    const { numbers, keys } = this;
    const { numbers: otherNumbers, keys: otherKeys } = this.#takeSpare();
    const pivot = middleOf(keys[start], keys[(start + end) >>> 1], keys[end - 1]);
    let lessEnd = start, otherEnd = start;
    for (let at = start; at < end; at++) {
      const key = keys[at], number = numbers[at];
      if (key < pivot) {
        keys[lessEnd] = key;
        numbers[lessEnd++] = number;
      } else {
        otherKeys[otherEnd] = key;
        otherNumbers[otherEnd++] = number;
      }
    }
    let equalEnd = lessEnd;
    for (let at = start; at < otherEnd; at++) if (otherKeys[at] === pivot) equalEnd++;
    let equalAt = lessEnd, greaterAt = equalEnd;
    for (let at = start; at < otherEnd; at++) {
      const key = otherKeys[at];
      const to = key === pivot ? equalAt++ : greaterAt++;
      keys[to] = key;
      numbers[to] = otherNumbers[at];
    }
    return { lessEnd, greaterStart: equalEnd };
  }

  #sortAll(start: number, end: number): void {
    if (isInOrder(this.keys, start, end)) return;
    if (end - start >= RADIX_COUNT_MIN) {
      return sortByDigits(this.#own, this.#takeSpare(), start, end);
    }
    for (let runStart = start; runStart < end; runStart += RUN_COUNT) {
      sortRun(this.#own, runStart, Math.min(runStart + RUN_COUNT, end));
    }
    if (end - start <= RUN_COUNT) return;
    let from = this.#own, to = this.#takeSpare();
    for (let runCount = RUN_COUNT; runCount < end - start; runCount *= 2) {
      for (let left = start; left < end; left += 2 * runCount) {
        const middle = Math.min(left + runCount, end);
        merge(from, to, left, middle, Math.min(middle + runCount, end));
      }
      [from, to] = [to, from];
    }
    if (from === this.#own) return;
    this.numbers.set(from.numbers.subarray(start, end), start);
    this.keys.set(from.keys.subarray(start, end), start);
  }

  #takeSpare(): Keyed {
    const count = this.numbers.length;
    return this.#spare ??= { numbers: new Int32Array(count), keys: new Float64Array(count) };
  }
}

function isInOrder(keys: Float64Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at++) if (keys[at - 1] > keys[at]) return false;
  return true;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** Sorts `[start, end)` by insertion. */
function sortRun({ numbers, keys }: Keyed, start: number, end: number): void {
  for (let next = start + 1; next < end; next++) {
    const key = keys[next], number = numbers[next];
    let at = next;
    for (; at > start && keys[at - 1] > key; at--) {
      keys[at] = keys[at - 1];
      numbers[at] = numbers[at - 1];
    }
    keys[at] = key;
    numbers[at] = number;
  }
}

/** Merges the sorted `[start, middle)` and `[middle, end)` of `from` into `to`. */
function merge(from: Keyed, to: Keyed, start: number, middle: number, end: number): void {
  const fromKeys = from.keys, fromNumbers = from.numbers;
  const toKeys = to.keys, toNumbers = to.numbers;
  let left = start, right = middle, at = start;
  while (left < middle && right < end) {
    const leftKey = fromKeys[left], rightKey = fromKeys[right];
    if (leftKey <= rightKey) {
      toKeys[at] = leftKey;
      toNumbers[at++] = fromNumbers[left++];
    } else {
      toKeys[at] = rightKey;
      toNumbers[at++] = fromNumbers[right++];
    }
  }
  for (; left < middle; left++, at++) {
    toKeys[at] = fromKeys[left];
    toNumbers[at] = fromNumbers[left];
  }
  for (; right < end; right++, at++) {
    toKeys[at] = fromKeys[right];
    toNumbers[at] = fromNumbers[right];
  }
}
