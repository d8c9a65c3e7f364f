/**
 * Skip list: members ordered by (score, bytes), with O(log n) rank queries.
 *
 * Chosen over a balanced tree because ZRANGE walks neighbours and ZRANK needs counted links; both
 * are one field here. Members are nodes of their own, each of them also a record of the dictionary
 * that finds it by its bytes.
 *
 * *How it finds.* Every chunk is in the list of level 0, one in four also in that of level 1, one in
 * sixteen in that of level 2 ... A search runs along the highest list until the next chunk would be
 * too far, steps down one level there, and so on: about four chunks a level. A link's *span* says
 * how many nodes it passes over, so the sum on the way is the rank; a link into nothing spans the
 * rest of the list.
 *
 * *Why chunks.* Pugh's list links the nodes themselves. With a million of them nearly every step of a
 * search waits for memory, and twenty such waits were 70 % of ZADD's time. Here a link leads over
 * some dozen nodes whose scores stand side by side: the links of a million members fit into the
 * processor's cache, and only the last step leaves it.
 *
 *   head ------------------------------> [ 5.1 5.2 5.9 ] ----------------------------> nothing
 *   head -> [ 1.0 1.5 2.5 2.5 3.1 4.0 ] -> [ 5.1 5.2 5.9 ] -> [ 6.0 7.3 8.8 9.1 ] -> nothing
 *
 * A full chunk splits in two; only a list's first chunk is smaller, so that a short list is, too.
 *
 * Always true: nodes are strictly ordered, in chunks and over them; no chunk is empty; from any chunk
 * the spans of a level add up to the nodes from its first one on.
 * Cost: find, insert, remove O(log n) expected; about 18 bytes a node beside its own block.
 * Idea: Pugh 1990, and the unrolled list. Not here: which encoding a key uses.
 *
 * @module
 */

import { ByteView } from "../../../base/byte_view.ts";
import type { Random } from "../../../base/random.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import { Chunks, LEVEL_MAX, LINKS_WORD, NODE_COUNT_WORD } from "./chunks.ts";
import { MemberNodes } from "./member_nodes.ts";
import { SearchPath } from "./search_path.ts";

/** Nodes in a full chunk. */
const CHUNK_CAPACITY = 64;
/** The same in the first chunk of a short list. */
const FIRST_CAPACITY = 8;
/** A chunk with fewer nodes takes those of the next one, if both have no more than the second. */
const MERGE_COUNT = CHUNK_CAPACITY / 4;
const MERGED_COUNT_MAX = CHUNK_CAPACITY / 4 * 3;
/** Chunks that are freed in one step. */
const FREED_CHUNK_COUNT = 512;

const OWNER_WORD = 3;

/** An ordered list in the arena; one object is pointed at one list after the other. */
export class SkipList {
  /** The block that the list begins with; only `relocateChunks` moves it. */
  head: Ref = 0;
  /** The nodes themselves. */
  readonly nodes: MemberNodes;
  /** What `take` has taken out. */
  readonly taken: Int32Array = new Int32Array(CHUNK_CAPACITY);

  readonly #arena: Arena;
  readonly #random: Random;
  readonly #chunks: Chunks;
  readonly #path: SearchPath;
  readonly #view = new ByteView();
  /** Where in its chunk the node stands that a walk came to last. */
  #walkIndex = 0;

  /** @param random Draws levels. */
  constructor(arena: Arena, random: Random) {
    this.#arena = arena;
    this.#random = random;
    this.nodes = new MemberNodes(arena);
    this.#chunks = new Chunks(arena, this.nodes);
    this.#path = new SearchPath(arena, this.#chunks, this.nodes);
  }

  /** Points the object at a list. */
  open(head: Ref): this {
    this.head = head;
    return this;
  }

  /** Allocates an empty list and points the object at it. */
  create(): Ref {
    return this.head = this.#chunks.createHead();
  }

