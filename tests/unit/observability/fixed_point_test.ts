/**
 * Unit tests of fixed point: the decimals are those of C's printf.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { formatFixed, formatTrimmed } from "../../../src/observability/mod.ts";

Deno.test("formatFixed rounds an exact half to the even digit", () => {
  assertEquals(formatFixed(0.125, 2), "0.12");
  assertEquals(formatFixed(0.375, 2), "0.38");
  assertEquals(formatFixed(0.0625, 3), "0.062");
  assertEquals(formatFixed(2.5, 1), "2.5");
  assertEquals(formatFixed(-0.125, 2), "-0.12");
});

Deno.test("formatFixed rounds all else to the nearest", () => {
  assertEquals(formatFixed(0, 2), "0.00");
  assertEquals(formatFixed(2, 2), "2.00");
  assertEquals(formatFixed(1.005, 2), "1.00"); // the double lies below 1.005
  assertEquals(formatFixed(2 / 3, 3), "0.667");
  assertEquals(formatFixed(999.999, 2), "1000.00");
});

Deno.test("formatTrimmed drops zeros that say nothing", () => {
  assertEquals([50, 99.9, 0, 100, 12.5, 99.999].map(formatTrimmed), [
    "50",
    "99.9",
    "0",
    "100",
    "12.5",
    "99.999",
  ]);
});
