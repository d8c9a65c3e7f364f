/**
 * Add rule: what ZADD does with one member, given its options and what is there.
 *
 * It is written once and is pure: the handler asks first and then does as told, so all that can be
 * refused is refused before anything is written.
 *
 * @module
 */

import {
  INCREMENT_NEEDS_ONE_PAIR,
  SYNTAX_ERROR,
  ZADD_GT_LT_NX_CONFLICT,
  ZADD_NX_XX_CONFLICT,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

/**
 * What becomes of a member: `insert` it, `update` its score, `keep` it since the score is the same,
 * `skip` it since an option forbids a change, or `refuse` the command as the score would be no number.
 */
export type ScoreDecision = "insert" | "update" | "keep" | "skip" | "refuse";

/** What ZADD is asked beside key, scores and members. */
export class AddOptions {
  /** NX: members that are there stay as they are. */
  onlyAbsent = false;
  /** XX: members that are not there are not added. */
  onlyPresent = false;
  /** GT: only greater scores replace; absent members are added. */
  onlyGreater = false;
  /** LT: only lower scores replace; absent members are added. */
  onlyLess = false;
  /** CH: the reply counts changed members too. */
  countsChanged = false;
  /** INCR: the number given is added to the score. */
  isIncrement = false;

  /** Forgets all options; returns itself. */
  clear(): this {
    this.onlyAbsent =
      this.onlyPresent =
      this.onlyGreater =
      this.onlyLess =
        false;
    this.countsChanged = this.isIncrement = false;
    return this;
  }

  /**
   * Reads the words that stand before the pairs.
   *
   * @param index Of the first argument that may be an option.
   * @param isIncrement Whether the command increments without being asked to, as ZINCRBY.
   * @returns Index of the first score.
   * @throws {RedisError} When words contradict each other, or what follows are no pairs.
   */
  read(args: Args, index: number, isIncrement: boolean): number {
    this.clear();
    this.isIncrement = isIncrement;
    while (index < args.count && this.#readWord(args, index)) index++;
    const restCount = args.count - index;
    if (restCount === 0 || restCount % 2 !== 0) throw SYNTAX_ERROR;
    if (this.onlyAbsent && this.onlyPresent) throw ZADD_NX_XX_CONFLICT;
    const exclusiveCount = Number(this.onlyAbsent) + Number(this.onlyGreater) +
      Number(this.onlyLess);
    if (exclusiveCount > 1) throw ZADD_GT_LT_NX_CONFLICT;
    if (this.isIncrement && restCount > 2) throw INCREMENT_NEEDS_ONE_PAIR;
    return index;
  }

  #readWord(args: Args, index: number): boolean {
    const view = args.at(index);
    // Most often a score stands here: a look at the first byte saves six comparisons.
    if (view.byteCount < 2 || view.at(0) < A_UPPER) return false;
    if (view.isWord("nx")) this.onlyAbsent = true;
    else if (view.isWord("xx")) this.onlyPresent = true;
    else if (view.isWord("gt")) this.onlyGreater = true;
    else if (view.isWord("lt")) this.onlyLess = true;
    else if (view.isWord("ch")) this.countsChanged = true;
    else if (view.isWord("incr")) this.isIncrement = true;
    else return false;
    return true;
  }
}

const A_UPPER = 65;

/** The score that a member of the score `current` would get. */
export function scoreAfter(options: AddOptions, current: number, given: number): number {
  return options.isIncrement ? current + given : given;
}

/**
 * Decides for a member that is there with the score `current`, or not (then `current` is ignored).
 *
 * @param given The score or increment, never NaN.
 */
export function decideZadd(
  options: AddOptions,
  isPresent: boolean,
  current: number,
  given: number,
): ScoreDecision {
  if (!isPresent) return options.onlyPresent ? "skip" : "insert";
  if (options.onlyAbsent) return "skip";
  const score = scoreAfter(options, current, given);
  if (Number.isNaN(score)) return "refuse";
  if (options.onlyLess && score >= current) return "skip";
  if (options.onlyGreater && score <= current) return "skip";
  return score === current ? "keep" : "update";
}
