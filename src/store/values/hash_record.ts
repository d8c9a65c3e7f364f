/**
 * Hash record: one field of a large hash with its value, in one block.
 *
 * Field and value lie together, so that reading a field touches one place in memory, and so that a
 * value of about the same length is replaced where it is.
 *
 *   0  field offset u8 | field length u8 | value length u16
 *   4  [ value length u32 ]            if it is 65535 or more; the u16 says 65535
 *      [ field length u32 ]            if it is 255 or more; the u8 says 255
 *      field bytes | value bytes
 *
 * The first two bytes and the long field's length are what `Dictionary` needs to compare keys.
 *
 * Cost: 4 bytes, or up to 12, beside field and value.
 *
 * @module
 */

import { type ByteView, copyBytes } from "../../base/byte_view.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import { LONG_KEY_LENGTH } from "../structures/mod.ts";

const HEADER_BYTES = 4;
const LONG_LENGTH_BYTES = 4;
/** What the short length says of a value whose length has a word of its own. */
const LONG_VALUE_LENGTH = 0xffff;

/** Makes a record. @param field Copied. @param value Copied. */
export function createHashRecord(arena: Arena, field: ByteView, value: ByteView): Ref {
  const fieldBytes = field.end - field.start, valueBytes = value.end - value.start;
  const fieldOffset = fieldOffsetFor(fieldBytes, valueBytes);
  const record = arena.allocate(fieldOffset + fieldBytes + valueBytes);
  const words = arena.words[record >>> PAGE_SHIFT], word = (record & GRANULE_MASK) << 1;
  words[word] = fieldOffset | Math.min(fieldBytes, LONG_KEY_LENGTH) << 8 |
    Math.min(valueBytes, LONG_VALUE_LENGTH) << 16;
  if (valueBytes >= LONG_VALUE_LENGTH) words[word + 1] = valueBytes;
  if (fieldBytes >= LONG_KEY_LENGTH) words[word + (fieldOffset >>> 2) - 1] = fieldBytes;
  const bytes = arena.pages[record >>> PAGE_SHIFT];
  const at = (word << 2) + fieldOffset;
  copyBytes(field.bytes, field.start, field.end, bytes, at);
  copyBytes(value.bytes, value.start, value.end, bytes, at + fieldBytes);
  return record;
}

/** Points a view at a record's field. */
export function hashRecordField(arena: Arena, record: Ref, into: ByteView): ByteView {
  const words = arena.words[record >>> PAGE_SHIFT], word = (record & GRANULE_MASK) << 1;
  const start = (word << 2) + (words[word] & 0xff);
  return into.set(arena.pages[record >>> PAGE_SHIFT], start, start + fieldBytesAt(words, word));
}

/** Points a view at a record's value. */
export function hashRecordValue(arena: Arena, record: Ref, into: ByteView): ByteView {
  const words = arena.words[record >>> PAGE_SHIFT], word = (record & GRANULE_MASK) << 1;
  const start = (word << 2) + (words[word] & 0xff) + fieldBytesAt(words, word);
  return into.set(arena.pages[record >>> PAGE_SHIFT], start, start + valueBytesAt(words, word));
}

/**
 * Gives a record another value, if its block is just right for it.
 *
 * @returns Whether it was; if not, the record is as it was.
 */
export function replaceHashRecordValue(arena: Arena, record: Ref, value: ByteView): boolean {
  const words = arena.words[record >>> PAGE_SHIFT], word = (record & GRANULE_MASK) << 1;
  const valueBytes = value.end - value.start, fieldBytes = fieldBytesAt(words, word);
  const fieldOffset = words[word] & 0xff;
  if (fieldOffset !== fieldOffsetFor(fieldBytes, valueBytes)) return false;
  if (!arena.isFit(record, fieldOffset + fieldBytes + valueBytes)) return false;
  words[word] = words[word] & 0xffff | Math.min(valueBytes, LONG_VALUE_LENGTH) << 16;
  if (valueBytes >= LONG_VALUE_LENGTH) words[word + 1] = valueBytes;
  const at = (word << 2) + fieldOffset + fieldBytes;
  copyBytes(value.bytes, value.start, value.end, arena.pages[record >>> PAGE_SHIFT], at);
  return true;
}

function fieldOffsetFor(fieldBytes: number, valueBytes: number): number {
  return HEADER_BYTES + (valueBytes >= LONG_VALUE_LENGTH ? LONG_LENGTH_BYTES : 0) +
    (fieldBytes >= LONG_KEY_LENGTH ? LONG_LENGTH_BYTES : 0);
}

function fieldBytesAt(words: Int32Array, word: number): number {
  const header = words[word], length = (header >>> 8) & 0xff;
  return length === LONG_KEY_LENGTH ? words[word + ((header & 0xff) >>> 2) - 1] : length;
}

function valueBytesAt(words: Int32Array, word: number): number {
  const length = words[word] >>> 16;
  return length === LONG_VALUE_LENGTH ? words[word + 1] : length;
}
