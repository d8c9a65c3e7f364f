/**
 * String edit: changes to part of a string, in place where there is room.
 *
 * A string that is being edited moves to a block of its own with room to grow: twice the length up
 * to a megabyte, then a megabyte more, so that n appended bytes cost O(n) copies in all.
 *
 * @module
 */

import { type ByteView, copyBytes } from "../base/byte_view.ts";
import type { Keyspace } from "./keyspace.ts";
import type { Ref } from "./memory/mod.ts";
import { ENCODING_RAW, kindOf, TYPE_STRING, VALUE_WORD } from "./values/mod.ts";

/** Room for growth is at most this. */
const SPARE_BYTES_MAX = 1024 * 1024;

/**
 * Writes bytes over a string from an offset on; zero bytes fill a gap behind its end.
 *
 * @param ref The string's entry; it may move.
 * @param part Copied; not empty where `offset` lies behind the end.
 */
export function overwriteString(
  keyspace: Keyspace,
  ref: Ref,
  offset: number,
  part: ByteView,
): void {
  const oldBytes = keyspace.stringBytesOf(ref);
  const endBytes = offset + part.byteCount;
  const byteCount = Math.max(oldBytes, endBytes);
  const spareBytes = byteCount > oldBytes ? Math.min(byteCount, SPARE_BYTES_MAX) : 0;
  const roomBytes = Math.max(byteCount + spareBytes, 1);
  const entry = keyspace.growString(ref, byteCount, roomBytes);
  const arena = keyspace.entries.arena;
  const block = keyspace.entries.valueBlockOf(entry);
  const bytes = arena.bytesOf(block), start = arena.offsetOf(block);
  if (offset > oldBytes) bytes.fill(0, start + oldBytes, start + offset);
  copyBytes(part.bytes, part.start, part.end, bytes, start + offset);
}

/**
 * Makes room for bytes to be changed in place: the string has a block of its own afterwards and is
 * at least so long, zero bytes filling what is new.
 *
 * @param ref The entry of `key`, a string, which may move; 0 when absent: it is created.
 * @param byteCount At least 1.
 * @returns The block that holds the string's bytes.
 */
export function extendString(
  keyspace: Keyspace,
  key: ByteView,
  ref: Ref,
  byteCount: number,
): Ref {
  const entries = keyspace.entries, arena = entries.arena;
  if (ref === 0) return entries.valueBlockOf(keyspace.createString(key, byteCount));
  const oldBytes = keyspace.stringBytesOf(ref);
  if (byteCount <= oldBytes) {
    return entries.valueBlockOf(keyspace.growString(ref, oldBytes, oldBytes));
  }
  const roomBytes = byteCount + Math.min(byteCount, SPARE_BYTES_MAX);
  const block = entries.valueBlockOf(keyspace.growString(ref, byteCount, roomBytes));
  const start = arena.offsetOf(block);
  arena.bytesOf(block).fill(0, start + oldBytes, start + byteCount);
  return block;
}

/**
 * Stores a string that was written into a block of the arena, whatever was under the key.
 *
 * @param block The key's from now on.
 * @param byteCount At least 1.
 */
export function placeStringBlock(
  keyspace: Keyspace,
  key: ByteView,
  block: Ref,
  byteCount: number,
): void {
  const ref = keyspace.place(key, kindOf(TYPE_STRING, ENCODING_RAW), VALUE_WORD, 0, false);
  keyspace.entries.setValueWord(ref, block, byteCount);
}
