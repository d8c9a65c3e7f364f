/**
 * Units: expectations are answers of Redis 7.0.15 (`CONFIG SET maxmemory`, `maxmemory_human`).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  formatHundredths,
  formatMemorySize,
  formatPercent,
  parseMemorySize,
  parsePercent,
} from "../../../src/base/units.ts";

Deno.test("parseMemorySize reads the amounts that Redis reads", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["", 0],
    ["kb", 0],
    ["k", 0],
    ["1b", 1],
    ["1B", 1],
    ["1k", 1000],
    ["1KB", 1024],
    ["1m", 1_000_000],
    ["1Mb", 1_048_576],
    ["1g", 1_000_000_000],
    ["1GB", 1_073_741_824],
    ["010", 10],
    ["1024", 1024],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9223372036854775807", 2 ** 63],
    ["0".repeat(126) + "7", 7],
  ];
  for (const [text, byteCount] of cases) assertEquals(parseMemorySize(text), byteCount, text);
});

Deno.test("parseMemorySize refuses the rest", () => {
  // deno-fmt-ignore
  const refused = ["-1", "1.5gb", "1 gb", " 1", "1 ", "1tb", "1kib", "5%", "+1", "0x10", "1kb\n", "gbb", "0".repeat(128)];
  for (const text of refused) assertEquals(parseMemorySize(text), undefined, JSON.stringify(text));
});

Deno.test("formatMemorySize prints as Redis prints maxmemory_human", () => {
  const cases: [number, string][] = [
    [0, "0B"],
    [1023, "1023B"],
    [1024, "1.00K"],
    [1152, "1.12K"], // exactly 1.125: to the even neighbor
    [1408, "1.38K"], // exactly 1.375: to the even neighbor
    [1_048_575, "1024.00K"],
    [1_048_576, "1.00M"],
    [1_127_428_915, "1.05G"],
    [5_368_709_120, "5.00G"],
    [11_821_949_021_847, "10.75T"],
    [1_099_511_627_776_000, "1000.00T"],
    [2 ** 50, "1.00P"],
    [2 ** 60, "1152921504606846976B"],
  ];
  for (const [byteCount, text] of cases) assertEquals(formatMemorySize(byteCount), text);
});

Deno.test("parsePercent reads whole percentages, written like integer arguments", () => {
  assertEquals(["0%", "5%", "100%", "101%"].map(parsePercent), [0, 5, 100, 101]);
  for (const text of ["", "%", "5", "05%", "-5%", "+5%", "5.0%", "5 %", " 5%", "5%%", "5%\n"]) {
    assertEquals(parsePercent(text), undefined, JSON.stringify(text));
  }
});

Deno.test("formatPercent prints two decimals, and nothing of nothing", () => {
  assertEquals(formatPercent(1, 3), "33.33%");
  assertEquals(formatPercent(2, 3), "66.67%");
  assertEquals(formatPercent(5, 5), "100.00%");
  assertEquals(formatPercent(0, 0), "0.00%");
});

Deno.test("formatHundredths rounds an exact half to even and all else to the nearest", () => {
  const cases: [number, string][] = [
    [0, "0.00"],
    [0.125, "0.12"],
    [0.375, "0.38"],
    [0.625, "0.62"],
    [0.875, "0.88"],
    [-0.125, "-0.12"],
    [-0.375, "-0.38"],
    [1234.125, "1234.12"],
    [0.04, "0.04"],
    [0.005, "0.01"], // in binary a little more than the half
    [1.005, "1.00"], // in binary a little less
    [2.5, "2.50"],
    [1e15 + 0.125, "1000000000000000.12"],
  ];
  for (const [value, text] of cases) assertEquals(formatHundredths(value), text, String(value));
});
