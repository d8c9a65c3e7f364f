/**
 * Skip list: members ordered by (score, bytes), with O(log n) rank queries.
 *
 * Chosen over a balanced tree because ZRANGE walks neighbours and ZRANK needs counted links; both
 * are one field here. A node is one block of the arena and begins as a record of `Dictionary` does,
 * so the same block is what the index of members finds: a million members are a million blocks.
 *
 *   node:  member offset u8 | member length u8 | level u8 | 0     backward u32
 *          score f64
 *          (forward u32, span u32) x level
 *          [ unused u32 | member length u32 ]     if the member is long, as `Dictionary` wants it
 *          member
 *   head:  0 u8 | 0 u8 | levels in use u8 | 0     last node u32
 *          node count u32 | the owner's word
 *          (forward u32, span u32) x LEVEL_MAX
 *
 * *How it finds.* Every node is in the list of level 0, one in four also in that of level 1, one in
 * sixteen in that of level 2 ... A search runs along the highest list until the next node would be
 * too far, steps down one level there, and so on: about four nodes a level. A link's *span* says
 * how many nodes it passes over, so the sum on the way is the rank; a link into nothing spans the
 * rest of the list.
 *
 * A node keeps its level for life, since a level is drawn without looking at anything: so another
 * score relinks the node and allocates nothing.
 *
 * Always true: level 0 is strictly ordered; from any node the spans of any level add up to the nodes
 * behind it; `backward` mirrors level 0.
 * Cost: find, insert, remove O(log n) expected; a range of k is unlinked in O(log n) and freed in
 * O(k); 26.7 bytes a node on average beside its member.
 * Idea: Pugh 1990. Not here: the index of members, and which encoding a key uses.
 *
 * @module
 */

import { type ByteView, copyBytes } from "../../base/byte_view.ts";
import type { Random } from "../../base/random.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import { LONG_KEY_LENGTH } from "./dictionary.ts";

/** Levels enough for as many nodes as there are references. */
const LEVEL_MAX = 16;

const LINKS_BYTES = 16;
/** The word of a node where its links begin. */
export const LINKS_WORD = 4;
const LINK_BYTES = 8;
const LONG_LENGTH_BYTES = 8;
const HEAD_BYTES = LINKS_BYTES + LEVEL_MAX * LINK_BYTES;

/** An ordered list in the arena; one object is pointed at one list after the other. */
export class SkipList {
  /** The block that the list begins with; only `relocateNodes` moves it. */
  head: Ref = 0;

  readonly #arena: Arena;
  readonly #random: Random;
  /** The last node before the place sought, on each level. */
  readonly #path = new Int32Array(LEVEL_MAX);
  /** How many nodes lie up to there, that one included. */
  readonly #pathRanks = new Int32Array(LEVEL_MAX);

  /** @param random Draws levels. */
  constructor(arena: Arena, random: Random) {
    this.#arena = arena;
    this.#random = random;
  }

  /** Points the object at a list. */
  open(head: Ref): this {
    this.head = head;
    return this;
  }

  /** Allocates an empty list and points the object at it; the caller frees the head. */
  create(): Ref {
    const head = this.#arena.allocate(HEAD_BYTES);
    const word = (head & GRANULE_MASK) << 1;
    this.#arena.words[head >>> PAGE_SHIFT].fill(0, word, word + (HEAD_BYTES >>> 2));
    this.head = head;
    return head;
  }

  /** Nodes in the list. */
  get count(): number {
    return this.#word(this.head, 2);
  }

  /** A word that whoever owns the list keeps with it. */
  get ownerWord(): number {
    return this.#word(this.head, 3);
  }

  set ownerWord(value: number) {
    this.#setWord(this.head, 3, value);
  }

  // Nodes.

