/**
 * Element of a listpack: how one string or integer is written, and what can be told from its bytes.
 *
 *   element:  | first byte and what its form asks for | data | back length |
 *
 *   0vvvvvvv                          integer 0 to 127
 *   10llllll                          string of up to 63 bytes
 *   110vvvvv vvvvvvvv                 integer of 13 bits, the upper ones first
 *   1110llll llllllll                 string of up to 4095 bytes, the upper length bits first
 *   11110000 length u32               longer string
 *   11110001 to 11110100              integer of 16, 24, 32, 64 bits, little-endian
 *   11111111                          no element: the end of the listpack
 *
 * The back length is the byte count of all before it, in groups of seven bits, the upper first; each
 * but the first has its top bit set, so it reads from its end, which is how a listpack is walked
 * backwards. Redis takes one byte more than needed for 16383, 2097151, ...; files carry that, so it is
 * done here, too.
 *
 * A string that spells an integer, as `parseInt64` says, is written as one, in the shortest form.
 * Bytes from elsewhere may hold "12" as a string: reading and comparing care for the content only.
 *
 * Specified in: Redis 7.0 listpack.c and the listpack specification by antirez.
 *
 * @module
 */

import { type ByteView, copyBytes } from "../../../base/byte_view.ts";
import { readInt32, writeInt32 } from "../../../base/int32.ts";
import { type Int64, INT64_TEXT_BYTES_MAX, parseInt64 } from "../../../base/int64.ts";

/** Bytes of a listpack before the first element. */
export const LISTPACK_HEADER_BYTES = 6;
/** The byte behind the last element. */
export const END_BYTE = 0xff;

const SHORT_STRING = 0x80;
const SHORT_STRING_BYTES_MAX = 63;
const INTEGER_13 = 0xc0;
const MEDIUM_STRING = 0xe0;
const MEDIUM_STRING_BYTES_MAX = 4095;
const LONG_STRING = 0xf0;
const INTEGER_16 = 0xf1;
const INTEGER_24 = 0xf2;
const INTEGER_64 = 0xf4;

const MINUS = 45;
const ZERO = 48;
const NINE = 57;

/** Bytes of the element at `at`, without its back length. */
export function encodedBytesAt(bytes: Uint8Array, at: number): number {
  const form = bytes[at];
  if (form < SHORT_STRING) return 1;
  if (form < INTEGER_13) return 1 + (form & 0x3f);
  if (form < MEDIUM_STRING) return 2;
  if (form < LONG_STRING) return 2 + ((form & 0x0f) << 8 | bytes[at + 1]);
  if (form === LONG_STRING) return 5 + readInt32(bytes, at + 1);
  return form === INTEGER_64 ? 9 : form - LONG_STRING + 2;
}

/** Bytes of the back length of an element of so many bytes. */
export function backLengthBytes(encodedBytes: number): number {
  if (encodedBytes <= 127) return 1;
  if (encodedBytes < 16_383) return 2;
  if (encodedBytes < 2_097_151) return 3;
  return encodedBytes < 268_435_455 ? 4 : 5;
}

/** Where the element behind the one at `at` begins. */
export function skipElement(bytes: Uint8Array, at: number): number {
  const form = bytes[at];
  if (form < SHORT_STRING) return at + 2;
  if (form < INTEGER_13) return at + 2 + (form & 0x3f);
  const encodedBytes = encodedBytesAt(bytes, at);
  return at + encodedBytes + backLengthBytes(encodedBytes);
}

/** Where the element begins that ends at `end`. */
export function skipElementBackwards(bytes: Uint8Array, end: number): number {
  let at = end - 1;
  let encodedBytes = bytes[at] & 0x7f;
  for (let shift = 7; bytes[at] >= 0x80; shift += 7) {
    at--;
    encodedBytes |= (bytes[at] & 0x7f) << shift;
  }
  return at - encodedBytes;
}

/** Writes the back length of an element of so many bytes at its end. */
export function writeBackLength(bytes: Uint8Array, at: number, encodedBytes: number): void {
  let end = at + backLengthBytes(encodedBytes);
  let rest = encodedBytes;
  while (--end > at) {
    bytes[end] = rest & 0x7f | 0x80;
    rest >>>= 7;
  }
  bytes[at] = rest;
}

/** Whether the element at `at` is written as an integer. */
export function isIntegerAt(bytes: Uint8Array, at: number): boolean {
  const form = bytes[at];
  return form < SHORT_STRING || form >= INTEGER_13 && form < MEDIUM_STRING || form > LONG_STRING;
}

