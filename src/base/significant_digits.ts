/**
 * Significant digits: numbers as C's `printf("%.17g")` prints them.
 *
 * Seventeen digits tell any two doubles apart, though fewer would do for most (0.1 becomes
 * 0.10000000000000001). Redis digests scores in this form. `Number.toPrecision` finds the same digits
 * but for one case: it rounds an exact half up, C rounds it to the even digit.
 *
 * @module
 */

const DIGIT_COUNT = 17;
/** Digits that tell an exact half: it ends with the first one after those printed. */
const EXACT_DIGIT_COUNT = 100;
/** From this power of ten on, and below the other, the exponent is written out. */
const PLAIN_POWER_MIN = -4;

/** Prints a number with 17 significant digits, none of which is a zero at the end. */
export function formatSignificant(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0";
  if (Number.isSafeInteger(value)) return String(value);
  const [mantissa, exponent] = roundedDigits(Math.abs(value)).split("e");
  const power = Number(exponent);
  const digits = mantissa.replace(".", "").replace(/0+$/, "");
  return (value < 0 ? "-" : "") + layOut(digits, power);
}

/** Seventeen digits with an exponent, a half rounded to the even digit. */
function roundedDigits(magnitude: number): string {
  const rounded = magnitude.toExponential(DIGIT_COUNT - 1);
  const exact = magnitude.toExponential(EXACT_DIGIT_COUNT);
  const isHalf = /^\d\.\d{16}50*e/.test(exact);
  if (!isHalf || (exact.charCodeAt(DIGIT_COUNT) & 1) === 1) return rounded;
  return exact.slice(0, DIGIT_COUNT + 1) + exact.slice(exact.indexOf("e"));
}

/** Sets out digits whose first one counts 10^power. */
function layOut(digits: string, power: number): string {
  if (power < PLAIN_POWER_MIN || power >= DIGIT_COUNT) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const exponent = String(Math.abs(power)).padStart(2, "0");
    return `${digits[0]}${fraction}e${power < 0 ? "-" : "+"}${exponent}`;
  }
  if (power < 0) return `0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  const fraction = digits.slice(power + 1);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