  /**
   * Allocates a node that is in no list yet; it stays the caller's to free.
   *
   * @param member `member[start, end)`, copied.
   */
  createNode(score: number, member: Uint8Array, start: number, end: number): Ref {
    const arena = this.#arena;
    const level = this.#drawLevel(), memberBytes = end - start;
    const isLong = memberBytes >= LONG_KEY_LENGTH;
    const offset = LINKS_BYTES + level * LINK_BYTES + (isLong ? LONG_LENGTH_BYTES : 0);
    const node = arena.allocate(offset + memberBytes);
    const page = node >>> PAGE_SHIFT, granule = node & GRANULE_MASK;
    const words = arena.words[page];
    words[granule << 1] = offset | ((isLong ? LONG_KEY_LENGTH : memberBytes) << 8) | (level << 16);
    words[(granule << 1) + 1] = 0;
    arena.doubles[page][granule + 1] = score;
    if (isLong) words[(granule << 1) + (offset >>> 2) - 1] = memberBytes;
    copyBytes(member, start, end, arena.pages[page], (granule << 3) + offset);
    return node;
  }

  /** A node's score. */
  scoreOf(node: Ref): number {
    return this.#arena.doubles[node >>> PAGE_SHIFT][(node & GRANULE_MASK) + 1];
  }

  /** Changes the score of a node that is in no list. */
  setScore(node: Ref, score: number): void {
    this.#arena.doubles[node >>> PAGE_SHIFT][(node & GRANULE_MASK) + 1] = score;
  }

  /** Points a view at a node's member; borrowed until the node is freed. */
  memberView(node: Ref, into: ByteView): ByteView {
    const bytes = this.#arena.pages[node >>> PAGE_SHIFT];
    const at = (node & GRANULE_MASK) << 3;
    const start = at + bytes[at];
    let memberBytes = bytes[at + 1];
    if (memberBytes === LONG_KEY_LENGTH) memberBytes = this.#longBytesOf(node);
    return into.set(bytes, start, start + memberBytes);
  }

  /** The node with the lowest score, or 0. */
  get first(): Ref {
    return this.#word(this.head, LINKS_WORD);
  }

  /** The node with the highest score, or 0. */
  get last(): Ref {
    return this.#word(this.head, 1);
  }

  /** The node behind another, or 0. */
  next(node: Ref): Ref {
    return this.#word(node, LINKS_WORD);
  }

  /** The node before another, or 0. */
  previous(node: Ref): Ref {
    return this.#word(node, 1);
  }

  // Changes.

  /** Links a node, whose member is not in the list. */
  insert(node: Ref): void {
    this.#seekNode(node);
    this.#link(node);
  }

  /** Unlinks a node; the block is the caller's. */
  remove(node: Ref): void {
    this.#seekNode(node);
    this.#unlink(node);
  }

  /** Gives a node of the list another score. */
  updateScore(node: Ref, score: number): void {
    const next = this.next(node), previous = this.previous(node);
    const staysInPlace = (previous === 0 || this.scoreOf(previous) < score) &&
      (next === 0 || this.scoreOf(next) > score);
    if (staysInPlace) return this.setScore(node, score);
    this.remove(node);
    this.setScore(node, score);
    this.insert(node);
  }

