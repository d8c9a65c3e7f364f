/**
 * Unsigned 64-bit integers as text: against BigInt.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../src/base/byte_view.ts";
import { Int64 } from "../../../src/base/int64.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { parseUint64, UINT64_TEXT_BYTES_MAX, writeUint64 } from "../../../src/base/uint64.ts";
import { takeSeed } from "../../support/seed.ts";

const GREATEST = 2n ** 64n - 1n;

function parsed(text: string): bigint | undefined {
  const bytes = bytesOfText(` ${text} `);
  const value = new Int64();
  if (!parseUint64(bytes, 1, bytes.length - 1, value)) return undefined;
  return BigInt.asUintN(64, value.toBigInt());
}

function written(value: bigint): string {
  const bytes = new Uint8Array(2 * UINT64_TEXT_BYTES_MAX);
  const register = new Int64().setBigInt(BigInt.asIntN(64, value));
  const text = textOfBytes(bytes, 3, writeUint64(register, bytes, 3));
  assertEquals(register.toBigInt(), BigInt.asIntN(64, value), "the value was changed");
  return text;
}

Deno.test("parseUint64 reads what writeUint64 writes, at every length", () => {
  for (let power = 1n; power <= GREATEST; power *= 10n) {
    for (const value of [power - 1n, power, power + 1n]) {
      assertEquals(written(value), String(value));
      assertEquals(parsed(String(value)), value);
      assertEquals(parsed(`000${value}`), value);
    }
  }
  for (let bits = 0n; bits <= 64n; bits++) {
    const value = 2n ** bits - 1n;
    assertEquals(written(value), String(value));
    assertEquals(parsed(String(value)), value);
  }
});

Deno.test("parseUint64 refuses what is no number below 2^64", () => {
  for (const text of ["", "-1", "+1", " 1", "1 ", "1x", "x", "0x1", "1.0", "-0"]) {
    assertEquals(parsed(text), undefined, text);
  }
  assertEquals(parsed(String(GREATEST + 1n)), undefined);
  assertEquals(parsed("99999999999999999999"), undefined);
  assertEquals(parsed("100000000000000000000"), undefined);
  assertEquals(parsed("0".repeat(50)), 0n);
});

Deno.test("random values survive the way to text and back", () => {
  const random = new SeededRandom(takeSeed("uint64"));
  for (let count = 0; count < 2000; count++) {
    const bits = BigInt(random.below(65));
    const value = ((BigInt(random.nextUint32()) << 32n) | BigInt(random.nextUint32())) &
      (2n ** bits - 1n);
    assertEquals(written(value), String(value));
    assert(parsed(String(value)) === value);
  }
});
