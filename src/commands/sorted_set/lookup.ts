/**
 * Scores, ranks and counts: ZSCORE, ZMSCORE, ZCARD, ZRANK, ZREVRANK, ZCOUNT, ZLEXCOUNT, ZSCAN.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { formatDouble } from "../../base/double.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  parseCursor,
  parseScanOptions,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { LexRange } from "./lex_range.ts";
import { ScoreRange } from "./score_range.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const LOOKUP_COMMANDS: readonly CommandSpec[] = defineCommands("sortedset", [
  { name: "zscore", arity: 3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], elements: { first: 2, step: 1 }, run: zscore },
  { name: "zmscore", arity: -3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], elements: { first: 2, step: 1 }, run: zmscore },
  { name: "zcard", arity: 2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], run: zcard },
  { name: "zrank", arity: 3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], elements: { first: 2, step: 1 }, run: zrank },
  { name: "zrevrank", arity: 3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], elements: { first: 2, step: 1 }, run: zrevrank },
  { name: "zcount", arity: 4, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], run: zcount },
  { name: "zlexcount", arity: 4, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], run: zlexcount },
  { name: "zscan", arity: -3, flags: ["readonly"], tips: ["nondeterministic_output"], keys: [keyAt(1, "RO access")], run: zscan },
]);

/** Reused by all commands: they run one after the other. */
const scoreRange = new ScoreRange();
const lexRange = new LexRange();
const view = new ByteView();

/** `ZSCORE key member` → double, or nil. */
function zscore(context: CommandContext, args: Args): void {
  const set = context.db.readSortedSet(args.at(1));
  if (set !== undefined && set.find(args.at(2))) context.reply.double(set.score);
  else context.reply.nil();
}

/** `ZMSCORE key member [member ...]` → array of doubles and nils. */
function zmscore(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const set = context.db.readSortedSet(args.at(1));
  reply.array(args.count - 2);
  for (let index = 2; index < args.count; index++) {
    if (set !== undefined && set.find(args.at(index))) reply.double(set.score);
    else reply.nil();
  }
}

/** `ZCARD key` → integer: the number of members. */
function zcard(context: CommandContext, args: Args): void {
  context.reply.integer(context.db.readSortedSet(args.at(1))?.count ?? 0);
}

/** `ZRANK key member` → integer, or nil. */
function zrank(context: CommandContext, args: Args): void {
  replyRank(context, args, false);
}

/** `ZREVRANK key member` → integer, or nil. */
function zrevrank(context: CommandContext, args: Args): void {
  replyRank(context, args, true);
}

function replyRank(context: CommandContext, args: Args, isReverse: boolean): void {
  const set = context.db.readSortedSet(args.at(1));
  if (set === undefined || !set.find(args.at(2))) return context.reply.nil();
  const rank = set.rankOfFound();
  context.reply.integer(isReverse ? set.count - 1 - rank : rank);
}

/** `ZCOUNT key min max` → integer: members with scores in the range. */
function zcount(context: CommandContext, args: Args): void {
  replyCount(context, args, scoreRange.read(args, 2, 3));
}

/** `ZLEXCOUNT key min max` → integer: members in the range of bytes. */
function zlexcount(context: CommandContext, args: Args): void {
  replyCount(context, args, lexRange.read(args, 2, 3));
}

function replyCount(context: CommandContext, args: Args, range: ScoreRange | LexRange): void {
  const set = context.db.readSortedSet(args.at(1));
  if (set === undefined) return context.reply.integer(0);
  range.resolve(set, false);
  context.reply.integer(Math.max(0, range.endRank - range.firstRank));
}

/** `ZSCAN key cursor [MATCH pattern] [COUNT n]` → next cursor, and members and scores as strings. */
function zscan(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const cursor = parseCursor(args.text(2));
  const set = context.db.readSortedSet(args.at(1));
  if (set === undefined) {
    reply.array(2);
    reply.bulkText("0");
    return reply.array(0);
  }
  const { wantedCount, pattern } = parseScanOptions(args, 3, false);
  const found: number[] = [];
  const next = set.scan(cursor, wantedCount, (position) => {
    const isWanted = pattern === undefined || pattern.matches(set.memberAt(position, view));
    if (isWanted) found.push(position);
  });
  reply.array(2);
  reply.bulkText(String(next));
  reply.array(found.length * 2);
  for (const position of found) {
    reply.bulk(set.memberAt(position, view));
    reply.bulkText(formatDouble(set.scoreAt(position)));
  }
}