  /**
   * Unlinks the nodes of some ranks at once.
   *
   * @param rank Of the first, from 0.
   * @param nodeCount At least 1; the list has so many from there on.
   * @returns The first of them; `next` leads through them all, and then to 0. They are the caller's.
   */
  removeRange(rank: number, nodeCount: number): Ref {
    const head = this.head, arena = this.#arena;
    const count = this.count;
    this.#seekRank(rank);
    const before = this.#path[0];
    const first = this.#word(before, LINKS_WORD);
    // Guide: on each level, find the last node of the range and link past it.
    const end = rank + nodeCount;
    let right = head, rightRank = 0;
    for (let level = this.#levelCount - 1; level >= 0; level--) {
      const link = LINKS_WORD + (level << 1);
      for (;;) {
        const rightWords = arena.words[right >>> PAGE_SHIFT];
        const at = ((right & GRANULE_MASK) << 1) + link;
        const forward = rightWords[at], span = rightWords[at + 1];
        if (forward !== 0 && rightRank + span <= end) {
          right = forward;
          rightRank += span;
          continue;
        }
        const left = this.#path[level];
        this.#setWord(left, link, forward);
        this.#setWord(left, link + 1, rightRank + span - this.#pathRanks[level] - nodeCount);
        break;
      }
    }
    // Guide: `right` is now the last node of the range, and `before` leads to the one behind it.
    const after = this.#word(before, LINKS_WORD);
    this.#setWord(right, LINKS_WORD, 0);
    this.#setWord(after === 0 ? head : after, 1, before === head ? 0 : before);
    this.#setWord(head, 2, count - nodeCount);
    this.#dropEmptyLevels();
    return first;
  }

  /** Begins to fill an empty list by `append`. */
  beginAppend(): void {
    this.#path.fill(this.head);
    this.#pathRanks.fill(0);
  }

  /** Adds a node behind all others, which must be its place; nothing else is called meanwhile. */
  append(node: Ref): void {
    const position = this.count + 1;
    const level = this.#levelOf(node);
    if (level > this.#levelCount) this.#setWord(this.head, 0, level << 16);
    this.#setWord(node, 1, this.last);
    for (let index = 0; index < level; index++) {
      const link = LINKS_WORD + (index << 1), before = this.#path[index];
      this.#setWord(before, link, node);
      this.#setWord(before, link + 1, position - this.#pathRanks[index]);
      this.#path[index] = node;
      this.#pathRanks[index] = position;
    }
    this.#setWord(this.head, 1, node);
    this.#setWord(this.head, 2, position);
  }

  /** Ends what `beginAppend` began. */
  endAppend(): void {
    const count = this.count;
    for (let level = this.#levelCount - 1; level >= 0; level--) {
      const link = LINKS_WORD + (level << 1), before = this.#path[level];
      this.#setWord(before, link, 0);
      this.#setWord(before, link + 1, count - this.#pathRanks[level]);
    }
  }

  // Ranks.

  /**
   * How many nodes lie before a node of the list.
   *
   * It counts those behind it, since that way no scores are compared: from each node on the highest
   * of its links.
   */
  rankOf(node: Ref): number {
    let behindCount = 0;
    while (node !== 0) {
      const words = this.#arena.words[node >>> PAGE_SHIFT];
      const word = (node & GRANULE_MASK) << 1;
      const link = word + LINKS_WORD + (((words[word] >>> 16) - 1) << 1);
      behindCount += words[link + 1];
      node = words[link];
    }
    return this.count - 1 - behindCount;
  }

  /** The node of a rank, which must be from 0 to `count` - 1. */
  nodeAt(rank: number): Ref {
    this.#seekRank(rank);
    return this.#word(this.#path[0], LINKS_WORD);
  }

  /** The last node before a rank on each level in use; good until the next call. */
  pathTo(rank: number): Int32Array {
    this.#seekRank(rank);
    return this.#path;
  }

  /** How many nodes have a lower score. @param isEqualCounted Whether those of the same score count. */
  countBelow(score: number, isEqualCounted: boolean): number {
    const { words: pages, doubles } = this.#arena;
    let node = this.head, rank = 0;
    for (let link = LINKS_WORD + ((this.#levelCount - 1) << 1); link >= LINKS_WORD; link -= 2) {
      for (;;) {
        const words = pages[node >>> PAGE_SHIFT], at = ((node & GRANULE_MASK) << 1) + link;
        const next = words[at];
        if (next === 0) break;
        const nextScore = doubles[next >>> PAGE_SHIFT][(next & GRANULE_MASK) + 1];
        if (!(nextScore < score || (isEqualCounted && nextScore === score))) break;
        rank += words[at + 1];
        node = next;
      }
    }
    return rank;
  }

  /**
   * How many nodes have a lower member; asked of a list where all scores are the same.
   *
   * @param isEqualCounted Whether the same member counts.
   */
  countBelowMember(member: ByteView, isEqualCounted: boolean): number {
    const { bytes, start, end } = member;
    let node = this.head, rank = 0;
    for (let link = LINKS_WORD + ((this.#levelCount - 1) << 1); link >= LINKS_WORD; link -= 2) {
      for (;;) {
        const next = this.#word(node, link);
        if (next === 0) break;
        const order = this.#compareMember(next, bytes, start, end);
        if (order > 0 || (order === 0 && !isEqualCounted)) break;
        rank += this.#word(node, link + 1);
        node = next;
      }
    }
    return rank;
  }

  // Private.

  #word(node: Ref, index: number): number {
    return this.#arena.words[node >>> PAGE_SHIFT][((node & GRANULE_MASK) << 1) + index];
  }

  #setWord(node: Ref, index: number, value: number): void {
    this.#arena.words[node >>> PAGE_SHIFT][((node & GRANULE_MASK) << 1) + index] = value;
  }

  get #levelCount(): number {
    return this.#word(this.head, 0) >>> 16;
  }

  #levelOf(node: Ref): number {
    return this.#word(node, 0) >>> 16;
  }

  /** Each level has a quarter of the nodes of the one below. */
  #drawLevel(): number {
    const level = (Math.clz32(this.#random.nextUint32()) >>> 1) + 1;
    return level > LEVEL_MAX ? LEVEL_MAX : level;
  }

  #longBytesOf(node: Ref): number {
    return this.#word(node, ((this.#word(node, 0) & 0xff) >>> 2) - 1);
  }

  /** Order of a node's member beside `member[start, end)`: negative, 0, positive. */
  #compareMember(node: Ref, member: Uint8Array, start: number, end: number): number {
    const bytes = this.#arena.pages[node >>> PAGE_SHIFT];
    const offset = (node & GRANULE_MASK) << 3;
    let at = offset + bytes[offset];
    let memberBytes = bytes[offset + 1];
    if (memberBytes === LONG_KEY_LENGTH) memberBytes = this.#longBytesOf(node);
    const byteDifference = memberBytes - (end - start);
    const sharedEnd = byteDifference < 0 ? start + memberBytes : end;
    for (let index = start; index < sharedEnd; index++, at++) {
      const difference = bytes[at] - member[index];
      if (difference !== 0) return difference;
    }
    return byteDifference;
  }

