/**
 * Chunks: some dozen nodes side by side, and the links of a skip list that stand above them.
 *
 *   chunk:    node count u8 | capacity u8 | level u8 | 0     chunk before u32
 *             lowest score f64
 *             entries u32 | 0 u32
 *             (forward u32, span u32) x level
 *   entries:  scores f64 x capacity
 *             nodes u32 x capacity
 *   head:     0 u8 | 0 u8 | levels in use u8 | 0             last chunk u32
 *             node count of the list u32 | the owner's word
 *             0 u64
 *             (forward u32, span u32) x LEVEL_MAX
 *
 * The head has its links where a chunk has them, so a search needs no special case. All that a search
 * looks at on its way is 32 bytes for most chunks, and these blocks lie close together; scores and
 * nodes are elsewhere, the scores side by side.
 *
 * Always true: the scores are those of the nodes, in order; the lowest score is the first one's.
 *
 * @module
 */

import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import type { MemberNodes } from "./member_nodes.ts";

/** Levels enough for as many chunks as there are references. */
export const LEVEL_MAX = 16;
/** Word of a head that counts the nodes of the list. */
export const NODE_COUNT_WORD = 2;
/** Word of the first link, in chunks and heads. */
export const LINKS_WORD = 6;

const HEADER_BYTES = 24;
const LINK_BYTES = 8;
const HEAD_BYTES = HEADER_BYTES + LEVEL_MAX * LINK_BYTES;
/** A score and a node. */
const ENTRY_BYTES = 12;
const BEFORE_WORD = 1;
const ENTRIES_WORD = 4;

/** Reads and writes chunks. */
export class Chunks {
  readonly #arena: Arena;
  readonly #nodes: MemberNodes;

  constructor(arena: Arena, nodes: MemberNodes) {
    this.#arena = arena;
    this.#nodes = nodes;
  }