  /** Frees some hundred chunks, but no nodes; at last the head. Returns whether there is more. */
  freeSome(): boolean {
    const head = this.head;
    let chunk = this.#chunks.forward(head, 0);
    for (let count = 0; chunk !== 0 && count < FREED_CHUNK_COUNT; count++) {
      const next = this.#chunks.forward(chunk, 0);
      this.#chunks.free(chunk);
      chunk = next;
    }
    this.#chunks.setLink(head, 0, chunk, 0);
    if (chunk === 0) this.#arena.free(head);
    return chunk !== 0;
  }

  /** Nodes in the list. */
  get count(): number {
    return this.#chunks.word(this.head, NODE_COUNT_WORD);
  }

  /** A word that whoever owns the list keeps with it. */
  get ownerWord(): number {
    return this.#chunks.word(this.head, OWNER_WORD);
  }

  set ownerWord(value: number) {
    this.#chunks.setWord(this.head, OWNER_WORD, value);
  }

  /** Bytes of head and chunks, for statistics. */
  get indexBytes(): number {
    let bytes = this.#arena.capacityOf(this.head);
    let chunk = this.#chunks.forward(this.head, 0);
    for (; chunk !== 0; chunk = this.#chunks.forward(chunk, 0)) {
      bytes += this.#chunks.bytesOf(chunk);
    }
    return bytes;
  }

  // Walks.

  /** The node with the lowest score, or 0. */
  get first(): Ref {
    const chunk = this.#chunks.forward(this.head, 0);
    this.#walkIndex = 0;
    return chunk === 0 ? 0 : this.#chunks.nodeAt(chunk, 0);
  }

  /** The node with the highest score, or 0. */
  get last(): Ref {
    return this.#lastOf(this.#chunks.before(this.head));
  }

  /** The node behind another, or 0. */
  next(node: Ref): Ref {
    const chunk = this.nodes.chunkOf(node);
    const index = this.#chunks.indexOf(chunk, node, this.#walkIndex) + 1;
    if (index < this.#chunks.countOf(chunk)) {
      this.#walkIndex = index;
      return this.#chunks.nodeAt(chunk, index);
    }
    const next = this.#chunks.forward(chunk, 0);
    this.#walkIndex = 0;
    return next === 0 ? 0 : this.#chunks.nodeAt(next, 0);
  }

  /** The node before another, or 0. */
  previous(node: Ref): Ref {
    const chunk = this.nodes.chunkOf(node);
    const index = this.#chunks.indexOf(chunk, node, this.#walkIndex);
    if (index === 0) return this.#lastOf(this.#chunks.before(chunk));
    this.#walkIndex = index - 1;
    return this.#chunks.nodeAt(chunk, index - 1);
  }