/** Sets `into` to the element at `at`, which is written as an integer. */
export function readIntegerAt(bytes: Uint8Array, at: number, into: Int64): void {
  const form = bytes[at];
  let low: number;
  if (form < SHORT_STRING) {
    low = form;
  } else if (form < MEDIUM_STRING) {
    low = (form << 27 >> 19) | bytes[at + 1];
  } else if (form === INTEGER_16) {
    low = bytes[at + 1] | (bytes[at + 2] << 24 >> 16);
  } else if (form === INTEGER_24) {
    low = bytes[at + 1] | bytes[at + 2] << 8 | (bytes[at + 3] << 24 >> 8);
  } else {
    low = readInt32(bytes, at + 1);
    if (form === INTEGER_64) {
      into.hi = readInt32(bytes, at + 5);
      into.lo = low;
      return;
    }
  }
  into.hi = low >> 31;
  into.lo = low;
}

/** Where the bytes of the element at `at`, which is a string, begin. */
export function stringStartAt(bytes: Uint8Array, at: number): number {
  const form = bytes[at];
  return at + (form < INTEGER_13 ? 1 : form < LONG_STRING ? 2 : 5);
}

/** Whether bytes are to be written as an integer; if so, sets `into`. */
export function spellsInteger(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Int64,
): boolean {
  if (end - start > INT64_TEXT_BYTES_MAX || start >= end) return false;
  const last = bytes[end - 1];
  if (last < ZERO || last > NINE) return false;
  const first = bytes[start];
  return (first <= NINE && (first >= ZERO || first === MINUS)) &&
    parseInt64(bytes, start, end, into);
}

/** Bytes that an integer takes, without the back length. */
export function integerBytes(value: Int64): number {
  const low = value.lo;
  if (value.hi !== low >> 31) return 9;
  if (low >= -4096 && low <= 4095) return low >= 0 && low <= 127 ? 1 : 2;
  if (low === low << 16 >> 16) return 3;
  return low === low << 8 >> 8 ? 4 : 5;
}

/** Bytes that a string of so many bytes takes, without the back length. */
export function stringBytes(byteCount: number): number {
  if (byteCount <= SHORT_STRING_BYTES_MAX) return 1 + byteCount;
  return byteCount <= MEDIUM_STRING_BYTES_MAX ? 2 + byteCount : 5 + byteCount;
}

/** Writes an integer that takes `encodedBytes`, without the back length. */
export function writeIntegerAt(
  bytes: Uint8Array,
  at: number,
  value: Int64,
  encodedBytes: number,
): void {
  const low = value.lo;
  if (encodedBytes === 1) {
    bytes[at] = low;
  } else if (encodedBytes === 2) {
    bytes[at] = INTEGER_13 | (low >>> 8 & 0x1f);
    bytes[at + 1] = low;
  } else {
    bytes[at] = encodedBytes === 9 ? INTEGER_64 : LONG_STRING + encodedBytes - 2;
    bytes[at + 1] = low;
    bytes[at + 2] = low >>> 8;
    if (encodedBytes > 3) bytes[at + 3] = low >>> 16;
    if (encodedBytes > 4) bytes[at + 4] = low >>> 24;
    if (encodedBytes === 9) writeInt32(bytes, at + 5, value.hi);
  }
}

/** Writes a string, without the back length. */
export function writeStringAt(
  bytes: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): void {
  const byteCount = end - start;
  if (byteCount <= SHORT_STRING_BYTES_MAX) {
    bytes[at++] = SHORT_STRING | byteCount;
    while (start < end) bytes[at++] = source[start++];
    return;
  }
  if (byteCount <= MEDIUM_STRING_BYTES_MAX) {
    bytes[at++] = MEDIUM_STRING | byteCount >>> 8;
    bytes[at++] = byteCount;
  } else {
    bytes[at] = LONG_STRING;
    writeInt32(bytes, at + 1, byteCount);
    at += 5;
  }
  copyBytes(source, start, end, bytes, at);
}

/** Whether the bytes from `at` on are the `byteCount` of a view. */
export function isSameAt(
  bytes: Uint8Array,
  at: number,
  view: ByteView,
  byteCount: number,
): boolean {
  const theirs = view.bytes, start = view.start;
  for (let offset = 0; offset < byteCount; offset++) {
    if (bytes[at + offset] !== theirs[start + offset]) return false;
  }
  return true;
}
