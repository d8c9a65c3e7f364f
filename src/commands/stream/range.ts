/**
 * Ranges of streams: XRANGE, XREVRANGE.
 *
 * @module
 */

import { StreamId } from "../../base/stream_id.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { replyEntries } from "./entry_reply.ts";
import { rangeEndAt, rangeStartAt } from "./id_argument.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const RANGE_COMMANDS: readonly CommandSpec[] = defineCommands("stream", [
  { name: "xrange", arity: -4, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: xrange },
  { name: "xrevrange", arity: -4, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: xrevrange },
]);

/** Reused by all commands: they run one after the other. */
const start = new StreamId();
const end = new StreamId();

/** `XRANGE key start end [COUNT n]` → array of entries, the least ID first. */
function xrange(context: CommandContext, args: Args): void {
  rangeStartAt(args, 2, start);
  rangeEndAt(args, 3, end);
  replyRange(context, args, false);
}

/** `XREVRANGE key end start [COUNT n]` → array of entries, the greatest ID first. */
function xrevrange(context: CommandContext, args: Args): void {
  rangeStartAt(args, 3, start);
  rangeEndAt(args, 2, end);
  replyRange(context, args, true);
}

/** Replies the entries from `start` to `end`. */
function replyRange(context: CommandContext, args: Args, isReverse: boolean): void {
  const countMax = readCount(args);
  const stream = context.db.readStream(args.at(1));
  if (stream === undefined) context.reply.array(0);
  else if (countMax === 0) context.reply.nilArray();
  else replyEntries(context.reply, stream.walk(start, end, isReverse), Math.max(0, countMax));
}

/** How many entries are asked for; -1: all. */
function readCount(args: Args): number {
  let countMax = -1;
  for (let index = 4; index < args.count; index += 2) {
    if (!args.isWord(index, "count") || index + 1 === args.count) throw SYNTAX_ERROR;
    countMax = Math.max(0, args.integer(index + 1));
  }
  return countMax;
}