  #lastOf(chunk: Ref): Ref {
    if (chunk === 0) return 0;
    this.#walkIndex = this.#chunks.countOf(chunk) - 1;
    return this.#chunks.nodeAt(chunk, this.#walkIndex);
  }

  // Changes.

  /** Puts a node in its place; its member is not in the list. */
  insert(node: Ref): void {
    const chunks = this.#chunks;
    const score = this.nodes.scoreOf(node), member = this.nodes.memberView(node, this.#view);
    this.#path.seek(this.head, score, member);
    let chunk = this.#path.chunks[0];
    if (chunk === this.head) chunk = this.#enterFirst();
    let index = this.#placeIn(chunk, score, member);
    if (chunks.countOf(chunk) === chunks.capacityOf(chunk)) {
      if (chunks.capacityOf(chunk) < CHUNK_CAPACITY) {
        chunks.enlarge(chunk, chunks.capacityOf(chunk) * 2);
      } else {
        const lowCount = this.#split(chunk, index);
        if (index > lowCount || chunks.countOf(chunk) === CHUNK_CAPACITY) {
          index -= lowCount;
          chunk = this.#enterNext(chunk, lowCount);
        }
      }
    }
    chunks.insertAt(chunk, index, node, score);
    this.#path.addToSpans(this.head, 1);
  }

  /** Takes a node out; it stays the caller's. */
  remove(node: Ref): void {
    const chunk = this.nodes.chunkOf(node);
    this.#path.seek(this.head, this.nodes.scoreOf(node), this.nodes.memberView(node, this.#view));
    this.#removeFrom(chunk, this.#chunks.indexOf(chunk, node, this.#walkIndex), 1);
  }

  /**
   * Takes nodes of consecutive ranks out; they stay the caller's.
   *
   * @param count Must be there.
   * @returns How many lie in `taken` now, at least one; the others have come to this rank.
   */
  take(rank: number, count: number): number {
    const chunks = this.#chunks;
    this.#path.seekRank(this.head, rank + 1);
    const chunk = this.#path.chunks[0], index = rank - this.#path.ranks[0];
    const takenCount = Math.min(count, chunks.countOf(chunk) - index);
    for (let at = 0; at < takenCount; at++) this.taken[at] = chunks.nodeAt(chunk, index + at);
    this.#removeFrom(chunk, index, takenCount);
    return takenCount;
  }

  /** Gives a node of the list another score. */
  updateScore(node: Ref, score: number): void {
    const chunks = this.#chunks, chunk = this.nodes.chunkOf(node);
    const index = chunks.indexOf(chunk, node, this.#walkIndex);
    if (this.#staysInPlace(chunk, index, score)) {
      chunks.setScoreAt(chunk, index, score);
      this.nodes.setScore(node, score);
    } else {
      this.remove(node);
      this.nodes.setScore(node, score);
      this.insert(node);
    }
  }

  /** Begins to fill an empty list by `append`. */
  beginAppend(): void {
    this.#path.restart(this.head);
  }

  /** Adds a node behind all others, which must be its place; nothing else is called meanwhile. */
  append(node: Ref): void {
    const chunks = this.#chunks;
    let chunk = chunks.before(this.head);
    if (chunk === 0) chunk = this.#enterFirst();
    const count = chunks.countOf(chunk);
    if (count === chunks.capacityOf(chunk)) {
      if (count < CHUNK_CAPACITY) {
        chunks.enlarge(chunk, chunks.capacityOf(chunk) * 2);
      } else {
        this.#split(chunk, count);
        chunk = this.#enterNext(chunk, count);
      }
    }
    chunks.insertAt(chunk, chunks.countOf(chunk), node, this.nodes.scoreOf(node));
    this.#path.addToSpans(this.head, 1);
  }

  // Ranks.

  /**
   * How many nodes lie before a node of the list.
   *
   * It counts those behind, since that way nothing is compared: from each chunk on the highest of its
   * links.
   */
  rankOf(node: Ref): number {
    const chunks = this.#chunks, chunk = this.nodes.chunkOf(node);
    let restCount = 0;
    for (let at = chunk; at !== 0;) {
      const level = chunks.levelOf(at) - 1;
      restCount += chunks.span(at, level);
      at = chunks.forward(at, level);
    }
    return this.count - restCount + chunks.indexOf(chunk, node, this.#walkIndex);
  }

  /** The node of a rank, which must be from 0 to `count` - 1. */
  nodeAt(rank: number): Ref {
    this.#path.seekRank(this.head, rank + 1);
    this.#walkIndex = rank - this.#path.ranks[0];
    return this.#chunks.nodeAt(this.#path.chunks[0], this.#walkIndex);
  }

  /** The path to the chunk before the one with a rank; good until the next call. */
  pathBefore(rank: number): SearchPath {
    this.#path.seekRank(this.head, rank + 1);
    this.#path.seekRank(this.head, this.#path.ranks[0]);
    return this.#path;
  }

  /** Takes note that a node's block has moved. */
  noteMove(old: Ref, moved: Ref): void {
    this.#chunks.replaceNode(this.nodes.chunkOf(moved), old, moved);
  }

  /** How many nodes have a lower score. @param isEqualCounted Whether those of the same score count. */
  countBelow(score: number, isEqualCounted: boolean): number {
    const { words: pages, doubles } = this.#arena;
    let chunk = this.head, rank = 0;
    for (let link = LINKS_WORD + ((this.#levelCount - 1) << 1); link >= LINKS_WORD; link -= 2) {
      for (;;) {
        const words = pages[chunk >>> PAGE_SHIFT], at = ((chunk & GRANULE_MASK) << 1) + link;
        const next = words[at];
        if (next === 0) break;
        const lowest = doubles[next >>> PAGE_SHIFT][(next & GRANULE_MASK) + 1];
        if (!(lowest < score || (isEqualCounted && lowest === score))) break;
        rank += words[at + 1];
        chunk = next;
      }
    }
    if (chunk === this.head) return 0;
    return rank + this.#chunks.countBelow(chunk, score, isEqualCounted);
  }

  /**
   * How many nodes have a lower member; asked of a list where all scores are the same.
   *
   * @param isEqualCounted Whether the same member counts.
   */
  countBelowMember(member: ByteView, isEqualCounted: boolean): number {
    const chunks = this.#chunks, orderMax = isEqualCounted ? 0 : -1;
    const isBelow = (node: Ref) => Math.sign(this.nodes.compareMember(node, member)) <= orderMax;
    let chunk = this.head, rank = 0;
    for (let level = this.#levelCount - 1; level >= 0; level--) {
      for (;;) {
        const next = chunks.forward(chunk, level);
        if (next === 0 || !isBelow(chunks.nodeAt(next, 0))) break;
        rank += chunks.span(chunk, level);
        chunk = next;
      }
    }
    if (chunk === this.head) return 0;
    let low = 0, high = chunks.countOf(chunk);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBelow(chunks.nodeAt(chunk, middle))) low = middle + 1;
      else high = middle;
    }
    return rank + low;
  }

  // Private.

  get #levelCount(): number {
    return this.#chunks.levelOf(this.head);
  }

  /** Each level has a quarter of the chunks of the one below. */
  #drawLevel(): number {
    const level = (Math.clz32(this.#random.nextUint32()) >>> 1) + 1;
    return level > LEVEL_MAX ? LEVEL_MAX : level;
  }

  /** Index in a chunk where (score, member) belongs. */
  #placeIn(chunk: Ref, score: number, member: ByteView): number {
    const chunks = this.#chunks;
    let low = chunks.countBelow(chunk, score, false);
    if (low === chunks.countOf(chunk) || chunks.scoreAt(chunk, low) !== score) return low;
    // Among equal scores the bytes decide.
    let high = chunks.countBelow(chunk, score, true);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.nodes.compareMember(chunks.nodeAt(chunk, middle), member) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #staysInPlace(chunk: Ref, index: number, score: number): boolean {
    const chunks = this.#chunks;
    const before = chunks.before(chunk), after = chunks.forward(chunk, 0);
    const lower = index > 0
      ? chunks.scoreAt(chunk, index - 1)
      : before === 0
      ? undefined
      : chunks.scoreAt(before, chunks.countOf(before) - 1);
    if (lower !== undefined && lower >= score) return false;
    if (index + 1 < chunks.countOf(chunk)) return chunks.scoreAt(chunk, index + 1) > score;
    return after === 0 || chunks.lowestOf(after) > score;
  }

  /** Leads the path to the first chunk, which is made if there is none. */
  #enterFirst(): Ref {
    const chunks = this.#chunks, head = this.head;
    let first = chunks.forward(head, 0);
    if (first === 0) {
      const level = this.#drawLevel();
      first = chunks.create(level, FIRST_CAPACITY);
      for (let index = 0; index < level; index++) {
        chunks.setLink(first, index, 0, 0);
        chunks.setLink(head, index, first, 0);
      }
      this.#setLevelCount(level);
      chunks.setBefore(head, first);
    }
    this.#path.enter(first, 0);
    return first;
  }

  /** Leads the path to the chunk behind one with so many nodes, where it leads now. */
  #enterNext(chunk: Ref, nodeCount: number): Ref {
    const next = this.#chunks.forward(chunk, 0);
    this.#path.enter(next, this.#path.ranks[0] + nodeCount);
    return next;
  }

  /**
   * Splits the full chunk where the path leads: in the middle, but behind its end if the list grows
   * there.
   *
   * @param index Where the next node will be inserted.
   * @returns How many nodes stay.
   */
  #split(chunk: Ref, index: number): number {
    const chunks = this.#chunks, head = this.head;
    const isGrowingAtEnd = index === CHUNK_CAPACITY && chunks.forward(chunk, 0) === 0;
    const keptCount = isGrowingAtEnd ? CHUNK_CAPACITY : CHUNK_CAPACITY >>> 1;
    const level = this.#drawLevel(), high = chunks.create(level, CHUNK_CAPACITY);
    for (let levelCount = this.#levelCount; levelCount < level; levelCount++) {
      this.#path.chunks[levelCount] = head;
      this.#path.ranks[levelCount] = 0;
      chunks.setLink(head, levelCount, 0, this.count);
    }
    if (level > this.#levelCount) this.#setLevelCount(level);
    const rank = this.#path.ranks[0] + keptCount, after = chunks.forward(chunk, 0);
    for (let index = 0; index < level; index++) {
      const before = this.#path.chunks[index], distance = rank - this.#path.ranks[index];
      const restSpan = chunks.span(before, index) - distance;
      chunks.setLink(high, index, chunks.forward(before, index), restSpan);
      chunks.setLink(before, index, high, distance);
    }
    chunks.setBefore(high, chunk);
    chunks.setBefore(after === 0 ? head : after, high);
    chunks.moveTail(chunk, keptCount, high);
    return keptCount;
  }

  /** Takes nodes out of the chunk where the path leads. */
  #removeFrom(chunk: Ref, index: number, removedCount: number): void {
    const chunks = this.#chunks;
    chunks.removeAt(chunk, index, removedCount);
    this.#path.addToSpans(this.head, -removedCount);
    const count = chunks.countOf(chunk);
    if (count === 0) {
      this.#path.seekRank(this.head, this.#path.ranks[0]);
      this.#unlink(chunk);
    } else if (count < MERGE_COUNT) {
      this.#mergeNext(chunk);
    }
  }

  /** Moves the nodes of the next chunk into one with few, if both together leave some room. */
  #mergeNext(chunk: Ref): void {
    const chunks = this.#chunks, next = chunks.forward(chunk, 0);
    // The first chunk of a list that is taken from the front will soon be empty anyway.
    if (next === 0 || chunks.before(chunk) === 0) return;
    if (chunks.countOf(chunk) + chunks.countOf(next) > MERGED_COUNT_MAX) return;
    chunks.moveTail(next, 0, chunk);
    this.#unlink(next);
  }

  /** Unlinks and frees a chunk without nodes that follows the path on all its levels. */
  #unlink(chunk: Ref): void {
    const chunks = this.#chunks, head = this.head;
    const before = chunks.before(chunk), after = chunks.forward(chunk, 0);
    for (let level = chunks.levelOf(chunk) - 1; level >= 0; level--) {
      const left = this.#path.chunks[level];
      const span = chunks.span(left, level) + chunks.span(chunk, level);
      chunks.setLink(left, level, chunks.forward(chunk, level), span);
    }
    chunks.setBefore(after === 0 ? head : after, before);
    chunks.free(chunk);
    let levelCount = this.#levelCount;
    while (levelCount > 0 && chunks.forward(head, levelCount - 1) === 0) levelCount--;
    this.#setLevelCount(levelCount);
  }

  #setLevelCount(levelCount: number): void {
    this.#chunks.setWord(this.head, 0, levelCount << 16);
  }
}
