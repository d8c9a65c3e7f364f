/**
 * Checked arena: that each kind of misuse is caught.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { InvariantError } from "../../../../src/base/invariant.ts";
import { CheckedArena } from "../../../../src/store/memory/mod.ts";

Deno.test("CheckedArena catches a block that is freed twice", () => {
  const arena = new CheckedArena();
  const ref = arena.allocate(16);
  arena.free(ref);
  assertThrows(() => arena.free(ref), InvariantError, "not live");
});

Deno.test("CheckedArena catches a write past the end", () => {
  const arena = new CheckedArena();
  const ref = arena.allocate(16);
  arena.bytesOf(ref)[arena.offsetOf(ref) + arena.capacityOf(ref)] = 1;
  assertThrows(() => arena.verify(1), InvariantError, "written past its end");
  assertThrows(() => arena.free(ref), InvariantError, "written past its end");
});

Deno.test("CheckedArena poisons what is fresh and what is freed", () => {
  const arena = new CheckedArena();
  const ref = arena.allocate(16);
  const bytes = arena.bytesOf(ref), at = arena.offsetOf(ref);
  assertEquals(bytes[at + 15], 0xdb);
  bytes[at + 15] = 1;
  arena.allocate(16); // keeps the page
  arena.free(ref);
  assertEquals(bytes[at + 15], 0xdb);
});

Deno.test("CheckedArena.verify catches a leak", () => {
  const arena = new CheckedArena();
  arena.allocate(16);
  assertThrows(() => arena.verify(0), InvariantError, "1 blocks are live, expected 0");
  arena.verify(1);
});

Deno.test("CheckedArena.resize keeps the content, in place and moved", () => {
  const arena = new CheckedArena();
  for (const [from, to] of [[16, 900], [300_000, 600_000]]) {
    const ref = arena.allocate(from);
    arena.bytesOf(ref)[arena.offsetOf(ref) + 15] = 42;
    const moved = arena.resize(ref, to, 16);
    assertEquals(arena.bytesOf(moved)[arena.offsetOf(moved) + 15], 42);
    arena.verify(1);
    arena.free(moved);
  }
  arena.verify(0);
});

Deno.test("CheckedArena refuses a block of no bytes", () => {
  assertThrows(() => new CheckedArena().allocate(0), InvariantError, "0 bytes");
});
