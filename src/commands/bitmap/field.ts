/**
 * Field: an integer of 1 to 64 bits at any bit of a string, and what happens when it overflows.
 *
 * A field need not begin at a byte; its highest bit comes first:
 *
 *   u5 = 23 at bit 7:   |0000000 1|0111 0000|
 *
 * Values are `Int64` registers; the sum of two of them has 65 bits, so it is looked at before it is
 * cut to 64. A value fits when cutting it to the field's width leaves it as it is.
 *
 * Cost: one step for each byte that the field touches; nothing is allocated.
 * Behaviour: Redis 7.0 BITFIELD.
 *
 * @module
 */

import { Int64 } from "../../base/int64.ts";

const TWO_TO_32 = 4_294_967_296;

/** What becomes of a value that does not fit: its low bits, the nearest that fits, or nothing. */
export type OverflowMode = "wrap" | "saturate" | "fail";

/** The width and sign of a field. */
export interface FieldType {
  /** 1 to 64; without sign to 63. */
  bitCount: number;
  isSigned: boolean;
}

/** Reused by all calls, of which none runs inside another. */
const wide = new Int64();
const limit = new Int64();

/**
 * Reads a field.
 *
 * @param bytes Zeros stand for what lies at or behind `end`.
 * @param start Index of the byte with bit 0.
 * @param bitOffset Where the field begins.
 * @returns `into`.
 */
export function readField(
  type: FieldType,
  bytes: Uint8Array,
  start: number,
  end: number,
  bitOffset: number,
  into: Int64,
): Int64 {
  let at = start + Math.floor(bitOffset / 8);
  let roomBits = 8 - bitOffset % 8; // bits of this byte from the field's next bit on
  let hi = 0, lo = 0;
  for (let leftBits = type.bitCount; leftBits > 0;) {
    const takenBits = Math.min(roomBits, leftBits);
    const byte = at < end ? bytes[at] : 0;
    const part = (byte >> (roomBits - takenBits)) & ((1 << takenBits) - 1);
    hi = (hi << takenBits) | (lo >>> (32 - takenBits));
    lo = (lo << takenBits) | part;
    leftBits -= takenBits;
    roomBits = 8;
    at++;
  }
  into.hi = hi;
  into.lo = lo;
  return cut(into, type);
}

/** Writes the low bits of a value into a field; all bytes that it touches are there. */
export function writeField(
  type: FieldType,
  bytes: Uint8Array,
  start: number,
  bitOffset: number,
  value: Int64,
): void {
  let at = start + Math.floor(bitOffset / 8);
  let roomBits = 8 - bitOffset % 8;
  for (let leftBits = type.bitCount; leftBits > 0;) {
    const takenBits = Math.min(roomBits, leftBits);
    leftBits -= takenBits;
    const shift = roomBits - takenBits;
    const mask = ((1 << takenBits) - 1) << shift;
    bytes[at] = (bytes[at] & ~mask) | ((bitsFrom(value, leftBits) << shift) & mask);
    roomBits = 8;
    at++;
  }
}

/**
 * Makes a value fit a field.
 *
 * @param value Changed to what is to be written.
 * @returns Whether there is something to write: not for what overflows in mode `fail`.
 */
export function fitValue(type: FieldType, mode: OverflowMode, value: Int64): boolean {
  wide.set(value);
  if (cut(value, type).compare(wide) === 0) return true;
  return resolve(type, mode, value, isAboveRange(type, wide));
}

/**
 * Adds to a field's value.
 *
 * @param value In the field's range; changed to what is to be written.
 * @returns Whether there is something to write: not for what overflows in mode `fail`.
 */
export function addToValue(
  type: FieldType,
  mode: OverflowMode,
  value: Int64,
  increment: Int64,
): boolean {
  const low = (value.lo >>> 0) + (increment.lo >>> 0);
  const high = value.hi + increment.hi + (low >= TWO_TO_32 ? 1 : 0); // with its true sign
  wide.hi = value.hi = high | 0;
  wide.lo = value.lo = low | 0;
  if (cut(value, type).compare(wide) === 0 && high === (high | 0)) return true;
  return resolve(type, mode, value, high >= 0);
}

/** Cuts a value to a field's width, the sign of signed ones going on above; returns it. */
function cut(value: Int64, { bitCount, isSigned }: FieldType): Int64 {
  if (bitCount > 32) {
    const spareBits = 64 - bitCount;
    const high = value.hi << spareBits;
    value.hi = isSigned ? high >> spareBits : (high >>> spareBits) | 0;
  } else if (isSigned) {
    const spareBits = 32 - bitCount;
    value.lo = value.lo << spareBits >> spareBits;
    value.hi = value.lo >> 31;
  } else {
    if (bitCount < 32) value.lo &= (1 << bitCount) - 1;
    value.hi = 0;
  }
  return value;
}

/**
 * Whether a value that does not fit lies above the range, and not below.
 *
 * Redis takes a negative value for a field without sign as a large one. For narrow signed fields it
 * compares by a difference that leaves 64 bits for the lowest values, which then count as above, too.
 */
function isAboveRange(type: FieldType, value: Int64): boolean {
  if (!type.isSigned || !value.isNegative()) return true;
  setLimit(type, true, limit);
  const borrow = (limit.lo >>> 0) < (value.lo >>> 0) ? 1 : 0;
  return ((limit.hi - value.hi - borrow) | 0) < 0;
}

/** Ends an overflow. `value` is cut already, which is what wrapping means. */
function resolve(type: FieldType, mode: OverflowMode, value: Int64, isAbove: boolean): boolean {
  if (mode === "saturate") setLimit(type, isAbove, value);
  return mode !== "fail";
}

/** The largest value of a field, or the smallest. */
function setLimit({ bitCount, isSigned }: FieldType, isLargest: boolean, into: Int64): void {
  const valueBits = isSigned ? bitCount - 1 : bitCount;
  into.hi = valueBits > 32 ? 2 ** (valueBits - 32) - 1 : 0;
  into.lo = valueBits >= 32 ? -1 : 2 ** valueBits - 1 | 0;
  if (isLargest) return;
  // Guide: the smallest signed value is the complement of the largest, the smallest other one is 0.
  into.hi = isSigned ? ~into.hi : 0;
  into.lo = isSigned ? ~into.lo : 0;
}

/** The bits of a value from bit `shift` up, the lowest 32 of them. */
function bitsFrom(value: Int64, shift: number): number {
  if (shift >= 32) return value.hi >>> (shift - 32);
  return shift === 0 ? value.lo : (value.lo >>> shift) | (value.hi << (32 - shift));
}
