/**
 * Spare memory: which buffer is kept, and who gets it.
 *
 * @module
 */

import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { SPARE_BYTES_MAX, SpareMemory } from "../../../src/base/spare_memory.ts";

Deno.test("SpareMemory lends a buffer to one at a time, as many bytes of it as are asked for", () => {
  const spare = new SpareMemory(), given = new Uint8Array(1000);
  spare.give(given);
  const taken = spare.take(300), other = spare.take(300);
  assertStrictEquals(taken.buffer, given.buffer);
  assertEquals([taken.byteOffset, taken.length], [0, 300]);
  assertNotStrictEquals(other.buffer, given.buffer);
  spare.give(taken);
  assertStrictEquals(spare.take(1000).buffer, given.buffer); // the whole of it came back
});

Deno.test("SpareMemory keeps the larger of two, and none that is too large", () => {
  const spare = new SpareMemory(), large = new Uint8Array(1000);
  for (const array of [new Uint8Array(10), large, new Uint8Array(999)]) spare.give(array);
  spare.give(new Uint8Array(SPARE_BYTES_MAX + 1));
  assert(spare.take(1001).every((byte) => byte === 0));
  assertStrictEquals(spare.take(5).buffer, large.buffer);
});
