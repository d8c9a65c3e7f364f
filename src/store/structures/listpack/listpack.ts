/**
 * Listpack: a list of strings and integers in one block, just as Redis packs small collections.
 *
 * Chosen over a layout of our own because RDB files, DUMP and replicas carry these bytes as they are,
 * and because for a few dozen short elements a walk over adjacent bytes beats every index.
 *
 *   | byte count u32 | element count u16 | element | element | ... | 0xff |      see element.ts
 *
 * A `Listpack` is a flyweight, pointed at one block after the other for one command each, as memory
 * moves in between. A *position* is an element's byte offset in the block; 0 says "none". Positions and
 * views of elements are good until the listpack is changed; the block may move then: store `ref` again.
 *
 * A *bare* listpack leaves out the back lengths, a byte of each short element: a tenth of a small hash.
 * It can't be walked backwards, and files carry it only as `writeWholeListpack` makes it whole.
 *
 * Always true: the block ends with the end byte; a count of 65535 says "that many or more", and they
 * are counted anew when asked for. The block has no room beyond its size class unless asked for with
 * `create` or `reserve`.
 * Cost: append O(1); insert, remove and replace move the bytes behind; find and seek walk.
 * Specified in: Redis 7.0 listpack.c.
 *
 * @module
 */

import { type ByteView, copyBytes, moveBytes } from "../../../base/byte_view.ts";
import { readInt32, writeInt32 } from "../../../base/int32.ts";
import { Int64 } from "../../../base/int64.ts";
import { invariant } from "../../../base/invariant.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import {
  backLengthBytes,
  encodedBytesAt,
  END_BYTE,
  integerBytes,
  isIntegerAt,
  isSameAt,
  LISTPACK_HEADER_BYTES,
  readIntegerAt,
  skipElement,
  skipElementBackwards,
  spellsInteger,
  stringBytes,
  stringStartAt,
  writeBackLength,
  writeIntegerAt,
  writeStringAt,
} from "./element.ts";
import { writeBareListpack } from "./bare.ts";
import { ElementReader } from "./element_reader.ts";
import { ElementWriter } from "./element_writer.ts";

const EMPTY_BYTES = LISTPACK_HEADER_BYTES + 1;
const COUNT_UNKNOWN = 0xffff;
/** Greatest integer that is a single byte, the element's first. */
const SMALL_INTEGER_MAX = 127;
/** Size that a listpack must not grow beyond. */
const LISTPACK_BYTES_MAX = 2 ** 30;
/** Room that may stay behind a listpack which shrank, with a quarter of its size. */
const SLACK_BYTES = 16;

/** A handle on one listpack after the other. */
export class Listpack {
  readonly #arena: Arena;
  readonly #isBare: boolean;
  #ref: Ref = 0;
  /** The page of the block, and where the block starts in it. */
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;

  readonly #writer = new ElementWriter();
  readonly #reader = new ElementReader();
  readonly #integer = new Int64();
  readonly #found = new Int64();

  /**
   * @param arena Where the blocks lie.
   * @param isBare Whether the listpacks have no back lengths.
   */
  constructor(arena: Arena, isBare = false) {
    this.#arena = arena;
    this.#isBare = isBare;
  }

  /** The block; a change may move it. */
  get ref(): Ref {
    return this.#ref;
  }

  /** Points at a listpack; returns itself. */
  open(ref: Ref): this {
    this.#ref = ref;
    this.#bytes = this.#arena.pages[ref >>> PAGE_SHIFT];
    this.#start = (ref & GRANULE_MASK) << 3;
    return this;
  }

