/**
 * Binary float: exact arithmetic for floating-point formats that JavaScript lacks.
 *
 * A `BinaryFloat` is mantissa × 2^exponent in whole numbers of any size. Nothing is lost until it is
 * rounded, once, to the format asked for: that one rounding is all that IEEE 754 asks of reading a
 * text or adding two numbers, so results are those of the real hardware. It is slow beside a double
 * (microseconds), which is right for its two users: hexadecimal text, and the 80-bit `long double`
 * in which Redis counts INCRBYFLOAT.
 *
 *   format        precision   last place of the smallest   ... and of the greatest numbers
 *   binary64      53 bits     2^-1074                      2^971
 *   extended80    64 bits     2^-16445                     2^16320
 *
 * Always true: a finite value's mantissa has at most the format's bits; an infinite value has the
 * mantissa 1 or -1 and the exponent `Infinity`. The sign of zero is not kept.
 * Behaviour: C's `strtod` and `strtold` in the C locale, with what Redis refuses taken out.
 *
 * @module
 */

/** The limits of a floating-point format. */
export interface FloatFormat {
  /** Bits of the mantissa, with the first one counted. */
  readonly precisionBits: number;
  /** Exponent of the last place of the smallest numbers. */
  readonly exponentMin: number;
  /** Exponent of the last place of the greatest numbers. */
  readonly exponentMax: number;
}

/** C's `double`, JavaScript's number. */
export const BINARY64: FloatFormat = { precisionBits: 53, exponentMin: -1074, exponentMax: 971 };

/** C's `long double` on x86-64. */
export const EXTENDED80: FloatFormat = {
  precisionBits: 64,
  exponentMin: -16_445,
  exponentMax: 16_320,
};

