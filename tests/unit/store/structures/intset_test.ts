/**
 * Intset: Redis' bytes, widths, room, and the edges of each width.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Int64 } from "../../../../src/base/int64.ts";
import { CheckedArena } from "../../../../src/store/memory/mod.ts";
import { Intset } from "../../../../src/store/structures/mod.ts";

const register = new Int64();

function intsetOf(arena: CheckedArena, ...values: readonly bigint[]): Intset {
  const intset = new Intset(arena).create();
  for (const value of values) intset.add(register.setBigInt(value));
  return intset;
}

function valuesOf(intset: Intset): bigint[] {
  return Array.from(
    { length: intset.count },
    (_, index) => intset.read(index, register).toBigInt(),
  );
}

function hexOf(arena: CheckedArena, intset: Intset): string {
  const start = arena.offsetOf(intset.ref);
  return arena.bytesOf(intset.ref).slice(start, start + intset.byteCount).toHex();
}

Deno.test("Intset has the bytes that Redis' DUMP shows, in all widths", () => {
  const arena = new CheckedArena();
  assertEquals(hexOf(arena, intsetOf(arena)), "0200000000000000");
  assertEquals(hexOf(arena, intsetOf(arena, 3n, -1n)), "0200000002000000" + "ffff" + "0300");
  assertEquals(
    hexOf(arena, intsetOf(arena, 1n, 65536n)),
    "0400000002000000" + "01000000" + "00000100",
  );
  assertEquals(
    hexOf(arena, intsetOf(arena, 2n, -2147483649n)),
    "0800000002000000" + "ffffff7fffffffff" + "0200000000000000",
  );
});

Deno.test("Intset.add widens at the first integer that is too large, and stays wide", () => {
  const arena = new CheckedArena();
  const edges: readonly (readonly [bigint, number])[] = [
    [32767n, 2],
    [-32768n, 2],
    [32768n, 4],
    [-32769n, 4],
    [2147483647n, 4],
    [-2147483648n, 4],
    [2147483648n, 8],
    [-2147483649n, 8],
    [2n ** 63n - 1n, 8],
    [-(2n ** 63n), 8],
  ];
  for (const [value, width] of edges) {
    const intset = intsetOf(arena, 5n, -7n, value);
    assertEquals(intset.width, width, `of ${value}`);
    assertEquals(valuesOf(intset), value < 0n ? [value, -7n, 5n] : [-7n, 5n, value]);
    assert(intset.remove(register.setBigInt(value)));
    assertEquals(intset.width, width);
    assertEquals(valuesOf(intset), [-7n, 5n]);
  }
});

Deno.test("Intset.has finds no integer wider than its own", () => {
  const arena = new CheckedArena();
  const intset = intsetOf(arena, 1n, -1n);
  for (const value of [65537n, 2n ** 32n + 1n, 2n ** 32n - 1n, -(2n ** 62n)]) {
    assert(!intset.has(register.setBigInt(value)), `${value}`);
    assert(!intset.remove(register), `${value}`);
  }
});

Deno.test("Intset of many integers grows with some room to spare and gives it back", () => {
  const arena = new CheckedArena();
  const intset = new Intset(arena).create();
  let moveCount = 0;
  for (let value = 0, last = intset.ref; value < 40_000; value++, last = intset.ref) {
    assert(intset.add(register.setNumber(value * 2 ** 30)));
    if (intset.ref !== last) moveCount++;
  }
  assert(moveCount < 200, `moved ${moveCount} times`);
  assert(arena.capacityOf(intset.ref) < intset.byteCount * 1.2);
  for (let value = 39_999; value > 100; value--) intset.removeAt(value);
  assert(arena.capacityOf(intset.ref) <= intset.byteCount * 2);
  assertEquals(intset.read(100, register).toNumber(), 100 * 2 ** 30);
  arena.free(intset.ref);
  arena.verify(0);
});

Deno.test("Intset.copy is independent of what it was copied from", () => {
  const arena = new CheckedArena();
  const intset = intsetOf(arena, 1n, 2n, 3n);
  const copy = new Intset(arena).open(intset.copy());
  intset.removeAt(0);
  copy.add(register.setNumber(9));
  assertEquals(valuesOf(intset), [2n, 3n]);
  assertEquals(valuesOf(copy), [1n, 2n, 3n, 9n]);
  arena.free(intset.ref);
  arena.free(copy.ref);
  arena.verify(0);
});
