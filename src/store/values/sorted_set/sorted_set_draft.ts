/**
 * Sorted set draft: members gathered in any order, their scores still changing, and sorted once.
 *
 * To insert a million members one by one into a skip list is a million searches through memory. A
 * draft only looks members up by their bytes; at the end it sorts, and either tells the members in
 * order or links them behind one another into a sorted set.
 *
 * Always true: between `begin` and `finish` or `discard` it owns memory in the arena.
 * Cost: O(n log n) comparisons, most of them of numbers side by side.
 *
 * @module
 */

import { ByteView } from "../../../base/byte_view.ts";
import type { CollectionEnvironment } from "../collection.ts";
import { IndexedScores } from "./indexed_scores.ts";
import type { SortedSetValue } from "./sorted_set_value.ts";

/** Room for so many members is kept. */
const KEPT_NODE_COUNT = 1024;

/** Gathers, sorts, and makes a sorted set. */
export class SortedSetDraft {
  /** Members gathered. */
  count = 0;
  /** The score of the member that `find` has found. */
  score = 0;

  readonly #indexed: IndexedScores;
  #nodes: Int32Array = new Int32Array(KEPT_NODE_COUNT);
  #foundNode = 0;
  #memberBytes = 0;
  #memberBytesMax = 0;
  /** Whether all members came in order, or all in the opposite one. */
  #isAscending = true;
  #isDescending = true;
  /** Members that are linked already. */
  #linkedCount = 0;
  readonly #left = new ByteView();
  readonly #right = new ByteView();

  #isBegun = false;

  constructor(environment: CollectionEnvironment) {
    this.#indexed = new IndexedScores(environment);
  }

  /** Starts anew; frees what was left behind by a command that failed. */
  begin(): this {
    if (this.#isBegun) this.discard();
    this.#indexed.create();
    this.#isBegun = true;
    this.count =
      this.#memberBytes =
      this.#memberBytesMax =
      this.#linkedCount =
        0;
    this.#isAscending = this.#isDescending = true;
    return this;
  }

  /** Looks for a member. */
  find(member: ByteView): boolean {
    const node = this.#indexed.find(member);
    this.#foundNode = node;
    if (node !== 0) this.score = this.#indexed.scoreAt(node);
    return node !== 0;
  }

  /** Adds the member that `find` has just missed; its bytes are copied. */
  addMissed(member: ByteView, score: number): void {
    if (this.count === this.#nodes.length) {
      const longer = new Int32Array(this.count * 2);
      longer.set(this.#nodes);
      this.#nodes = longer;
    }
    const node = this.#indexed.addLoose(member, score);
    if (this.count > 0 && (this.#isAscending || this.#isDescending)) this.#noteOrder(member, score);
    this.#nodes[this.count++] = node;
    const memberBytes = member.byteCount;
    this.#memberBytes += memberBytes;
    if (memberBytes > this.#memberBytesMax) this.#memberBytesMax = memberBytes;
  }

  /** Gives the member that `find` has just found another score. */
  updateFound(score: number): void {
    this.#indexed.setLooseScore(this.#foundNode, score);
    this.#isAscending = this.#isDescending = false;
  }

  /** Puts the members in order; nothing is added afterwards. */
  sort(): void {
    if (this.#isAscending) return;
    if (this.#isDescending) {
      this.#nodes.subarray(0, this.count).reverse();
      return;
    }
    const indexed = this.#indexed, nodes = this.#nodes, count = this.count;
    const scores = new Float64Array(count), order = new Uint32Array(count);
    for (let index = 0; index < count; index++) {
      scores[index] = indexed.scoreAt(nodes[index]);
      order[index] = index;
    }
    order.sort((left, right) => this.#compare(scores, left, right));
    const sorted = new Int32Array(nodes.length);
    for (let index = 0; index < count; index++) sorted[index] = nodes[order[index]];
    this.#nodes = sorted;
  }

  /** Points a view at the member of a number: its rank, once sorted. */
  memberAt(index: number, into: ByteView): ByteView {
    return this.#indexed.memberAt(this.#nodes[index], into);
  }

  /** The score of the member of a number. */
  scoreAt(index: number): number {
    return this.#indexed.scoreAt(this.#nodes[index]);
  }

  /**
   * Links some of the sorted members, to finish a large sorted set in slices.
   *
   * @returns Whether there are more.
   */
  linkSome(memberCount: number): boolean {
    const from = this.#linkedCount, to = Math.min(this.count, from + memberCount);
    this.#indexed.linkLoose(this.#nodes, from, to);
    this.#linkedCount = to;
    return to < this.count;
  }

  /** Turns the sorted members into a sorted set without an entry, in the encoding of its size. */
  finish(into: SortedSetValue): void {
    this.linkSome(this.count);
    into.adopt(this.#indexed, this.count, this.#memberBytesMax, this.#memberBytes);
    this.#end();
  }

  /** Frees all. */
  discard(): void {
    while (this.#indexed.freeSome());
    this.#end();
  }

  #end(): void {
    this.#isBegun = false;
    if (this.#nodes.length > KEPT_NODE_COUNT) this.#nodes = new Int32Array(KEPT_NODE_COUNT);
  }

  /** Compares a member that is added with the one added before. */
  #noteOrder(member: ByteView, score: number): void {
    const indexed = this.#indexed, before = this.#nodes[this.count - 1];
    const scoreBefore = indexed.scoreAt(before);
    const isGreater = score !== scoreBefore
      ? score > scoreBefore
      : member.compare(indexed.memberAt(before, this.#left)) > 0;
    if (isGreater) this.#isDescending = false;
    else this.#isAscending = false;
  }

  #compare(scores: Float64Array, left: number, right: number): number {
    if (scores[left] !== scores[right]) return scores[left] < scores[right] ? -1 : 1;
    const nodes = this.#nodes, indexed = this.#indexed;
    return indexed.memberAt(nodes[left], this.#left)
      .compare(indexed.memberAt(nodes[right], this.#right));
  }
}