/** The value mantissa × 2^exponent. */
export interface BinaryFloat {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** What `strtod` takes for a decimal number: digits around a point, at least one, and an exponent. */
export const DECIMAL_PATTERN: RegExp = /^[+-]?(?=\.?[0-9])([0-9]*)\.?([0-9]*)(?:e([+-]?[0-9]+))?$/i;

const HEX_PATTERN = /^[+-]?0x(?=\.?[0-9a-f])([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?[0-9]+))?$/i;
const INFINITY_PATTERN = /^[+-]?inf(?:inity)?$/i;

/** Powers of ten (of two, for hexadecimal) behind which every format has overflowed or vanished. */
const DECIMAL_EXPONENT_MAX = 6000;
const BINARY_EXPONENT_MAX = 20_000;

/** Hexadecimal digits that can decide a rounding; of the rest it only counts whether all are 0. */
const HEX_DIGITS_MAX = 40;

/**
 * Reads a number as Redis does: decimal or hexadecimal (`0x1.8p3`) or `inf`, `infinity`, in any case
 * and with either sign; no spaces, no `nan`.
 *
 * @param text borrowed; the whole of it must be the number
 * @param format rounded to, half to even
 * @returns the value, or `undefined` when the text is no number, too great, or so small that it
 * would become 0 without being 0
 */
export function parseBinaryFloat(text: string, format: FloatFormat): BinaryFloat | undefined {
  const sign = text.startsWith("-") ? -1n : 1n;
  const decimal = DECIMAL_PATTERN.exec(text);
  let magnitude: BinaryFloat | undefined;
  if (decimal !== null) {
    magnitude = fromDecimal(decimal[1], decimal[2], Number(decimal[3] ?? 0), format);
  } else {
    const hex = HEX_PATTERN.exec(text);
    if (hex !== null) magnitude = fromHex(hex[1], hex[2], Number(hex[3] ?? 0), format);
    else if (INFINITY_PATTERN.test(text)) magnitude = { mantissa: 1n, exponent: Infinity };
  }
  if (magnitude === undefined) return undefined;
  return { mantissa: sign * magnitude.mantissa, exponent: magnitude.exponent };
}

/**
 * Adds two finite values as the hardware does: exactly, then rounded half to even.
 *
 * @returns the sum, or `undefined` when it is too great for the format
 */
export function addBinaryFloats(
  left: BinaryFloat,
  right: BinaryFloat,
  format: FloatFormat,
): BinaryFloat | undefined {
  const exponent = Math.min(left.exponent, right.exponent);
  const sum = (left.mantissa << BigInt(left.exponent - exponent)) +
    (right.mantissa << BigInt(right.exponent - exponent));
  if (sum === 0n) return { mantissa: 0n, exponent: 0 };
  if (sum > 0n) return roundQuotient(sum, 1n, exponent, format);
  const rounded = roundQuotient(-sum, 1n, exponent, format);
  return rounded && { mantissa: -rounded.mantissa, exponent: rounded.exponent };
}

/**
 * The whole number nearest to numerator ÷ denominator × 2^shift, of two the even one.
 *
 * @param numerator not negative
 * @param denominator greater than zero
 */
export function divideRounded(numerator: bigint, denominator: bigint, shift: number): bigint {
  if (shift >= 0) numerator <<= BigInt(shift);
  else denominator <<= BigInt(-shift);
  const quotient = numerator / denominator;
  const twiceRest = (numerator - quotient * denominator) * 2n;
  const roundsUp = twiceRest > denominator || (twiceRest === denominator && (quotient & 1n) === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

function fromDecimal(
  whole: string,
  fraction: string,
  powerOfTen: number,
  format: FloatFormat,
): BinaryFloat | undefined {
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return { mantissa: 0n, exponent: 0 };
  const exponent = powerOfTen - fraction.length;
  if (Math.abs(digits.length + exponent) > DECIMAL_EXPONENT_MAX) return undefined;
  const scale = 10n ** BigInt(Math.abs(exponent));
  const value = BigInt(digits);
  return exponent < 0
    ? roundQuotient(value, scale, 0, format)
    : roundQuotient(value * scale, 1n, 0, format);
}

function fromHex(
  whole: string,
  fraction: string,
  powerOfTwo: number,
  format: FloatFormat,
): BinaryFloat | undefined {
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return { mantissa: 0n, exponent: 0 };
  let exponent = powerOfTwo - fraction.length * 4;
  if (Math.abs(digits.length * 4 + exponent) > BINARY_EXPONENT_MAX) return undefined;
  let value = BigInt("0x" + digits.slice(0, HEX_DIGITS_MAX));
  if (digits.length > HEX_DIGITS_MAX) {
    exponent += (digits.length - HEX_DIGITS_MAX) * 4;
    if (/[^0]/.test(digits.slice(HEX_DIGITS_MAX))) value |= 1n; // "and a bit more", for the rounding
  }
  return roundQuotient(value, 1n, exponent, format);
}

/** Rounds numerator ÷ denominator × 2^exponent, all positive; `undefined` past the format's ends. */
function roundQuotient(
  numerator: bigint,
  denominator: bigint,
  exponent: number,
  format: FloatFormat,
): BinaryFloat | undefined {
  // Guide: put the last place so that the quotient has as many bits as the format, or one more,
  // for the lengths leave that open; then it was one place too low.
  const quotientBits = bitLength(numerator) - bitLength(denominator);
  let lastPlace = Math.max(quotientBits + exponent - format.precisionBits, format.exponentMin);
  let mantissa = divideRounded(numerator, denominator, exponent - lastPlace);
  const full = 1n << BigInt(format.precisionBits);
  if (mantissa >= full) {
    lastPlace++;
    mantissa = divideRounded(numerator, denominator, exponent - lastPlace);
  }
  if (mantissa === 0n || lastPlace > format.exponentMax) return undefined;
  if (mantissa === full) { // rounded up to the next power of two
    if (lastPlace === format.exponentMax) return undefined;
    return { mantissa: mantissa >> 1n, exponent: lastPlace + 1 };
  }
  return { mantissa, exponent: lastPlace };
}

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return hex.length * 4 - Math.clz32(parseInt(hex[0], 16)) + 28;
}
