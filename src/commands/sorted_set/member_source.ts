/**
 * Member source: a sorted set or a set, as ZUNION and its kin look at it: members with scores, where
 * each member of a set has the score 1.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { Keyspace, SortedSetValue } from "../../store/mod.ts";

/** Called with a member, borrowed during the call, and its score; `false` ends the walk. */
export type ScoredVisitor = (member: ByteView, score: number) => boolean;

/** Members to combine. */
export interface MemberSource {
  readonly count: number;
  /** What scores are multiplied with. */
  weight: number;
  /** The score of the member that `find` has found. */
  readonly score: number;
  find(member: ByteView): boolean;
  /** Walks over all members, in any order. */
  forEach(visit: ScoredVisitor): void;
}

/** An absent key. */
class NoSource implements MemberSource {
  readonly count = 0;
  readonly score = 0;
  weight = 1;

  find(): boolean {
    return false;
  }

  forEach(): void {}
}

/** A sorted set. */
class SortedSetSource implements MemberSource {
  weight = 1;
  readonly #set: SortedSetValue;
  readonly #view = new ByteView();

  constructor(set: SortedSetValue) {
    this.#set = set;
  }

  get count(): number {
    return this.#set.count;
  }

  get score(): number {
    return this.#set.score;
  }

  find(member: ByteView): boolean {
    return this.#set.find(member);
  }

  forEach(visit: ScoredVisitor): void {
    const set = this.#set, view = this.#view;
    for (let position = set.first(); position !== 0; position = set.next(position)) {
      const score = set.scoreAt(position);
      if (!visit(set.memberAt(position, view), score)) return;
    }
  }
}

/**
 * The source that a key holds.
 *
 * @throws {RedisError} WRONGTYPE when it is neither a sorted set nor a set.
 */
export function openSource(db: Keyspace, key: ByteView): MemberSource {
  const set = db.readSortedSet(key, db.newSortedSet());
  return set === undefined ? new NoSource() : new SortedSetSource(set);
}
