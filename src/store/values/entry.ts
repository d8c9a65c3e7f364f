/**
 * Entries: what the keyspace stores for one key, as one block of the arena.
 *
 * Header, expiry, key and a short value lie together, so that reading a small string touches one
 * place in memory and costs 8 bytes over key and value. What is not there takes no room.
 *
 *   0  key offset u8 | key length u8 | type 3 bits, encoding 4 bits | flags 2 bits, mark 6 bits
 *   4  access clock u24 | inline length u8
 *   8  [ expires at i64 (unix ms) | wheel previous u32 | wheel next u32 ]        if EXPIRES
 *      [ value word: an i64, or block u32 and byte count u32 ]                   if VALUE_WORD
 *      [ unused u32 | key length u32 ]                                           if the key is long
 *      key bytes | value bytes (inline length of them)
 *
 * The first two bytes are what `Dictionary` needs to compare keys. The *mark* tells a snapshot whether it
 * has saved the entry: entries are made with the mark of the last snapshot that began, and one with any
 * other is older than that snapshot and not saved by it. As there are many marks, one that was broken
 * off leaves nothing to put right before the next. All multi-byte fields are
 * little-endian and aligned, so they are read through the page's `Int32Array`.
 *
 * Cost: 8 bytes and the key; 16 more with an expiry; 8 more for a value that is a number or too
 * long to lie inside. Not here: when an expiry has passed, and who links the wheel.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { copyBytes } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { invariant } from "../../base/invariant.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import { LONG_KEY_LENGTH, type WheelLinks } from "../structures/mod.ts";

/** Type numbers, as Redis numbers them. */
export const TYPE_STRING = 0;
/** A list. */
export const TYPE_LIST = 1;
/** A set. */
export const TYPE_SET = 2;
/** A sorted set. */
export const TYPE_SORTED_SET = 3;
/** A hash. */
export const TYPE_HASH = 4;
/** A stream. */
export const TYPE_STREAM = 6;
/** Encoding numbers, as Redis numbers them. */
export const ENCODING_RAW = 0;
/** A string that is an integer. */
export const ENCODING_INT = 1;
/** A hash or set as a dictionary. */
export const ENCODING_HASHTABLE = 2;
/** A set of integers in one block. */
export const ENCODING_INTSET = 6;
/** A sorted set as a skip list and a dictionary. */
export const ENCODING_SKIPLIST = 7;
/** A short string. */
export const ENCODING_EMBSTR = 8;
/** A list as a chain of listpacks. */
export const ENCODING_QUICKLIST = 9;
/** A stream. */
export const ENCODING_STREAM = 10;
/** A small collection in one block. */
export const ENCODING_LISTPACK = 11;

/** The entry has an expiry and is linked into the time wheel. */
export const EXPIRES = 1;
/** The entry has a value word. */
export const VALUE_WORD = 2;

/** What expiry an entry that is placed has: none, that of what was there, or this one, which is copied. */
export type ExpiryChoice = false | true | Int64;

/** Most value bytes that lie in the entry itself. */
export const INLINE_BYTES_MAX = 255;

const HEADER_BYTES = 8;
const EXPIRY_BYTES = 16;
const VALUE_WORD_BYTES = 8;
const LONG_LENGTH_BYTES = 8;
const TYPE_BITS = 3;
const TYPE_MASK = (1 << TYPE_BITS) - 1;
const ENCODING_MASK = 15;
const KIND_MASK = (ENCODING_MASK << TYPE_BITS) | TYPE_MASK;
const KIND_INTEGER = TYPE_STRING | (ENCODING_INT << TYPE_BITS);
const FLAGS_MASK = EXPIRES | VALUE_WORD;
const MARK_SHIFT = 26;
/** How many marks there are. */
export const MARK_COUNT = 64;
const ACCESS_MASK = 0xffffff;
const TWO_TO_32 = 2 ** 32;

