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
