/**
 * Double: reading as Redis 7.0.15 reads, printing as Redis 7.2 lays out the shortest digits.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { bytesOfText, ByteView } from "../../../src/base/byte_view.ts";
import { formatDouble, parseDouble } from "../../../src/base/double.ts";
import { SeededRandom } from "../../../src/base/random.ts";

const SEED = 53;

/** Text, and the number that Redis takes it for. */
const READINGS: readonly (readonly [text: string, value: number | undefined])[] = [
  ["0", 0],
  ["-0", -0],
  ["+0", 0],
  ["00012", 12],
  ["-007", -7],
  ["1", 1],
  ["+1", 1],
  ["--1", undefined],
  ["+-1", undefined],
  ["1.", 1],
  ["1.5", 1.5],
  [".5", 0.5],
  ["-.5e1", -5],
  [".", undefined],
  ["+", undefined],
  ["-", undefined],
  ["", undefined],
  ["e5", undefined],
  ["1e", undefined],
  ["1e+", undefined],
  ["1e5", 100000],
  ["1E-5", 1e-05],
  ["1e400", undefined],
  ["-1e400", undefined],
  ["1e-400", undefined],
  ["0e400", 0],
  ["0e-400", 0],
  ["5e-324", 5e-324],
  ["2.5e-324", 5e-324],
  ["2.4e-324", undefined],
  ["1.7976931348623157e308", 1.7976931348623157e+308],
  ["1.7976931348623159e308", undefined],
  ["9007199254740993", 9007199254740992],
  ["123456789012345", 123456789012345],
  ["1234567890123456", 1234567890123456],
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["+INF", Infinity],
  ["Infinity", Infinity],
  ["-iNfInItY", -Infinity],
  ["infinit", undefined],
  ["in", undefined],
  ["nan", undefined],
  ["NaN", undefined],
  ["-nan", undefined],
  ["nan(1)", undefined],
  ["0x", undefined],
  ["0x1", 1],
  ["0X1F", 31],
  ["-0x0", -0],
  ["0x.8", 0.5],
  ["0x1.", 1],
  ["0x.", undefined],
  ["0x1p3", 8],
  ["0x1p", undefined],
  ["0x1.8p-1", 0.75],
  ["0x1p1024", undefined],
  ["0x1p1023", 8.98846567431158e+307],
  ["0x1p-1074", 5e-324],
  ["0x1p-1075", undefined],
  ["0x1.8p-1075", 5e-324],
  ["0x1.00000000000008p0", 1],
  ["0x1.000000000000080000000000000000000000000000000001p0", 1.0000000000000002],
  ["0x1.00000000000018p0", 1.0000000000000004],
  ["0x1.fffffffffffff8p1023", undefined],
  ["0x1.fffffffffffff7p1023", 1.7976931348623157e+308],
  ["0x1p99999999999999999999", undefined],
  ["0x0p99999999999999999999", 0],
  ["0xg", undefined],
  [" 1", undefined],
  ["1 ", undefined],
  ["\x091", undefined],
  ["1\x0a", undefined],
  ["1,5", undefined],
  ["1_000", undefined],
  ["\xb2", undefined],
  ["0b1", undefined],
  ["0o7", undefined],
  ["1d", undefined],
  ["1f", undefined],
  ["1\x00", undefined],
  ["1\x002", undefined],
  ["0x" + "0".repeat(100) + "1", 1],
  ["0x1" + "0".repeat(100) + "p-400", 1],
  ["0x1" + "0".repeat(100), 2 ** 400],
  ["0." + "0".repeat(400) + "1e401", 1],
];

function parse(text: string): number | undefined {
  // With digits on both sides, which must not count.
  return parseDouble(new ByteView(bytesOfText(`9${text}9`), 1, 1 + text.length));
}

Deno.test("parseDouble reads what Redis reads and refuses what it refuses", () => {
  for (const [text, value] of READINGS) assertEquals(parse(text), value, JSON.stringify(text));
});

