/**
 * Dense registers: 16384 counters of 6 bits, packed without gaps, the first in the lowest bits.
 *
 *   byte      0        1        2        3
 *          11000000 22221111 33333322 55444444     the digit is the register the bit belongs to;
 *                                                  the highest bit of a byte is on the left
 *
 * A register lies in one byte or across two: 4 registers are 3 bytes.
 *
 * Specified in: Redis 7.0, the dense encoding of a HyperLogLog.
 *
 * @module
 */

import { REGISTER_COUNT } from "./registers.ts";

/** Bits of a register, all of them ones: the largest value. */
export const REGISTER_VALUE_MAX = 63;

/** Bytes of all registers. */
export const DENSE_REGISTERS_BYTES = REGISTER_COUNT * 6 / 8;

/** Bits of a byte behind which a register that starts there needs the next byte. */
const LAST_SHIFT_INSIDE = 2;

/** The value of a register. @param at Where the registers start in `bytes`. */
export function denseRegister(bytes: Uint8Array, at: number, index: number): number {
  const bit = index * 6, byteIndex = at + (bit >>> 3), shift = bit & 7;
  if (shift <= LAST_SHIFT_INSIDE) return (bytes[byteIndex] >>> shift) & REGISTER_VALUE_MAX;
  return ((bytes[byteIndex] | (bytes[byteIndex + 1] << 8)) >>> shift) & REGISTER_VALUE_MAX;
}

/** Stores a register's value, 0 to 63. @param at Where the registers start in `bytes`. */
export function setDenseRegister(
  bytes: Uint8Array,
  at: number,
  index: number,
  value: number,
): void {
  const bit = index * 6, byteIndex = at + (bit >>> 3), shift = bit & 7;
  const mask = REGISTER_VALUE_MAX << shift, bits = value << shift;
  bytes[byteIndex] = (bytes[byteIndex] & ~mask) | bits;
  if (shift <= LAST_SHIFT_INSIDE) return;
  bytes[byteIndex + 1] = (bytes[byteIndex + 1] & ~(mask >>> 8)) | (bits >>> 8);
}

/** Raises a register to a value if it is lower; returns whether it was. */
export function raiseDenseRegister(
  bytes: Uint8Array,
  at: number,
  index: number,
  value: number,
): boolean {
  if (denseRegister(bytes, at, index) >= value) return false;
  setDenseRegister(bytes, at, index, value);
  return true;
}

/** Adds to `histogram[value]` how many registers have the value. */
export function countDenseRegisters(bytes: Uint8Array, at: number, histogram: Int32Array): void {
  const end = at + DENSE_REGISTERS_BYTES;
  for (; at < end; at += 3) {
    const four = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    histogram[four & REGISTER_VALUE_MAX]++;
    histogram[(four >>> 6) & REGISTER_VALUE_MAX]++;
    histogram[(four >>> 12) & REGISTER_VALUE_MAX]++;
    histogram[four >>> 18]++;
  }
}
