/**
 * Data commands: the commands that work on keys and need neither a client nor a server, for models that
 * run any of them.
 *
 * @module
 */

import { COMMANDS } from "../../src/commands/mod.ts";
import type { CommandSpec } from "../../src/engine/mod.ts";

/** Their rows. */
export const DATA_COMMANDS: readonly CommandSpec[] = COMMANDS.filter(isOnData);

function isOnData({ categories = [], flags, name, subcommands = [] }: CommandSpec): boolean {
  if (categories.includes("connection")) return false;
  if (flags.includes("blocking") && !name.startsWith("xread")) return false;
  const all = [...flags, ...subcommands.flatMap((row) => row.flags)];
  return all.includes("write") || all.includes("readonly");
}
