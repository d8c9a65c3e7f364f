/**
 * Removal by name and by range: ZREM, ZREMRANGEBYRANK, ZREMRANGEBYSCORE, ZREMRANGEBYLEX.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import type { SortedSetValue } from "../../store/mod.ts";
import { LexRange } from "./lex_range.ts";
import { RangeRequest } from "./range_request.ts";
import { ScoreRange } from "./score_range.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const REMOVE_COMMANDS: readonly CommandSpec[] = defineCommands("sortedset", [
  { name: "zrem", arity: -3, flags: ["write", "fast"], keys: [keyAt(1, "RW delete")], elements: { first: 2, step: 1 }, run: zrem },
  { name: "zremrangebyrank", arity: 4, flags: ["write"], keys: [keyAt(1, "RW delete")], run: zremrangebyrank },
  { name: "zremrangebyscore", arity: 4, flags: ["write"], keys: [keyAt(1, "RW delete")], run: zremrangebyscore },
  { name: "zremrangebylex", arity: 4, flags: ["write"], keys: [keyAt(1, "RW delete")], run: zremrangebylex },
]);

/** Reused by all commands: they run one after the other. */
const ranks = new RangeRequest();
const scoreRange = new ScoreRange();
const lexRange = new LexRange();

/** `ZREM key member [member ...]` → integer: members that were there. */
function zrem(context: CommandContext, args: Args): void {
  const key = args.at(1);
  const set = context.db.openSortedSet(key);
  let removedCount = 0;
  for (let index = 2; index < args.count && set.count > 0; index++) {
    if (set.remove(args.at(index))) removedCount++;
  }
  if (removedCount > 0) {
    context.modified(key, "zrem", removedCount);
    context.removeIfEmpty(key, set);
  }
  context.reply.integer(removedCount);
}

/** `ZREMRANGEBYRANK key start stop` → integer: how many were removed. */
function zremrangebyrank(context: CommandContext, args: Args): void {
  ranks.readRanks(args, 2);
  const set = context.db.openSortedSet(args.at(1));
  ranks.resolve(set);
  removeRanks(context, args, set, ranks.firstRank, ranks.count);
}

/** `ZREMRANGEBYSCORE key min max` → integer: how many were removed. */
function zremrangebyscore(context: CommandContext, args: Args): void {
  scoreRange.read(args, 2, 3);
  removeBounded(context, args, scoreRange);
}

/** `ZREMRANGEBYLEX key min max` → integer: how many were removed. */
function zremrangebylex(context: CommandContext, args: Args): void {
  lexRange.read(args, 2, 3);
  removeBounded(context, args, lexRange);
}

function removeBounded(context: CommandContext, args: Args, range: ScoreRange | LexRange): void {
  const set = context.db.openSortedSet(args.at(1));
  range.resolve(set, false);
  removeRanks(context, args, set, range.firstRank, range.endRank - range.firstRank);
}

/** Removes so many members from the sorted set of argument 1. */
function removeRanks(
  context: CommandContext,
  args: Args,
  set: SortedSetValue,
  firstRank: number,
  count: number,
): void {
  if (count > 0) {
    const key = args.at(1);
    set.removeRange(firstRank, count);
    context.modified(key, context.command.fullName, count);
    context.removeIfEmpty(key, set);
  }
  context.reply.integer(Math.max(0, count));
}
