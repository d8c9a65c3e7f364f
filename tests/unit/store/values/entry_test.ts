/**
 * Entries: which fields a layout has, where they lie, and what they cost.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { Int64 } from "../../../../src/base/int64.ts";
import { CheckedArena } from "../../../../src/store/memory/mod.ts";
import {
  ENCODING_EMBSTR,
  ENCODING_INT,
  encodingOfHeader,
  Entries,
  EXPIRES,
  kindOf,
  TYPE_STRING,
  typeOfHeader,
  VALUE_WORD,
} from "../../../../src/store/values/mod.ts";

const EMBSTR = kindOf(TYPE_STRING, ENCODING_EMBSTR);
const INT = kindOf(TYPE_STRING, ENCODING_INT);
const KEY_LENGTHS = [0, 1, 16, 254, 255, 256, 70_000, 300_000];

function create(entries: Entries, keyText: string, flags: number, inlineBytes = 0): number {
  const key = ByteView.ofText(keyText);
  return entries.create(EMBSTR, key.bytes, key.start, key.end, flags, inlineBytes);
}

Deno.test("Entries keep all fields apart, whatever flags and length of key", () => {
  const arena = new CheckedArena(), entries = new Entries(arena);
  const view = new ByteView(), expiry = new Int64();
  for (const keyBytes of KEY_LENGTHS) {
    for (const flags of [0, EXPIRES, VALUE_WORD, EXPIRES | VALUE_WORD]) {
      const keyText = "k".repeat(keyBytes);
      const ref = create(entries, keyText, flags, 5);
      entries.setAccess(ref, 0xffffff);
      if ((flags & VALUE_WORD) !== 0) entries.setValueWord(ref, -1, 0x7fffffff);
      if ((flags & EXPIRES) !== 0) {
        entries.writeExpiry(ref, expiry.setNumber(1_700_000_000_123));
        entries.setPrevious(ref, -7);
        entries.setNext(ref, 9);
      }
      ByteView.ofText("value").bytes.forEach((byte, index) =>
        arena.bytesOf(ref)[entries.inlineOffsetOf(ref) + index] = byte
      );
      assertEquals(entries.keyView(ref, view).toText(), keyText);
      assertEquals(entries.keyBytesOf(ref), keyBytes);
      assertEquals(entries.flagsOf(ref), flags);
      assertEquals([entries.typeOf(ref), entries.encodingOf(ref)], [TYPE_STRING, ENCODING_EMBSTR]);
      assertEquals([entries.accessOf(ref), entries.inlineBytesOf(ref)], [0xffffff, 5]);
      if ((flags & VALUE_WORD) !== 0) {
        assertEquals([entries.valueBlockOf(ref), entries.valueCountOf(ref)], [-1, 0x7fffffff]);
      }
      if ((flags & EXPIRES) !== 0) {
        assertEquals(entries.dueMsOf(ref), 1_700_000_000_123);
        assertEquals([entries.previousOf(ref), entries.nextOf(ref)], [-7, 9]);
      }
      const start = entries.inlineOffsetOf(ref);
      assertEquals(view.set(arena.bytesOf(ref), start, start + 5).toText(), "value");
      arena.free(ref);
    }
  }
  arena.verify(0);
});

Deno.test("Entries cost 8 bytes over key and value, and what is there besides", () => {
  const entries = new Entries(new CheckedArena());
  assertEquals(entries.entryBytes(16, 0, 16), 40);
  assertEquals(entries.entryBytes(16, EXPIRES, 16), 56);
  assertEquals(entries.entryBytes(16, EXPIRES | VALUE_WORD, 0), 48);
  assertEquals(entries.entryBytes(254, 0, 0), 262);
  assertEquals(entries.entryBytes(255, 0, 0), 271);
});

Deno.test("Entries keep expiries of 64 bits exactly, and tell them as the nearest number", () => {
  const entries = new Entries(new CheckedArena()), expiry = new Int64();
  const ref = create(entries, "ant", EXPIRES);
  for (const value of [0n, -1n, 1_700_000_000_123n, 9_223_372_036_854_775_807n]) {
    entries.writeExpiry(ref, expiry.setBigInt(value));
    assertEquals(entries.readExpiry(ref, expiry).toBigInt(), value);
    assertEquals(entries.dueMsOf(ref), Number(value));
  }
});

Deno.test("Entries change kind, access and inline length without touching the neighbours", () => {
  const entries = new Entries(new CheckedArena());
  const ref = create(entries, "ant", EXPIRES, 200);
  entries.setAccess(ref, 0x123456);
  entries.setKind(ref, INT);
  entries.setInlineBytes(ref, 255);
  assertEquals(entries.kindOf(ref), INT);
  assertEquals(entries.flagsOf(ref), EXPIRES);
  assertEquals([entries.accessOf(ref), entries.inlineBytesOf(ref)], [0x123456, 255]);
  assertEquals(entries.expires(ref), true);
});

Deno.test("Entries.createFrom takes over what both layouts have", () => {
  const arena = new CheckedArena(), entries = new Entries(arena), expiry = new Int64();
  const old = create(entries, "ant", EXPIRES | VALUE_WORD, 0);
  entries.setAccess(old, 77);
  entries.setValueWord(old, 1, 2);
  entries.writeExpiry(old, expiry.setNumber(5));
  const key = ByteView.ofText("a longer key");
  const same = entries.createFrom(old, key, INT, EXPIRES | VALUE_WORD, 0);
  assertEquals([entries.valueBlockOf(same), entries.valueCountOf(same)], [1, 2]);
  assertEquals([entries.dueMsOf(same), entries.accessOf(same)], [5, 77]);
  assertEquals(entries.keyView(same, new ByteView()).toText(), "a longer key");
  const bare = entries.createFrom(old, key, INT, VALUE_WORD, 0);
  assertEquals([entries.expires(bare), entries.valueCountOf(bare)], [false, 2]);
  arena.verify(3);
});

Deno.test("kindOf packs type and encoding as headers have them", () => {
  const header = kindOf(5, ENCODING_EMBSTR) << 16;
  assertEquals([typeOfHeader(header), encodingOfHeader(header)], [5, ENCODING_EMBSTR]);
});
