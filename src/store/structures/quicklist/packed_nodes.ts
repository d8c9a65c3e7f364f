/**
 * Packed nodes: elements put into a node's listpack, and taken out of it.
 *
 * A change moves the shorter part of the elements, before or behind it, into the room on that side;
 * at either end of a node that is nothing at all. When there is no room left on a side, the elements
 * slide over if the other side has plenty, else the block grows by a quarter, with the room where it was
 * wanted. So a byte is moved a few times however long a list grows, and a queue that is filled at one
 * end and emptied at the other stays in its block.
 *
 * Places of elements are offsets in the node's block, good until the node is changed. Nodes given to
 * the functions here are packed and not compressed, unless said.
 *
 * Always true: before the elements is room for the listpack's header, behind them for its end byte;
 * a block is at least a quarter full, or small.
 * Cost: at the ends O(1), amortized; elsewhere half of the node is moved at most.
 *
 * @module
 */

import { type ByteView, copyBytes, moveBytes } from "../../../base/byte_view.ts";
import { Int64 } from "../../../base/int64.ts";
import { GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import {
  backLengthBytes,
  ElementReader,
  integerBytes,
  skipElement,
  skipElementBackwards,
  spellsInteger,
  stringBytes,
  writeBackLength,
  writeIntegerAt,
  writeStringAt,
} from "../listpack/mod.ts";
import { mayTake, nodeBytesMax } from "./fill_rule.ts";
import {
  BLOCK,
  COUNT,
  COUNT_MASK,
  EMPTY_LISTPACK_BYTES,
  END,
  HEADER_BYTES,
  OPTIONS,
  QuicklistNodes,
  START,
} from "./node.ts";
import type { SoughtElement } from "./sought_element.ts";

/** Room that a growing block gets beside a quarter of its size. */
const GROWTH_BYTES = 4;
/** Blocks up to this size do not shrink, but with their node. */
const SMALL_BLOCK_BYTES = 64;
/** A block that is filled less than one part in so many shrinks. */
const SPARSE_PARTS = 4;

/** Changes the elements of packed nodes. */
export class PackedNodes extends QuicklistNodes {
  readonly #reader = new ElementReader();
  readonly #integer = new Int64();
  #isInteger = false;

  /** Allocates a node with one element, `source[start, end)`, which nothing is linked to. */
  createPacked(options: number, source: Uint8Array, start: number, end: number): Ref {
    const encodedBytes = this.#measure(source, start, end);
    const elementBytes = encodedBytes + backLengthBytes(encodedBytes);
    const block = this.arena.allocate(EMPTY_LISTPACK_BYTES + elementBytes);
    this.#write(block, HEADER_BYTES, source, start, end, encodedBytes);
    return this.allocateNode(options, block, HEADER_BYTES, HEADER_BYTES + elementBytes);
  }

  /** Allocates a node with the elements of a listpack, `source[start, end)`, unlinked too. */
  createWith(
    options: number,
    source: Uint8Array,
    start: number,
    end: number,
    elementCount: number,
  ): Ref {
    const block = this.arena.store(source, start, end);
    const node = this.allocateNode(options, block, HEADER_BYTES, end - start - 1);
    this.addToCount(node, elementCount - 1);
    return node;
  }

  /**
   * Adds an element at an end of any node if that takes no more than writing it: the frequent case, in
   * one look at the node.
   *
   * @param source Must not lie in the node.
   * @returns Whether it did; if not, the node is full, has no room there, or is of another kind.
   */
  pushInPlace(
    node: Ref,
    isAtHead: boolean,
    source: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const arena = this.arena;
    const words = arena.words[node >>> PAGE_SHIFT], at = (node & GRANULE_MASK) << 1;
    const count = words[at + COUNT], first = words[at + START], last = words[at + END];
    const nodeBytes = last - first + EMPTY_LISTPACK_BYTES;
    if (count > COUNT_MASK || !mayTake(words[at + OPTIONS], nodeBytes, count, end - start)) {
      return false;
    }
    const encodedBytes = this.#measure(source, start, end);
    const elementBytes = encodedBytes + backLengthBytes(encodedBytes);
    const block = words[at + BLOCK];
    let place = last;
    if (isAtHead) {
      place = first - elementBytes;
      if (place < HEADER_BYTES) return false;
      words[at + START] = place;
    } else {
      if (last + elementBytes >= arena.capacityOf(block)) return false;
      words[at + END] = last + elementBytes;
    }
    words[at + COUNT] = count + 1;
    this.#write(block, place, source, start, end, encodedBytes);
    return true;
  }

  /**
   * Removes the element at an end of any node if that takes no more than to forget it.
   *
   * @returns Whether it did; if not, it is the only one, or the node is of another kind.
   */
  dropInPlace(node: Ref, isAtHead: boolean): boolean {
    const arena = this.arena;
    const words = arena.words[node >>> PAGE_SHIFT], at = (node & GRANULE_MASK) << 1;
    const count = words[at + COUNT];
    if (count === 1 || count > COUNT_MASK) return false;
    const block = words[at + BLOCK], from = arena.offsetOf(block);
    const bytes = arena.bytesOf(block);
    if (isAtHead) words[at + START] = skipElement(bytes, from + words[at + START]) - from;
    else words[at + END] = skipElementBackwards(bytes, from + words[at + END]) - from;
    words[at + COUNT] = count - 1;
    this.#leaveSparse(node);
    return true;
  }

  /** Points a view at the element at an end of a node that is not compressed; returns it. */
  readEnd(node: Ref, isAtHead: boolean, into: ByteView): ByteView {
    const arena = this.arena;
    const words = arena.words[node >>> PAGE_SHIFT], at = (node & GRANULE_MASK) << 1;
    const block = words[at + BLOCK], from = arena.offsetOf(block);
    const bytes = arena.bytesOf(block);
    const first = from + words[at + START], last = from + words[at + END];
    if (words[at + COUNT] > COUNT_MASK) return into.set(bytes, first, last);
    return this.#reader.read(bytes, isAtHead ? first : skipElementBackwards(bytes, last), into);
  }

  /** Adds an element behind all others; `source[start, end)` must not lie in the node. */
  append(node: Ref, source: Uint8Array, start: number, end: number): void {
    this.insertAt(node, this.endOf(node), source, start, end);
  }

  /** Adds an element before all others; `source[start, end)` must not lie in the node. */
  prepend(node: Ref, source: Uint8Array, start: number, end: number): void {
    this.insertAt(node, this.startOf(node), source, start, end);
  }

  /**
   * Adds an element.
   *
   * @param at Place of the element that will follow it; the end of the elements for none.
   * @param source Must not lie in the node.
   */
  insertAt(node: Ref, at: number, source: Uint8Array, start: number, end: number): void {
    const encodedBytes = this.#measure(source, start, end);
    const elementBytes = encodedBytes + backLengthBytes(encodedBytes);
    const place = this.#openGap(node, at, elementBytes);
    this.#write(this.blockOf(node), place, source, start, end, encodedBytes);
    this.addToCount(node, 1);
  }

  /** Puts `source[start, end)`, which must not lie in the node, in the place of an element. */
  replaceAt(node: Ref, at: number, source: Uint8Array, start: number, end: number): void {
    const oldBytes = this.elementEnd(node, at) - at;
    const encodedBytes = this.#measure(source, start, end);
    const elementBytes = encodedBytes + backLengthBytes(encodedBytes);
    let place = at;
    if (elementBytes > oldBytes) {
      place = this.#openGap(node, at, elementBytes - oldBytes);
    } else if (elementBytes < oldBytes) {
      const isFrontMoved = this.#closeGap(node, at, oldBytes - elementBytes);
      if (isFrontMoved) place += oldBytes - elementBytes;
    }
    this.#write(this.blockOf(node), place, source, start, end, encodedBytes);
    this.#leaveSparse(node);
  }

  /**
   * Removes elements, but not all of the node.
   *
   * @param at Place of the first.
   * @param end Where the last one ends.
   * @param elementCount How many they are.
   */
  removeAt(node: Ref, at: number, end: number, elementCount: number): void {
    this.#closeGap(node, at, end - at);
    this.addToCount(node, -elementCount);
    this.#leaveSparse(node);
  }

  /**
   * Removes elements that are equal to what is looked for, all of the node's maybe.
   *
   * What stays is moved together in one pass, however many go.
   *
   * @param countMax Removed at most, counted from the side where the search begins.
   * @returns How many were removed.
   */
  removeEqual(node: Ref, sought: SoughtElement, countMax: number, isFromLast: boolean): number {
    const removedCount = isFromLast
      ? this.#removeEqualFromLast(node, sought, countMax)
      : this.#removeEqualFromFirst(node, sought, countMax);
    this.addToCount(node, -removedCount);
    if (removedCount > 0) this.#leaveSparse(node);
    return removedCount;
  }

  #removeEqualFromFirst(node: Ref, sought: SoughtElement, countMax: number): number {
    const block = this.blockOf(node), from = this.arena.offsetOf(block);
    const bytes = this.arena.bytesOf(block);
    const first = from + this.startOf(node), end = from + this.endOf(node);
    let removedCount = 0, keptEnd = first, runStart = first;
    for (let at = first; at < end && removedCount < countMax;) {
      const next = skipElement(bytes, at);
      if (sought.isAt(bytes, at)) {
        if (removedCount > 0) moveBytes(bytes, runStart, at, keptEnd);
        keptEnd += at - runStart;
        runStart = next;
        removedCount++;
      }
      at = next;
    }
    if (removedCount === 0) return 0;
    moveBytes(bytes, runStart, end, keptEnd);
    this.setBounds(node, first - from, keptEnd + end - runStart - from);
    return removedCount;
  }

  #removeEqualFromLast(node: Ref, sought: SoughtElement, countMax: number): number {
    const block = this.blockOf(node), from = this.arena.offsetOf(block);
    const bytes = this.arena.bytesOf(block);
    const first = from + this.startOf(node), end = from + this.endOf(node);
    let removedCount = 0, keptStart = end, runEnd = end;
    for (let at = end; at > first && removedCount < countMax;) {
      const place = skipElementBackwards(bytes, at);
      if (sought.isAt(bytes, place)) {
        keptStart -= runEnd - at;
        if (removedCount > 0) moveBytes(bytes, at, runEnd, keptStart);
        runEnd = place;
        removedCount++;
      }
      at = place;
    }
    if (removedCount === 0) return 0;
    keptStart -= runEnd - first;
    moveBytes(bytes, first, runEnd, keptStart);
    this.setBounds(node, keptStart - from, end - from);
    return removedCount;
  }

  /** Where the element at a place ends, which is where the next one starts. */
  elementEnd(node: Ref, at: number): number {
    const block = this.blockOf(node), from = this.arena.offsetOf(block);
    return skipElement(this.arena.bytesOf(block), from + at) - from;
  }

  /** The place of the element that ends at `end`. */
  elementBefore(node: Ref, end: number): number {
    const block = this.blockOf(node), from = this.arena.offsetOf(block);
    return skipElementBackwards(this.arena.bytesOf(block), from + end) - from;
  }

  /** The place of an element by its index in the node; the end of the elements for their count. */
  placeOf(node: Ref, index: number): number {
    const block = this.blockOf(node), bytes = this.arena.bytesOf(block);
    const from = this.arena.offsetOf(block);
    const count = this.countOf(node);
    if (index <= count >>> 1) {
      let at = from + this.startOf(node);
      for (let passed = 0; passed < index; passed++) at = skipElement(bytes, at);
      return at - from;
    }
    let at = from + this.endOf(node);
    for (let left = count; left > index; left--) at = skipElementBackwards(bytes, at);
    return at - from;
  }

  /** How many elements lie before a place. */
  indexOf(node: Ref, place: number): number {
    const block = this.blockOf(node), bytes = this.arena.bytesOf(block);
    const from = this.arena.offsetOf(block);
    let index = 0;
    for (let at = from + this.startOf(node); at < from + place; index++) {
      at = skipElement(bytes, at);
    }
    return index;
  }

  /**
   * Cuts a node in two; neither part is empty.
   *
   * @param at Place of the first element that leaves it.
   * @returns The node with those, which nothing is linked to.
   */
  split(node: Ref, at: number): Ref {
    const arena = this.arena;
    const source = this.blockOf(node), from = arena.offsetOf(source);
    const end = this.endOf(node);
    const keptCount = this.indexOf(node, at), count = this.countOf(node);
    const block = arena.allocate(EMPTY_LISTPACK_BYTES + end - at);
    const rest = this.allocateNode(
      this.optionsOf(node),
      block,
      HEADER_BYTES,
      HEADER_BYTES + end - at,
    );
    const to = arena.offsetOf(block) + HEADER_BYTES;
    copyBytes(arena.bytesOf(source), from + at, from + end, arena.bytesOf(block), to);
    this.addToCount(rest, count - keptCount - 1); // it was made with one
    this.removeAt(node, at, end, count - keptCount);
    return rest;
  }

  /** Adds the elements of a node behind those of another; the first one stays as it is. */
  appendAll(node: Ref, other: Ref): void {
    const arena = this.arena;
    const start = this.startOf(other), byteCount = this.endOf(other) - start;
    const place = this.#openGap(node, this.endOf(node), byteCount);
    const source = this.blockOf(other), from = arena.offsetOf(source) + start;
    const target = this.blockOf(node);
    copyBytes(
      arena.bytesOf(source),
      from,
      from + byteCount,
      arena.bytesOf(target),
      arena.offsetOf(target) + place,
    );
    this.addToCount(node, this.countOf(other));
  }

  /** Gives back room that a node will hardly need: it is not at the end of its list any more. */
  fit(node: Ref): void {
    const usedBytes = this.endOf(node) - this.startOf(node);
    if (!this.arena.isFit(this.blockOf(node), usedBytes + EMPTY_LISTPACK_BYTES)) {
      this.#moveToBlock(node, usedBytes + EMPTY_LISTPACK_BYTES, HEADER_BYTES);
    }
  }

  /** Finds out how an element will be written; returns its bytes without the back length. */
  #measure(source: Uint8Array, start: number, end: number): number {
    this.#isInteger = spellsInteger(source, start, end, this.#integer);
    return this.#isInteger ? integerBytes(this.#integer) : stringBytes(end - start);
  }

  /** Writes the element that was measured last to its place in a block. */
  #write(
    block: Ref,
    place: number,
    source: Uint8Array,
    start: number,
    end: number,
    encodedBytes: number,
  ): void {
    const bytes = this.arena.bytesOf(block), at = this.arena.offsetOf(block) + place;
    if (this.#isInteger) writeIntegerAt(bytes, at, this.#integer, encodedBytes);
    else writeStringAt(bytes, at, source, start, end);
    writeBackLength(bytes, at + encodedBytes, encodedBytes);
  }

  /**
   * Makes the elements of a node longer by bytes with undefined content.
   *
   * @param at Place before which they are wanted.
   * @returns Where they are.
   */
  #openGap(node: Ref, at: number, gapBytes: number): number {
    const arena = this.arena;
    const start = this.startOf(node), end = this.endOf(node), block = this.blockOf(node);
    const hasRoomBefore = start - gapBytes >= HEADER_BYTES;
    const hasRoomBehind = end + gapBytes < arena.capacityOf(block);
    // At an end, only the room there counts: to move all elements each time would never end.
    const movesBehind = at === end ||
      (at !== start && (end - at <= at - start || !hasRoomBefore));
    const from = arena.offsetOf(block);
    if (hasRoomBehind && movesBehind) {
      moveBytes(arena.bytesOf(block), from + at, from + end, from + at + gapBytes);
      this.setBounds(node, start, end + gapBytes);
      return at;
    }
    if (hasRoomBefore && at !== end) {
      moveBytes(arena.bytesOf(block), from + start, from + at, from + start - gapBytes);
      this.setBounds(node, start - gapBytes, end);
      return at - gapBytes;
    }
    return this.#openGapElsewhere(node, at, gapBytes);
  }

  /** The same where the room on neither side will do. */
  #openGapElsewhere(node: Ref, at: number, gapBytes: number): number {
    const arena = this.arena;
    const start = this.startOf(node), end = this.endOf(node), block = this.blockOf(node);
    const usedBytes = end - start;
    const neededBytes = usedBytes + gapBytes + EMPTY_LISTPACK_BYTES;
    const wantedBytes = Math.min(
      neededBytes + (neededBytes >>> 2) + GROWTH_BYTES,
      Math.max(neededBytes, nodeBytesMax(this.optionsOf(node))),
    );
    const spareBytes = arena.capacityOf(block) - neededBytes;
    const slides = spareBytes >= 0 &&
      (spareBytes * 2 >= usedBytes || wantedBytes <= arena.capacityOf(block));
    const target = slides ? block : arena.allocate(wantedBytes);
    // Guide: most of the room goes to the side where the gap is.
    const roomBytes = slides ? spareBytes : arena.capacityOf(target) - neededBytes;
    const otherBytes = slides ? roomBytes >>> 2 : 0;
    const roomBefore = at === start
      ? roomBytes - otherBytes
      : at === end
      ? otherBytes
      : roomBytes >>> 1;
    const newStart = HEADER_BYTES + roomBefore;
    const place = newStart + at - start;
    const source = arena.bytesOf(block), from = arena.offsetOf(block);
    if (slides) {
      // What moves towards the other part moves last.
      const isFrontFirst = newStart < start;
      if (isFrontFirst) moveBytes(source, from + start, from + at, from + newStart);
      moveBytes(source, from + at, from + end, from + place + gapBytes);
      if (!isFrontFirst) moveBytes(source, from + start, from + at, from + newStart);
    } else {
      const bytes = arena.bytesOf(target), to = arena.offsetOf(target);
      copyBytes(source, from + start, from + at, bytes, to + newStart);
      copyBytes(source, from + at, from + end, bytes, to + place + gapBytes);
      arena.free(block);
    }
    this.setBlock(node, target, newStart, newStart + usedBytes + gapBytes);
    return place;
  }

  /** Takes bytes out of the elements; returns whether what is before them was moved. */
  #closeGap(node: Ref, at: number, gapBytes: number): boolean {
    const start = this.startOf(node), end = this.endOf(node);
    const block = this.blockOf(node);
    const bytes = this.arena.bytesOf(block), from = this.arena.offsetOf(block);
    if (at - start <= end - at - gapBytes) {
      moveBytes(bytes, from + start, from + at, from + start + gapBytes);
      this.setBounds(node, start + gapBytes, end);
      return true;
    }
    moveBytes(bytes, from + at + gapBytes, from + end, from + at);
    this.setBounds(node, start, end - gapBytes);
    return false;
  }

  /** Gives a node whose block is nearly empty a smaller one. */
  #leaveSparse(node: Ref): void {
    const capacityBytes = this.arena.capacityOf(this.blockOf(node));
    if (capacityBytes <= SMALL_BLOCK_BYTES) return;
    const neededBytes = this.endOf(node) - this.startOf(node) + EMPTY_LISTPACK_BYTES;
    if (neededBytes * SPARSE_PARTS >= capacityBytes) return;
    this.#moveToBlock(node, neededBytes * 2, HEADER_BYTES + (neededBytes >>> 1));
  }

  #moveToBlock(node: Ref, blockBytes: number, newStart: number): void {
    const arena = this.arena;
    const start = this.startOf(node), usedBytes = this.endOf(node) - start;
    const block = this.blockOf(node), target = arena.allocate(blockBytes);
    const from = arena.offsetOf(block) + start;
    const to = arena.offsetOf(target) + newStart;
    copyBytes(arena.bytesOf(block), from, from + usedBytes, arena.bytesOf(target), to);
    arena.free(block);
    this.setBlock(node, target, newStart, newStart + usedBytes);
  }
}
