/**
 * Sort weights: the number that stands for an element while SORT sorts.
 *
 * Numbers stand for themselves. Text is represented by its first bytes, which decide most comparisons;
 * the rest is compared where they are the same.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { parseDouble } from "../../base/double.ts";

const NUL = 0;
const BYTE_VALUES = 256;
/** As many bytes as a double holds exactly. */
const PREFIX_BYTES = 6;
/** The least number that is not subnormal. */
const NORMAL_MIN = 2 ** -1022;

/** The weight of what is not there: before all text. */
export const ABSENT_WEIGHT = -1;

const rest = new ByteView();

/**
 * Reads a number as C's `strtod` does in SORT: white space before it is allowed, nothing behind it;
 * no text is 0, and a zero byte ends the text.
 *
 * @returns `undefined` when it is no number, or too great or small to be told from others.
 */
export function numberWeight(view: ByteView): number | undefined {
  const number = parseDouble(view);
  if (number !== undefined) return isTooSmall(number) ? undefined : number;
  const { bytes, end } = view;
  let start = view.start;
  while (start < end && isSpace(bytes[start])) start++;
  let textEnd = start;
  while (textEnd < end && bytes[textEnd] !== NUL) textEnd++;
  if (textEnd === view.start) return 0;
  const value = parseDouble(rest.set(bytes, start, textEnd));
  return value === undefined || isTooSmall(value) ? undefined : value;
}

/**
 * The first bytes of a text as a number.
 *
 * @param endsAtZero Whether the text ends at a zero byte.
 */
export function textWeight(view: ByteView, endsAtZero: boolean): number {
  let weight = 0;
  let at = view.start, isText = true;
  for (let count = 0; count < PREFIX_BYTES; count++, at++) {
    isText &&= at < view.end && !(endsAtZero && view.bytes[at] === NUL);
    weight = weight * BYTE_VALUES + (isText ? view.bytes[at] : 0);
  }
  return weight;
}

/** Order of two texts that end at their first zero byte: negative, 0, positive. */
export function compareText(left: ByteView, right: ByteView): number {
  let i = left.start, j = right.start;
  for (;; i++, j++) {
    const leftByte = i < left.end ? left.bytes[i] : NUL;
    const rightByte = j < right.end ? right.bytes[j] : NUL;
    if (leftByte !== rightByte) return leftByte - rightByte;
    if (leftByte === NUL) return 0;
  }
}

function isTooSmall(value: number): boolean {
  return value !== 0 && Math.abs(value) < NORMAL_MIN;
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}