Deno.test("formatDouble lays out digits as Redis does", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [-0, "-0"],
    [NaN, "nan"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
    [1, "1"],
    [-17, "-17"],
    [0.1, "0.1"],
    [0.1 + 0.2, "0.30000000000000004"],
    [-2.5, "-2.5"],
    [100.25, "100.25"],
    [3.141592653589793, "3.141592653589793"],
    [9007199254740993, "9007199254740992"],
    [2 ** 60, "1152921504606846976"],
    [2 ** 62, "4611686018427387904"],
    [-(2 ** 62), "-4611686018427387904"],
    [2 ** 62 + 1024, "4611686018427389000"], // from here on by the shortest digits
    [2 ** 63, "9223372036854776000"],
    [1e19, "1e+19"],
    [1e20, "1e+20"],
    [1.5e20, "1.5e+20"],
    [123456789e15, "1.23456789e+23"],
    [-1.7976931348623157e308, "-1.7976931348623157e+308"],
    [5e-324, "5e-324"],
    [0.000001, "0.000001"],
    [0.0000001, "1e-7"],
    [0.00000015, "1.5e-7"],
    [0.00012, "0.00012"],
    [0.0001234567, "1.234567e-4"],
    [0.001234567, "0.001234567"],
    [9999.123456789, "9999.123456789"],
    [10000.123456, "10000.123456"],
    [10000.1234567, "1.00001234567e+4"],
    [1234567.1234567, "1.2345671234567e+6"],
    [12345678.5, "12345678.5"],
  ];
  for (const [value, text] of cases) assertEquals(formatDouble(value), text);
});

Deno.test(`formatDouble's text reads back as the same number (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const bits = new DataView(new ArrayBuffer(8));
  for (let round = 0; round < 20_000; round++) {
    bits.setUint32(0, random.nextUint32());
    bits.setUint32(4, random.nextUint32());
    const values = [bits.getFloat64(0), (random.below(2 ** 40) - 2 ** 39) / 10 ** random.below(12)];
    for (const value of values) {
      if (Number.isNaN(value)) continue;
      const text = formatDouble(value);
      assertEquals(parse(text), value, text);
      assert(text.length <= 25, text);
    }
  }
});

Deno.test(`parseDouble agrees with the engine on random decimals (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  for (let round = 0; round < 5000; round++) {
    const digits = String(random.below(10 ** (1 + random.below(15))));
    const point = random.below(digits.length + 1);
    const text = "+-"[random.below(2)] + digits.slice(0, point) + "." + digits.slice(point) +
      (random.below(2) === 0 ? "" : `e${random.below(300) - 150}`);
    assertEquals(parse(text), Number(text), text);
  }
});

Deno.test(`parseDouble rounds hexadecimal once, half to even (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  for (let round = 0; round < 5000; round++) {
    const mantissa = (BigInt(random.below(2 ** 53)) << 20n) | BigInt(random.below(2 ** 20));
    const power = random.below(1800) - 900;
    const text = `0x${mantissa.toString(16)}p${power}`;
    assertEquals(parse(text), Number(mantissa) * 2 ** power, text);
  }
});

Deno.test("parseDouble reads decimals of up to 20 digits as the engine does", () => {
  const random = new SeededRandom(15);
  for (let count = 0; count < 40_000; count++) {
    const digits = String(random.below(10 ** (1 + random.below(15)))) +
      (random.below(2) === 0 ? "" : String(random.below(10 ** (1 + random.below(5)))));
    const point = random.below(digits.length + 1);
    const text = `${random.below(2) === 0 ? "-" : ""}${digits.slice(0, point)}.${
      digits.slice(point)
    }`;
    assertEquals(parseDouble(ByteView.ofText(text)), Number(text), text);
  }
});

Deno.test("parseDouble rounds what lies in the middle of two doubles to the even one", () => {
  const random = new SeededRandom(16);
  for (let count = 0; count < 20_000; count++) {
    const halves = 2n ** 53n + BigInt(random.below(2 ** 52)) * 2n + 1n; // 54 bits: one too many
    const power = random.below(13) - 3;
    const decimals = Math.max(0, power);
    const digits = power <= 0 ? halves << BigInt(-power) : halves * 5n ** BigInt(power);
    for (const beside of [-1n, 0n, 1n]) {
      const text = String(digits + beside);
      if (text.length > 19) continue;
      const middle = `${text.slice(0, text.length - decimals)}.${
        text.slice(text.length - decimals)
      }`;
      assertEquals(parse(middle), Number(middle), middle);
    }
  }
});
