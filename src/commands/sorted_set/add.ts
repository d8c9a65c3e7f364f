/**
 * ZADD, ZINCRBY: members that come, and scores that change.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { SCORE_NOT_A_NUMBER } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { AddOptions, decideZadd, scoreAfter } from "./add_rule.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const ADD_COMMANDS: readonly CommandSpec[] = defineCommands("sortedset", [
  { name: "zadd", arity: -4, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW update")], elements: { first: 3, step: 2 }, run: zadd },
  { name: "zincrby", arity: 4, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], elements: { first: 3, step: 1 }, run: zincrby },
]);

/** Scores that are kept room for between commands. */
const KEPT_SCORE_COUNT = 64;

/** Members to add, as arguments: every `step`-th from `firstMember` on; and their scores. */
export interface ScoredArguments {
  firstMember: number;
  step: number;
  count: number;
  scores: Float64Array;
}

/** What became of them. */
export interface AddTally {
  addedCount: number;
  updatedCount: number;
  /** Those that no option has forbidden to change. */
  processedCount: number;
  /** The last one's score. */
  score: number;
}

/** Reused by all commands: they run one after the other. */
const options = new AddOptions();
const keptScores = new Float64Array(KEPT_SCORE_COUNT);
const scored: ScoredArguments = { firstMember: 0, step: 2, count: 0, scores: keptScores };
const tally: AddTally = { addedCount: 0, updatedCount: 0, processedCount: 0, score: 0 };

/** `ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member ...` → integer; with INCR double or nil. */
function zadd(context: CommandContext, args: Args): void {
  addFrom(context, args, false);
}

/** `ZINCRBY key increment member` → double: the score behind it. */
function zincrby(context: CommandContext, args: Args): void {
  addFrom(context, args, true);
}

function addFrom(context: CommandContext, args: Args, isIncrement: boolean): void {
  const firstScore = options.read(args, 2, isIncrement);
  const count = (args.count - firstScore) / 2;
  const scores = scoresFor(count);
  for (let index = 0; index < count; index++) scores[index] = args.double(firstScore + index * 2);
  scored.firstMember = firstScore + 1;
  scored.count = count;
  scored.scores = scores;
  addScores(context, args, options, scored);
  scored.scores = keptScores;
  const reply = context.reply;
  if (!options.isIncrement) {
    reply.integer(tally.addedCount + (options.countsChanged ? tally.updatedCount : 0));
  } else if (tally.processedCount > 0) {
    reply.double(tally.score);
  } else {
    reply.nil();
  }
}

/** Room for so many scores, good until the command returns. */
export function scoresFor(count: number): Float64Array {
  return count <= KEPT_SCORE_COUNT ? keptScores : new Float64Array(count);
}

/**
 * Adds members to the sorted set of argument 1, or changes their scores, as the options want.
 *
 * @returns What became of them, good until the next call.
 * @throws {RedisError} When an increment leads to no number; nothing is changed then.
 */
export function addScores(
  context: CommandContext,
  args: Args,
  options: AddOptions,
  given: ScoredArguments,
): AddTally {
  const key = args.at(1);
  const set = context.db.openSortedSet(key);
  tally.addedCount = tally.updatedCount = tally.processedCount = 0;
  for (let index = 0; index < given.count; index++) {
    const member: ByteView = args.at(given.firstMember + index * given.step);
    const givenScore = given.scores[index];
    const isPresent = set.find(member);
    const decision = decideZadd(options, isPresent, set.score, givenScore);
    if (decision === "skip") continue;
    // Only a lone increment can be refused, so nothing has been written yet.
    if (decision === "refuse") throw SCORE_NOT_A_NUMBER;
    tally.processedCount++;
    tally.score = isPresent ? scoreAfter(options, set.score, givenScore) : givenScore;
    if (decision === "insert") {
      set.addMissed(member, givenScore);
      tally.addedCount++;
    } else if (decision === "update") {
      set.updateFound(member, tally.score);
      tally.updatedCount++;
    }
  }
  const changeCount = tally.addedCount + tally.updatedCount;
  if (changeCount > 0) context.modified(key, options.isIncrement ? "zincr" : "zadd", changeCount);
  return tally;
}
