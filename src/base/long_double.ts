/**
 * Long double: decimal numbers added as INCRBYFLOAT adds them, to the last digit.
 *
 * Redis counts INCRBYFLOAT and HINCRBYFLOAT in C's `long double`, which on x86-64 has 64 bits of
 * mantissa, and prints 17 decimals of the sum less the zeros at their end. A double has 53 bits, and
 * its sums would differ in what the client sees (10.1 + 0.2 and on); an exact decimal sum would, too
 * (0.1 a thousand times). So the 80-bit format is emulated in whole numbers: read, add and print
 * each round once, half to even, as the hardware and the C library do.
 *
 * Always true: equal texts give equal sums, on every processor.
 * Cost: some microseconds a sum; up to some hundred for numbers with thousands of digits.
 * Behaviour: Redis 7.0 INCRBYFLOAT on x86-64.
 *
 * @module
 */
import {
  addBinaryFloats,
  type BinaryFloat,
  divideRounded,
  EXTENDED80,
  parseBinaryFloat,
} from "./binary_float.ts";

/** An 80-bit floating-point number; may be infinite, is never NaN. */
export type LongDouble = BinaryFloat;

/** The longest text that Redis reads as a long double. */
const TEXT_BYTES_MAX = 5119;

/** Decimals that are printed, before zeros at the end are taken off. */
const DECIMAL_COUNT = 17;

/** 10^17. */
const DECIMAL_SCALE = 10n ** BigInt(DECIMAL_COUNT);

/**
 * Reads a number: decimal, hexadecimal, `inf` or `infinity` in any case, with either sign.
 *
 * @param text the whole of it must be the number, spaces are not allowed
 * @returns the nearest 80-bit number, or `undefined` when Redis says `value is not a valid float`
 */
export function parseLongDouble(text: string): LongDouble | undefined {
  return text.length > TEXT_BYTES_MAX ? undefined : parseBinaryFloat(text, EXTENDED80);
}

/** Whether the number is neither inf nor -inf. */
export function isFiniteLongDouble(value: LongDouble): boolean {
  return value.exponent !== Infinity;
}

/**
 * Adds two numbers.
 *
 * @returns the sum, or `undefined` when it is infinite or no number
 */
export function addLongDoubles(left: LongDouble, right: LongDouble): LongDouble | undefined {
  if (!isFiniteLongDouble(left) || !isFiniteLongDouble(right)) return undefined;
  return addBinaryFloats(left, right, EXTENDED80);
}

/**
 * Prints a finite number as INCRBYFLOAT replies it: plain, at most 17 decimals, no zeros at the end.
 *
 * @param value finite
 */
export function formatLongDouble(value: LongDouble): string {
  const isNegative = value.mantissa < 0n;
  const magnitude = isNegative ? -value.mantissa : value.mantissa;
  const scaled = divideRounded(magnitude * DECIMAL_SCALE, 1n, value.exponent);
  if (scaled === 0n) return "0";
  const digits = scaled.toString().padStart(DECIMAL_COUNT + 1, "0");
  const whole = digits.slice(0, -DECIMAL_COUNT);
  const decimals = digits.slice(-DECIMAL_COUNT).replace(/0+$/, "");
  return (isNegative ? "-" : "") + whole + (decimals === "" ? "" : "." + decimals);
}

/**
 * The sum of two numbers in text, as INCRBYFLOAT replies it.
 *
 * @param left as for `parseLongDouble`
 * @param right as for `parseLongDouble`
 * @returns the sum, or `undefined` when a text is no number or the sum would be NaN or infinite
 */
export function addDecimal(left: string, right: string): string | undefined {
  const augend = parseLongDouble(left), addend = parseLongDouble(right);
  if (augend === undefined || addend === undefined) return undefined;
  const sum = addLongDoubles(augend, addend);
  return sum && formatLongDouble(sum);
}
