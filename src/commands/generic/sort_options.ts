/**
 * Sort options: what SORT is asked, and which part of the result that is.
 *
 * @module
 */

import { SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { SortPattern } from "./sort_pattern.ts";

/** What SORT is asked beside the key. */
export interface SortOptions {
  readonly isDescending: boolean;
  /** Whether elements are compared as text, not as numbers. */
  readonly isAlpha: boolean;
  readonly offset: number;
  /** How many elements; negative: all. */
  readonly count: number;
  /** Leads to what is compared instead of the elements; `undefined`: nothing does. */
  readonly by: SortPattern | undefined;
  /** Whether the elements stay in their order: BY leads to the same key for all of them. */
  readonly keepsOrder: boolean;
  /** Lead to what is replied instead of the elements; empty: nothing does. */
  readonly get: readonly SortPattern[];
  /** Which argument is the key to store the result under; 0: reply it. */
  readonly storeIndex: number;
}

/**
 * Reads the options.
 *
 * @param mayStore Whether STORE is one.
 * @throws {RedisError} When one is wrong.
 */
export function parseSortOptions(args: Args, mayStore: boolean): SortOptions {
  const get: SortPattern[] = [];
  let isDescending = false, isAlpha = false, keepsOrder = false;
  let offset = 0, count = -1, storeIndex = 0;
  let by: SortPattern | undefined;
  for (let index = 2; index < args.count; index++) {
    const leftCount = args.count - index - 1;
    if (args.isWord(index, "asc")) isDescending = false;
    else if (args.isWord(index, "desc")) isDescending = true;
    else if (args.isWord(index, "alpha")) isAlpha = true;
    else if (args.isWord(index, "limit") && leftCount >= 2) {
      offset = args.integer(++index);
      count = args.integer(++index);
    } else if (mayStore && args.isWord(index, "store") && leftCount >= 1) storeIndex = ++index;
    else if (args.isWord(index, "by") && leftCount >= 1) {
      by = new SortPattern(args.at(++index));
      // Not unsaid by a later BY that leads somewhere.
      keepsOrder ||= !by.dependsOnElement;
    } else if (args.isWord(index, "get") && leftCount >= 1) {
      get.push(new SortPattern(args.at(++index)));
    } else throw SYNTAX_ERROR;
  }
  return { isDescending, isAlpha, offset, count, by, keepsOrder, get, storeIndex };
}

/** Positions in a result, from `start` to before `end`. */
export interface SortRange {
  readonly start: number;
  readonly end: number;
}

/** The part of `elementCount` elements that LIMIT asks for. */
export function rangeOf({ offset, count }: SortOptions, elementCount: number): SortRange {
  const start = Math.min(Math.max(offset, 0), elementCount);
  return { start, end: count < 0 ? elementCount : Math.min(start + count, elementCount) };
}
