/**
 * Packed elements: the strings in a ziplist or a zipmap from elsewhere, one by one.
 *
 * Ziplists (until Redis 6.2) and zipmaps (2.4) are only read; listpacks, today's format, have a file of
 * their own. The bytes are foreign: each step makes sure that the element lies inside before it is
 * looked at.
 *
 *   ziplist   byte count u32 | last entry u32 | entry count u16 | entry ... | 0xff
 *     entry   previous length u8, or 0xfe and u32 | form | data
 *   zipmap    pair count u8 | (length | field | length | spare u8 | value | spare) ... | 0xff
 *     length  u8 below 254, or 254 and u32
 *
 * Specified in: Redis ziplist.c, zipmap.c.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { readInt32, readUint32 } from "../../base/int32.ts";
import { Int64, INT64_TEXT_BYTES_MAX, writeInt64 } from "../../base/int64.ts";

/** Gives elements in order. */
export interface PackedElements {
  /**
   * Points a view at the next element; good until the next but one.
   *
   * @returns Whether there was one.
   * @throws {DamagedPackError} When the bytes are not what the format allows.
   */
  next(into: ByteView): boolean;
}

/** The bytes are not what their format allows. */
export class DamagedPackError extends Error {
  override readonly name = "DamagedPackError";
}

const COUNT_UNKNOWN = 0xffff;
const END_BYTE = 0xff;
const ZIPLIST_HEADER_BYTES = 10;
const ZIPLIST_LONG_PREVIOUS = 0xfe;
const ZIPLIST_INT16 = 0xc0;
const ZIPLIST_INT32 = 0xd0;
const ZIPLIST_INT64 = 0xe0;
const ZIPLIST_INT24 = 0xf0;
const ZIPLIST_INT8 = 0xfe;
/** Forms of integers from 0 to 12, which are the form byte itself. */
const ZIPLIST_SMALL_MIN = 0xf1;
const ZIPLIST_SMALL_MAX = 0xfd;

/** The elements of a ziplist. */
export class ZiplistElements implements PackedElements {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #count: number;
  /** Where the header says that the last element begins. */
  readonly #tail: number;
  #at: number;
  #lastAt: number;
  #readCount = 0;
  #previousBytes = 0;
  readonly #integer = new Int64();
  readonly #digits = [new Uint8Array(INT64_TEXT_BYTES_MAX), new Uint8Array(INT64_TEXT_BYTES_MAX)];

  /** @param view The whole ziplist; borrowed. @throws {DamagedPackError} */
  constructor(view: ByteView) {
    const { bytes, start, end } = view;
    requireSound(end - start > ZIPLIST_HEADER_BYTES && readUint32(bytes, start) === end - start);
    requireSound(bytes[end - 1] === END_BYTE);
    this.#bytes = bytes;
    this.#end = end - 1;
    this.#count = bytes[start + 8] | (bytes[start + 9] << 8);
    this.#tail = start + readUint32(bytes, start + 4);
    this.#at = start + ZIPLIST_HEADER_BYTES;
    this.#lastAt = this.#at;
  }

