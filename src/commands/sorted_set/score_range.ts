/**
 * Score range: `min` and `max` as ZRANGEBYSCORE takes them, each perhaps exclusive: `(1.5`, `+inf`.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { parseDouble } from "../../base/double.ts";
import { SCORE_RANGE_INVALID } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { SortedSetValue } from "../../store/mod.ts";

const PARENTHESIS = 40;

/** Two bounds; one object serves all commands. */
export class ScoreRange {
  min = 0;
  max = 0;
  isMinExclusive = false;
  isMaxExclusive = false;
  /** Rank of the first member in the range, if there is one. */
  firstRank = 0;
  /** Rank behind the last member in the range. */
  endRank = 0;

  readonly #view = new ByteView();

  /**
   * Reads two arguments.
   *
   * @throws {RedisError} When one is no number.
   */
  read(args: Args, minIndex: number, maxIndex: number): this {
    this.isMinExclusive = isExclusive(args.at(minIndex));
    this.isMaxExclusive = isExclusive(args.at(maxIndex));
    this.min = this.#numberOf(args.at(minIndex), this.isMinExclusive);
    this.max = this.#numberOf(args.at(maxIndex), this.isMaxExclusive);
    return this;
  }

  /** Finds the range in a sorted set. */
  resolve(set: SortedSetValue): void {
    this.firstRank = set.countBelow(this.min, this.isMinExclusive);
    this.endRank = set.countBelow(this.max, !this.isMaxExclusive);
  }

  #numberOf(argument: ByteView, isExclusive: boolean): number {
    const { bytes, start, end } = argument;
    const value = parseBound(this.#view.set(bytes, isExclusive ? start + 1 : start, end));
    if (value === undefined) throw SCORE_RANGE_INVALID;
    return value;
  }
}

function isExclusive(argument: ByteView): boolean {
  return argument.byteCount > 0 && argument.at(0) === PARENTHESIS;
}

/**
 * A number as C's `strtod` reads it. Unlike a score, a bound may be nothing (0), have spaces before
 * it, end at a zero byte, or be too great or too small.
 */
function parseBound(view: ByteView): number | undefined {
  const plain = parseDouble(view);
  if (plain !== undefined) return plain;
  const text = view.toText().split("\0", 1)[0];
  const trimmed = text.replace(/^[ \t-\r]+/, "");
  if (trimmed === "") return text === "" ? 0 : undefined;
  const value = parseDouble(ByteView.ofText(trimmed));
  if (value !== undefined) return value;
  return /^[+-]?(?=\.?[0-9])[0-9]*\.?[0-9]*(?:e[+-]?[0-9]+)?$/i.test(trimmed)
    ? Number(trimmed)
    : undefined;
}
