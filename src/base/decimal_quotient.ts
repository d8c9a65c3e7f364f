/**
 * Decimal quotient: the double nearest to a whole number of up to 19 digits over a power of ten.
 *
 * A double holds 15 digits for sure, so with those one division rounds right. Most fractions that
 * programs print have 16 or 17. To read them as text, the engine's way, takes several times as long as
 * all else that becomes of a number. So the sum is done with pairs of doubles, the second of which is
 * what the first one lacks:
 *
 *   whole number    head, 15 digits | tail, up to 4 digits      exactly the pair high + low
 *   quotient        high / power    | remainder / power         their sum rounds once
 *
 * That this is the nearest double: the sum errs by less than 2^-104 of its value, and no such quotient,
 * unless it is one exactly, comes nearer than 2^-99 to the middle of two doubles, where rounding turns
 * (two fractions that differ, over 5^19 and 2^54 here, differ by one over their product at least). In
 * the middle itself all steps are exact, and the sum goes to the even one, as it must.
 *
 * Idea: Dekker, "A floating-point technique for extending the available precision", 1971.
 *
 * @module
 */

/** Digits of the first part; as a whole number they always are exact. */
export const HEAD_DIGITS = 15;
/** Digits of the second part, at most. */
export const TAIL_DIGITS_MAX = 4;

/** 10^0 to 10^19, all of them exact. */
const POWERS_OF_TEN = Float64Array.from(
  { length: HEAD_DIGITS + TAIL_DIGITS_MAX + 1 },
  (_, power) => 10 ** power,
);

/** Times this and back, a double loses the lower half of its digits. */
const HALVING_FACTOR = 2 ** 27 + 1;

/**
 * Divides a whole number by a power of ten.
 *
 * @param head Its first digits, up to `HEAD_DIGITS`.
 * @param tail The others, if there are any.
 * @param tailDigitCount How many these are.
 * @param decimals The power: at most as many as there are digits.
 */
export function divideByPowerOfTen(
  head: number,
  tail: number,
  tailDigitCount: number,
  decimals: number,
): number {
  const divisor = POWERS_OF_TEN[decimals];
  if (tailDigitCount === 0) return head / divisor;
  const shift = POWERS_OF_TEN[tailDigitCount];
  const shifted = head * shift;
  const rest = errorOfProduct(head, shift, shifted) + tail;
  const high = shifted + rest;
  const low = rest - (high - shifted);
  const quotient = high / divisor;
  const product = quotient * divisor;
  const remainder = high - product - errorOfProduct(quotient, divisor, product) + low;
  return quotient + remainder / divisor;
}

/** What a product lacks that was rounded. */
function errorOfProduct(left: number, right: number, product: number): number {
  const leftHigh = upperHalf(left), leftLow = left - leftHigh;
  const rightHigh = upperHalf(right), rightLow = right - rightHigh;
  return leftHigh * rightHigh - product + leftHigh * rightLow + leftLow * rightHigh +
    leftLow * rightLow;
}

function upperHalf(value: number): number {
  const scaled = HALVING_FACTOR * value;
  return scaled - (scaled - value);
}
