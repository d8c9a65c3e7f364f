/**
 * Page memory: places, numbers, and what goes back to the system when.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ArenaFullError, PageMemory } from "../../../../src/store/memory/page_memory.ts";
import { PAGE_BYTES } from "../../../../src/store/memory/size_classes.ts";

const PAGES_PER_REGION = 32;
const NUMBER_MAX = 1000;

/** As many pages as asked for, each full of its own number. */
function addMarked(memory: PageMemory, pageCount: number): number[] {
  return Array.from({ length: pageCount }, () => {
    const page = memory.add();
    memory.pages[page].fill(page);
    return page;
  });
}

Deno.test("PageMemory numbers pages from 1 and shows them as bytes and as words", () => {
  const memory = new PageMemory(NUMBER_MAX);
  assertEquals(addMarked(memory, 2), [1, 2]);
  assertEquals(memory.pages[2].length, PAGE_BYTES);
  assertEquals(memory.words[2].length, PAGE_BYTES / 4);
  assertEquals(memory.words[2][0], 0x02020202);
  assertEquals(memory.heldBytes, 2 * PAGE_BYTES);
});

Deno.test("PageMemory uses numbers and places of removed pages again", () => {
  const memory = new PageMemory(NUMBER_MAX);
  addMarked(memory, 3);
  memory.remove(2);
  assertEquals(memory.pages[2].length, 0);
  assertEquals(memory.add(), 2);
  assertEquals(memory.heldBytes, 3 * PAGE_BYTES);
});

Deno.test("PageMemory refuses a page when it has no number left, and loses nothing by it", () => {
  const memory = new PageMemory(2);
  addMarked(memory, 2);
  assertThrows(() => memory.add(), ArenaFullError, "out of memory");
  assertThrows(() => memory.addLarge(8), ArenaFullError);
  memory.remove(1);
  assertEquals(memory.add(), 1);
});

Deno.test("PageMemory.giveBackSome unmaps regions without pages, one a call", () => {
  const memory = new PageMemory(NUMBER_MAX);
  const pages = addMarked(memory, 2 * PAGES_PER_REGION + 1);
  for (const page of pages) memory.remove(page);
  const steps: number[] = [];
  while (memory.giveBackSome()) steps.push(memory.heldBytes / PAGE_BYTES);
  assertEquals(steps.length, 3);
  assertEquals(memory.heldBytes, 0);
});

Deno.test("PageMemory.giveBackSome moves pages out of thin regions, with their content", () => {
  const memory = new PageMemory(NUMBER_MAX);
  const pages = addMarked(memory, 2 * PAGES_PER_REGION);
  const kept = pages.filter((page) => page % 8 === 0); // 4 of 32 in either region
  for (const page of pages) if (!kept.includes(page)) memory.remove(page);
  while (memory.giveBackSome());
  assertEquals(memory.heldBytes, kept.length * PAGE_BYTES);
  for (const page of kept) {
    assertEquals(memory.pages[page][PAGE_BYTES - 1], page);
    assertEquals(memory.words[page].byteOffset, memory.pages[page].byteOffset);
  }
});

Deno.test("PageMemory.giveBackSome moves all pages of a region when enough of its places are free", () => {
  for (const [removedCount, heldCount] of [[8, 32], [11, 21], [32, 0]]) {
    const memory = new PageMemory(NUMBER_MAX);
    const pages = addMarked(memory, 2 * PAGES_PER_REGION);
    for (const page of pages.slice(0, removedCount)) memory.remove(page);
    while (memory.giveBackSome());
    assertEquals(memory.heldBytes, (PAGES_PER_REGION + heldCount) * PAGE_BYTES);
    for (const page of pages.slice(removedCount)) assertEquals(memory.pages[page][9], page);
  }
});

Deno.test("PageMemory.giveBackSome adds no page to a region that it is emptying", () => {
  const memory = new PageMemory(NUMBER_MAX);
  const pages = addMarked(memory, PAGES_PER_REGION);
  for (const page of pages.slice(3)) memory.remove(page);
  assert(memory.giveBackSome());
  const fresh = addMarked(memory, 10);
  while (memory.giveBackSome());
  assertEquals(memory.heldBytes, 13 * PAGE_BYTES);
  for (const page of [...pages.slice(0, 3), ...fresh]) assertEquals(memory.pages[page][9], page);
});

Deno.test("PageMemory.giveBackSome spares what pages come and go in, until they are few for good", () => {
  const memory = new PageMemory(NUMBER_MAX);
  addMarked(memory, 2);
  for (let round = 0; round < 3; round++) {
    for (const page of addMarked(memory, 20)) memory.remove(page);
    assertEquals(memory.giveBackSome(true), false);
    assertEquals(memory.heldBytes, 22 * PAGE_BYTES);
  }
  while (memory.giveBackSome(true));
  assertEquals(memory.heldBytes, 2 * PAGE_BYTES);
});

Deno.test("PageMemory.giveBackSome leaves alone what fits into no other region", () => {
  const memory = new PageMemory(NUMBER_MAX);
  const pages = addMarked(memory, PAGES_PER_REGION + 4);
  memory.remove(pages[0]);
  assertEquals(memory.giveBackSome(), false);
});

Deno.test("PageMemory keeps number and content of a large page that is resized", () => {
  const memory = new PageMemory(NUMBER_MAX);
  const page = memory.addLarge(3 * PAGE_BYTES);
  memory.pages[page].fill(7);
  memory.resizeLarge(page, 5 * PAGE_BYTES);
  assertEquals(memory.heldBytes, 5 * PAGE_BYTES);
  assertEquals([memory.pages[page][3 * PAGE_BYTES - 1], memory.pages[page].length], [
    7,
    5 * PAGE_BYTES,
  ]);
  memory.removeLarge(page);
  assertEquals(memory.heldBytes, 0);
});

Deno.test("PageMemory reports a size that no buffer can have as out of memory", () => {
  const memory = new PageMemory(NUMBER_MAX);
  const page = memory.addLarge(PAGE_BYTES);
  memory.pages[page].fill(7);
  assertThrows(() => memory.addLarge(2 ** 53 - 8), ArenaFullError);
  assertThrows(() => memory.resizeLarge(page, 2 ** 53 - 8), ArenaFullError);
  assertEquals([memory.pages[page][9], memory.heldBytes], [7, PAGE_BYTES]);
});
