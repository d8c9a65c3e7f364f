/**
 * Key record: the bytes of short and long keys.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { CheckedArena } from "../../../../src/store/memory/mod.ts";
import {
  createKeyRecord,
  Dictionary,
  recordKeyView,
} from "../../../../src/store/structures/mod.ts";

Deno.test("createKeyRecord makes a record that a dictionary finds, for keys of all lengths", () => {
  const arena = new CheckedArena();
  const dictionary = new Dictionary(arena).create();
  for (const [hash, byteCount] of [0, 1, 253, 254, 255, 256, 70_000, 300_000].entries()) {
    const key = ByteView.ofText("k".repeat(byteCount) + "behind");
    const record = createKeyRecord(arena, key.bytes, 0, byteCount);
    assertEquals(dictionary.find(hash, key.bytes, 0, byteCount), 0);
    dictionary.insertFound(hash, record);
    assertEquals(dictionary.find(hash, key.bytes, 0, byteCount), record);
    assertEquals(dictionary.find(hash, key.bytes, 0, byteCount + 1), 0);
    assertEquals(recordKeyView(arena, record, new ByteView()).toText(), "k".repeat(byteCount));
  }
  while (dictionary.dismantleSome((record) => arena.free(record)));
  arena.verify(0);
});

Deno.test("createKeyRecord takes two bytes over a short key, eight over a long one", () => {
  const arena = new CheckedArena();
  const hexOf = (byteCount: number) => {
    const record = createKeyRecord(arena, new Uint8Array(byteCount), 0, byteCount);
    const start = arena.offsetOf(record), headerBytes = arena.bytesOf(record)[start];
    return arena.bytesOf(record).slice(start, start + headerBytes).toHex();
  };
  assertEquals(hexOf(3), "0203");
  const long = hexOf(258);
  assertEquals([long.slice(0, 4), long.slice(8)], ["08ff", "02010000"]);
});
