/**
 * ROLE, SHUTDOWN, TIME: the server as a whole.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { NO_SHUTDOWN_IN_PROGRESS, SHUTDOWN_FAILED, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const INSTANCE_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "time", arity: 1, flags: ["loading", "stale", "fast"], tips: ["nondeterministic_output"], run: time },
  { name: "role", arity: 1, flags: ["noscript", "loading", "stale", "fast"],
    categories: ["admin", "dangerous"], run: role },
  { name: "shutdown", arity: -1, flags: ["admin", "noscript", "loading", "stale", "no_multi", "allow_busy"], run: shutdown },
]);

const SECOND_US = 1_000_000;
const SHUTDOWN_OPTIONS: readonly string[] = ["nosave", "save", "now", "force", "abort"];

/** `TIME` → array: unix seconds and the microseconds in that second. */
function time(context: CommandContext): void {
  const nowUs = context.server.clock.nowUs();
  context.reply.array(2);
  context.reply.bulkText(String(Math.floor(nowUs / SECOND_US)));
  context.reply.bulkText(String(nowUs % SECOND_US));
}

/** `ROLE` → array: this is a primary without replicas. */
function role(context: CommandContext): void {
  context.reply.array(3);
  context.reply.bulkText("master");
  context.reply.integer(0);
  context.reply.array(0);
}

/**
 * `SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE]` → nothing: the connection closes; `SHUTDOWN ABORT` → OK, one that
 * a signal has asked for is off. There are no replicas to wait for, so none that has begun is taken back.
 */
function shutdown(context: CommandContext, args: Args): void {
  const options = new Set([...args.texts(1)].map((word) => word.toLowerCase()));
  const isAbort = options.has("abort");
  const isContradiction = (options.has("save") && options.has("nosave")) ||
    (isAbort && options.size > 1);
  if (isContradiction || ![...options].every((word) => SHUTDOWN_OPTIONS.includes(word))) {
    throw SYNTAX_ERROR;
  }
  const { lifecycle } = context.server;
  if (isAbort) {
    if (!lifecycle.abortShutdown()) throw NO_SHUTDOWN_IN_PROGRESS;
    return context.reply.ok();
  }
  const saves = options.has("save") ? "always" : options.has("nosave") ? "never" : "default";
  const hasBegun = lifecycle.shutdown({ saves, isForced: options.has("force") });
  if (!hasBegun) throw SHUTDOWN_FAILED;
}
