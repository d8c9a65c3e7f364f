/**
 * BGSAVE, LASTSAVE, SAVE: the data in a file.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const PERSISTENCE_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "save", arity: 1, flags: ["admin", "noscript", "no_async_loading", "no_multi"], run: save },
  { name: "bgsave", arity: -1, flags: ["admin", "noscript", "no_async_loading"], run: bgsave },
  { name: "lastsave", arity: 1, flags: ["loading", "stale", "fast"], categories: ["admin", "dangerous"],
    tips: ["nondeterministic_output"], run: lastsave },
]);

/** `SAVE` → OK, when the data are in the file. */
function save(context: CommandContext): void {
  context.server.persistence.save();
  context.reply.ok();
}

/** `BGSAVE [SCHEDULE]` → status: whether saving has begun or will begin later. */
function bgsave(context: CommandContext, args: Args): void {
  const isScheduled = args.count === 2 && args.isWord(1, "schedule");
  if (args.count > 1 && !isScheduled) throw SYNTAX_ERROR;
  const outcome = context.server.persistence.backgroundSave(isScheduled, !context.mayBlock);
  context.reply.simple(
    outcome === "begun" ? "Background saving started" : "Background saving scheduled",
  );
}

/** `LASTSAVE` → integer: when the data were last in the file as a whole, in unix seconds. */
function lastsave(context: CommandContext): void {
  context.reply.integer(context.server.persistence.saving.lastSaveSeconds);
}
