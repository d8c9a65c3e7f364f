/**
 * MurmurHash64A: against the definition written with BigInt, and that an element in Redis 7.0.15
 * falls where the hash says.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { Int64 } from "../../../src/base/int64.ts";
import { murmurHash64 } from "../../../src/base/murmur_hash.ts";
import { SeededRandom } from "../../../src/base/random.ts";

const SEED = 64;
const MULTIPLIER = 0xc6a4a7935bd1e995n;

/** The hash as its definition reads, in 64-bit words. */
function definedHash(bytes: Uint8Array, seed: number): bigint {
  const word = (value: bigint) => BigInt.asUintN(64, value);
  let hash = word(BigInt(seed >>> 0) ^ (BigInt(bytes.length) * MULTIPLIER));
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    let key = new DataView(bytes.buffer, bytes.byteOffset + at).getBigUint64(0, true);
    key = word(key * MULTIPLIER);
    key = word((key ^ (key >> 47n)) * MULTIPLIER);
    hash = word((hash ^ key) * MULTIPLIER);
  }
  if (at < bytes.length) {
    for (let index = at; index < bytes.length; index++) {
      hash ^= BigInt(bytes[index]) << BigInt(8 * (index - at));
    }
    hash = word(hash * MULTIPLIER);
  }
  hash = word((hash ^ (hash >> 47n)) * MULTIPLIER);
  return hash ^ (hash >> 47n);
}

function hashOf(bytes: Uint8Array, start: number, end: number, seed: number): bigint {
  return BigInt.asUintN(64, murmurHash64(bytes, start, end, seed, new Int64()).toBigInt());
}

Deno.test(`murmurHash64 is what its definition says, for all lengths (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  for (let round = 0; round < 3000; round++) {
    const bytes = new Uint8Array(random.below(40));
    random.fillBytes(bytes);
    const seed = random.nextUint32();
    assertEquals(hashOf(bytes, 0, bytes.length, seed), definedHash(bytes, seed));
    assertEquals(hashOf(bytes, 0, bytes.length, seed | 0), definedHash(bytes, seed));
  }
});

Deno.test("murmurHash64 carries between the pieces of a product", () => {
  for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
    for (let length = 0; length <= 33; length++) {
      const bytes = new Uint8Array(length).fill(byte);
      for (const seed of [0, 1, 0xadc83b19, 0xffffffff]) {
        assertEquals(hashOf(bytes, 0, length, seed), definedHash(bytes, seed));
      }
    }
  }
});

Deno.test("murmurHash64 sees only what lies between start and end", () => {
  const { bytes } = ByteView.ofText("xxhello world, helloyy");
  assertEquals(hashOf(bytes, 2, 20, 7), definedHash(bytes.slice(2, 20), 7));
  assertEquals(hashOf(bytes, 5, 5, 7), definedHash(new Uint8Array(0), 7));
});
