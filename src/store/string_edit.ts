/**
 * String edit: changes to part of a string, in place where there is room.
 *
 * A string that is being edited moves to a block of its own with room to grow: twice the length up
 * to a megabyte, then a megabyte more, so that n appended bytes cost O(n) copies in all.
 *
 * @module
 */

import { ByteView, copyBytes } from "../base/byte_view.ts";
import type { Keyspace } from "./keyspace.ts";
import type { Ref } from "./memory/mod.ts";
import { ENCODING_EMBSTR, ENCODING_RAW } from "./values/mod.ts";

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
  const arena = keyspace.entries.arena;
  const block = grow(keyspace, ref, oldBytes, Math.max(oldBytes, endBytes));
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
  const block = grow(keyspace, ref, oldBytes, Math.max(oldBytes, byteCount));
  const start = arena.offsetOf(block);
  if (byteCount > oldBytes) arena.bytesOf(block).fill(0, start + oldBytes, start + byteCount);
  return block;
}

/**
 * Stores a string in the encoding that it has elsewhere, which does not follow from its bytes alone: what
 * was edited stays `raw`, and a sum of floats stays text.
 *
 * @param key Of something without expiry; what is no string stays as it is.
 */
export function recodeString(keyspace: Keyspace, key: ByteView, encoding: number): void {
  const ref = keyspace.peek(key);
  if (ref === 0 || !keyspace.isString(ref)) return;
  if (keyspace.entries.encodingOf(ref) === encoding) return;
  if (encoding === ENCODING_RAW) {
    const byteCount = keyspace.stringBytesOf(ref);
    keyspace.growString(ref, byteCount, Math.max(byteCount, 1));
  } else if (encoding === ENCODING_EMBSTR) {
    const text = keyspace.stringOf(ref, new ByteView()).copy();
    keyspace.setText(key, new ByteView(text), false);
  }
}

/** Gives a string a length that is not less, with room for more if it is longer; returns its block. */
function grow(keyspace: Keyspace, ref: Ref, oldBytes: number, byteCount: number): Ref {
  const spareBytes = byteCount > oldBytes ? Math.min(byteCount, SPARE_BYTES_MAX) : 0;
  const entry = keyspace.growString(ref, byteCount, Math.max(byteCount + spareBytes, 1));
  return keyspace.entries.valueBlockOf(entry);
}
