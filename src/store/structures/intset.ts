/**
 * Intset: integers in ascending order, packed as an array, in one block of the arena.
 *
 * Why not a table: an integer of 16 bits takes 2 bytes here and some 30 there, and a few hundred of
 * them are searched by halving in the time of one hash. The price is a shift of the tail for every
 * change, so it is for small sets only.
 *
 *   0  width u32: bytes of each integer, 2, 4 or 8 | count u32
 *   8  integer x count                                  all little endian, signed, ascending
 *
 * These are Redis' own bytes, so a file or a DUMP carries the block as it is. All integers have the
 * width that the largest of them ever needed; it never shrinks again, as in Redis.
 *
 * One object serves all blocks: it is pointed at one by `open`, and `ref` must be read again after a
 * change, as the block may have moved. What can fail, memory, is asked for before anything changes.
 *
 * Always true: integers strictly ascend; `width` holds each of them; behind them lies at most as
 * much room as they take themselves.
 * Cost: find O(log n); add and remove O(n), a move of memory; read by index O(1).
 * Behaviour: Redis 7.0 `intset`. Not here: when a set should be something else.
 *
 * @module
 */

import { type ByteView, copyBytes } from "../../base/byte_view.ts";
import type { Int64 } from "../../base/int64.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";

const HEADER_BYTES = 8;
const HEADER_WORDS = HEADER_BYTES / 4;
/** Blocks above this have sizes so close together that each addition would move them. */
const CLOSELY_SIZED_BYTES = 64 * 1024;
/** Such a block gets room for an eighth more. */
const SPARE_SHIFT = 3;

/** Reads and changes blocks of sorted integers. */
export class Intset {
  /** The block; an addition or a removal may move it. */
  ref: Ref = 0;

  readonly #arena: Arena;

  /** @param arena Where blocks live. */
  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Points at a block; returns itself. */
  open(ref: Ref): this {
    this.ref = ref;
    return this;
  }

  /** Points at a new block without integers, owned by the caller; returns itself. */
  create(): this {
    const ref = this.#arena.allocate(HEADER_BYTES);
    this.#writeHeader(ref, 2, 0);
    return this.open(ref);
  }

  /** How many integers there are. */
  get count(): number {
    return this.#arena.words[this.ref >>> PAGE_SHIFT][((this.ref & GRANULE_MASK) << 1) + 1];
  }

  /** Bytes of each: 2, 4 or 8. */
  get width(): number {
    return this.#arena.words[this.ref >>> PAGE_SHIFT][(this.ref & GRANULE_MASK) << 1];
  }

  /** Bytes of header and integers, from the block's start. */
  get byteCount(): number {
    return HEADER_BYTES + this.count * this.width;
  }

  /** Points a view at the whole intset; borrowed until it is changed. */
  view(into: ByteView): ByteView {
    const start = this.#arena.offsetOf(this.ref);
    return into.set(this.#arena.bytesOf(this.ref), start, start + this.byteCount);
  }

  /** Whether an integer is there. */
  has(value: Int64): boolean {
    return this.#search(value.hi, value.lo) >= 0;
  }

  /** Reads the integer at an index below `count`, in ascending order; returns `into`. */
  read(index: number, into: Int64): Int64 {
    const words = this.#arena.words[this.ref >>> PAGE_SHIFT];
    const header = (this.ref & GRANULE_MASK) << 1;
    const width = words[header], base = header + HEADER_WORDS;
    if (width === 8) {
      into.lo = words[base + (index << 1)];
      into.hi = words[base + (index << 1) + 1];
    } else {
      const value = width === 4 ? words[base + index] : halfAt(words, base, index);
      into.lo = value;
      into.hi = value >> 31;
    }
    return into;
  }

  /**
   * Adds an integer.
   *
   * @returns Whether it was not there before.
   * @throws {ArenaFullError} Before anything changed.
   */
  add(value: Int64): boolean {
    const width = this.width, neededWidth = widthOf(value);
    if (neededWidth > width) {
      this.#addWider(value, neededWidth);
      return true;
    }
    const place = this.#search(value.hi, value.lo);
    if (place >= 0) return false;
    const index = ~place, count = this.count;
    const usedBytes = HEADER_BYTES + count * width;
    this.#makeRoom(usedBytes, usedBytes + width);
    if (index < count) {
      const start = this.#arena.offsetOf(this.ref);
      const at = start + HEADER_BYTES + index * width;
      this.#arena.bytesOf(this.ref).copyWithin(at + width, at, start + usedBytes);
    }
    this.#write(this.ref, width, index, value);
    this.#writeHeader(this.ref, width, count + 1);
    return true;
  }

  /**
   * Removes an integer.
   *
   * @returns Whether it was there.
   * @throws {ArenaFullError} Before anything changed.
   */
  remove(value: Int64): boolean {
    const index = this.#search(value.hi, value.lo);
    if (index < 0) return false;
    this.removeAt(index);
    return true;
  }

  /**
   * Removes the integer at an index below `count`.
   *
   * @throws {ArenaFullError} Before anything changed.
   */
  removeAt(index: number): void {
    const arena = this.#arena;
    const width = this.width, count = this.count - 1;
    const ref = this.ref, start = arena.offsetOf(ref), bytes = arena.bytesOf(ref);
    const gap = start + HEADER_BYTES + index * width;
    const end = start + HEADER_BYTES + (count + 1) * width;
    const leftBytes = HEADER_BYTES + count * width;
    if (leftBytes * 2 <= arena.capacityOf(ref)) {
      const moved = arena.allocate(leftBytes), to = arena.offsetOf(moved);
      copyBytes(bytes, start, gap, arena.bytesOf(moved), to);
      copyBytes(bytes, gap + width, end, arena.bytesOf(moved), to + gap - start);
      arena.free(ref);
      this.ref = moved;
    } else if (index < count) {
      bytes.copyWithin(gap, gap + width, end);
    }
    this.#writeHeader(this.ref, width, count);
  }

  /** A block of its own with the same integers, owned by the caller. */
  copy(): Ref {
    const arena = this.#arena, byteCount = this.byteCount;
    const copy = arena.allocate(byteCount);
    const start = arena.offsetOf(this.ref);
    copyBytes(
      arena.bytesOf(this.ref),
      start,
      start + byteCount,
      arena.bytesOf(copy),
      arena.offsetOf(copy),
    );
    return copy;
  }

  /** The index of an integer; `~index` of the place where it belongs if it is not there. */
  #search(hi: number, lo: number): number {
    const words = this.#arena.words[this.ref >>> PAGE_SHIFT];
    const header = (this.ref & GRANULE_MASK) << 1;
    const width = words[header], count = words[header + 1], base = header + HEADER_WORDS;
    if (width === 8) return searchLong(words, base, count, hi, lo);
    if (hi !== lo >> 31) return hi < 0 ? ~0 : ~count;
    return width === 4 ? searchWords(words, base, count, lo) : searchHalves(words, base, count, lo);
  }

