/**
 * Chosen commands: those that a client names, and those that are counted one by one.
 *
 * @module
 */

import type { Command, CommandTable } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";

/**
 * The commands that `CONTAINER SUBCOMMAND [name ...]` means: all without a name.
 *
 * @returns In the order of the names; names of nothing are left out, subcommands only come by name.
 */
export function chosenCommands(table: CommandTable, args: Args): readonly Command[] {
  if (args.count === 2) return table.commands;
  return [...args.texts(2)].flatMap((name) => table.findByFullName(name) ?? []);
}

/** The same commands, each container followed by its subcommands. */
export function withSubcommands(commands: readonly Command[]): Command[] {
  return commands.flatMap((command) => [command, ...command.subcommands.values()]);
}
