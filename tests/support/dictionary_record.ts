/**
 * Dictionary record: the smallest block that a `Dictionary` can find by its key, and nothing else.
 *
 * @module
 */

import type { Arena, Ref } from "../../src/store/memory/mod.ts";
import { LONG_KEY_LENGTH } from "../../src/store/structures/mod.ts";

const SHORT_KEY_OFFSET = 2;
const LONG_KEY_OFFSET = 8;

/** Allocates a record for a key; the caller frees it. */
export function createRecord(arena: Arena, key: Uint8Array): Ref {
  const isLong = key.length >= LONG_KEY_LENGTH;
  const keyOffset = isLong ? LONG_KEY_OFFSET : SHORT_KEY_OFFSET;
  const record = arena.allocate(keyOffset + key.length);
  const bytes = arena.bytesOf(record), at = arena.offsetOf(record);
  bytes[at] = keyOffset;
  bytes[at + 1] = isLong ? LONG_KEY_LENGTH : key.length;
  if (isLong) new DataView(bytes.buffer, bytes.byteOffset).setUint32(at + 4, key.length, true);
  bytes.set(key, at + keyOffset);
  return record;
}

/** The key of a record, copied. */
export function keyOfRecord(arena: Arena, record: Ref): Uint8Array {
  const bytes = arena.bytesOf(record), at = arena.offsetOf(record);
  const keyOffset = bytes[at];
  const keyBytes = bytes[at + 1] < LONG_KEY_LENGTH
    ? bytes[at + 1]
    : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 4, true);
  return bytes.slice(at + keyOffset, at + keyOffset + keyBytes);
}