  /** Moves all to a block of wider integers; the new one is beyond what the others can be. */
  #addWider(value: Int64, width: number): void {
    const count = this.count, old = this.ref;
    const block = this.#arena.allocate(HEADER_BYTES + (count + 1) * width);
    const shift = value.hi < 0 ? 1 : 0;
    this.#write(block, width, shift === 1 ? 0 : count, value);
    const { hi, lo } = value; // the register serves for the others, too
    for (let index = 0; index < count; index++) {
      this.#write(block, width, index + shift, this.read(index, value));
    }
    value.hi = hi;
    value.lo = lo;
    this.#writeHeader(block, width, count + 1);
    this.#arena.free(old);
    this.ref = block;
  }

  #makeRoom(usedBytes: number, neededBytes: number): void {
    if (this.#arena.capacityOf(this.ref) >= neededBytes) return;
    const spareBytes = neededBytes > CLOSELY_SIZED_BYTES ? neededBytes >>> SPARE_SHIFT : 0;
    this.ref = this.#arena.resize(this.ref, neededBytes + spareBytes, usedBytes);
  }

  #writeHeader(ref: Ref, width: number, count: number): void {
    const words = this.#arena.words[ref >>> PAGE_SHIFT];
    const header = (ref & GRANULE_MASK) << 1;
    words[header] = width;
    words[header + 1] = count;
  }

  #write(ref: Ref, width: number, index: number, value: Int64): void {
    const words = this.#arena.words[ref >>> PAGE_SHIFT];
    const base = ((ref & GRANULE_MASK) << 1) + HEADER_WORDS;
    if (width === 8) {
      words[base + (index << 1)] = value.lo;
      words[base + (index << 1) + 1] = value.hi;
    } else if (width === 4) {
      words[base + index] = value.lo;
    } else {
      const bytes = this.#arena.pages[ref >>> PAGE_SHIFT], at = (base << 2) + (index << 1);
      bytes[at] = value.lo;
      bytes[at + 1] = value.lo >> 8;
    }
  }
}

/** Bytes that an integer needs. */
function widthOf(value: Int64): number {
  const lo = value.lo;
  if (value.hi !== lo >> 31) return 8;
  return lo === (lo << 16) >> 16 ? 2 : 4;
}

/** The integer of 16 bits at an index, of an array that begins at a word. */
function halfAt(words: Int32Array, base: number, index: number): number {
  return (words[base + (index >> 1)] << ((~index & 1) << 4)) >> 16;
}

function searchHalves(words: Int32Array, base: number, count: number, value: number): number {
  if (count === 0 || value > halfAt(words, base, count - 1)) return ~count;
  let low = 0, high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = halfAt(words, base, middle);
    if (found < value) low = middle + 1;
    else if (found > value) high = middle - 1;
    else return middle;
  }
  return ~low;
}

function searchWords(words: Int32Array, base: number, count: number, value: number): number {
  if (count === 0 || value > words[base + count - 1]) return ~count;
  let low = 0, high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = words[base + middle];
    if (found < value) low = middle + 1;
    else if (found > value) high = middle - 1;
    else return middle;
  }
  return ~low;
}

function searchLong(
  words: Int32Array,
  base: number,
  count: number,
  hi: number,
  lo: number,
): number {
  const lower = lo >>> 0;
  let low = 0, high = count - 1;
  // The last is looked at first, as most that is added in order belongs behind it.
  for (let middle = high; low <= high; middle = (low + high) >>> 1) {
    const foundHi = words[base + (middle << 1) + 1], foundLo = words[base + (middle << 1)];
    if (foundHi < hi || (foundHi === hi && foundLo >>> 0 < lower)) low = middle + 1;
    else if (foundHi !== hi || foundLo !== lo) high = middle - 1;
    else return middle;
  }
  return ~low;
}
