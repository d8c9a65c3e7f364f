/**
 * Listpack elements: what a listpack from elsewhere holds, one by one.
 *
 * Its bytes are foreign: each step makes sure that the element lies inside, and that its back length is
 * right, before it is looked at. So a listpack that was walked to its end without a complaint is one
 * that can be walked either way, and may be taken over as it is.
 *
 * One object serves many listpacks, pointed at one after the other.
 *
 * Specified in: Redis listpack.c.
 *
 * @module
 */

import { ByteView, EMPTY_BYTES } from "../../base/byte_view.ts";
import { readUint32 } from "../../base/int32.ts";
import { Int64, parseInt64 } from "../../base/int64.ts";
import {
  backLengthBytes,
  ElementReader,
  encodedBytesAt,
  isIntegerAt,
  readIntegerAt,
} from "../../store/mod.ts";
import { type PackedElements, requireSound } from "./packed_elements.ts";

const HEADER_BYTES = 6;
const COUNT_UNKNOWN = 0xffff;
const END_BYTE = 0xff;
/** Form bytes from here on are not defined. */
const FORM_END = 0xf5;
const LONG_STRING = 0xf0;
const LONG_STRING_HEADER_BYTES = 5;
const INTEGER_64 = 0xf4;
/** Less than any integer of 32 bits, and than any of 53 bits that such a one is added to. */
const NOT_SHORT = -(2 ** 60);
/** Forms below are integers of one byte. */
const SHORT_STRING = 0x80;
/** And below this strings, of up to so many bytes. */
const MEDIUM_INTEGER = 0xc0;
const MEDIUM_STRING = 0xe0;
const SHORT_STRING_BYTES_MAX = 63;
/** Elements whose digits are kept at a time; a power of two. */
const READER_COUNT = 4;

/** The elements of one listpack after the other. */
export class ListpackElements implements PackedElements {
  /** Where the element begins that was passed last. */
  elementAt = 0;
  /** Elements passed so far. */
  readCount = 0;

  /** The listpack lies in these; they are borrowed. */
  bytes: Uint8Array = EMPTY_BYTES;
  /** Where the next element begins. */
  at = 0;
  /** Where the last one ends. */
  end = 0;
  #count = 0;
  readonly #readers = Array.from({ length: READER_COUNT }, () => new ElementReader());
  readonly #text = new ByteView();
  readonly #integer = new Int64();

  /** Points at a listpack; returns itself. @param view All of it; borrowed. @throws {DamagedPackError} */
  open(view: ByteView): this {
    const { bytes, start, end } = view;
    requireSound(end - start > HEADER_BYTES && readUint32(bytes, start) === end - start);
    requireSound(bytes[end - 1] === END_BYTE);
    this.bytes = bytes;
    this.end = end - 1;
    this.#count = bytes[start + 4] | (bytes[start + 5] << 8);
    this.at = start + HEADER_BYTES;
    this.readCount = 0;
    return this;
  }

  next(into: ByteView): boolean {
    if (!this.skip()) return false;
    this.read(into);
    return true;
  }

  /** Passes over the next element; returns whether there was one. @throws {DamagedPackError} */
  skip(): boolean {
    const at = this.at;
    if (at === this.end) {
      requireSound(this.#count === COUNT_UNKNOWN || this.#count === this.readCount);
      return false;
    }
    this.at = behindElement(this.bytes, at, this.end);
    this.elementAt = at;
    this.readCount++;
    return true;
  }

  /** Passes over all elements that are left. @throws {DamagedPackError} */
  skipAll(): void {
    const bytes = this.bytes, end = this.end;
    let at = this.at, count = this.readCount;
    for (; at < end; count++) at = behindElement(bytes, at, end);
    this.at = at;
    this.readCount = count;
    this.skip();
  }

  /**
   * Reads the next element as an integer, however it is written.
   *
   * @returns Whether there was one, and it is an integer.
   * @throws {DamagedPackError}
   */
  nextInteger(into: Int64): boolean {
    if (!this.skip()) return false;
    const form = this.bytes[this.elementAt];
    if (form < SHORT_STRING) {
      into.hi = 0;
      into.lo = form;
      return true;
    }
    return this.#readInteger(into);
  }

  /** The same for a number that counts something, and is small as a rule; -1 where that can't be. */
  nextCount(): number {
    if (!this.skip()) return -1;
    const form = this.bytes[this.elementAt];
    if (form < SHORT_STRING) return form;
    const count = this.#readInteger(this.#integer) ? this.#integer.toNumber() : -1;
    return count <= Number.MAX_SAFE_INTEGER ? count : -1;
  }

  #readInteger(into: Int64): boolean {
    if (isIntegerAt(this.bytes, this.elementAt)) {
      readIntegerAt(this.bytes, this.elementAt, into);
      return true;
    }
    const text = this.read(this.#text);
    return parseInt64(text.bytes, text.start, text.end, into);
  }

  /** Points a view at the element passed last; good until four more are passed. */
  read(into: ByteView): ByteView {
    return this.#readers[this.readCount & READER_COUNT - 1].read(this.bytes, this.elementAt, into);
  }
}

/**
 * Where the element behind the one at `at` begins.
 *
 * @param end Where the listpack's elements end.
 * @throws {DamagedPackError} When there is no sound element at `at`.
 */
export function behindElement(bytes: Uint8Array, at: number, end: number): number {
  const form = bytes[at];
  if (form >= MEDIUM_STRING) return behindLongElement(bytes, at, end);
  let encodedBytes = 1;
  if (form >= MEDIUM_INTEGER) encodedBytes = 2;
  else if (form >= SHORT_STRING) encodedBytes = 1 + (form & SHORT_STRING_BYTES_MAX);
  const lengthAt = at + encodedBytes;
  requireSound(lengthAt < end && bytes[lengthAt] === encodedBytes);
  return lengthAt + 1;
}

/** The element at `at`, if it is written as an integer of up to 32 bits; else `NOT_SHORT`. */
export function shortIntegerAt(bytes: Uint8Array, at: number): number {
  const form = bytes[at];
  if (form < SHORT_STRING) return form;
  if (form === INTEGER_64 || !isIntegerAt(bytes, at)) return NOT_SHORT;
  readIntegerAt(bytes, at, shortInteger);
  return shortInteger.lo;
}

const shortInteger = new Int64();

/** The same for what is longer than a short string may be, and for integers of 16 bits and more. */
function behindLongElement(bytes: Uint8Array, at: number, end: number): number {
  const form = bytes[at];
  requireSound(form < FORM_END);
  requireSound(at + (form === LONG_STRING ? LONG_STRING_HEADER_BYTES : 2) <= end);
  const encodedBytes = encodedBytesAt(bytes, at);
  requireSound(encodedBytes > 0);
  const behind = at + encodedBytes + backLengthBytes(encodedBytes);
  requireSound(behind <= end && hasBackLength(bytes, behind, encodedBytes));
  return behind;
}

/** Whether the back length that ends at `end` is this. */
function hasBackLength(bytes: Uint8Array, end: number, encodedBytes: number): boolean {
  let at = end - 1, value = 0, factor = 1;
  for (; factor <= 2 ** 28; at--) {
    value += (bytes[at] & 0x7f) * factor;
    if (bytes[at] < 0x80) return value === encodedBytes;
    factor *= 128;
  }
  return false;
}
