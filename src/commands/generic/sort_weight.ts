/**
 * Sort weight: the number that SORT takes an element for, or what BY leads to.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { parseDouble } from "../../base/double.ts";

const NUL = 0;
/** The least number that is not subnormal. */
const NORMAL_MIN = 2 ** -1022;

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

function isTooSmall(value: number): boolean {
  return value !== 0 && Math.abs(value) < NORMAL_MIN;
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}
