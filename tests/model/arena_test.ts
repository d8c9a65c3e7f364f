/**
 * Arena model: random blocks against a map of what each should contain.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { CheckedArena, PAGE_BYTES, type Ref } from "../../src/store/memory/mod.ts";
import { takeSeed } from "../support/seed.ts";

const ACTION_COUNT = 60_000;
/** Bytes that live blocks may have together before the test frees more than it allocates. */
const LIVE_BYTES_MAX = 48 << 20;

interface Block {
  byteCount: number;
  /** Each byte is this plus its index. */
  first: number;
}

Deno.test("model: an arena keeps every block's bytes, and gives everything back", () => {
  const random = new SeededRandom(takeSeed("arena"));
  const arena = new CheckedArena();
  const blocks = new Map<Ref, Block>();
  const refs: Ref[] = [];
  let liveBytes = 0;

  const fill = (ref: Ref, block: Block): void => {
    const bytes = arena.bytesOf(ref), at = arena.offsetOf(ref);
    for (let index = 0; index < block.byteCount; index++) bytes[at + index] = block.first + index;
  };
  const check = (ref: Ref, byteCount: number): void => {
    const { first } = blocks.get(ref)!;
    const bytes = arena.bytesOf(ref), at = arena.offsetOf(ref);
    for (let index = 0; index < byteCount; index++) {
      if (bytes[at + index] !== ((first + index) & 0xff)) throw new Error(`${ref} has changed`);
    }
  };
  const allocate = (): void => {
    const block = { byteCount: drawByteCount(random), first: random.below(256) };
    const ref = arena.allocate(block.byteCount);
    assert(arena.capacityOf(ref) >= block.byteCount);
    assert(arena.isFit(ref, block.byteCount));
    fill(ref, block);
    blocks.set(ref, block);
    refs.push(ref);
    liveBytes += block.byteCount;
  };
  const free = (): void => {
    const index = random.below(refs.length);
    const ref = refs[index];
    refs[index] = refs[refs.length - 1];
    refs.pop();
    check(ref, blocks.get(ref)!.byteCount);
    liveBytes -= blocks.get(ref)!.byteCount;
    blocks.delete(ref);
    arena.free(ref);
  };
  const resize = (): void => {
    const index = random.below(refs.length);
    const old = blocks.get(refs[index])!;
    const block = { byteCount: drawByteCount(random), first: old.first };
    const keptBytes = Math.min(old.byteCount, block.byteCount);
    const ref = arena.resize(refs[index], block.byteCount, keptBytes);
    blocks.delete(refs[index]);
    blocks.set(ref, block);
    refs[index] = ref;
    check(ref, keptBytes);
    fill(ref, block);
    liveBytes += block.byteCount - old.byteCount;
  };

  const moveOut = (index: number): void => {
    const ref = arena.moveOut(refs[index]);
    const block = blocks.get(refs[index])!;
    blocks.delete(refs[index]);
    blocks.set(ref, block);
    refs[index] = ref;
    check(ref, block.byteCount);
  };

  for (let action = 0; action < ACTION_COUNT; action++) {
    if (random.below(1000) === 0) arena.beginEvacuation();
    if (random.below(3000) === 0) arena.endEvacuation();
    if (refs.length > 0) moveOut(random.below(refs.length));
    const draw = random.below(100);
    const freePercent = liveBytes > LIVE_BYTES_MAX ? 70 : 35;
    if (refs.length === 0 || draw >= freePercent + 10) allocate();
    else if (draw < freePercent) free();
    else resize();
    if (random.below(500) === 0) arena.trim();
    assertEquals(arena.blockCount, refs.length);
  }
  arena.verify(refs.length);
  for (const [ref, block] of blocks) check(ref, block.byteCount);
  const heldBytesMax = arena.heldBytes;
  assert(heldBytesMax >= arena.usedBytes && arena.usedBytes > liveBytes);

  for (let count = refs.length * 3 / 4; count > 0; count--) free();
  const pageBytesBefore = arena.pageBytes;
  assert(arena.beginEvacuation() > 0);
  for (let index = 0; index < refs.length; index++) moveOut(index);
  assert(arena.movedCount > 0 && arena.pageBytes < pageBytesBefore);
  assertEquals(arena.beginEvacuation(), 0);
  arena.verify(refs.length);

  while (refs.length > 0) free();
  arena.verify(0);
  while (arena.trim());
  assertEquals([arena.usedBytes, arena.heldBytes, arena.pageBytes, arena.blockCount], [0, 0, 0, 0]);
  assert(arena.usedBytesPeak > PAGE_BYTES);
});

/** Mostly small, as entries are; now and then a table, a long string, or what has its own page. */
function drawByteCount(random: SeededRandom): number {
  const draw = random.below(1000);
  if (draw < 700) return 1 + random.below(80);
  if (draw < 900) return 1 + random.below(600);
  if (draw < 980) return 1 + random.below(40_000);
  if (draw < 995) return 1 + random.below(PAGE_BYTES / 4 + 64);
  return PAGE_BYTES / 4 - 16 + random.below(PAGE_BYTES);
}
