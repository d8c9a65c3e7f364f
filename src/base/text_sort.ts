/**
 * Text sort: refines the order of numbered things by texts that they have, byte by byte.
 *
 * Comparing two texts costs a look at each of them, and another at every byte that they share; texts
 * in one collection share many. So nothing is compared: each text gets a key of its next bytes, the
 * keys are sorted, and those that are equal are told apart by the bytes behind. Every byte that
 * matters is read once, none that doesn't, and a beginning that all share costs no sorting.
 *
 *   key    six digits of base 257, the first the most: a byte plus 1, or 0 behind the end
 *
 * Cost: O(n log n) key comparisons for each six bytes that tell texts apart.
 * Idea: the radix sort that takes the most significant digit first, with a large digit.
 *
 * @module
 */

import type { ByteRows } from "./byte_rows.ts";
import { ByteView } from "./byte_view.ts";
import type { KeyedNumbers, PositionRange } from "./keyed_sort.ts";

const NUL = 0;
/** A byte, or none. */
const DIGIT_VALUES = 257;
/** As many digits as a double holds exactly. */
const KEY_BYTES = 6;
const HALF_BYTES = KEY_BYTES / 2;
const HALF_VALUES = DIGIT_VALUES ** HALF_BYTES;

/** The texts, and what their order is. */
export interface TextOrder {
  /** By number. */
  readonly texts: ByteRows;
  readonly isDescending: boolean;
  /** Whether a text ends at its first zero byte, as in C. */
  readonly endsAtZero: boolean;
}

/** Reused by all sorts: nothing else runs meanwhile. */
const text = new ByteView();
const first = new ByteView();

/**
 * Sorts by key, and by text where keys are equal; things that are equal in both keep their order.
 *
 * @param things Their keys are replaced by ranks: equal for what is equal, greater for what comes later.
 * @param wanted The positions that must hold what they do in the sorted sequence; of others neither
 * the things nor the ranks are right.
 */
export function sortByKeyAndText(
  things: KeyedNumbers,
  order: TextOrder,
  wanted: PositionRange,
): void {
  new TextSort(things, order, wanted).run();
}

/** Sorts once. */
class TextSort {
  readonly #things: KeyedNumbers;
  readonly #order: TextOrder;
  readonly #wanted: PositionRange;
  /** What is equal so far, three numbers each: start, end, bytes seen. Objects would be too many. */
  readonly #ties: number[] = [];

  constructor(things: KeyedNumbers, order: TextOrder, wanted: PositionRange) {
    this.#things = things;
    this.#order = order;
    this.#wanted = wanted;
  }

  run(): void {
    const ties = this.#ties;
    this.#sortKeys(0, this.#things.numbers.length, 0);
    while (ties.length > 0) {
      const seenBytes = ties.pop()!, end = ties.pop()!, start = ties.pop()!;
      this.#takeKeys(start, end, seenBytes);
      this.#sortKeys(start, end, seenBytes + KEY_BYTES);
    }
  }

  /** Gives the things at `[start, end)` keys of what follows the bytes that were seen. */
  #takeKeys(start: number, end: number, seenBytes: number): void {
    const { numbers, keys } = this.#things;
    const { texts, isDescending, endsAtZero } = this.#order;
    for (let at = start; at < end; at++) {
      texts.view(numbers[at], text);
      const high = digitsOf(text, seenBytes, endsAtZero);
      const isOver = high % DIGIT_VALUES === 0;
      const low = isOver ? 0 : digitsOf(text, seenBytes + HALF_BYTES, endsAtZero);
      const key = high * HALF_VALUES + low;
      keys[at] = isDescending ? -key : key;
    }
  }

  /** Sorts the things at `[start, end)`, ranks them, and notes what is still to be refined. */
  #sortKeys(start: number, end: number, seenBytes: number): void {
    const things = this.#things, { keys } = things, wanted = this.#wanted;
    things.sort(start, end, wanted);
    for (let at = start; at < end;) {
      const key = keys[at], tieStart = at;
      const tieEnd = things.endOfEqual(at, end);
      for (; at < tieEnd; at++) keys[at] = tieStart;
      const isWanted = tieStart < wanted.end && tieEnd > wanted.start;
      const isEqual = seenBytes > 0 && key % DIGIT_VALUES === 0; // the last digit is behind the end
      if (tieEnd - tieStart === 1 || !isWanted || isEqual) continue;
      const isAll = tieStart === start && tieEnd === end; // so they may share more
      const sharedBytes = isAll ? this.#sharedBytes(start, end, seenBytes) : seenBytes;
      this.#ties.push(tieStart, tieEnd, sharedBytes);
    }
  }

  /** How many bytes are the same in all texts at `[start, end)`, if those that were seen are. */
  #sharedBytes(start: number, end: number, seenBytes: number): number {
    const { numbers } = this.#things, { texts, endsAtZero } = this.#order;
    texts.view(numbers[start], first);
    const firstBytes = first.bytes;
    const seenEnd = first.start + seenBytes;
    let sharedEnd = first.end;
    for (let at = start + 1; at < end && sharedEnd > seenEnd; at++) {
      const { bytes, start, end } = texts.view(numbers[at], text);
      let i = seenEnd, j = start + seenBytes;
      while (i < sharedEnd && j < end && firstBytes[i] === bytes[j]) i++, j++;
      sharedEnd = i;
    }
    const zeroAt = endsAtZero ? firstBytes.subarray(seenEnd, sharedEnd).indexOf(NUL) : -1;
    return zeroAt < 0 ? sharedEnd - first.start : seenBytes + zeroAt;
  }
}

/** Three digits of the key of a text, from an offset on. */
function digitsOf({ bytes, start, end }: ByteView, offset: number, endsAtZero: boolean): number {
  let digits = 0, at = start + offset;
  const digitsEnd = at + HALF_BYTES;
  for (; at < end && at < digitsEnd; at++) {
    const byte = bytes[at];
    if (endsAtZero && byte === NUL) break;
    digits = digits * DIGIT_VALUES + byte + 1;
  }
  for (; at < digitsEnd; at++) digits *= DIGIT_VALUES;
  return digits;
}