  next(into: ByteView): boolean {
    if (this.#at === this.#end) {
      requireSound(this.#count === COUNT_UNKNOWN || this.#count === this.#readCount);
      requireSound(this.#tail === this.#lastAt);
      return false;
    }
    const start = this.#lastAt = this.#at;
    const isLong = this.#bytes[start] === ZIPLIST_LONG_PREVIOUS;
    this.#need(isLong ? 6 : 2);
    requireSound(
      (isLong ? readUint32(this.#bytes, start + 1) : this.#bytes[start]) === this.#previousBytes,
    );
    this.#at += isLong ? 5 : 1;
    this.#readElement(into);
    this.#previousBytes = this.#at - start;
    this.#readCount++;
    return true;
  }

  #readElement(into: ByteView): void {
    const bytes = this.#bytes, form = bytes[this.#at];
    if (form < 0x40) return this.#readString(1, form, into);
    if (form < 0x80) {
      this.#need(2);
      return this.#readString(2, ((form & 0x3f) << 8) | bytes[this.#at + 1], into);
    }
    if (form < ZIPLIST_INT16) {
      this.#need(5);
      const { [this.#at + 1]: b1, [this.#at + 2]: b2, [this.#at + 3]: b3, [this.#at + 4]: b4 } =
        bytes;
      return this.#readString(5, ((b1 << 24) | (b2 << 16) | (b3 << 8) | b4) >>> 0, into);
    }
    if (form >= ZIPLIST_SMALL_MIN && form <= ZIPLIST_SMALL_MAX) {
      return this.#setInteger(0, form - ZIPLIST_SMALL_MIN, 0, into);
    }
    switch (form) {
      case ZIPLIST_INT8:
        return this.#readInteger(1, into);
      case ZIPLIST_INT16:
        return this.#readInteger(2, into);
      case ZIPLIST_INT24:
        return this.#readInteger(3, into);
      case ZIPLIST_INT32:
        return this.#readInteger(4, into);
      case ZIPLIST_INT64:
        return this.#readInteger(8, into);
      default:
        throw new DamagedPackError("An element has an unknown form");
    }
  }

  #readString(headerBytes: number, byteCount: number, into: ByteView): void {
    this.#need(headerBytes + byteCount);
    into.set(this.#bytes, this.#at + headerBytes, this.#at + headerBytes + byteCount);
    this.#at += headerBytes + byteCount;
  }

  #readInteger(byteCount: number, into: ByteView): void {
    this.#need(1 + byteCount);
    const bytes = this.#bytes, at = this.#at + 1;
    if (byteCount === 8) {
      return this.#setInteger(readInt32(bytes, at + 4), readInt32(bytes, at), 9, into);
    }
    let value = 0;
    for (let index = 0; index < byteCount; index++) value |= bytes[at + index] << (8 * index);
    value = value << (32 - 8 * byteCount) >> (32 - 8 * byteCount);
    this.#setInteger(value >> 31, value, 1 + byteCount, into);
  }

  /** Gives an integer that takes so many bytes with its form; 0 stands for the form alone. */
  #setInteger(high: number, low: number, byteCount: number, into: ByteView): void {
    const digits = this.#digits[this.#readCount & 1];
    this.#integer.hi = high;
    this.#integer.lo = low;
    into.set(digits, 0, writeInt64(this.#integer, digits, 0));
    this.#at += byteCount || 1;
  }

  #need(byteCount: number): void {
    requireSound(this.#at + byteCount <= this.#end);
  }
}

const ZIPMAP_LONG_LENGTH = 254;

/** The fields and values of a zipmap in turn. */
export class ZipmapElements implements PackedElements {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  #isValue = false;

  /** @param view The whole zipmap; borrowed. @throws {DamagedPackError} */
  constructor(view: ByteView) {
    const { bytes, start, end } = view;
    requireSound(end - start >= 2 && bytes[end - 1] === END_BYTE);
    this.#bytes = bytes;
    this.#end = end - 1;
    this.#at = start + 1;
  }

  next(into: ByteView): boolean {
    if (this.#at === this.#end) {
      requireSound(!this.#isValue);
      return false;
    }
    const bytes = this.#bytes;
    const isLong = bytes[this.#at] === ZIPMAP_LONG_LENGTH;
    requireSound(bytes[this.#at] !== END_BYTE && this.#at + (isLong ? 5 : 1) <= this.#end);
    const byteCount = isLong ? readUint32(bytes, this.#at + 1) : bytes[this.#at];
    // What fits one byte must not take five: readers would disagree on where the next one begins.
    requireSound(!isLong || byteCount >= ZIPMAP_LONG_LENGTH);
    this.#at += isLong ? 5 : 1;
    let spareBytes = 0;
    if (this.#isValue) {
      requireSound(this.#at < this.#end);
      spareBytes = bytes[this.#at++];
    }
    requireSound(this.#at + byteCount + spareBytes <= this.#end);
    into.set(bytes, this.#at, this.#at + byteCount);
    this.#at += byteCount + spareBytes;
    this.#isValue = !this.#isValue;
    return true;
  }
}

/** @throws {DamagedPackError} Unless it is so. */
export function requireSound(isSound: boolean): void {
  if (!isSound) throw new DamagedPackError("The bytes are not what their format allows");
}
