/**
 * The append-only file: rewritten by request.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const APPEND_ONLY_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "bgrewriteaof", arity: 1, flags: ["admin", "noscript", "no_async_loading"], run: bgrewriteaof },
]);

/** `BGREWRITEAOF` → a status: a rewrite has begun, or will. */
function bgrewriteaof(context: CommandContext): void {
  const outcome = context.server.appendOnly.rewrite(!context.mayBlock);
  context.reply.simple(`Background append only file rewriting ${outcome}`);
}
