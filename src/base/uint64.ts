/**
 * Uint64: unsigned 64-bit integers as text, for the two halves of a stream's IDs.
 *
 * A value is held in two 32-bit halves, as in `Int64`, only that the upper half carries no sign. Most
 * values are below 2^53 and take the short way through a double; the others are cut where the pieces
 * stay exact.
 *
 * Cost: one step for each digit; nothing is allocated.
 *
 * @module
 */

import { type Int64, writeInt64, writeInteger } from "./int64.ts";

const TWO_TO_32 = 4_294_967_296;
const BILLION = 1_000_000_000;
const BILLION_DIGITS = 9;
/** Digits that always fit a double exactly. */
const SAFE_DIGITS = 15;
const UINT64_DIGITS_MAX = 20;
const ZERO = 48;

/** Most bytes that `writeUint64` writes. */
export const UINT64_TEXT_BYTES_MAX = UINT64_DIGITS_MAX;

/**
 * Reads decimal digits, and nothing but digits; zeros may lead.
 *
 * @param into Its halves are set if there is a value, else left as they were.
 * @returns Whether the bytes are digits of a number below 2^64.
 */
export function parseUint64(bytes: Uint8Array, start: number, end: number, into: Int64): boolean {
  if (start >= end) return false;
  let first = start;
  while (first < end && bytes[first] === ZERO) first++;
  if (end - first > UINT64_DIGITS_MAX) return false;
  // Guide: the digits before and behind the last nine, each exact in a double.
  const tailStart = end - BILLION_DIGITS;
  let head = 0, tail = 0;
  for (let at = first; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return false;
    if (at < tailStart) head = head * 10 + digit;
    else tail = tail * 10 + digit;
  }
  if (end - first <= SAFE_DIGITS) {
    into.setNumber(head * BILLION + tail);
    return true;
  }
  // Guide: value = head * 10^9 + tail, with head cut at 16 bits to keep products below 2^53.
  const upper = Math.floor(head / 0x10000) * BILLION;
  const lower = (head % 0x10000) * BILLION + tail + (upper % 0x10000) * 0x10000;
  const high = Math.floor(upper / 0x10000) + Math.floor(lower / TWO_TO_32);
  if (high >= TWO_TO_32) return false;
  into.hi = high | 0;
  into.lo = lower | 0;
  return true;
}

/**
 * Writes an unsigned 64-bit integer in decimal.
 *
 * @param value Its halves; the upper one is read without a sign.
 * @param target Has room for `UINT64_TEXT_BYTES_MAX` bytes from `at`.
 * @returns Index behind the last byte written.
 */
export function writeUint64(value: Int64, target: Uint8Array, at: number): number {
  if (value.hi >= 0) {
    return value.hi < 0x200000
      ? writeInteger(value.hi * TWO_TO_32 + (value.lo >>> 0), target, at)
      : writeInt64(value, target, at);
  }
  // Guide: the last digit by itself; what is left over has no top bit any more.
  const high = value.hi >>> 0, low = value.lo;
  const rest = (high % 10) * TWO_TO_32 + (low >>> 0);
  value.hi = Math.floor(high / 10);
  value.lo = Math.floor(rest / 10) | 0;
  at = writeInt64(value, target, at);
  value.hi = high | 0;
  value.lo = low;
  target[at] = ZERO + rest % 10;
  return at + 1;
}