  /** Allocates an empty chunk; its links are for the caller to write. */
  create(level: number, capacity: number): Ref {
    const chunk = this.#arena.allocate(HEADER_BYTES + level * LINK_BYTES);
    this.setWord(chunk, 0, (capacity << 8) | (level << 16));
    this.setWord(chunk, BEFORE_WORD, 0);
    this.setWord(chunk, ENTRIES_WORD, this.#arena.allocate(capacity * ENTRY_BYTES));
    this.setWord(chunk, ENTRIES_WORD + 1, 0);
    return chunk;
  }

  /** Frees a chunk, but not its nodes. */
  free(chunk: Ref): void {
    this.#arena.free(this.#entriesOf(chunk));
    this.#arena.free(chunk);
  }

  /** Gives a chunk more room. */
  enlarge(chunk: Ref, capacity: number): void {
    const count = this.countOf(chunk), old = this.#entriesOf(chunk);
    const oldCapacity = this.capacityOf(chunk);
    const entries = this.#arena.allocate(capacity * ENTRY_BYTES);
    const { doubles, words } = this.#arena;
    for (let index = 0; index < count; index++) {
      doubles[entries >>> PAGE_SHIFT][(entries & GRANULE_MASK) + index] =
        doubles[old >>> PAGE_SHIFT][(old & GRANULE_MASK) + index];
      words[entries >>> PAGE_SHIFT][nodesIndex(entries, capacity) + index] =
        words[old >>> PAGE_SHIFT][nodesIndex(old, oldCapacity) + index];
    }
    this.#arena.free(old);
    this.setWord(chunk, ENTRIES_WORD, entries);
    this.setWord(chunk, 0, count | (capacity << 8) | (this.levelOf(chunk) << 16));
  }

  /** Moves a chunk off a page that is being emptied; returns where it is now. */
  moveOut(chunk: Ref): Ref {
    this.setWord(chunk, ENTRIES_WORD, this.#arena.moveOut(this.#entriesOf(chunk)));
    return this.#arena.moveOut(chunk);
  }

  /** Bytes of a chunk in the arena. */
  bytesOf(chunk: Ref): number {
    return this.#arena.capacityOf(chunk) + this.#arena.capacityOf(this.#entriesOf(chunk));
  }

  /** Allocates a head without links. */
  createHead(): Ref {
    const head = this.#arena.allocate(HEAD_BYTES), word = (head & GRANULE_MASK) << 1;
    this.#arena.words[head >>> PAGE_SHIFT].fill(0, word, word + (HEAD_BYTES >>> 2));
    return head;
  }

  /** A word of a chunk or head. */
  word(chunk: Ref, index: number): number {
    return this.#arena.words[chunk >>> PAGE_SHIFT][((chunk & GRANULE_MASK) << 1) + index];
  }

  /** Writes it. */
  setWord(chunk: Ref, index: number, value: number): void {
    this.#arena.words[chunk >>> PAGE_SHIFT][((chunk & GRANULE_MASK) << 1) + index] = value;
  }

  /** Nodes in a chunk. */
  countOf(chunk: Ref): number {
    return this.word(chunk, 0) & 0xff;
  }

  /** Room of a chunk. */
  capacityOf(chunk: Ref): number {
    return (this.word(chunk, 0) >>> 8) & 0xff;
  }

  /** Links of a chunk, or of a head those in use. */
  levelOf(chunk: Ref): number {
    return this.word(chunk, 0) >>> 16;
  }

  /** The chunk before another, or 0; of a head the last one. */
  before(chunk: Ref): Ref {
    return this.word(chunk, BEFORE_WORD);
  }

  /** Changes it. */
  setBefore(chunk: Ref, before: Ref): void {
    this.setWord(chunk, BEFORE_WORD, before);
  }

  /** The next chunk on a level, or 0. */
  forward(chunk: Ref, level: number): Ref {
    return this.word(chunk, LINKS_WORD + (level << 1));
  }

  /** Nodes from the first one of a chunk to the first one of the next chunk on a level. */
  span(chunk: Ref, level: number): number {
    return this.word(chunk, LINKS_WORD + (level << 1) + 1);
  }

  /** Writes a link. */
  setLink(chunk: Ref, level: number, forward: Ref, span: number): void {
    this.setWord(chunk, LINKS_WORD + (level << 1), forward);
    this.setWord(chunk, LINKS_WORD + (level << 1) + 1, span);
  }

  /** Changes where a link leads. */
  setForward(chunk: Ref, level: number, forward: Ref): void {
    this.setWord(chunk, LINKS_WORD + (level << 1), forward);
  }

  /** Adds to a span. */
  addToSpan(chunk: Ref, level: number, added: number): void {
    const words = this.#arena.words[chunk >>> PAGE_SHIFT];
    words[((chunk & GRANULE_MASK) << 1) + LINKS_WORD + (level << 1) + 1] += added;
  }

  /** The score of the first node. */
  lowestOf(chunk: Ref): number {
    return this.#arena.doubles[chunk >>> PAGE_SHIFT][(chunk & GRANULE_MASK) + 1];
  }

  /** The score at an index. */
  scoreAt(chunk: Ref, index: number): number {
    const entries = this.#entriesOf(chunk);
    return this.#arena.doubles[entries >>> PAGE_SHIFT][(entries & GRANULE_MASK) + index];
  }

  /** The node at an index. */
  nodeAt(chunk: Ref, index: number): Ref {
    const entries = this.#entriesOf(chunk), words = this.#arena.words[entries >>> PAGE_SHIFT];
    return words[nodesIndex(entries, this.capacityOf(chunk)) + index];
  }

  /**
   * How many scores of a chunk are below one: the index where it belongs.
   *
   * @param isEqualBelow Whether equal scores count.
   */
  countBelow(chunk: Ref, score: number, isEqualBelow: boolean): number {
    const entries = this.#entriesOf(chunk);
    const doubles = this.#arena.doubles[entries >>> PAGE_SHIFT], first = entries & GRANULE_MASK;
    let low = 0, high = this.countOf(chunk);
    while (low < high) {
      const middle = (low + high) >>> 1, other = doubles[first + middle];
      if (other < score || (isEqualBelow && other === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of a node that is there. @param guess Looked at first. */
  indexOf(chunk: Ref, node: Ref, guess: number): number {
    const entries = this.#entriesOf(chunk), words = this.#arena.words[entries >>> PAGE_SHIFT];
    const first = nodesIndex(entries, this.capacityOf(chunk));
    if (guess < this.countOf(chunk) && words[first + guess] === node) return guess;
    let at = first;
    while (words[at] !== node) at++;
    return at - first;
  }

  /** Puts a node at an index; there is room. */
  insertAt(chunk: Ref, index: number, node: Ref, score: number): void {
    const count = this.countOf(chunk);
    this.#shift(chunk, index, count, 1);
    this.#setEntry(chunk, index, node, score);
    this.#setCount(chunk, count + 1);
  }

  /** Takes nodes out. */
  removeAt(chunk: Ref, index: number, removedCount: number): void {
    const count = this.countOf(chunk);
    this.#shift(chunk, index + removedCount, count, -removedCount);
    this.#setCount(chunk, count - removedCount);
  }

  /** Changes the score at an index. */
  setScoreAt(chunk: Ref, index: number, score: number): void {
    const entries = this.#entriesOf(chunk);
    this.#arena.doubles[entries >>> PAGE_SHIFT][(entries & GRANULE_MASK) + index] = score;
    if (index === 0) this.#noteLowest(chunk);
  }

  /** Moves the nodes from an index on behind those of another chunk, which has room for them. */
  moveTail(from: Ref, index: number, to: Ref): void {
    const count = this.countOf(from), toCount = this.countOf(to);
    for (let at = index; at < count; at++) {
      this.#setEntry(to, toCount + at - index, this.nodeAt(from, at), this.scoreAt(from, at));
    }
    this.#setCount(to, toCount + count - index);
    this.#setCount(from, index);
  }

  /** Puts a node's new block where its old one stood. */
  replaceNode(chunk: Ref, old: Ref, moved: Ref): void {
    const entries = this.#entriesOf(chunk), index = this.indexOf(chunk, old, 0);
    const at = nodesIndex(entries, this.capacityOf(chunk)) + index;
    this.#arena.words[entries >>> PAGE_SHIFT][at] = moved;
  }

  /** Has the nodes know that they stand in this chunk. */
  adoptNodes(chunk: Ref): void {
    for (let index = this.countOf(chunk) - 1; index >= 0; index--) {
      this.#nodes.setChunk(this.nodeAt(chunk, index), chunk);
    }
  }

  #entriesOf(chunk: Ref): Ref {
    return this.word(chunk, ENTRIES_WORD);
  }

  #setEntry(chunk: Ref, index: number, node: Ref, score: number): void {
    const entries = this.#entriesOf(chunk), page = entries >>> PAGE_SHIFT;
    this.#arena.doubles[page][(entries & GRANULE_MASK) + index] = score;
    this.#arena.words[page][nodesIndex(entries, this.capacityOf(chunk)) + index] = node;
    this.#nodes.setChunk(node, chunk);
  }

  #setCount(chunk: Ref, count: number): void {
    this.setWord(chunk, 0, (this.word(chunk, 0) & ~0xff) | count);
    this.#noteLowest(chunk);
  }

  #noteLowest(chunk: Ref): void {
    const lowest = this.scoreAt(chunk, 0);
    this.#arena.doubles[chunk >>> PAGE_SHIFT][(chunk & GRANULE_MASK) + 1] = lowest;
  }

  /** Moves the entries from `from` to `count` up or down. */
  #shift(chunk: Ref, from: number, count: number, by: number): void {
    const entries = this.#entriesOf(chunk), page = entries >>> PAGE_SHIFT;
    const doubles = this.#arena.doubles[page], words = this.#arena.words[page];
    const scores = entries & GRANULE_MASK, nodes = nodesIndex(entries, this.capacityOf(chunk));
    if (by > 0) {
      for (let at = count - 1; at >= from; at--) {
        doubles[scores + at + by] = doubles[scores + at];
        words[nodes + at + by] = words[nodes + at];
      }
    } else {
      for (let at = from; at < count; at++) {
        doubles[scores + at + by] = doubles[scores + at];
        words[nodes + at + by] = words[nodes + at];
      }
    }
  }
}

/** Where in the page's words the nodes of some entries begin. */
function nodesIndex(entries: Ref, capacity: number): number {
  return ((entries & GRANULE_MASK) + capacity) << 1;
}
