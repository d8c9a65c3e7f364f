/**
 * Tree nodes: the blocks of an ordered tree, each by itself.
 *
 *   node:  entry count u8, room for entries u8, level u8, 0 | (key words, reference u32) x entries
 *
 * A node is only as large as it must be: the smallest size, or that times a power of two.
 *
 * @module
 */

import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";

/** Words before a node's entries. */
export const NODE_HEADER_WORDS = 1;
const WORD_BYTES = 4;
/** Largest node. */
const NODE_BYTES_MAX = 1024;
/** The parts of a node's header. */
export const COUNT_MASK = 0xff;
const CAPACITY_SHIFT = 8;
/** The level is what stands above. */
export const LEVEL_SHIFT = 16;

/** The nodes of trees whose entries have the same size. */
export class TreeNodes {
  /** Words of an entry. */
  readonly entryWords: number = 0;
  /** Entries that the largest node has room for. */
  readonly entriesMax: number = 0;
  readonly #arena: Arena;
  readonly #firstNodeBytes: number = 0;

  /** @param firstNodeEntries Entries that the smallest node has room for. */
  constructor(arena: Arena, entryWords: number, firstNodeEntries: number) {
    this.#arena = arena;
    this.entryWords = entryWords;
    this.#firstNodeBytes = (NODE_HEADER_WORDS + firstNodeEntries * entryWords) * WORD_BYTES;
    this.entriesMax = this.#entriesIn(NODE_BYTES_MAX);
  }

  /** A new node without entries. @param entryCount How many it is to have room for. */
  create(level: number, entryCount: number): Ref {
    const byteCount = this.#bytesFor(entryCount);
    const node = this.#arena.allocate(byteCount);
    this.wordsOf(node)[(node & GRANULE_MASK) << 1] = (level << LEVEL_SHIFT) |
      (this.#entriesIn(byteCount) << CAPACITY_SHIFT);
    return node;
  }

  /** Gives a node room for so many entries; returns it, which may have moved. */
  resize(node: Ref, entryCount: number): Ref {
    const keptBytes = (NODE_HEADER_WORDS + this.countOf(node) * this.entryWords) * WORD_BYTES;
    const byteCount = this.#bytesFor(entryCount);
    const moved = this.#arena.resize(node, byteCount, keptBytes);
    const words = this.wordsOf(moved), header = (moved & GRANULE_MASK) << 1;
    words[header] = (words[header] & ~(COUNT_MASK << CAPACITY_SHIFT)) |
      (this.#entriesIn(byteCount) << CAPACITY_SHIFT);
    return moved;
  }

  /** Frees a node, without what it refers to. */
  free(node: Ref): void {
    this.#arena.free(node);
  }

  /** Entries that a node has. */
  countOf(node: Ref): number {
    return this.wordsOf(node)[(node & GRANULE_MASK) << 1] & COUNT_MASK;
  }

  /** Sets how many entries a node has. */
  setCount(node: Ref, count: number): void {
    const words = this.wordsOf(node), header = (node & GRANULE_MASK) << 1;
    words[header] = (words[header] & ~COUNT_MASK) | count;
  }

  /** 0 for a leaf, one more for each node above. */
  levelOf(node: Ref): number {
    return this.wordsOf(node)[(node & GRANULE_MASK) << 1] >>> LEVEL_SHIFT;
  }

  /** Entries that a node has room for. */
  capacityOf(node: Ref): number {
    return (this.wordsOf(node)[(node & GRANULE_MASK) << 1] >>> CAPACITY_SHIFT) & COUNT_MASK;
  }

  /** The words among which a block lies. */
  wordsOf(node: Ref): Int32Array {
    return this.#arena.words[node >>> PAGE_SHIFT];
  }

  /** Index in them of an entry's first word. */
  entryAt(node: Ref, slot: number): number {
    return ((node & GRANULE_MASK) << 1) + NODE_HEADER_WORDS + slot * this.entryWords;
  }

  /** The reference of an entry. */
  referenceOf(node: Ref, slot: number): Ref {
    return this.wordsOf(node)[this.entryAt(node, slot + 1) - 1];
  }

  /** Changes the reference of an entry. */
  setReference(node: Ref, slot: number, ref: Ref): void {
    this.wordsOf(node)[this.entryAt(node, slot + 1) - 1] = ref;
  }

  /** Copies the key of an entry to the beginning of another's or of `target`. */
  copyKey(node: Ref, slot: number, target: Int32Array, at: number): void {
    const words = this.wordsOf(node), from = this.entryAt(node, slot);
    for (let word = 0; word < this.entryWords - 1; word++) target[at + word] = words[from + word];
  }

  /** Inserts an entry into a node that has room. */
  insert(node: Ref, slot: number, entry: Int32Array): void {
    const words = this.wordsOf(node);
    const count = this.countOf(node), at = this.entryAt(node, slot);
    if (slot < count) words.copyWithin(at + this.entryWords, at, this.entryAt(node, count));
    for (let word = 0; word < this.entryWords; word++) words[at + word] = entry[word];
    this.setCount(node, count + 1);
  }

  /** Takes an entry out. */
  remove(node: Ref, slot: number): void {
    const count = this.countOf(node), at = this.entryAt(node, slot);
    this.wordsOf(node).copyWithin(at, at + this.entryWords, this.entryAt(node, count));
    this.setCount(node, count - 1);
  }

  /** Moves the entries of a node from a slot on behind those of another, which has room. */
  moveEntries(from: Ref, start: number, to: Ref): void {
    const source = this.wordsOf(from), target = this.wordsOf(to);
    const count = this.countOf(from), targetCount = this.countOf(to);
    let word = this.entryAt(to, targetCount);
    const end = this.entryAt(from, count);
    for (let index = this.entryAt(from, start); index < end; index++) {
      target[word++] = source[index];
    }
    this.setCount(to, targetCount + count - start);
    this.setCount(from, start);
  }

  /** Bytes of a node and all nodes below it. */
  bytesBelow(node: Ref): number {
    let byteCount = this.#arena.capacityOf(node);
    if (this.levelOf(node) === 0) return byteCount;
    for (let slot = 0; slot < this.countOf(node); slot++) {
      byteCount += this.bytesBelow(this.referenceOf(node, slot));
    }
    return byteCount;
  }

  #bytesFor(entryCount: number): number {
    let byteCount = this.#firstNodeBytes;
    while (byteCount < NODE_BYTES_MAX && this.#entriesIn(byteCount) < entryCount) byteCount *= 2;
    return Math.min(byteCount, NODE_BYTES_MAX);
  }

  #entriesIn(byteCount: number): number {
    return Math.floor((byteCount / WORD_BYTES - NODE_HEADER_WORDS) / this.entryWords);
  }
}
