/**
 * Search path: the way that a search took through a skip list, one chunk for each level.
 *
 * It is what a change needs to know: which links lead over the place, and how far it is from each.
 *
 * Always true: behind a search, no chunk of a level lies between that level's chunk in the path and
 * the place sought.
 *
 * @module
 */

import type { ByteView } from "../../../base/byte_view.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import { type Chunks, LEVEL_MAX, LINKS_WORD, NODE_COUNT_WORD } from "./chunks.ts";
import type { MemberNodes } from "./member_nodes.ts";

/** A path; one serves all searches. */
export class SearchPath {
  /** The last chunk not behind the place sought, on each level; or the head. */
  readonly chunks: Int32Array = new Int32Array(LEVEL_MAX);
  /** Ranks of their first nodes. */
  readonly ranks: Int32Array = new Int32Array(LEVEL_MAX);

  readonly #arena: Arena;
  readonly #chunks: Chunks;
  readonly #nodes: MemberNodes;

  constructor(arena: Arena, chunks: Chunks, nodes: MemberNodes) {
    this.#arena = arena;
    this.#chunks = chunks;
    this.#nodes = nodes;
  }

  /** Goes back to the beginning of a list. */
  restart(head: Ref): void {
    this.chunks.fill(head);
    this.ranks.fill(0);
  }

  /** Leads to the last chunk whose first node is not above (score, member). */
  seek(head: Ref, score: number, member: ByteView): void {
    const { words: pages, doubles } = this.#arena;
    const path = this.chunks, ranks = this.ranks;
    let chunk = head, rank = 0;
    /** The chunk that ended the search one level above: it needs no second look. */
    let bound = 0;
    for (let level = this.#chunks.levelOf(head) - 1; level >= 0; level--) {
      const link = LINKS_WORD + (level << 1);
      for (;;) {
        const words = pages[chunk >>> PAGE_SHIFT], at = ((chunk & GRANULE_MASK) << 1) + link;
        const next = words[at];
        if (next === bound) break;
        const lowest = doubles[next >>> PAGE_SHIFT][(next & GRANULE_MASK) + 1];
        const isAbove = lowest > score || (lowest === score &&
          this.#nodes.compareMember(this.#chunks.nodeAt(next, 0), member) > 0);
        if (isAbove) {
          bound = next;
          break;
        }
        rank += words[at + 1];
        chunk = next;
      }
      path[level] = chunk;
      ranks[level] = rank;
    }
    if (chunk === head) path[0] = chunk; // an empty list has no level
  }

  /** Leads to the last chunk whose first node has a lower rank than this. */
  seekRank(head: Ref, rank: number): void {
    const chunks = this.#chunks;
    let chunk = head, passedCount = 0;
    for (let level = chunks.levelOf(head) - 1; level >= 0; level--) {
      for (;;) {
        const next = chunks.forward(chunk, level);
        const nextCount = passedCount + chunks.span(chunk, level);
        if (next === 0 || nextCount >= rank) break;
        passedCount = nextCount;
        chunk = next;
      }
      this.chunks[level] = chunk;
      this.ranks[level] = passedCount;
    }
  }

  /** Steps on to a chunk on all its levels, where it is the next. @param rank Of its first node. */
  enter(chunk: Ref, rank: number): void {
    for (let level = this.#chunks.levelOf(chunk) - 1; level >= 0; level--) {
      this.chunks[level] = chunk;
      this.ranks[level] = rank;
    }
  }

  /** Counts nodes that come to or leave the chunk at the end of the path. */
  addToSpans(head: Ref, added: number): void {
    const chunks = this.#chunks;
    for (let level = chunks.levelOf(head) - 1; level >= 0; level--) {
      chunks.addToSpan(this.chunks[level], level, added);
    }
    chunks.setWord(head, NODE_COUNT_WORD, chunks.word(head, NODE_COUNT_WORD) + added);
  }
}
