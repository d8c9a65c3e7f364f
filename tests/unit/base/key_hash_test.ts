/**
 * Key hash: the published HalfSipHash-1-3 vectors, and that bits spread as a table needs.
 *
 * @module
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { KeyHash } from "../../../src/base/key_hash.ts";
import { type Random, SeededRandom } from "../../../src/base/random.ts";

const SEED = 13;

/** Not random at all: bytes 0, 1, 2 ... as the key, as the published vectors have it. */
class CountingRandom implements Random {
  nextUint32(): number {
    return 0;
  }

  below(_bound: number): number {
    return 0;
  }

  fillBytes(target: Uint8Array<ArrayBuffer>): void {
    for (let index = 0; index < target.length; index++) target[index] = index;
  }
}

// deno-fmt-ignore
const VECTORS = [
  0x5814c896, 0xe7e864ca, 0xbc4b0e30, 0x01539939, 0x7e059ea6, 0x88e3d89b, 0xa0080b65, 0x9d38d9d6,
  0x577999b1, 0xc839caed, 0xe4fa32cf, 0x959246ee, 0x6b28096c, 0x66dd9cd6, 0x16658a7c, 0xd0257b04,
  0x8b31d501, 0x2b1cd04b, 0x06712339, 0x522aca67, 0x911bb605, 0x90a65f0e, 0xf826ef7b, 0x62512deb,
  0x57150ad7, 0x5d473507, 0x1ec47442, 0xab64afd3, 0x0a4100d0, 0x6d2ce652, 0x2331b6a3, 0x08d8791a,
  0xbc6dda8d, 0xe0f6c934, 0xb0652033, 0x9b9851cc, 0x7c46fb7f, 0x732ba8cb, 0xf142997a, 0xfcc9aa1b,
  0x05327eb2, 0xe110131c, 0xf9e5e7c0, 0xa7d708a6, 0x11795ab1, 0x65671619, 0x9f5fff91, 0xd89c5267,
  0x007783eb, 0x95766243, 0xab639262, 0x9c7e1390, 0xc368dda6, 0x38ddc455, 0xfa13d379, 0x979ea4e8,
  0x53ecd77e, 0x2ee80657, 0x33dbb66a, 0xae3f0577, 0x88b4c4cc, 0x3e7f480b, 0x74c1ebf8, 0x87178304,
];

Deno.test("KeyHash gives the reference vectors of HalfSipHash-1-3, wherever the bytes lie", () => {
  const hash = new KeyHash(new CountingRandom());
  for (let offset = 0; offset < 5; offset++) {
    const bytes = new Uint8Array(offset + VECTORS.length + 4).fill(0xee);
    for (let index = 0; index < VECTORS.length; index++) bytes[offset + index] = index;
    VECTORS.forEach((expected, byteCount) => {
      const actual = hash.of(bytes, offset, offset + byteCount);
      assertEquals(actual, expected | 0, `${byteCount} bytes at ${offset}`);
    });
  }
});

Deno.test("KeyHash depends on its key", () => {
  const key = bytesOfText("user:1000");
  const hashes = new Set<number>();
  for (let seed = 0; seed < 100; seed++) {
    hashes.add(new KeyHash(new SeededRandom(seed)).of(key, 0, key.length));
  }
  assertEquals(hashes.size, 100);
});

Deno.test("KeyHash tells apart keys that differ in zero bytes at the end only", () => {
  const hash = new KeyHash(new SeededRandom(SEED));
  const zeros = new Uint8Array(300);
  const hashes = new Set(
    Array.from({ length: 256 }, (_, byteCount) => hash.of(zeros, 0, byteCount)),
  );
  assertEquals(hashes.size, 256);
  assertNotEquals(hash.of(zeros, 0, 0), hash.of(zeros, 0, 256));
});

Deno.test(`KeyHash: a flipped bit flips about half of the bits (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const hash = new KeyHash(random);
  const flips = new Uint32Array(32);
  let trialCount = 0;
  for (let round = 0; round < 400; round++) {
    const bytes = new Uint8Array(1 + random.below(24));
    random.fillBytes(bytes);
    const before = hash.of(bytes, 0, bytes.length);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      const changed = before ^ hash.of(bytes, 0, bytes.length);
      bytes[bit >> 3] ^= 1 << (bit & 7);
      for (let index = 0; index < 32; index++) flips[index] += (changed >>> index) & 1;
      trialCount++;
    }
  }
  for (const flipCount of flips) assert(Math.abs(flipCount / trialCount - 0.5) < 0.02);
});

Deno.test(`KeyHash spreads sequential keys evenly, by upper and by lower bits (seed ${SEED})`, () => {
  const hash = new KeyHash(new SeededRandom(SEED));
  const low = new Uint32Array(1024), high = new Uint32Array(1024);
  const distinct = new Set<number>();
  const keyCount = 102_400;
  for (let index = 0; index < keyCount; index++) {
    const key = bytesOfText(`key:${String(index).padStart(12, "0")}`);
    const value = hash.of(key, 0, key.length);
    assertEquals(value | 0, value);
    low[value & 1023]++;
    high[value >>> 22]++;
    distinct.add(value);
  }
  // Expected: 100 in each place, standard deviation 10; about 1.2 pairs that collide.
  for (const count of [...low, ...high]) assert(count > 50 && count < 155, `${count} in a place`);
  assert(keyCount - distinct.size < 12, `${keyCount - distinct.size} collisions`);
});
