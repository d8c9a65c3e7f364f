/**
 * Stream nodes: Redis' bytes, and walks both ways.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { StreamId } from "../../../../src/base/stream_id.ts";
import { Args } from "../../../../src/resp/mod.ts";
import { CheckedArena } from "../../../../src/store/memory/mod.ts";
import { StreamNode } from "../../../../src/store/structures/mod.ts";

const LONG = "v".repeat(70);

interface Entry {
  readonly id: StreamId;
  readonly words: readonly string[];
}

const ENTRIES: readonly Entry[] = [
  { id: idOf(1000, 5), words: ["temp", "21", "place", "roof"] },
  { id: idOf(1000, 6), words: ["temp", "-300", "place", LONG] },
  { id: idOf(1002, 0), words: ["other", "x"] },
  { id: idOf(1002, 1), words: ["temp", "9223372036854775807", "place", ""] },
];

/** What `DUMP` of Redis 7.0.15 says of these entries when the second has been deleted. */
const REDIS_BYTES = [
  "aa 00 00 00 1f 00", // 170 bytes, 31 elements
  "03 01 01 01 02 01 84 74 65 6d 70 05 85 70 6c 61 63 65 06 00 01", // 3, 1, 2, temp, place, 0
  "02 01 00 01 00 01 15 01 84 72 6f 6f 66 05 05 01",
  "03 01 00 01 01 01 de d4 02 e0 46" + " 76".repeat(70) + " 48 05 01",
  "00 01 02 01 df fb 02 01 01 85 6f 74 68 65 72 06 81 78 02 06 01",
  "02 01 02 01 df fc 02 f4 ff ff ff ff ff ff ff 7f 09 80 01 05 01",
  "ff",
].join(" ");

function idOf(ms: number, sequence: number): StreamId {
  return new StreamId().setWords(0, ms, 0, sequence);
}

/** A node with the entries. */
function createNode(arena: CheckedArena): StreamNode {
  const node = new StreamNode(arena);
  const [first, ...others] = ENTRIES;
  const source = Args.of(...first.words);
  node.create(first.id, source, 0, first.words.length / 2, source.byteCount, 0);
  for (const { id, words } of others) {
    const source = Args.of(...words);
    node.open(node.ref, first.id).append(id, source, 0, words.length / 2, source.byteCount);
  }
  return node.open(node.ref, first.id);
}

function wordsAtCursor(node: StreamNode): string[] {
  const words: string[] = [], view = new ByteView();
  for (let field = 0; field < node.fieldCount; field++) {
    words.push(node.readField(view).toText(), node.readValue(view).toText());
  }
  return words;
}

Deno.test("a stream node has Redis' bytes", () => {
  const arena = new CheckedArena();
  const node = createNode(arena);
  node.next();
  node.next();
  node.flagDeleted();
  node.countDeleted(1);
  node.shrinkToFit();
  const start = arena.offsetOf(node.ref);
  const bytes = arena.bytesOf(node.ref).subarray(start, start + node.byteCount);
  assertEquals(
    [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
    REDIS_BYTES,
  );
  arena.free(node.ref);
  arena.verify(0);
});

Deno.test("a stream node is walked both ways, with the fields of each entry read or not", () => {
  const node = createNode(new CheckedArena());
  for (const reads of [true, false]) {
    node.rewind();
    for (const { id, words } of ENTRIES) {
      assertEquals(node.next(), true);
      assertEquals(node.id, id);
      if (reads) assertEquals(wordsAtCursor(node), words);
    }
    assertEquals(node.next(), false);
    node.rewind();
    for (const { id, words } of ENTRIES.toReversed()) {
      assertEquals(node.previous(), true);
      assertEquals(node.id, id);
      if (reads) assertEquals(wordsAtCursor(node), words);
    }
    assertEquals(node.previous(), false);
  }
});

Deno.test("a stream node counts live and deleted entries", () => {
  const node = createNode(new CheckedArena());
  assertEquals([node.liveCount, node.deletedCount], [4, 0]);
  node.previous();
  node.flagDeleted();
  assertEquals(node.isDeleted, true);
  node.countDeleted(1);
  assertEquals([node.liveCount, node.deletedCount], [3, 1]);
  node.rewind();
  const flags: boolean[] = [];
  while (node.next()) flags.push(node.isDeleted);
  assertEquals(flags, [false, false, false, true]);
});
