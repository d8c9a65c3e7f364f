/**
 * SLOWLOG: the commands that took long.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandFlag,
  type CommandSpec,
  defineCommands,
} from "../../engine/mod.ts";
import { SLOWLOG_COUNT_TOO_SMALL, unusableSubcommand } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { replyHelp } from "../help.ts";

const ADMIN: readonly CommandFlag[] = ["admin", "loading", "stale"];
const EVERYWHERE = "request_policy:all_nodes";

/** The rows of these commands. */
// deno-fmt-ignore
export const SLOWLOG_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "slowlog", arity: -2, flags: [], subcommands: [
    { name: "get", arity: -2, flags: ADMIN, tips: [EVERYWHERE, "nondeterministic_output"], run: get },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "len", arity: 2, flags: ADMIN, run: len,
      tips: [EVERYWHERE, "response_policy:agg_sum", "nondeterministic_output"] },
    { name: "reset", arity: 2, flags: ADMIN, tips: [EVERYWHERE, "response_policy:all_succeeded"], run: reset },
  ] },
]);

/** Entries that are shown without a count. */
const SHOWN_COUNT = 10;

/** `SLOWLOG GET [count]` → array of entries, the latest first; -1: all. */
function get(context: CommandContext, args: Args): void {
  const { reply, server } = context;
  const count = args.count === 2 ? SHOWN_COUNT : readCount(args);
  const entries = server.slowLog.entries(count);
  reply.array(entries.length);
  for (const entry of entries) {
    reply.array(6);
    reply.integer(entry.id);
    reply.integer(entry.unixSeconds);
    reply.integer(Math.round(entry.durationUs));
    reply.array(entry.arguments.length);
    for (const argument of entry.arguments) reply.bulkText(argument);
    reply.bulkText(entry.clientAddress);
    reply.bulkText(entry.clientName);
  }
}

/** @throws {RedisError} When it is no integer from -1 on. */
function readCount(args: Args): number {
  if (args.count > 3) throw unusableSubcommand("SLOWLOG", args.text(1));
  const count = args.integer(2, SLOWLOG_COUNT_TOO_SMALL);
  if (count < -1) throw SLOWLOG_COUNT_TOO_SMALL;
  return count;
}

/** `SLOWLOG LEN` → integer. */
function len(context: CommandContext): void {
  context.reply.integer(context.server.slowLog.entryCount);
}

/** `SLOWLOG RESET` → OK. */
function reset(context: CommandContext): void {
  context.server.slowLog.reset();
  context.reply.ok();
}

/** `SLOWLOG HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "GET [<count>]",
    "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
    "    Entries are made of:",
    "    id, timestamp, time in microseconds, arguments array, client IP and port,",
    "    client name",
    "LEN",
    "    Return the length of the slowlog.",
    "RESET",
    "    Reset the slowlog.",
  ]);
}
