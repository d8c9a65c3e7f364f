/**
 * Combine request: what ZUNION, ZINTER, ZDIFF and their kin are asked.
 *
 * @module
 */

import {
  inputKeyNeeded,
  LIMIT_NEGATIVE,
  SYNTAX_ERROR,
  WEIGHT_NOT_A_FLOAT,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

/** How the scores of one member in several sets become one. */
export type Aggregate = "sum" | "min" | "max";

/** Which words a command takes behind its keys. */
export interface CombineForm {
  /** Number of the argument that counts the keys. */
  readonly countIndex: number;
  /** WEIGHTS and AGGREGATE. */
  readonly takesWeights: boolean;
  /** WITHSCORES. */
  readonly takesScores: boolean;
  /** LIMIT. */
  readonly takesLimit: boolean;
}

/** The keys and the options. */
export interface CombineRequest {
  readonly firstKey: number;
  readonly keyCount: number;
  /** One for each key. */
  readonly weights: number[];
  aggregate: Aggregate;
  withScores: boolean;
  /** Members to count at most; 0: all. */
  limit: number;
}

/**
 * Reads the number of keys.
 *
 * @param commandName For the error.
 * @throws {RedisError} When it is no number, or there are not so many arguments.
 */
export function readKeyCount(args: Args, countIndex: number, commandName: string): number {
  const keyCount = args.integer(countIndex);
  if (keyCount < 1) throw inputKeyNeeded(commandName);
  if (keyCount > args.count - countIndex - 1) throw SYNTAX_ERROR;
  return keyCount;
}

/**
 * Reads the words behind the keys.
 *
 * @throws {RedisError} When one is unknown, or its values make no sense.
 */
export function readCombineOptions(
  args: Args,
  form: CombineForm,
  keyCount: number,
): CombineRequest {
  const firstKey = form.countIndex + 1;
  const request: CombineRequest = {
    firstKey,
    keyCount,
    weights: Array<number>(keyCount).fill(1),
    aggregate: "sum",
    withScores: false,
    limit: 0,
  };
  for (let index = firstKey + keyCount; index < args.count; index++) {
    const restCount = args.count - index;
    if (form.takesWeights && restCount > keyCount && args.isWord(index, "weights")) {
      for (let key = 0; key < keyCount; key++) {
        request.weights[key] = args.double(++index, WEIGHT_NOT_A_FLOAT);
      }
    } else if (form.takesWeights && restCount >= 2 && args.isWord(index, "aggregate")) {
      request.aggregate = aggregateAt(args, ++index);
    } else if (form.takesScores && args.isWord(index, "withscores")) {
      request.withScores = true;
    } else if (form.takesLimit && restCount >= 2 && args.isWord(index, "limit")) {
      request.limit = args.integer(++index, LIMIT_NEGATIVE);
      if (request.limit < 0) throw LIMIT_NEGATIVE;
    } else {
      throw SYNTAX_ERROR;
    }
  }
  return request;
}

function aggregateAt(args: Args, index: number): Aggregate {
  if (args.isWord(index, "sum")) return "sum";
  if (args.isWord(index, "min")) return "min";
  if (args.isWord(index, "max")) return "max";
  throw SYNTAX_ERROR;
}

/** The score of a member that has `score` so far and `other` in the next set. */
export function aggregateScores(aggregate: Aggregate, score: number, other: number): number {
  if (aggregate === "min") return other < score ? other : score;
  if (aggregate === "max") return other > score ? other : score;
  const sum = score + other;
  return Number.isNaN(sum) ? 0 : sum; // infinities of both signs cancel out
}

/** A score with its set's weight. */
export function weigh(weight: number, score: number): number {
  const product = weight * score;
  return Number.isNaN(product) ? 0 : product; // infinity times zero
}