  /**
   * Allocates an empty listpack, owned by the caller, and points at it.
   *
   * @param roomBytes By how much it can grow without moving.
   * @returns The block.
   */
  create(roomBytes = 0): Ref {
    this.open(this.#arena.allocate(EMPTY_BYTES + roomBytes));
    writeInt32(this.#bytes, this.#start, EMPTY_BYTES);
    this.#setCount(0);
    this.#bytes[this.#start + LISTPACK_HEADER_BYTES] = END_BYTE;
    return this.#ref;
  }

  /** Allocates a bare copy of `source[start, end)`, a sound listpack, and points at it. */
  createBare(source: Uint8Array, start: number, end: number, elementCount: number): void {
    this.open(this.#arena.allocate(end - start - elementCount));
    writeBareListpack(source, start, end, this.#bytes, this.#start);
    this.trim();
  }

  /** A copy of the listpack in a block of its own, owned by the caller; this one stays open. */
  duplicate(): Ref {
    return this.#arena.store(this.#bytes, this.#start, this.#start + this.byteCount);
  }

  /** Bytes of the whole listpack: header, elements, end byte. */
  get byteCount(): number {
    return readInt32(this.#bytes, this.#start);
  }

  /** Points a view at the whole listpack; borrowed until it is changed. */
  view(into: ByteView): ByteView {
    return into.set(this.#bytes, this.#start, this.#start + this.byteCount);
  }

  /** Number of elements; from 65535 on they are counted one by one. */
  get count(): number {
    const stored = this.#storedCount;
    return stored === COUNT_UNKNOWN ? this.#countAnew() : stored;
  }

  /** Position of the first element; 0 if there is none. */
  first(): number {
    return this.#bytes[this.#start + LISTPACK_HEADER_BYTES] === END_BYTE
      ? 0
      : LISTPACK_HEADER_BYTES;
  }

  /** Position of the last element; 0 if there is none. Not of a bare listpack. */
  last(): number {
    return this.previous(this.byteCount - 1);
  }

  /** Position of the element behind another; 0 if that is the last. */
  next(position: number): number {
    const at = this.#skip(this.#start + position);
    return this.#bytes[at] === END_BYTE ? 0 : at - this.#start;
  }

  /** Position of the element before another; 0 if that is the first. Not in a bare listpack. */
  previous(position: number): number {
    if (position === LISTPACK_HEADER_BYTES) return 0;
    return skipElementBackwards(this.#bytes, this.#start + position) - this.#start;
  }

  /**
   * Position of an element by its number; 0 if there is no such element.
   *
   * @param index From 0 on; negative numbers count from the end, where -1 is the last.
   */
  seek(index: number): number {
    const count = this.#storedCount;
    if (count !== COUNT_UNKNOWN) {
      if (index < 0) index += count;
      if (index < 0 || index >= count) return 0;
      if (index > count >>> 1 && !this.#isBare) index -= count;
    }
    let position: number;
    if (index >= 0) {
      for (position = this.first(); index > 0 && position !== 0; index--) {
        position = this.next(position);
      }
    } else {
      for (position = this.last(); index < -1 && position !== 0; index++) {
        position = this.previous(position);
      }
    }
    return position;
  }

  /**
   * Points a view at an element's bytes; those of an integer are good until the next `read`.
   *
   * @returns `into`.
   */
  read(position: number, into: ByteView): ByteView {
    return this.#reader.read(this.#bytes, this.#start + position, into);
  }

  /** Whether an element is stored as an integer. */
  isInteger(position: number): boolean {
    return isIntegerAt(this.#bytes, this.#start + position);
  }

  /** Sets `into` to an element that is stored as an integer; returns whether it is. */
  readInteger(position: number, into: Int64): boolean {
    const at = this.#start + position;
    if (!isIntegerAt(this.#bytes, at)) return false;
    readIntegerAt(this.#bytes, at, into);
    return true;
  }

  /** The element's value if it is stored as an integer from 0 to 127, else -1. */
  smallIntegerAt(position: number): number {
    const form = this.#bytes[this.#start + position];
    return form <= SMALL_INTEGER_MAX ? form : -1;
  }

  /** Whether an element's bytes are those of a view. */
  equals(position: number, view: ByteView): boolean {
    const bytes = this.#bytes, at = this.#start + position;
    if (isIntegerAt(bytes, at)) {
      if (!spellsInteger(view.bytes, view.start, view.end, this.#integer)) return false;
      readIntegerAt(bytes, at, this.#found);
      return this.#found.lo === this.#integer.lo && this.#found.hi === this.#integer.hi;
    }
    const stringStart = stringStartAt(bytes, at);
    const byteCount = at + encodedBytesAt(bytes, at) - stringStart;
    return byteCount === view.byteCount && isSameAt(bytes, stringStart, view, byteCount);
  }

  /**
   * Position of the first element with the bytes of a view; 0 if there is none.
   *
   * @param from Position of the first element to look at; 0 finds nothing.
   * @param skip Elements to pass over between one look and the next.
   */
  find(view: ByteView, from: number, skip: number): number {
    if (from === 0) return 0;
    const bytes = this.#bytes, byteCount = view.byteCount;
    const isInteger = spellsInteger(view.bytes, view.start, view.end, this.#integer);
    // Guide: short strings and small integers are looked at here, all else by `equals`.
    const smallInteger = isInteger && this.#integer.hi === 0 ? this.#integer.lo : -1;
    const shortForm = byteCount < 0x40 ? 0x80 | byteCount : -1;
    const shortBytes = this.#isBare ? 1 : 2;
    for (let at = this.#start + from; bytes[at] !== END_BYTE;) {
      const form = bytes[at];
      if (form < 0x80) {
        if (form === smallInteger) return at - this.#start;
        at += shortBytes;
      } else if (form < 0xc0) {
        if (form === shortForm && isSameAt(bytes, at + 1, view, byteCount)) return at - this.#start;
        at += shortBytes + (form & 0x3f);
      } else {
        if (this.equals(at - this.#start, view)) return at - this.#start;
        at = this.#skip(at);
      }
      for (let passed = 0; passed < skip && bytes[at] !== END_BYTE; passed++) {
        at = this.#skip(at);
      }
    }
    return 0;
  }

  /** Adds an element behind all others; the view must not lie in this block. */
  append(view: ByteView): void {
    this.appendBytes(view.bytes, view.start, view.end);
  }

  /** Adds `bytes[start, end)` behind all others; they must not lie in this block. */
  appendBytes(bytes: Uint8Array, start: number, end: number): void {
    this.#write(this.byteCount - 1, 0, bytes, start, end);
    this.#addToCount(1);
  }

  /** Adds an element before all others; the view must not lie in this block. */
  prepend(view: ByteView): void {
    this.insertBefore(LISTPACK_HEADER_BYTES, view);
  }

  /** Adds an integer behind all others: a safe one. */
  appendInteger(value: number): void {
    this.appendInt64(this.#integer.setNumber(value));
  }

  /** Adds a 64-bit integer behind all others. */
  appendInt64(value: Int64): void {
    this.#writeInteger(this.byteCount - 1, 0, value);
    this.#addToCount(1);
  }

  /**
   * Inserts an element before another.
   *
   * @param view Must not lie in this block.
   * @returns Its position.
   */
  insertBefore(position: number, view: ByteView): number {
    this.#write(position, 0, view.bytes, view.start, view.end);
    this.#addToCount(1);
    return position;
  }

  /**
   * Inserts an element behind another.
   *
   * @param view Must not lie in this block.
   * @returns Its position.
   */
  insertAfter(position: number, view: ByteView): number {
    const behind = this.#skip(this.#start + position) - this.#start;
    return this.insertBefore(behind, view);
  }

  /** Puts another, which must not lie in this block, in an element's place; returns that position. */
  replace(position: number, view: ByteView): number {
    this.#write(position, this.#elementBytesAt(position), view.bytes, view.start, view.end);
    return position;
  }

  /** Puts a 64-bit integer in the place of an element; returns its position. */
  replaceInt64(position: number, value: Int64): number {
    this.#writeInteger(position, this.#elementBytesAt(position), value);
    return position;
  }

  /** The same for a safe integer. */
  replaceInteger(position: number, value: number): number {
    const at = this.#start + position;
    if (this.#bytes[at] <= SMALL_INTEGER_MAX && value >= 0 && value <= SMALL_INTEGER_MAX) {
      this.#bytes[at] = value;
      return position;
    }
    return this.replaceInt64(position, this.#integer.setNumber(value));
  }

  /** Removes an element; returns the position of the one that followed, or 0. */
  remove(position: number): number {
    return this.removeRange(position, 1);
  }

  /**
   * Removes elements that follow each other.
   *
   * @param position That of the first.
   * @param count How many; may be more than there are.
   * @returns Position of the element behind them, or 0.
   */
  removeRange(position: number, count: number): number {
    const bytes = this.#bytes, first = this.#start + position;
    let at = first, removedCount = 0;
    for (; removedCount < count && bytes[at] !== END_BYTE; removedCount++) {
      at = this.#skip(at);
    }
    this.#makeRoom(position, at - first, 0);
    this.#addToCount(-removedCount);
    return this.#bytes[this.#start + position] === END_BYTE ? 0 : position;
  }

  /** Adds all elements of another listpack, bare if this is, behind the own. */
  appendAll(other: Listpack): void {
    const count = this.count + other.count;
    const addedBytes = other.byteCount - EMPTY_BYTES;
    const at = this.#makeRoom(this.byteCount - 1, 0, addedBytes);
    const from = other.#start + LISTPACK_HEADER_BYTES;
    copyBytes(other.#bytes, from, from + addedBytes, this.#bytes, at);
    this.#setCount(Math.min(COUNT_UNKNOWN, count));
  }

  /** Makes sure that the listpack can grow by so many bytes without moving. */
  reserve(addedBytes: number): void {
    const byteCount = this.byteCount;
    if (byteCount + addedBytes <= this.#arena.capacityOf(this.#ref)) return;
    this.open(this.#arena.resize(this.#ref, byteCount + addedBytes, byteCount));
  }

  /** Gives back the room that `create` and `reserve` made and that was not used. */
  trim(): void {
    const byteCount = this.byteCount;
    if (this.#arena.isFit(this.#ref, byteCount)) return;
    this.open(this.#arena.resize(this.#ref, byteCount, byteCount));
  }

  /**
   * Begins to add elements behind all others.
   *
   * @param roomBytes What they take at most; the listpack keeps what is left of it as room.
   * @returns Where they are written; `endAppending` must follow, and nothing else before.
   */
  beginAppending(roomBytes: number): ElementWriter {
    this.reserve(roomBytes);
    this.#writer.begin(this.#bytes, this.#start + this.byteCount - 1);
    return this.#writer;
  }

  /** Ends it. */
  endAppending(): void {
    const { at, count } = this.#writer;
    this.#bytes[at] = END_BYTE;
    writeInt32(this.#bytes, this.#start, at + 1 - this.#start);
    this.#addToCount(count);
  }

  /** Whether a listpack may grow by so many bytes. */
  static isSafeToAdd(byteCount: number, addedBytes: number): boolean {
    return byteCount + addedBytes <= LISTPACK_BYTES_MAX;
  }

  /** Bytes that an element with the bytes of a view will take. */
  elementBytes(view: ByteView): number {
    return this.#withBackLength(
      spellsInteger(view.bytes, view.start, view.end, this.#integer)
        ? integerBytes(this.#integer)
        : stringBytes(view.byteCount),
    );
  }

  get #storedCount(): number {
    const at = this.#start + 4;
    return this.#bytes[at] | this.#bytes[at + 1] << 8;
  }

  #setCount(count: number): void {
    const at = this.#start + 4;
    this.#bytes[at] = count;
    this.#bytes[at + 1] = count >>> 8;
  }

  #addToCount(added: number): void {
    const stored = this.#storedCount;
    if (stored !== COUNT_UNKNOWN) this.#setCount(stored + added);
  }

  #countAnew(): number {
    const bytes = this.#bytes;
    let count = 0;
    for (let at = this.#start + LISTPACK_HEADER_BYTES; bytes[at] !== END_BYTE; count++) {
      at = this.#skip(at);
    }
    if (count < COUNT_UNKNOWN) this.#setCount(count);
    return count;
  }

  /** Where the element behind the one at `at` begins. */
  #skip(at: number): number {
    return this.#isBare ? at + encodedBytesAt(this.#bytes, at) : skipElement(this.#bytes, at);
  }

  #withBackLength(encodedBytes: number): number {
    return this.#isBare ? encodedBytes : encodedBytes + backLengthBytes(encodedBytes);
  }

  #elementBytesAt(position: number): number {
    const at = this.#start + position;
    return this.#skip(at) - at;
  }

  /** Writes an element over `replacedBytes` that are there now. */
  #write(
    position: number,
    replacedBytes: number,
    source: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (spellsInteger(source, start, end, this.#integer)) {
      return this.#writeInteger(position, replacedBytes, this.#integer);
    }
    const encodedBytes = stringBytes(end - start);
    const at = this.#makeRoom(position, replacedBytes, this.#withBackLength(encodedBytes));
    writeStringAt(this.#bytes, at, source, start, end);
    if (!this.#isBare) writeBackLength(this.#bytes, at + encodedBytes, encodedBytes);
  }

  #writeInteger(position: number, replacedBytes: number, value: Int64): void {
    const encodedBytes = integerBytes(value);
    const at = this.#makeRoom(position, replacedBytes, this.#withBackLength(encodedBytes));
    writeIntegerAt(this.#bytes, at, value, encodedBytes);
    if (!this.#isBare) writeBackLength(this.#bytes, at + encodedBytes, encodedBytes);
  }

  /** Makes `newBytes` of room where `oldBytes` are; returns where in the page that is. */
  #makeRoom(position: number, oldBytes: number, newBytes: number): number {
    if (oldBytes === newBytes) return this.#start + position;
    const oldByteCount = this.byteCount;
    const byteCount = oldByteCount - oldBytes + newBytes;
    const capacityBytes = this.#arena.capacityOf(this.#ref);
    if (byteCount > capacityBytes) {
      invariant(byteCount <= 2 * LISTPACK_BYTES_MAX - 1, `Cannot grow a listpack: ${byteCount}`);
      this.open(this.#arena.resize(this.#ref, byteCount, oldByteCount));
    }
    const at = this.#start + position;
    moveBytes(this.#bytes, at + oldBytes, this.#start + oldByteCount, at + newBytes);
    writeInt32(this.#bytes, this.#start, byteCount);
    if (newBytes < oldBytes && capacityBytes - byteCount > SLACK_BYTES + (byteCount >>> 2)) {
      this.open(this.#arena.resize(this.#ref, byteCount, byteCount));
    }
    return this.#start + position;
  }
}
