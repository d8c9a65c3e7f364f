/**
 * Fixed point: numbers with a set count of decimals, as C's `printf("%.2f")` prints them.
 *
 * INFO is full of `%.2f` and `%.3f`, and dashboards compare it with real Redis. `Number.toFixed` is
 * not the same function: it rounds an exact half away from zero, C rounds it to the even digit.
 * 1 µs over 8 calls is 0.125: C prints 0.12, `toFixed(2)` gives 0.13.
 *
 * A binary fraction lies exactly half-way between two decimals of `digitCount` digits only if it is
 * an odd multiple of 2^-(digitCount + 1), and that is a test without rounding. Such a number has
 * exactly one digit more than asked, a 5, so the half-way text is cut rather than computed.
 *
 * @module
 */

/**
 * Prints a number as C's `%.<digitCount>f` does.
 *
 * @param value Finite, its magnitude below 1e21
 * @param digitCount Decimals to print, 1 to 20
 * @returns For instance `0.12` for 0.125 with two digits
 */
export function formatFixed(value: number, digitCount: number): string {
  const halves = value * 2 ** (digitCount + 1);
  if (!Number.isInteger(halves) || halves % 2 === 0) return value.toFixed(digitCount);
  const cut = value.toFixed(digitCount + 1).slice(0, -1);
  const lastDigit = cut.charCodeAt(cut.length - 1);
  return lastDigit % 2 === 0 ? cut : value.toFixed(digitCount);
}

/**
 * Prints a number as `%f` does and drops the zeros behind: `50`, `99.9`.
 *
 * @param value Finite, its magnitude below 1e21
 * @returns At most six decimals, none that says nothing
 */
export function formatTrimmed(value: number): string {
  return formatFixed(value, 6).replace(/\.?0+$/, "");
}
