/**
 * Member source: a sorted set or a set, as ZUNION and its kin look at it: members with scores, where
 * each member of a set has the score 1.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { WRONG_TYPE } from "../../errors/catalogue.ts";
import { type Keyspace, SetMember, type SetValue, type SortedSetValue } from "../../store/mod.ts";

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

/** A set. */
class SetSource implements MemberSource {
  readonly score = 1;
  weight = 1;
  readonly #set: SetValue;
  readonly #member = new SetMember();

  constructor(set: SetValue) {
    this.#set = set;
  }

  get count(): number {
    return this.#set.count;
  }

  find(member: ByteView): boolean {
    return this.#set.has(member);
  }

  forEach(visit: ScoredVisitor): void {
    const walk = this.#set.startWalk();
    while (walk.next()) {
      for (let index = 0; index < walk.count; index++) {
        if (!visit(walk.show(index, this.#member).view, 1)) return;
      }
    }
  }
}

/**
 * The source that a key holds.
 *
 * @param index Number of the source among those of the command, from 0.
 * @throws {RedisError} WRONGTYPE when it is neither a sorted set nor a set.
 */
export function openSource(db: Keyspace, key: ByteView, index: number): MemberSource {
  const ref = db.read(key);
  if (ref === 0) return new NoSource();
  const type = db.entries.typeOf(ref);
  const sortedSet = db.sortedSetHandle(index), set = db.setHandle(index);
  if (type === sortedSet.type) return new SortedSetSource(sortedSet.attach(db, key, ref));
  if (type === set.type) return new SetSource(set.attach(db, key, ref));
  throw WRONG_TYPE;
}
