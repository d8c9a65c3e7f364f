/**
 * LOLWUT, ROLE, SHUTDOWN, TIME: the server as a whole.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { NO_SHUTDOWN_IN_PROGRESS, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

// deno-fmt-ignore
export const INSTANCE_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "time", arity: 1, flags: ["loading", "stale", "fast"], tips: ["nondeterministic_output"], run: time },
  { name: "role", arity: 1, flags: ["noscript", "loading", "stale", "fast"],
    categories: ["admin", "dangerous"], run: role },
  { name: "shutdown", arity: -1, flags: ["admin", "noscript", "loading", "stale", "no_multi", "allow_busy"], run: shutdown },
]);

/** `TIME` → array: unix seconds and the microseconds in that second. */
function time(context: CommandContext): void {
  const nowMs = context.server.clock.nowMs();
  context.reply.array(2);
  context.reply.bulkText(String(Math.floor(nowMs / 1000)));
  context.reply.bulkText(String((nowMs % 1000) * 1000));
}

/** `ROLE` → array: this is a primary without replicas. */
function role(context: CommandContext): void {
  context.reply.array(3);
  context.reply.bulkText("master");
  context.reply.integer(0);
  context.reply.array(0);
}

/** `SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]` → nothing: the connection closes. */
function shutdown(context: CommandContext, args: Args): void {
  const words = new Set<string>();
  for (let index = 1; index < args.count; index++) words.add(args.at(index).toLowerText());
  const isAbort = words.has("abort");
  const isContradiction = (words.has("save") && words.has("nosave")) || (isAbort && words.size > 1);
  const known = ["nosave", "save", "now", "force", "abort"];
  if (isContradiction || ![...words].every((word) => known.includes(word))) throw SYNTAX_ERROR;
  if (isAbort) throw NO_SHUTDOWN_IN_PROGRESS;
  context.server.lifecycle.shutdown();
}
