/**
 * Range request: which members ZRANGE and its kin ask for, as ranks.
 *
 * Whether by rank, score or bytes, a range of a sorted set is so many members from some rank on; so
 * all eight commands read their arguments here and then do the same.
 *
 * @module
 */

import { Int64 } from "../../base/int64.ts";
import {
  RANGE_LIMIT_WITHOUT_BY,
  RANGE_SCORES_WITH_LEX,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { SortedSetValue } from "../../store/mod.ts";
import { LexRange } from "./lex_range.ts";
import { ScoreRange } from "./score_range.ts";

/** What a range goes by. */
export type RangeKind = "rank" | "score" | "lex";

/** What a command's name already says. */
export interface RangeForm {
  /** Number of the argument that is the key; the bounds follow. */
  readonly keyIndex: number;
  /** What it goes by; `undefined`: BYSCORE and BYLEX choose. */
  readonly kind?: RangeKind;
  /** Its direction; `undefined`: REV chooses. */
  readonly isReverse?: boolean;
  /** Whether the members are stored, so that WITHSCORES makes no sense. */
  readonly isStored?: boolean;
}

/** A range as asked for, and then as it is; one object serves all commands. */
export class RangeRequest {
  /** From the highest to the lowest. */
  isReverse = false;
  wantsScores = false;
  /** Rank of the first member, in either direction counted from the lowest. */
  firstRank = 0;
  /** How many members there are in the range. */
  count = 0;

  #kind: RangeKind = "rank";
  #offset = 0;
  #limit = -1;
  #start = 0;
  #stop = 0;
  readonly #integer = new Int64();
  readonly #scores = new ScoreRange();
  readonly #members = new LexRange();

  /** Whether the bounds are ranks. */
  get isByRank(): boolean {
    return this.#kind === "rank";
  }

  /**
   * Reads the arguments behind the key.
   *
   * @throws {RedisError} When a word is unknown, two contradict each other, or a bound is none.
   */
  read(args: Args, form: RangeForm): this {
    this.#readOptions(args, form);
    if (this.#limit !== -1 && this.#kind === "rank") throw RANGE_LIMIT_WITHOUT_BY;
    if (this.wantsScores && this.#kind === "lex") throw RANGE_SCORES_WITH_LEX;
    const { keyIndex } = form;
    if (this.#kind === "rank") {
      this.#start = args.integer(keyIndex + 1);
      this.#stop = args.integer(keyIndex + 2);
      return this;
    }
    // Reversed, the higher bound comes first.
    const minIndex = this.isReverse ? keyIndex + 2 : keyIndex + 1;
    const maxIndex = this.isReverse ? keyIndex + 1 : keyIndex + 2;
    if (this.#kind === "score") this.#scores.read(args, minIndex, maxIndex);
    else this.#members.read(args, minIndex, maxIndex);
    return this;
  }

  /** The same for a range by rank without options: reads two arguments. */
  readRanks(args: Args, index: number): this {
    this.#kind = "rank";
    this.isReverse = false;
    this.#start = args.integer(index);
    this.#stop = args.integer(index + 1);
    return this;
  }

  /** Finds the range in a sorted set: sets `firstRank` and `count`. */
  resolve(set: SortedSetValue): void {
    if (this.#kind === "rank") this.#resolveRanks(set.count);
    else this.#resolveBounds(set);
  }

  #readOptions(args: Args, form: RangeForm): void {
    let kind = form.kind, isReverse = form.isReverse;
    this.wantsScores = false;
    this.#offset = 0;
    this.#limit = -1;
    for (let index = form.keyIndex + 3; index < args.count; index++) {
      if (!form.isStored && args.isWord(index, "withscores")) {
        this.wantsScores = true;
      } else if (args.isWord(index, "limit") && index + 2 < args.count) {
        this.#offset = args.int64(index + 1, this.#integer).toNumber();
        this.#limit = args.int64(index + 2, this.#integer).toNumber();
        index += 2;
      } else if (isReverse === undefined && args.isWord(index, "rev")) {
        isReverse = true;
      } else if (kind === undefined && args.isWord(index, "bylex")) {
        kind = "lex";
      } else if (kind === undefined && args.isWord(index, "byscore")) {
        kind = "score";
      } else {
        throw SYNTAX_ERROR;
      }
    }
    this.#kind = kind ?? "rank";
    this.isReverse = isReverse ?? false;
  }

  #resolveRanks(memberCount: number): void {
    const start = Math.max(0, this.#start < 0 ? this.#start + memberCount : this.#start);
    const stop = Math.min(memberCount - 1, this.#stop < 0 ? this.#stop + memberCount : this.#stop);
    this.count = Math.max(0, stop - start + 1);
    this.firstRank = this.isReverse ? memberCount - 1 - start : start;
  }

  #resolveBounds(set: SortedSetValue): void {
    const range = this.#kind === "score" ? this.#scores : this.#members;
    range.resolve(set, this.isReverse);
    const { firstRank, endRank } = range;
    const offset = this.#offset, limit = this.#limit;
    // An offset below zero leaves nothing, as in Redis.
    const restCount = offset < 0 ? 0 : Math.max(0, endRank - firstRank - offset);
    this.count = limit < 0 ? restCount : Math.min(limit, restCount);
    this.firstRank = this.isReverse ? endRank - 1 - offset : firstRank + offset;
  }
}
