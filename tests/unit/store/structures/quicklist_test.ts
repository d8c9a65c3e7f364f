/**
 * Quicklist: what a list takes, where its elements go, and what is compressed.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../../src/base/random.ts";
import { CheckedArena } from "../../../../src/store/memory/mod.ts";
import {
  type ListEnd,
  PACKED_THRESHOLD_BYTES,
  Quicklist,
} from "../../../../src/store/structures/mod.ts";

/** A list with an arena of its own. */
class ListFixture implements Disposable {
  readonly arena = new CheckedArena();
  readonly list: Quicklist;

  constructor(fill = -2, depth = 0, packedThresholdBytes = PACKED_THRESHOLD_BYTES) {
    this.list = new Quicklist(this.arena, { packedThresholdBytes });
    this.list.begin(fill, depth);
  }

  push(end: ListEnd, element: string): void {
    const { bytes, start, end: stop } = ByteView.ofText(element);
    this.list.push(end, bytes, start, stop);
  }

  /** Elements from the first on. */
  elements(): string[] {
    const cursor = this.list.newCursor(), view = new ByteView();
    const elements: string[] = [];
    for (let isThere = cursor.toFirst(this.list); isThere; isThere = cursor.next()) {
      elements.push(cursor.read(view).toText());
    }
    return elements;
  }

  /** Frees the list and checks that nothing was leaked. */
  [Symbol.dispose](): void {
    while (this.list.freeSome());
    this.arena.verify(0);
  }
}

Deno.test("a short list takes two blocks, an empty one none", () => {
  using fixture = new ListFixture();
  assertEquals(fixture.list.root, 0);
  fixture.push("tail", "ant");
  fixture.push("head", "7");
  assertEquals(fixture.arena.blockCount, 2);
  assertEquals(fixture.elements(), ["7", "ant"]);
  fixture.list.dropEnd("head");
  fixture.list.dropEnd("head");
  assertEquals(fixture.arena.blockCount, 0);
  assertEquals(fixture.list.root, 0);
});

Deno.test("a list of short elements takes little more than they do", () => {
  for (const end of ["head", "tail"] as const) {
    using fixture = new ListFixture();
    for (let count = 0; count < 100_000; count++) fixture.push(end, "abc");
    // Each has two bytes beside its own; a node has 32, and so much of its block is header or room.
    const byteCount = fixture.list.memoryBytes(0);
    assert(byteCount > 100_000 * 5 && byteCount < 100_000 * 5 * 1.03);
    const estimate = fixture.list.memoryBytes(5);
    assert(Math.abs(estimate - byteCount) < byteCount * 0.03);
  }
});

Deno.test("a queue stays in its node, whichever end it is filled at", () => {
  for (const [from, to] of [["head", "tail"], ["tail", "head"]] as const) {
    using fixture = new ListFixture();
    for (let count = 0; count < 100; count++) fixture.push(from, `job ${count}`);
    const usedBytes = fixture.arena.usedBytes;
    for (let count = 100; count < 10_000; count++) {
      fixture.push(from, `job ${count}`);
      const first = fixture.list.readEnd(to, new ByteView()).toText();
      assertEquals(first, `job ${count - 100}`);
      fixture.list.dropEnd(to);
    }
    assertEquals(fixture.list.layout().nodeCount, 1);
    assert(fixture.arena.usedBytes < usedBytes * 4);
  }
});

Deno.test("a list that shrinks gives its memory back", () => {
  using fixture = new ListFixture();
  for (let count = 0; count < 1500; count++) fixture.push("tail", "abc");
  const usedBytes = fixture.arena.usedBytes;
  for (let count = 0; count < 1490; count++) fixture.list.dropEnd("head");
  assert(fixture.arena.usedBytes * 20 < usedBytes);
  assertEquals(fixture.elements(), Array<string>(10).fill("abc"));
});

Deno.test("nodes further from both ends than the depth are compressed, and read all the same", () => {
  const element = "the quick brown fox jumps over the lazy dog";
  using plain = new ListFixture(16, 0);
  using packed = new ListFixture(16, 2);
  for (let count = 0; count < 1600; count++) {
    plain.push("tail", element + count);
    packed.push("tail", element + count);
  }
  assertEquals(packed.list.layout().contentBytes, plain.list.layout().contentBytes);
  assertEquals(packed.list.layout().depth, 2);
  assert(packed.arena.usedBytes * 3 < plain.arena.usedBytes);
  assertEquals(packed.elements(), plain.elements());
  const cursor = packed.list.newCursor(), view = new ByteView();
  for (const index of [0, 31, 32, 40, 799, 1500, 1599]) {
    cursor.toIndex(packed.list, index);
    assertEquals(cursor.read(view).toText(), element + index);
  }
});

Deno.test("what cannot be compressed stays as it is", () => {
  const random = new SeededRandom(5);
  const bytes = new Uint8Array(200);
  using fixture = new ListFixture(4, 1);
  for (let count = 0; count < 80; count++) {
    random.fillBytes(bytes);
    fixture.list.push("tail", bytes, 0, bytes.length);
  }
  assert(fixture.arena.usedBytes > 80 * bytes.length);
  assertEquals(fixture.list.readEnd("tail", new ByteView()).copy(), bytes);
});

Deno.test("an element from the packed threshold on is a node, one below it is not", () => {
  using fixture = new ListFixture(-2, 0, 100);
  for (const byteCount of [99, 100, 99, 99, 101]) fixture.push("tail", "e".repeat(byteCount));
  assertEquals(fixture.list.layout().nodeCount, 4);
  assertEquals(fixture.elements().map((element) => element.length), [99, 100, 99, 99, 101]);
});
