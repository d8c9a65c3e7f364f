/**
 * Int64: 64-bit integers read, added and written exactly, without BigInt.
 *
 * A number holds whole values up to 2^53, Redis counts to 2^63. BigInt would do, but each one is an
 * object on the heap, and INCR runs a million times a second. So an `Int64` is a register, made once
 * and set anew for each use, of two signed 32-bit halves, and text goes straight from and to bytes.
 * Most values are small: each path asks first whether 32 bits do, then whether a double does.
 *
 *   value = hi * 2^32 + (lo >>> 0)      two's complement, hi carries the sign
 *
 * For long text the trick is the base 10^9: a 64-bit value is at most 10 digits before and 9 digits
 * behind that point, and products of such parts with 16-bit pieces stay below 2^53, thus exact.
 *
 * Always true: `hi` and `lo` are in int32 range.
 * Cost: one step for each digit; nothing is allocated but by `toBigInt`.
 * Behaviour: Redis 7.0 INCRBY and wherever it reads an integer argument.
 *
 * @module
 */

/** 2^32. */
const TWO_TO_32 = 4_294_967_296;

/** 10^9: the longest power of ten whose values fit into 32 bits. */
const BILLION = 1_000_000_000;

/** Digits of values below 10^9. */
const BILLION_DIGITS = 9;

/** Digits that always fit a double exactly. */
const SAFE_DIGITS = 15;

/** Most digits of a 64-bit integer. */
const INT64_DIGITS_MAX = 19;

/** Most bytes that `writeInt64` and `writeInteger` write: a sign and 19 digits. */
export const INT64_TEXT_BYTES_MAX = 20;

/** A register for one signed 64-bit integer. */
export class Int64 {
  /** Upper half, with the sign: a signed 32-bit integer. */
  hi = 0;
  /** Lower half, as a signed 32-bit integer (`lo >>> 0` is its share of the value). */
  lo = 0;

  /** Takes over another register's value; returns itself. */
  set(other: Int64): this {
    this.hi = other.hi;
    this.lo = other.lo;
    return this;
  }

  /**
   * Sets the value; returns itself.
   *
   * @param value a safe integer
   */
  setNumber(value: number): this {
    this.lo = value | 0; // takes the value modulo 2^32
    this.hi = Math.floor(value / TWO_TO_32) | 0;
    return this;
  }

  /**
   * Sets the value; returns itself.
   *
   * @param value from -2^63 to 2^63-1
   */
  setBigInt(value: bigint): this {
    this.hi = Number(BigInt.asIntN(32, value >> 32n));
    this.lo = Number(BigInt.asIntN(32, value));
    return this;
  }

  /** The value as a number: exact if `isSafe()`, else the nearest double. */
  toNumber(): number {
    return this.hi * TWO_TO_32 + (this.lo >>> 0);
  }

  /** The value as a BigInt. */
  toBigInt(): bigint {
    return (BigInt(this.hi) << 32n) | BigInt(this.lo >>> 0);
  }

  /** Whether a number can hold the value exactly: it is in -(2^53-1) to 2^53-1. */
  isSafe(): boolean {
    const hi = this.hi;
    return hi < 0x200000 && (hi > -0x200000 || (hi === -0x200000 && this.lo !== 0));
  }

  /** Whether the value is below zero. */
  isNegative(): boolean {
    return this.hi < 0;
  }

  /**
   * Adds another register's value.
   *
   * @returns whether the sum fits; if not, the value stays as it was
   */
  add(other: Int64): boolean {
    const lo = (this.lo >>> 0) + (other.lo >>> 0);
    const hi = this.hi + other.hi + (lo >= TWO_TO_32 ? 1 : 0);
    if ((hi | 0) !== hi) return false;
    this.hi = hi;
    this.lo = lo | 0;
    return true;
  }

  /**
   * Changes the sign.
   *
   * @returns whether the result fits: not for -2^63, which stays as it was
   */
  negate(): boolean {
    if (this.lo === 0) {
      if (this.hi === -0x80000000) return false;
      this.hi = -this.hi | 0;
    } else {
      this.hi = ~this.hi;
      this.lo = -this.lo | 0;
    }
    return true;
  }

  /** Order of the values: negative when this one is less, 0 when equal, positive when greater. */
  compare(other: Int64): number {
    if (this.hi !== other.hi) return this.hi < other.hi ? -1 : 1;
    if (this.lo === other.lo) return 0;
    return (this.lo >>> 0) < (other.lo >>> 0) ? -1 : 1;
  }
}

/**
 * Reads a decimal integer as strictly as Redis does: no plus sign, no space, no leading zero, no
 * "-0", nothing behind the digits. What passes would be written back as the very same bytes.
 *
 * @param bytes borrowed
 * @param start index of the first byte
 * @param end index behind the last byte
 * @param into set to the value if there is one, else left as it was
 * @returns whether the bytes are an integer of 64 bits
 */