  /** Finds the path to where a node is or belongs. */
  #seekNode(node: Ref): void {
    const bytes = this.#arena.pages[node >>> PAGE_SHIFT];
    const at = (node & GRANULE_MASK) << 3;
    const start = at + bytes[at];
    let memberBytes = bytes[at + 1];
    if (memberBytes === LONG_KEY_LENGTH) memberBytes = this.#longBytesOf(node);
    this.#seek(this.scoreOf(node), bytes, start, start + memberBytes);
  }

  /** Finds the path to the first node that is not below (score, member). */
  #seek(score: number, member: Uint8Array, start: number, end: number): void {
    const { words: pages, doubles } = this.#arena;
    const path = this.#path, ranks = this.#pathRanks;
    let node = this.head, rank = 0;
    /** The node that ended the search one level above: it needs no second look. */
    let bound = 0;
    for (let level = this.#levelCount - 1; level >= 0; level--) {
      const link = LINKS_WORD + (level << 1);
      for (;;) {
        const words = pages[node >>> PAGE_SHIFT], at = ((node & GRANULE_MASK) << 1) + link;
        const next = words[at];
        if (next === bound) break;
        const nextScore = doubles[next >>> PAGE_SHIFT][(next & GRANULE_MASK) + 1];
        const isBelow = nextScore < score ||
          (nextScore === score && this.#compareMember(next, member, start, end) < 0);
        if (!isBelow) {
          bound = next;
          break;
        }
        rank += words[at + 1];
        node = next;
      }
      path[level] = node;
      ranks[level] = rank;
    }
  }

  /** Finds the path to the node of a rank. */
  #seekRank(rank: number): void {
    const pages = this.#arena.words;
    let node = this.head, passedCount = 0;
    for (let level = this.#levelCount - 1; level >= 0; level--) {
      for (;;) {
        const words = pages[node >>> PAGE_SHIFT];
        const at = ((node & GRANULE_MASK) << 1) + LINKS_WORD + (level << 1);
        const next = words[at], nextCount = passedCount + words[at + 1];
        if (next === 0 || nextCount > rank) break;
        passedCount = nextCount;
        node = next;
      }
      this.#path[level] = node;
      this.#pathRanks[level] = passedCount;
    }
  }

  /** Links a node in where the path leads. */
  #link(node: Ref): void {
    const head = this.head, pages = this.#arena.words;
    const count = this.count, level = this.#levelOf(node);
    let levelCount = this.#levelCount;
    for (; levelCount < level; levelCount++) {
      this.#path[levelCount] = head;
      this.#pathRanks[levelCount] = 0;
      this.#setWord(head, LINKS_WORD + (levelCount << 1), 0);
      this.#setWord(head, LINKS_WORD + (levelCount << 1) + 1, count);
    }
    this.#setWord(head, 0, levelCount << 16);
    const rank = this.#pathRanks[0];
    const nodeWords = pages[node >>> PAGE_SHIFT],
      nodeLinks = ((node & GRANULE_MASK) << 1) + LINKS_WORD;
    for (let index = 0; index < levelCount; index++) {
      const before = this.#path[index];
      const words = pages[before >>> PAGE_SHIFT];
      const at = ((before & GRANULE_MASK) << 1) + LINKS_WORD + (index << 1);
      if (index >= level) {
        words[at + 1]++;
        continue;
      }
      const passedCount = rank - this.#pathRanks[index];
      nodeWords[nodeLinks + (index << 1)] = words[at];
      nodeWords[nodeLinks + (index << 1) + 1] = words[at + 1] - passedCount;
      words[at] = node;
      words[at + 1] = passedCount + 1;
    }
    const before = this.#path[0], after = nodeWords[nodeLinks];
    nodeWords[nodeLinks - LINKS_WORD + 1] = before === head ? 0 : before;
    this.#setWord(after === 0 ? head : after, 1, node);
    this.#setWord(head, 2, count + 1);
  }

  /** Unlinks the node that the path leads to. */
  #unlink(node: Ref): void {
    const head = this.head, pages = this.#arena.words;
    const nodeWords = pages[node >>> PAGE_SHIFT],
      nodeLinks = ((node & GRANULE_MASK) << 1) + LINKS_WORD;
    for (let level = this.#levelCount - 1; level >= 0; level--) {
      const before = this.#path[level];
      const words = pages[before >>> PAGE_SHIFT];
      const at = ((before & GRANULE_MASK) << 1) + LINKS_WORD + (level << 1);
      if (words[at] === node) {
        words[at] = nodeWords[nodeLinks + (level << 1)];
        words[at + 1] += nodeWords[nodeLinks + (level << 1) + 1] - 1;
      } else {
        words[at + 1]--;
      }
    }
    const after = nodeWords[nodeLinks], before = nodeWords[nodeLinks - LINKS_WORD + 1];
    this.#setWord(after === 0 ? head : after, 1, before);
    this.#setWord(head, 2, this.count - 1);
    this.#dropEmptyLevels();
  }

  #dropEmptyLevels(): void {
    let levelCount = this.#levelCount;
    while (levelCount > 0 && this.#word(this.head, LINKS_WORD + ((levelCount - 1) << 1)) === 0) {
      levelCount--;
    }
    this.#setWord(this.head, 0, levelCount << 16);
  }
}
