/**
 * MONITOR: a client that is shown what all clients have run.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { MONITOR_DENIED } from "../../errors/catalogue.ts";

/** The row of this command. */
// deno-fmt-ignore
export const MONITOR_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "monitor", arity: 1, flags: ["admin", "noscript", "loading", "stale"], run: monitor },
]);

/** `MONITOR` → OK, then a line for each command; from a monitor → nothing. RESET ends it. */
function monitor(context: CommandContext): void {
  if (!context.mayBlock) throw MONITOR_DENIED;
  if (context.server.monitors.add(context.session)) context.reply.ok();
}