/** Reads and writes the fields of entries. */
export class Entries implements WheelLinks {
  readonly arena: Arena;
  /** How many earlier marks, back from the present one, entries may still carry. */
  staleMarkCount = 0;
  /** How often the mark was turned. */
  turnCount = 0;
  readonly #expiry = new Int64();
  #mark = 0;

  /** @param arena Where entries live. */
  constructor(arena: Arena) {
    this.arena = arena;
  }

  /**
   * Allocates an entry with its header and key; expiry, value word and inline value are for the
   * caller to write.
   *
   * @param kind `kindOf(type, encoding)`.
   * @param key The key is `key[start, end)`; copied.
   * @param flags `EXPIRES`, `VALUE_WORD` or both.
   * @param inlineBytes Length of the inline value, at most `INLINE_BYTES_MAX`.
   */
  create(
    kind: number,
    key: Uint8Array,
    start: number,
    end: number,
    flags: number,
    inlineBytes: number,
  ): Ref {
    const keyBytes = end - start;
    const isLong = keyBytes >= LONG_KEY_LENGTH;
    const keyOffset = valueWordOffset(flags) + ((flags & VALUE_WORD) !== 0 ? VALUE_WORD_BYTES : 0) +
      (isLong ? LONG_LENGTH_BYTES : 0);
    const ref = this.arena.allocate(keyOffset + keyBytes + inlineBytes);
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const word = (ref & GRANULE_MASK) << 1;
    words[word] = keyOffset | ((isLong ? LONG_KEY_LENGTH : keyBytes) << 8) | (kind << 16) |
      (flags << 24) | (this.#mark << MARK_SHIFT);
    words[word + 1] = inlineBytes << 24;
    if (isLong) words[word + (keyOffset >>> 2) - 1] = keyBytes;
    copyBytes(key, start, end, this.arena.pages[ref >>> PAGE_SHIFT], (word << 2) + keyOffset);
    return ref;
  }

  /**
   * Allocates an entry that takes over from another: its access clock, and the expiry, value word and
   * inline value where both layouts have them. Links of the wheel are not taken over.
   *
   * @param key Copied; may be the other entry's own.
   * @param inlineBytes Length of the inline value, at most that of the other.
   */
  createFrom(ref: Ref, key: ByteView, kind: number, flags: number, inlineBytes: number): Ref {
    const fresh = this.create(kind, key.bytes, key.start, key.end, flags, inlineBytes);
    this.setAccess(fresh, this.accessOf(ref));
    const sharedFlags = flags & this.flagsOf(ref);
    if ((sharedFlags & VALUE_WORD) !== 0) {
      this.setValueWord(fresh, this.valueBlockOf(ref), this.valueCountOf(ref));
    }
    if ((sharedFlags & EXPIRES) !== 0) {
      this.writeExpiry(fresh, this.readExpiry(ref, this.#expiry));
    }
    const from = this.inlineOffsetOf(ref), to = this.inlineOffsetOf(fresh);
    copyBytes(this.arena.bytesOf(ref), from, from + inlineBytes, this.arena.bytesOf(fresh), to);
    return fresh;
  }

  /** Bytes that an entry takes with this key, flags and inline value. */
  entryBytes(keyBytes: number, flags: number, inlineBytes: number): number {
    return valueWordOffset(flags) + ((flags & VALUE_WORD) !== 0 ? VALUE_WORD_BYTES : 0) +
      (keyBytes >= LONG_KEY_LENGTH ? LONG_LENGTH_BYTES : 0) + keyBytes + inlineBytes;
  }

  /** The first header word; its parts by the functions below. */
  headerOf(ref: Ref): number {
    return this.arena.words[ref >>> PAGE_SHIFT][(ref & GRANULE_MASK) << 1];
  }

  /** Type and encoding in one number, as the function `kindOf` makes it. */
  kindOf(ref: Ref): number {
    return (this.headerOf(ref) >>> 16) & KIND_MASK;
  }

  /** The type number. */
  typeOf(ref: Ref): number {
    return (this.headerOf(ref) >>> 16) & TYPE_MASK;
  }

  /** The encoding number. */
  encodingOf(ref: Ref): number {
    return encodingOfHeader(this.headerOf(ref));
  }

  /** The flags. */
  flagsOf(ref: Ref): number {
    return (this.headerOf(ref) >>> 24) & FLAGS_MASK;
  }

  /** Has new entries get another mark, which no entry has yet. */
  turnMark(): void {
    this.staleMarkCount++;
    invariant(this.staleMarkCount < MARK_COUNT, "Cannot turn the mark: entries carry the next one");
    this.#mark = ++this.turnCount % MARK_COUNT;
  }

  /** Whether an entry has the present mark. */
  isMarked(ref: Ref): boolean {
    return this.headerOf(ref) >>> MARK_SHIFT === this.#mark;
  }

  /** Gives an entry the present mark. */
  setMarked(ref: Ref): void {
    this.setMarkAge(ref, 0);
  }

  /** How many turns ago an entry got its mark, if that was less than `MARK_COUNT` turns ago. */
  markAgeOf(ref: Ref): number {
    return (this.#mark - (this.headerOf(ref) >>> MARK_SHIFT) + MARK_COUNT) % MARK_COUNT;
  }

  /** Gives an entry the mark of so many turns ago. */
  setMarkAge(ref: Ref, age: number): void {
    const mark = (this.#mark - age + MARK_COUNT) % MARK_COUNT;
    const words = this.arena.words[ref >>> PAGE_SHIFT], word = (ref & GRANULE_MASK) << 1;
    words[word] = (words[word] & ~(-1 << MARK_SHIFT)) | (mark << MARK_SHIFT);
  }

  /** Changes type and encoding. */
  setKind(ref: Ref, kind: number): void {
    this.arena.pages[ref >>> PAGE_SHIFT][((ref & GRANULE_MASK) << 3) + 2] = kind;
  }

  /** Bytes of the key. */
  keyBytesOf(ref: Ref): number {
    const header = this.headerOf(ref);
    const length = (header >>> 8) & 0xff;
    if (length !== LONG_KEY_LENGTH) return length;
    const word = ((ref & GRANULE_MASK) << 1) + ((header & 0xff) >>> 2) - 1;
    return this.arena.words[ref >>> PAGE_SHIFT][word];
  }

  /** Points a view at the key; borrowed until the entry moves. */
  keyView(ref: Ref, into: ByteView): ByteView {
    const start = ((ref & GRANULE_MASK) << 3) + (this.headerOf(ref) & 0xff);
    return into.set(this.arena.pages[ref >>> PAGE_SHIFT], start, start + this.keyBytesOf(ref));
  }

  /** When the entry was last used: 24 bits of a clock in seconds, or LFU's time and counter. */
  accessOf(ref: Ref): number {
    return this.arena.words[ref >>> PAGE_SHIFT][((ref & GRANULE_MASK) << 1) + 1] & ACCESS_MASK;
  }

  /** Notes a use. */
  setAccess(ref: Ref, access: number): void {
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const word = ((ref & GRANULE_MASK) << 1) + 1;
    words[word] = (words[word] & ~ACCESS_MASK) | access;
  }

  /** Bytes of the inline value. */
  inlineBytesOf(ref: Ref): number {
    return this.arena.words[ref >>> PAGE_SHIFT][((ref & GRANULE_MASK) << 1) + 1] >>> 24;
  }

  /** Changes the length of the inline value; the caller has checked that it fits. */
  setInlineBytes(ref: Ref, inlineBytes: number): void {
    this.arena.pages[ref >>> PAGE_SHIFT][((ref & GRANULE_MASK) << 3) + 7] = inlineBytes;
  }

  /** Where in its page the inline value starts, in bytes. */
  inlineOffsetOf(ref: Ref): number {
    return ((ref & GRANULE_MASK) << 3) + (this.headerOf(ref) & 0xff) + this.keyBytesOf(ref);
  }

  /** Where in its page's words the value word stands. */
  valueWordIndex(ref: Ref): number {
    return ((ref & GRANULE_MASK) << 1) + (valueWordOffset(this.flagsOf(ref)) >>> 2);
  }

  /**
   * Where in its page's words the integer stands that the entry's string is, the lower half first.
   *
   * @returns -1 when the value is anything else.
   */
  integerIndexOf(ref: Ref): number {
    const word = (ref & GRANULE_MASK) << 1;
    const header = this.arena.words[ref >>> PAGE_SHIFT][word];
    if (((header >>> 16) & KIND_MASK) !== KIND_INTEGER) return -1;
    return word + (valueWordOffset(header >>> 24) >>> 2);
  }

  /** The value word's first half: a block, or an integer's lower half. */
  valueBlockOf(ref: Ref): number {
    return this.arena.words[ref >>> PAGE_SHIFT][this.valueWordIndex(ref)];
  }

  /** The value word's second half: a count, or an integer's upper half. */
  valueCountOf(ref: Ref): number {
    return this.arena.words[ref >>> PAGE_SHIFT][this.valueWordIndex(ref) + 1];
  }

  /** Writes both halves of the value word. */
  setValueWord(ref: Ref, low: number, high: number): void {
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const index = this.valueWordIndex(ref);
    words[index] = low;
    words[index + 1] = high;
  }

  /** Whether the entry has an expiry. */
  expires(ref: Ref): boolean {
    return (this.headerOf(ref) >>> 24 & EXPIRES) !== 0;
  }

  /** The expiry in unix milliseconds, to the nearest double; only for an entry that `expires`. */
  dueMsOf(ref: Ref): number {
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const word = ((ref & GRANULE_MASK) << 1) + 2;
    return words[word + 1] * TWO_TO_32 + (words[word] >>> 0);
  }

  /** Reads the expiry exactly. */
  readExpiry(ref: Ref, into: Int64): Int64 {
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const word = ((ref & GRANULE_MASK) << 1) + 2;
    into.lo = words[word];
    into.hi = words[word + 1];
    return into;
  }

  /** Writes the expiry of an entry that `expires`. */
  writeExpiry(ref: Ref, expiresAt: Int64): void {
    const words = this.arena.words[ref >>> PAGE_SHIFT];
    const word = ((ref & GRANULE_MASK) << 1) + 2;
    words[word] = expiresAt.lo;
    words[word + 1] = expiresAt.hi;
  }

  previousOf(ref: Ref): number {
    return this.arena.words[ref >>> PAGE_SHIFT][((ref & GRANULE_MASK) << 1) + 4];
  }

  setPrevious(ref: Ref, previous: number): void {
    this.arena.words[ref >>> PAGE_SHIFT][((ref & GRANULE_MASK) << 1) + 4] = previous;
  }

  nextOf(ref: Ref): Ref {
    return this.arena.words[ref >>> PAGE_SHIFT][((ref & GRANULE_MASK) << 1) + 5];
  }

  setNext(ref: Ref, next: Ref): void {
    this.arena.words[ref >>> PAGE_SHIFT][((ref & GRANULE_MASK) << 1) + 5] = next;
  }
}

/** Type and encoding in one number. */
export function kindOf(type: number, encoding: number): number {
  return type | (encoding << TYPE_BITS);
}

/** The type number in a header word. */
export function typeOfHeader(header: number): number {
  return (header >>> 16) & TYPE_MASK;
}

/** The encoding number in a header word. */
export function encodingOfHeader(header: number): number {
  return (header >>> (16 + TYPE_BITS)) & ENCODING_MASK;
}

function valueWordOffset(flags: number): number {
  return (flags & EXPIRES) !== 0 ? HEADER_BYTES + EXPIRY_BYTES : HEADER_BYTES;
}
