/**
 * Int64: compared with BigInt over boundaries and random values, and with what Redis refuses.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../src/base/byte_view.ts";
import {
  decimalLengthOf,
  Int64,
  INT64_TEXT_BYTES_MAX,
  parseInt64,
  writeInt64,
  writeInteger,
} from "../../../src/base/int64.ts";
import { SeededRandom } from "../../../src/base/random.ts";

const SEED = 64;
const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** Values around every place where a path or a half changes. */
function boundaryValues(): bigint[] {
  const values = new Set<bigint>([0n, MIN, MAX]);
  const around: bigint[] = [];
  for (let bit = 0n; bit < 64n; bit++) around.push(1n << bit);
  for (let power = 0n; power < 19n; power++) around.push(10n ** power, 9n * 10n ** power);
  for (const value of around) {
    for (let offset = -2n; offset <= 2n; offset++) values.add(value + offset).add(-value + offset);
  }
  return [...values].filter((value) => value >= MIN && value <= MAX);
}

/** A random value of random length. */
function randomValue(random: SeededRandom): bigint {
  const bits = (BigInt(random.nextUint32()) << 32n) | BigInt(random.nextUint32());
  return BigInt.asIntN(64, bits) >> BigInt(random.below(64));
}

function sampleValues(): bigint[] {
  const random = new SeededRandom(SEED);
  return [...boundaryValues(), ...Array.from({ length: 5000 }, () => randomValue(random))];
}

function parse(text: string): bigint | undefined {
  // With digits on both sides, which must not count.
  const register = new Int64().setNumber(-77);
  const bytes = bytesOfText(`9${text}9`);
  if (parseInt64(bytes, 1, bytes.length - 1, register)) return register.toBigInt();
  assertEquals(register.toBigInt(), -77n, `${text}: left alone when refused`);
  return undefined;
}

Deno.test(`Int64 agrees with BigInt on every conversion (seed ${SEED})`, () => {
  const register = new Int64();
  for (const value of sampleValues()) {
    register.setBigInt(value);
    assertEquals(register.toBigInt(), value);
    assertEquals([register.hi | 0, register.lo | 0], [register.hi, register.lo], "int32 halves");
    const isSafe = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
    assertEquals(register.isSafe(), isSafe, `${value} safe`);
    assertEquals(register.isNegative(), value < 0n);
    assertEquals(register.toNumber(), Number(value), `${value} to number`);
    if (isSafe) assertEquals(new Int64().setNumber(Number(value)), register);
    assertEquals(new Int64().set(register).toBigInt(), value);
  }
  assertEquals(new Int64().setNumber(-0).toBigInt(), 0n);
});

Deno.test(`Int64.add, negate and compare agree with BigInt (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const values = boundaryValues();
  for (let round = 0; round < 20_000; round++) {
    const draw = () =>
      random.below(2) === 0 ? values[random.below(values.length)] : randomValue(random);
    const left = draw(), right = round % 50 === 0 ? left : draw();
    const register = new Int64().setBigInt(left);
    const other = new Int64().setBigInt(right);
    assertEquals(Math.sign(register.compare(other)), left < right ? -1 : left > right ? 1 : 0);
    const sum = left + right, fits = sum >= MIN && sum <= MAX;
    assertEquals(register.add(other), fits, `${left} + ${right}`);
    assertEquals(register.toBigInt(), fits ? sum : left);
    register.setBigInt(left);
    assertEquals(register.negate(), left !== MIN);
    assertEquals(register.toBigInt(), left === MIN ? MIN : -left);
  }
});

Deno.test("Int64.add adds a register to itself", () => {
  const register = new Int64().setBigInt(2n ** 61n + 2n ** 31n);
  assertEquals(register.add(register), true);
  assertEquals(register.toBigInt(), 2n ** 62n + 2n ** 32n);
  assertEquals(register.add(register), false);
});

Deno.test(`parseInt64 reads back what is written, of every length (seed ${SEED})`, () => {
  const target = new Uint8Array(INT64_TEXT_BYTES_MAX + 6);
  const register = new Int64();
  for (const value of sampleValues()) {
    const text = String(value);
    assertEquals(parse(text), value, text);
    target.fill(1);
    const end = writeInt64(register.setBigInt(value), target, 3);
    assertEquals(textOfBytes(target, 3, end), text);
    assertEquals([target[2], target[end]], [1, 1], "nothing written around it");
    assertEquals(register.toBigInt(), value, "left as it was");
  }
});

Deno.test(`writeInteger writes every safe integer as String does (seed ${SEED})`, () => {
  const target = new Uint8Array(INT64_TEXT_BYTES_MAX + 6);
  for (const big of sampleValues()) {
    const value = Number(big);
    if (!Number.isSafeInteger(value)) continue;
    target.fill(1);
    const end = writeInteger(value, target, 3);
    assertEquals(textOfBytes(target, 3, end), String(value));
    assertEquals([target[2], target[end]], [1, 1], "nothing written around it");
    assertEquals(decimalLengthOf(value), end - 3);
  }
  assertEquals(textOfBytes(target, 0, writeInteger(-0, target, 0)), "0");
  assertEquals(decimalLengthOf(-0), 1);
});

Deno.test("parseInt64 refuses what Redis refuses as an integer", () => {
  // deno-fmt-ignore
  const refused = [
    "", "-", "+1", "-0", "00", "01", "-01", "0x1", " 1", "1 ", "1.0", "1e3", "--1", "1-", "a", "-a",
    "1a", "a1", "/", ":", "\x001", "1\x00", "\xb1", "12345678a", "1234567890a", "a234567890",
    "123456789012345a78", "9223372036854775808", "-9223372036854775809", "9999999999999999999",
    "-9999999999999999999", "10000000000000000000", "18446744073709551615", "18446744073709551616",
    "18446744073709551617", "-18446744073709551616", "000000000000000000001",
  ];
  for (const text of refused) assertEquals(parse(text), undefined, JSON.stringify(text));
});

Deno.test("parseInt64 reads the extremes", () => {
  for (const value of [0n, 9n, -9n, 10n ** 18n, MAX, MIN]) {
    assertEquals(parse(String(value)), value);
  }
});
