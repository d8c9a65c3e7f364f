/**
 * Lex range: `min` and `max` as ZRANGEBYLEX takes them: `[a`, `(a`, `-`, `+`.
 *
 * It makes sense where all members have the same score, so that their bytes alone decide the order.
 * Where they have not, Redis walks through a packed sorted set until a member ends the range, and so
 * do we. In an indexed one it comes upon what chance has put on its way, so that nothing is sure.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { LEX_RANGE_INVALID } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { SortedSetValue } from "../../store/mod.ts";

const PARENTHESIS = 40;
const PLUS = 43;
const MINUS = 45;
const BRACKET = 91;

/** One end of a range. */
class LexBound {
  #kind: "lowest" | "member" | "highest" = "lowest";
  #isExclusive = false;
  readonly #member = new ByteView();

  read(argument: ByteView): void {
    const { bytes, start, end } = argument;
    const sign = argument.byteCount === 0 ? 0 : bytes[start];
    if (sign === PLUS || sign === MINUS) {
      if (argument.byteCount > 1 && bytes[start + 1] !== 0) throw LEX_RANGE_INVALID;
      this.#kind = sign === PLUS ? "highest" : "lowest";
      return;
    }
    if (sign !== PARENTHESIS && sign !== BRACKET) throw LEX_RANGE_INVALID;
    this.#kind = "member";
    this.#isExclusive = sign === PARENTHESIS;
    this.#member.set(bytes, start + 1, end);
  }

  /** Whether a member is not too low for this lower bound. */
  isBelow(member: ByteView): boolean {
    if (this.#kind !== "member") return this.#kind === "lowest";
    const order = member.compare(this.#member);
    return order > 0 || (order === 0 && !this.#isExclusive);
  }

  /** Whether a member is not too high for this upper bound. */
  isAbove(member: ByteView): boolean {
    if (this.#kind !== "member") return this.#kind === "highest";
    const order = member.compare(this.#member);
    return order < 0 || (order === 0 && !this.#isExclusive);
  }

  /** How many members lie below; `isEnd`: below or, unless it is exclusive, at it. */
  countBelow(set: SortedSetValue, isEnd: boolean): number {
    if (this.#kind === "lowest") return 0;
    if (this.#kind === "highest") return set.count;
    return set.countBelowMember(this.#member, this.#isExclusive !== isEnd);
  }
}

/** Two bounds; one object serves all commands. */
export class LexRange {
  /** Rank of the first member in the range, if there is one. */
  firstRank = 0;
  /** Rank behind the last member in the range. */
  endRank = 0;

  readonly #min = new LexBound();
  readonly #max = new LexBound();
  readonly #view = new ByteView();

  /**
   * Reads two arguments.
   *
   * @throws {RedisError} When one is no bound.
   */
  read(args: Args, minIndex: number, maxIndex: number): this {
    this.#min.read(args.at(minIndex));
    this.#max.read(args.at(maxIndex));
    return this;
  }

  /** Finds the range in a sorted set. @param isReverse From which end members are taken. */
  resolve(set: SortedSetValue, isReverse: boolean): void {
    if (!set.isPacked) {
      this.firstRank = this.#min.countBelow(set, false);
      this.endRank = this.#max.countBelow(set, true);
    } else if (!this.#isBelow(set, set.last()) || !this.#isAbove(set, set.first())) {
      this.firstRank = this.endRank = 0;
    } else if (isReverse) {
      this.#walkDown(set);
    } else {
      this.#walkUp(set);
    }
  }

  #walkUp(set: SortedSetValue): void {
    let rank = 0, position = set.first();
    for (; position !== 0 && !this.#isBelow(set, position); position = set.next(position)) rank++;
    this.firstRank = rank;
    for (; position !== 0 && this.#isAbove(set, position); position = set.next(position)) rank++;
    this.endRank = rank;
  }

  #walkDown(set: SortedSetValue): void {
    let rank = set.count, position = set.last();
    for (; position !== 0 && !this.#isAbove(set, position); position = set.previous(position)) {
      rank--;
    }
    this.endRank = rank;
    for (; position !== 0 && this.#isBelow(set, position); position = set.previous(position)) {
      rank--;
    }
    this.firstRank = rank;
  }

  #isBelow(set: SortedSetValue, position: number): boolean {
    return this.#min.isBelow(set.memberAt(position, this.#view));
  }

  #isAbove(set: SortedSetValue, position: number): boolean {
    return this.#max.isAbove(set.memberAt(position, this.#view));
  }
}
