/**
 * Help: what `CONTAINER HELP` replies, for every command with subcommands.
 *
 * @module
 */

import type { CommandContext } from "../engine/mod.ts";

/**
 * Replies an array of status lines: a title, the container's own lines, and those on HELP itself.
 *
 * @param lines Usage lines, each followed by its indented explanation.
 */
export function replyHelp(context: CommandContext, lines: readonly string[]): void {
  const container = (context.command.container ?? context.command).fullName.toUpperCase();
  const title = `${container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`;
  const all = [title, ...lines, "HELP", "    Prints this help."];
  context.reply.array(all.length);
  for (const line of all) context.reply.simple(line);
}
