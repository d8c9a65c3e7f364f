/**
 * Scored members: what a sorted set asks of an encoding.
 *
 * A *position* is where a member is: something to be given back, good until the next change; 0 is
 * "none". A *rank* counts from 0 in the order of (score, bytes).
 *
 * @module
 */

import type { ByteView } from "../../../base/byte_view.ts";
import type { Random } from "../../../base/random.ts";
import type { Ref } from "../../memory/mod.ts";

/** Called with the position of a member. */
export type MemberVisitor = (position: number) => void;

/** Members with scores in one encoding; one object is pointed at one value after the other. */
export interface ScoredMembers {
  /** The block that leads to all others; changes may move it. */
  readonly root: Ref;

  /** Position of a member, or 0. Remembers the place: `insert` may follow where it found nothing. */
  find(member: ByteView): number;
  /** Points a view at a member; borrowed until the next change or call of `memberAt`. */
  memberAt(position: number, into: ByteView): ByteView;
  scoreAt(position: number): number;

  first(): number;
  last(): number;
  next(position: number): number;
  previous(position: number): number;
  /** Position of a rank, which must be there. */
  seek(rank: number): number;
  rankOf(position: number): number;
  /** Position of a member chosen evenly among `count`. */
  draw(random: Random, count: number): number;
  /** How many members have a lower score, or also the same. */
  countBelow(score: number, isEqualCounted: boolean): number;

  /** Adds the member that `find` has just missed; its bytes are copied. */
  insert(member: ByteView, score: number): void;
  /** Gives a member another score. @param member Its bytes, which lie elsewhere. */
  update(position: number, member: ByteView, score: number): void;
  /** Removes the member that `find` has just found. */
  removeFound(position: number): void;
  /** Removes the members of so many ranks, which must be there. */
  removeRange(rank: number, count: number): void;

  /** Walks on from a cursor over about so many members; returns the next cursor, 0 at the end. */
  scan(cursor: number, wantedCount: number, visit: MemberVisitor): number;
  /** A copy of the whole value; returns its root. */
  copy(): Ref;
  /** Frees a bounded part; returns whether there is more. */
  freeSome(): boolean;
  /** Moves blocks off pages that are being emptied; see `Collection.relocate`. */
  relocate(cursor: number, wantedCount: number): number;
  /** Bytes in the arena. @param sampleCount Members to look at; 0: all. */
  memoryBytes(sampleCount: number): number;
}
