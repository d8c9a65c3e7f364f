/**
 * Chunks: some dozen nodes side by side, and the links of a skip list that stand above them.
 *
 *   chunk:  node count u8 | capacity u8 | level u8 | 0     chunk before u32
 *           lowest score f64
 *           (forward u32, span u32) x level
 *           scores f64 x capacity
 *           nodes u32 x capacity
 *   head:   0 u8 | 0 u8 | levels in use u8 | 0             last chunk u32
 *           node count of the list u32 | the owner's word
 *           (forward u32, span u32) x LEVEL_MAX
 *
 * The head has its links where a chunk has them, so a search needs no special case. The scores of a
 * chunk stand together, apart from the nodes: to find a place in it touches a few lines of the cache.
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
export const LINKS_WORD = 4;

const HEADER_BYTES = 16;
const LINK_BYTES = 8;
const HEAD_BYTES = HEADER_BYTES + LEVEL_MAX * LINK_BYTES;
const SCORE_BYTES = 8;
const NODE_BYTES = 4;
const BEFORE_WORD = 1;

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
    const bytes = HEADER_BYTES + level * LINK_BYTES + capacity * (SCORE_BYTES + NODE_BYTES);
    const chunk = this.#arena.allocate(bytes);
    this.setWord(chunk, 0, (capacity << 8) | (level << 16));
    this.setWord(chunk, BEFORE_WORD, 0);
    return chunk;
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
    return this.#arena.doubles[chunk >>> PAGE_SHIFT][this.scoresIndex(chunk) + index];
  }

  /** The node at an index. */
  nodeAt(chunk: Ref, index: number): Ref {
    return this.#arena.words[chunk >>> PAGE_SHIFT][this.#nodesIndex(chunk) + index];
  }

  /** Where in the page's doubles the scores begin. */
  scoresIndex(chunk: Ref): number {
    return (chunk & GRANULE_MASK) + 2 + this.levelOf(chunk);
  }

  /** Index of a node that is there. @param guess Looked at first. */
  indexOf(chunk: Ref, node: Ref, guess: number): number {
    const words = this.#arena.words[chunk >>> PAGE_SHIFT], first = this.#nodesIndex(chunk);
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
    this.#arena.doubles[chunk >>> PAGE_SHIFT][this.scoresIndex(chunk) + index] = score;
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
    const at = this.#nodesIndex(chunk) + this.indexOf(chunk, old, 0);
    this.#arena.words[chunk >>> PAGE_SHIFT][at] = moved;
  }

  /** Has the nodes know that they stand in this chunk. */
  adoptNodes(chunk: Ref): void {
    for (let index = this.countOf(chunk) - 1; index >= 0; index--) {
      this.#nodes.setChunk(this.nodeAt(chunk, index), chunk);
    }
  }

  #nodesIndex(chunk: Ref): number {
    const first = this.word(chunk, 0);
    return ((chunk & GRANULE_MASK) + 2 + (first >>> 16) + ((first >>> 8) & 0xff)) << 1;
  }

  #setEntry(chunk: Ref, index: number, node: Ref, score: number): void {
    const page = chunk >>> PAGE_SHIFT;
    this.#arena.doubles[page][this.scoresIndex(chunk) + index] = score;
    this.#arena.words[page][this.#nodesIndex(chunk) + index] = node;
    this.#nodes.setChunk(node, chunk);
  }

  #setCount(chunk: Ref, count: number): void {
    this.setWord(chunk, 0, (this.word(chunk, 0) & ~0xff) | count);
    this.#noteLowest(chunk);
  }

  #noteLowest(chunk: Ref): void {
    const doubles = this.#arena.doubles[chunk >>> PAGE_SHIFT];
    doubles[(chunk & GRANULE_MASK) + 1] = doubles[this.scoresIndex(chunk)];
  }

  /** Moves the entries from `from` to `count` up or down. */
  #shift(chunk: Ref, from: number, count: number, by: number): void {
    const page = chunk >>> PAGE_SHIFT;
    const doubles = this.#arena.doubles[page], words = this.#arena.words[page];
    const scores = this.scoresIndex(chunk), nodes = this.#nodesIndex(chunk);
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
