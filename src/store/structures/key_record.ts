/**
 * Key record: the smallest record that a dictionary can find, a key and nothing else.
 *
 *   short key:   key offset u8 = 2 | key length u8 | key
 *   long key:    key offset u8 = 8 | 255 | unused u16 | key length u32 | key
 *
 * Cost: two bytes over the key, eight where it has 255 bytes or more.
 *
 * @module
 */

import { type ByteView, copyBytes } from "../../base/byte_view.ts";
import { readInt32 } from "../../base/int32.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import { LONG_KEY_LENGTH } from "./dictionary.ts";

const SHORT_KEY_OFFSET = 2;
const LONG_KEY_OFFSET = 8;

/** Allocates a record for `key[start, end)`, which is copied; owned by the caller. */
export function createKeyRecord(arena: Arena, key: Uint8Array, start: number, end: number): Ref {
  const keyBytes = end - start;
  if (keyBytes >= LONG_KEY_LENGTH) return createLongRecord(arena, key, start, end);
  const record = arena.allocate(SHORT_KEY_OFFSET + keyBytes);
  const bytes = arena.pages[record >>> PAGE_SHIFT], at = (record & GRANULE_MASK) << 3;
  bytes[at] = SHORT_KEY_OFFSET;
  bytes[at + 1] = keyBytes;
  copyBytes(key, start, end, bytes, at + SHORT_KEY_OFFSET);
  return record;
}

/** Points a view at the key of any record that a dictionary can find; borrowed. */
export function recordKeyView(arena: Arena, record: Ref, into: ByteView): ByteView {
  const bytes = arena.pages[record >>> PAGE_SHIFT], at = (record & GRANULE_MASK) << 3;
  const start = at + bytes[at];
  let keyBytes = bytes[at + 1];
  if (keyBytes === LONG_KEY_LENGTH) keyBytes = longKeyBytes(bytes, start);
  return into.set(bytes, start, start + keyBytes);
}

/** The length of a long key, which stands before it. @param at Where the key begins. */
export function longKeyBytes(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at - 4);
}

function createLongRecord(arena: Arena, key: Uint8Array, start: number, end: number): Ref {
  const record = arena.allocate(LONG_KEY_OFFSET + end - start);
  const bytes = arena.bytesOf(record), at = arena.offsetOf(record);
  bytes[at] = LONG_KEY_OFFSET;
  bytes[at + 1] = LONG_KEY_LENGTH;
  arena.words[record >>> PAGE_SHIFT][(at >>> 2) + 1] = end - start;
  copyBytes(key, start, end, bytes, at + LONG_KEY_OFFSET);
  return record;
}
