/**
 * Lex range: `min` and `max` as ZRANGEBYLEX takes them: `[a`, `(a`, `-`, `+`.
 *
 * It makes sense where all members have the same score, so that their bytes alone decide the order.
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

  /** How many members lie below; `isEnd`: below or, unless it is exclusive, at it. */
  countBelow(set: SortedSetValue, isEnd: boolean): number {
    if (this.#kind === "lowest") return 0;
    if (this.#kind === "highest") return set.count;
    return set.countBelowMember(this.#member, this.#isExclusive !== isEnd);
  }
}

/** Two bounds; one object serves all commands. */
export class LexRange {
  readonly #min = new LexBound();
  readonly #max = new LexBound();

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

  /** Rank of the first member in the range, if there is one. */
  firstRank(set: SortedSetValue): number {
    return this.#min.countBelow(set, false);
  }

  /** Rank behind the last member in the range. */
  endRank(set: SortedSetValue): number {
    return this.#max.countBelow(set, true);
  }
}
