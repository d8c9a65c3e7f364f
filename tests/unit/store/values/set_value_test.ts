/**
 * Set value: when the encoding changes, how evenly members are drawn, and what a set weighs.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { SetMember, type SetValue } from "../../../../src/store/mod.ts";
import { StoreFixture } from "../store_fixture.ts";

const KEY = ByteView.ofText("set");

function setOf(fixture: StoreFixture, members: Iterable<string | number>): SetValue {
  const set = fixture.keyspace.openSet(KEY);
  for (const member of members) set.add(ByteView.ofText(String(member)));
  return set;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

Deno.test("SetValue is an intset up to the limit and while all members are integers", () => {
  using fixture = new StoreFixture(1);
  fixture.store.environment.limits.setMaxIntsetEntries = 4;
  const set = setOf(fixture, [3, 1, 2, 1, 4]);
  assert(set.isIntset);
  assert(set.add(ByteView.ofText("5")));
  assert(!set.isIntset);
  for (const member of ["5", "4", "3"]) assert(set.remove(ByteView.ofText(member)));
  assert(!set.isIntset, "nothing turns a dictionary back");

  fixture.keyspace.remove(KEY);
  assert(setOf(fixture, [1]).isIntset);
  for (const text of ["01", "+1", " 1", "-0", "1.0", "9223372036854775808", ""]) {
    fixture.keyspace.remove(KEY);
    assert(!setOf(fixture, [7, text]).isIntset, `"${text}"`);
  }
});

Deno.test("SetValue keeps an intset over a limit that was lowered, until the next member", () => {
  using fixture = new StoreFixture(1);
  const set = setOf(fixture, range(100));
  fixture.store.environment.limits.setMaxIntsetEntries = 10;
  assert(!set.add(ByteView.ofText("50")));
  assert(set.remove(ByteView.ofText("99")));
  assert(set.isIntset);
  assert(set.add(ByteView.ofText("-1")));
  assert(!set.isIntset);
  assertEquals(set.count, 100);
});

for (const intsetMax of [512, 0]) {
  Deno.test(`SetValue draws its members evenly with intsets of at most ${intsetMax}`, () => {
    using fixture = new StoreFixture(1);
    fixture.store.environment.limits.setMaxIntsetEntries = intsetMax;
    const set = setOf(fixture, range(100));
    const drawCounts = new Map<string, number>();
    const member = new SetMember();
    for (let draw = 0; draw < 100_000; draw++) {
      const text = set.show(set.drawPlace(), member).view.toText();
      drawCounts.set(text, (drawCounts.get(text) ?? 0) + 1);
    }
    let chiSquare = 0;
    for (const count of drawCounts.values()) chiSquare += (count - 1000) ** 2 / 1000;
    assertEquals(drawCounts.size, 100);
    // Of 99 degrees of freedom: exceeded once in ten million fair tests; the seed is fixed.
    assert(chiSquare < 190, `chi square ${chiSquare}`);
  });
}

Deno.test("SetValue of many members takes fewer than 40 bytes for each of 20", () => {
  using fixture = new StoreFixture(1);
  const before = fixture.arena.usedBytes;
  const set = setOf(fixture, range(20_000).map((index) => `element:${index}`.padStart(20, "0")));
  // The checked arena adds 8 bytes to each block.
  assert(fixture.arena.usedBytes - before < 20_000 * (40 + 8));
  const exact = set.memoryBytes(0), estimate = set.memoryBytes(50);
  assert(Math.abs(exact - estimate) < exact / 100, `${exact} and ${estimate}`);
});

Deno.test("SetValue.freeSome frees a large set in slices", () => {
  using fixture = new StoreFixture(1);
  const set = fixture.keyspace.setHandle(1).detach();
  for (const member of range(30_000)) set.add(ByteView.ofText(String(member)));
  let sliceCount = 0;
  while (set.freeSome()) sliceCount++;
  assert(sliceCount > 5, `${sliceCount} slices`);
  assertEquals(set.root, 0);
  assert(!set.freeSome());
});