export function parseInt64(bytes: Uint8Array, start: number, end: number, into: Int64): boolean {
  let at = start;
  const isNegative = at < end && bytes[at] === MINUS;
  if (isNegative) at++;
  const digitCount = end - at;
  if (digitCount < 1 || digitCount > INT64_DIGITS_MAX) return false;
  if (bytes[at] === ZERO) {
    if (digitCount > 1 || isNegative) return false;
    into.hi = into.lo = 0;
    return true;
  }
  if (digitCount <= BILLION_DIGITS) {
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) return false;
      value = (value * 10 + digit) | 0;
    }
    into.lo = isNegative ? -value | 0 : value;
    into.hi = isNegative ? -1 : 0;
    return true;
  }
  return parseLong(bytes, at, end, isNegative, into);
}

/** Reads 10 to 19 digits, the first of which is not zero unless it is no digit at all. */
function parseLong(
  bytes: Uint8Array,
  start: number,
  end: number,
  isNegative: boolean,
  into: Int64,
): boolean {
  // Guide: the digits before and behind the last nine, each exact in a double.
  const tailStart = end - BILLION_DIGITS;
  let head = 0, tail = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return false;
    if (at < tailStart) head = head * 10 + digit;
    else tail = (tail * 10 + digit) | 0;
  }
  if (end - start <= SAFE_DIGITS) {
    const value = head * BILLION + tail;
    into.setNumber(isNegative ? -value : value);
    return true;
  }
  // Guide: magnitude = head * 10^9 + tail, with head cut at 16 bits to keep products below 2^53.
  const upper = Math.floor(head / 0x10000) * BILLION;
  const lower = (head % 0x10000) * BILLION + tail + (upper % 0x10000) * 0x10000;
  const hi = Math.floor(upper / 0x10000) + Math.floor(lower / TWO_TO_32);
  const lo = lower | 0;
  if (hi > 0x7fffffff && !(isNegative && hi === 0x80000000 && lo === 0)) return false;
  into.hi = hi | 0;
  into.lo = lo;
  if (isNegative) into.negate(); // leaves -2^63, which is its own complement, as it is
  return true;
}

/**
 * Writes a 64-bit integer in decimal.
 *
 * @param value read only
 * @param target has room for `INT64_TEXT_BYTES_MAX` bytes from `at`
 * @param at index of the first byte to write
 * @returns index behind the last byte written
 */
export function writeInt64(value: Int64, target: Uint8Array, at: number): number {
  if (value.isSafe()) return writeInteger(value.toNumber(), target, at);
  let hi = value.hi >>> 0, lo = value.lo >>> 0;
  if (value.hi < 0) {
    target[at++] = MINUS;
    lo = -value.lo >>> 0;
    hi = (~value.hi + (lo === 0 ? 1 : 0)) >>> 0;
  }
  // Guide: divide by 10^9 on paper, in digits of 16 bits; each remainder stays below 2^46.
  const first = (hi % BILLION) * 0x10000 + (lo >>> 16);
  const second = (first % BILLION) * 0x10000 + (lo & 0xffff);
  const head = Math.floor(hi / BILLION) * TWO_TO_32 + Math.floor(first / BILLION) * 0x10000 +
    Math.floor(second / BILLION);
  return writeNineDigits(second % BILLION, target, writeInteger(head, target, at));
}

/**
 * Writes an integer in decimal; nothing is allocated.
 *
 * @param value a safe integer
 * @param target has room for the digits from `at`: `decimalLengthOf(value)` bytes
 * @param at index of the first byte to write
 * @returns index behind the last byte written
 */
export function writeInteger(value: number, target: Uint8Array, at: number): number {
  if (value < 0) {
    target[at++] = MINUS;
    value = -value;
  }
  if (value <= 0x7fffffff) return writeDigits(value | 0, target, at);
  const head = Math.floor(value / BILLION);
  return writeNineDigits(value - head * BILLION, target, writeDigits(head | 0, target, at));
}

/** Number of bytes that `writeInteger` writes: the digits, and the sign if there is one. */
export function decimalLengthOf(value: number): number {
  if (value < 0) return 1 + decimalLengthOf(-value);
  if (value <= 0x7fffffff) return digitCountOf(value | 0);
  return digitCountOf(Math.floor(value / BILLION) | 0) + BILLION_DIGITS;
}

const MINUS = 45;
const ZERO = 48;

/** Writes a 32-bit integer that is not negative. */
function writeDigits(value: number, target: Uint8Array, at: number): number {
  if (value < 10) {
    target[at] = ZERO + value;
    return at + 1;
  }
  const end = at + digitCountOf(value);
  let index = end;
  while (value >= 10) {
    const rest = (value / 10) | 0;
    target[--index] = ZERO + value - Math.imul(rest, 10);
    value = rest;
  }
  target[--index] = ZERO + value;
  return end;
}

/** Writes a value below 10^9 with leading zeros. */
function writeNineDigits(value: number, target: Uint8Array, at: number): number {
  value |= 0;
  for (let index = at + BILLION_DIGITS - 1; index >= at; index--) {
    const rest = (value / 10) | 0;
    target[index] = ZERO + value - Math.imul(rest, 10);
    value = rest;
  }
  return at + BILLION_DIGITS;
}

/** Decimal digits of a 32-bit integer that is not negative. */
function digitCountOf(value: number): number {
  if (value < 100_000) {
    if (value < 100) return value < 10 ? 1 : 2;
    if (value < 1000) return 3;
    return value < 10_000 ? 4 : 5;
  }
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  if (value < 100_000_000) return 8;
  return value < BILLION ? 9 : 10;
}
