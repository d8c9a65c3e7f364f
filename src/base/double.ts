/**
 * Double: scores, increments and coordinates between bytes and 64-bit floating point.
 *
 * Printing is the *shortest* text that reads back as the same number (0.1, not 0.10000000000000001),
 * as Redis prints since 7.2. JavaScript finds the same digits but sets them otherwise, so the digits
 * come from the engine and their layout from the rules of Redis:
 *
 *   whole numbers up to 2^62       all digits, exactly            4611686018427387904
 *   greater ones                   digits and zeros, if below 8 zeros; else 1e+20
 *   fractions                      plain, if they have at most 6 decimals or lie between 0.001 and
 *                                  10,000 in size; else 1.2345671234567e+6
 *   the others                     inf, -inf, nan, -0
 *
 * Reading accepts what C's `strtod` does, as long as it takes the whole text.
 *
 * Cost: reading numbers of up to 19 digits allocates nothing; all else makes a string or two.
 * Behaviour: Redis 7.0 ZADD (reading), Redis 7.2 `d2string` (printing).
 *
 * @module
 */
import type { ByteView } from "./byte_view.ts";
import { divideByPowerOfTen, HEAD_DIGITS, TAIL_DIGITS_MAX } from "./decimal_quotient.ts";
import { BINARY64, DECIMAL_PATTERN, parseBinaryFloat } from "./binary_float.ts";

/** Whole numbers of greater size are printed by their shortest digits, not exactly. */
const EXACT_WHOLE_MAX = 2 ** 62;

const POINT = 46;
const PLUS = 43;
const MINUS = 45;
const ZERO = 48;

/** The shortest text that reads back as `value`, in Redis' layout. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  if (Number.isSafeInteger(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) <= EXACT_WHOLE_MAX) return String(BigInt(value));
  const [mantissa, power] = Math.abs(value).toExponential().split("e");
  return (value < 0 ? "-" : "") + layOut(mantissa.replace(".", ""), Number(power));
}

/**
 * Reads a number: decimal, hexadecimal, `inf` or `infinity` in any case, with either sign.
 *
 * @param view borrowed; the whole of it must be the number, spaces are not allowed
 * @returns the nearest double, or `undefined` when the text is no number, is `nan`, too great, or so
 * small that it would become 0 without being 0
 */
export function parseDouble(view: ByteView): number | undefined {
  const short = parseShortDecimal(view);
  if (short !== undefined) return short;
  const text = view.toText();
  const decimal = DECIMAL_PATTERN.exec(text);
  if (decimal !== null) {
    const value = Number(text);
    if (!Number.isFinite(value)) return undefined;
    const vanished = value === 0 && /[1-9]/.test(decimal[1] + decimal[2]);
    return vanished ? undefined : value;
  }
  const float = parseBinaryFloat(text, BINARY64);
  if (float === undefined) return undefined;
  const magnitude = Math.abs(Number(float.mantissa)) * 2 ** float.exponent;
  return text.startsWith("-") ? -magnitude : magnitude;
}

/**
 * Reads a sign and up to 19 digits, a point perhaps among them; `undefined` when the view holds anything
 * else.
 */
function parseShortDecimal(view: ByteView): number | undefined {
  const bytes = view.bytes, end = view.end;
  let at = view.start;
  const isNegative = bytes[at] === MINUS;
  if (isNegative || bytes[at] === PLUS) at++;
  let head = 0, tail = 0, digitCount = 0, pointAt = -1;
  for (; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (digitCount < HEAD_DIGITS) head = head * 10 + digit;
      else tail = tail * 10 + digit;
      digitCount++;
    } else if (bytes[at] === POINT && pointAt < 0) {
      pointAt = at;
    } else {
      return undefined;
    }
  }
  if (digitCount === 0 || digitCount > HEAD_DIGITS + TAIL_DIGITS_MAX) return undefined;
  const decimals = pointAt < 0 ? 0 : end - 1 - pointAt;
  const value = divideByPowerOfTen(head, tail, Math.max(0, digitCount - HEAD_DIGITS), decimals);
  return isNegative ? -value : value;
}

/** Sets out digits whose first one counts 10^power: plain, or in scientific notation. */
function layOut(digits: string, power: number): string {
  const lastPower = power - digits.length + 1; // what the last digit counts
  if (lastPower >= 0 && power < digits.length + 7) return digits + "0".repeat(lastPower);
  if (lastPower < 0 && (lastPower > -7 || Math.abs(power) < 4)) {
    if (power < 0) return "0." + "0".repeat(-power - 1) + digits;
    return digits.slice(0, power + 1) + "." + digits.slice(power + 1);
  }
  const fraction = digits.length > 1 ? "." + digits.slice(1) : "";
  return `${digits[0]}${fraction}e${power < 0 ? "-" : "+"}${Math.abs(power)}`;
}
