/**
 * Arena: sizes, reuse, accounting and what is given back.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Arena, PAGE_BYTES, type Ref } from "../../../../src/store/memory/mod.ts";

function allocateMany(arena: Arena, blockCount: number, byteCount: number): Ref[] {
  return Array.from({ length: blockCount }, () => arena.allocate(byteCount));
}

Deno.test("Arena.allocate never hands out 0, and keeps blocks of a page apart", () => {
  const arena = new Arena();
  const refs = allocateMany(arena, 1000, 40);
  assert(!refs.includes(0));
  const offsets = refs.map((ref) => arena.offsetOf(ref)).sort((one, other) => one - other);
  offsets.forEach((offset, index) => assertEquals(offset, index * 40));
});

Deno.test("Arena counts the bytes of live blocks by the size of their class", () => {
  const arena = new Arena();
  const small = arena.allocate(33);
  const large = arena.allocate(PAGE_BYTES + 1);
  assertEquals([arena.usedBytes, arena.blockCount], [40 + PAGE_BYTES + 8, 2]);
  arena.free(small);
  arena.free(large);
  assertEquals([arena.usedBytes, arena.blockCount], [0, 0]);
});

Deno.test("Arena hands out the block that was freed last before it takes fresh memory", () => {
  const arena = new Arena();
  const refs = allocateMany(arena, 3, 64);
  arena.free(refs[0]);
  arena.free(refs[1]);
  assertEquals(allocateMany(arena, 2, 64), [refs[1], refs[0]]);
});

Deno.test("Arena.capacityOf and isFit follow the size class", () => {
  const arena = new Arena();
  const ref = arena.allocate(33);
  assertEquals(arena.capacityOf(ref), 40);
  assertEquals([32, 33, 40, 41].map((byteCount) => arena.isFit(ref, byteCount)), [
    false,
    true,
    true,
    false,
  ]);
  assertEquals(arena.capacityOf(arena.allocate(300_001)), 300_008);
});

Deno.test("Arena.resize keeps the content and frees the block that was left", () => {
  const arena = new Arena();
  for (
    const [from, to] of [[20, 5000], [5000, 20], [5000, 400_000], [400_000, 20], [300_000, 900_000]]
  ) {
    const ref = arena.allocate(from);
    const keptBytes = Math.min(from, to);
    for (let index = 0; index < keptBytes; index++) {
      arena.bytesOf(ref)[arena.offsetOf(ref) + index] = index;
    }
    const moved = arena.resize(ref, to, keptBytes);
    for (let index = 0; index < keptBytes; index++) {
      assert(arena.bytesOf(moved)[arena.offsetOf(moved) + index] === (index & 0xff));
    }
    assert(arena.isFit(moved, to));
    arena.free(moved);
    assertEquals([arena.usedBytes, arena.blockCount], [0, 0]);
  }
});

Deno.test("Arena.usedBytesPeak remembers the most until it is reset", () => {
  const arena = new Arena();
  arena.free(arena.allocate(1 << 20));
  assertEquals(arena.usedBytesPeak, 1 << 20);
  const large = arena.allocate(3 << 20);
  assertEquals(arena.resize(large, 1 << 20, 0), large);
  assertEquals(arena.usedBytesPeak, 3 << 20);
  arena.resetPeak();
  assertEquals(arena.usedBytesPeak, 1 << 20);
});

Deno.test("Arena keeps one empty page a class, and trim gives back all", () => {
  const arena = new Arena();
  const refs = allocateMany(arena, 3 * (PAGE_BYTES / 64), 64);
  assertEquals(arena.heldBytes, 3 * PAGE_BYTES);
  refs.forEach((ref) => arena.free(ref));
  const again = arena.allocate(64);
  assertNotEquals(again, 0);
  arena.free(again);
  while (arena.trim());
  assertEquals(arena.heldBytes, 0);
  assertNotEquals(arena.allocate(64), 0);
});

Deno.test("Arena.trim moves pages together without changing references", () => {
  const arena = new Arena();
  const blocksPerPage = PAGE_BYTES / 256;
  const refs = allocateMany(arena, 64 * blocksPerPage, 256);
  refs.forEach((ref, index) => arena.bytesOf(ref)[arena.offsetOf(ref)] = index % 251);
  const isKept = (index: number): boolean => Math.floor(index / blocksPerPage) % 4 === 0;
  refs.forEach((ref, index) => isKept(index) || arena.free(ref));
  while (arena.trim());
  assert(arena.heldBytes <= 32 * PAGE_BYTES, `${arena.heldBytes} bytes held`);
  refs.forEach((ref, index) => {
    if (isKept(index)) assert(arena.bytesOf(ref)[arena.offsetOf(ref)] === index % 251);
  });
});
