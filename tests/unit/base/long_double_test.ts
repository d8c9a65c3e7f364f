/**
 * Long double: expectations are what Redis 7.0.15 on x86-64 computes for INCRBYFLOAT.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  addDecimal,
  addLongDoubles,
  formatLongDouble,
  isFiniteLongDouble,
  parseLongDouble,
} from "../../../src/base/long_double.ts";
import { SeededRandom } from "../../../src/base/random.ts";

const SEED = 80;

/** Stored value, increment, reply; or why there is none. */
const SUMS: readonly (readonly [left: string, right: string, sum: string])[] = [
  ["0", "10.5", "10.5"],
  ["10.5", "0.1", "10.6"],
  ["5.6", "5.0e3", "5005.60000000000000009"],
  ["0.1", "0.2", "0.3"],
  ["1e17", "0.6", "100000000000000000.6015625"],
  ["9007199254740993", "2", "9007199254740995"],
  ["12345678901234567890", "0.5", "12345678901234567890"],
  ["18446744073709551615", "1", "18446744073709551616"],
  ["18446744073709551615", "2", "18446744073709551616"],
  ["18446744073709551616", "1", "18446744073709551616"],
  ["0x10", "0x1p-3", "16.125"],
  ["0x.8", "-0X1.8P1", "-2.5"],
  ["0x1.fffffffffffffffffp0", "0", "2"],
  ["-1", "1", "0"],
  ["-0", "-0", "0"],
  ["0", "-0.00000000000000000499", "0"],
  ["0", "-0.000000000000000005", "0"],
  ["0", "0.00000000000000000501", "0.00000000000000001"],
  ["0.000000000000000015", "0", "0.00000000000000002"],
  ["3.0e3", "200", "3200"],
  ["17179869184.123", "1e-10", "17179869184.12299999967217445"],
  ["1e-4950", "0", "0"],
  ["1e-4951", "0", "refused"],
  ["1e-4952", "0", "refused"],
  ["1.18973149535723176502e4932", "1.18973149535723176502e4932", "infinite"],
  ["1.18973149535723176506e4932", "0", "refused"],
  ["1.18973149535723176509e4932", "0", "refused"],
  ["inf", "1", "infinite"],
  ["inf", "-inf", "infinite"],
  ["-Infinity", "0", "infinite"],
  ["nan", "1", "refused"],
  ["1", "nan", "refused"],
  ["", "1", "refused"],
  [" 1", "1", "refused"],
  ["1", "1 ", "refused"],
  ["1e", "1", "refused"],
  ["0x", "1", "refused"],
  ["0x1p", "1", "refused"],
  ["1..2", "1", "refused"],
  ["+1", "+.5", "1.5"],
  ["5.", "-.5", "4.5"],
  [".", "1", "refused"],
  ["1e5000", "1", "refused"],
  ["0e5000", "1", "1"],
  ["1e-5000", "1", "refused"],
  ["1_0", "1", "refused"],
  ["0.1e1", "1E0", "2"],
  ["3.14159265358979323846264338327950288", "0", "3.14159265358979324"],
  ["1", "5.42101086242752217003726400434970855712890625e-20", "1"],
  ["1", "5.4210108624275221701e-20", "1"],
  ["1000000000000000000000", "1", "1000000000000000000000"],
  ["123456789012345678.125", "0.0625", "123456789012345678.1875"],
  ["99999999999999999999", "0.1", "100000000000000000000"],
  ["-99999999999999999.5", "1", "-99999999999999998.5"],
];

function sumOf(left: string, right: string): string {
  const augend = parseLongDouble(left), addend = parseLongDouble(right);
  if (augend === undefined || addend === undefined) return "refused";
  const sum = addLongDoubles(augend, addend);
  return sum === undefined ? "infinite" : formatLongDouble(sum);
}

Deno.test("long doubles add as INCRBYFLOAT does", () => {
  for (const [left, right, sum] of SUMS) {
    assertEquals(sumOf(left, right), sum, `${left} + ${right}`);
    assertEquals(sumOf(right, left), sum, `${right} + ${left}`);
    const isSum = sum !== "refused" && sum !== "infinite";
    assertEquals(addDecimal(left, right), isSum ? sum : undefined);
  }
});

Deno.test("sequences of INCRBYFLOAT give the replies of Redis, step by step", () => {
  const sequences = [
    ["10.50 0.1 -5 5.0e3", "10.5 10.6 5.6 5005.60000000000000009"],
    ["3.0e3 200 1.5 -1e-17", "3000 3200 3201.5 3201.5"],
    ["0.1 0.2 0.3 1e17 0.7", "0.1 0.3 0.6 100000000000000000.6015625 100000000000000001.3046875"],
    ["0x10 0x1p-3 -0x.8", "16 16.125 15.625"],
    ["9007199254740993 2 1e-5", "9007199254740993 9007199254740995 9007199254740995"],
    ["5 1.1 1.1 1.1 1.1", "5 6.1 7.2 8.3 9.4"],
  ];
  for (const [increments, replies] of sequences) {
    let value: string | undefined = "0";
    const actual = increments.split(" ").map((increment) => value = addDecimal(value!, increment));
    assertEquals(actual.join(" "), replies);
  }
});

Deno.test("numbers of thousands of digits are printed to the last one", () => {
  const sum = addDecimal("1e4900", "1e4900")!;
  assertEquals(sum.length, 4901);
  assertEquals(sum.slice(0, 60), "200000000000000000005416624461380699666448105008157668693005");
  assertEquals(addDecimal(sum, "-1e4900"), addDecimal("1e4900", "0"));
});

Deno.test("parseLongDouble takes 5,119 bytes and no more", () => {
  assertEquals(sumOf("0.5" + "0".repeat(5116), "1"), "1.5");
  assertEquals(parseLongDouble("0.5" + "0".repeat(5117)), undefined);
});

Deno.test("isFiniteLongDouble tells infinity from the greatest number", () => {
  assertEquals(isFiniteLongDouble(parseLongDouble("1e4932")!), true);
  assertEquals(isFiniteLongDouble(parseLongDouble("-inf")!), false);
});

Deno.test(`whole numbers and short decimals add exactly (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  for (let round = 0; round < 3000; round++) {
    const left = BigInt(random.below(2 ** 53)) - 2n ** 52n;
    const right = BigInt(random.below(2 ** 53)) - 2n ** 52n;
    assertEquals(addDecimal(String(left), String(right)), String(left + right));
    // Sixteenths are exact in binary: up to 57 bits before and 4 behind the point.
    const sixteenths = Number(left % 10_000n) / 16;
    assertEquals(addDecimal(String(sixteenths), "0"), String(sixteenths));
  }
});
