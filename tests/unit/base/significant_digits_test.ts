/**
 * Significant digits: what C's `printf("%.17g")` prints.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { formatSignificant } from "../../../src/base/significant_digits.ts";

const KNOWN: readonly (readonly [number, string])[] = [
  [0, "0"],
  [-0, "-0"],
  [1, "1"],
  [-3.5, "-3.5"],
  [0.1, "0.10000000000000001"],
  [1 / 3, "0.33333333333333331"],
  [100, "100"],
  [1e16, "10000000000000000"],
  [1e17, "1e+17"],
  [123456789012345680000, "1.2345678901234568e+20"],
  [1e300, "1.0000000000000001e+300"],
  [1.5e-5, "1.5e-05"],
  [0.0001, "0.0001"],
  [0.00012345, "0.00012344999999999999"],
  [5e-324, "4.9406564584124654e-324"],
  [Number.MAX_VALUE, "1.7976931348623157e+308"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
  // Exact halves go to the even digit.
  [131073 / 2 ** 18, "0.50000381469726562"],
  [131075 / 2 ** 18, "0.50001144409179688"],
  [9007199254740993 / 2, "4503599627370496"],
];

Deno.test("formatSignificant prints what C prints", () => {
  for (const [value, text] of KNOWN) assertEquals(formatSignificant(value), text);
});

Deno.test("formatSignificant reads back as the same number", () => {
  for (let power = -320; power <= 308; power += 3) {
    for (const digits of ["1.2345678901234567", "9.87", "5"]) {
      const value = Number(`${digits}e${power}`);
      assertEquals(Number(formatSignificant(value)), value);
    }
  }
});
