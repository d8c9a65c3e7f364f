/**
 * CONFIG: the directives, read and changed while the server runs.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import {
  configRefused,
  LOADING,
  NO_CONFIG_FILE,
  rewriteFailed,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import { ConfigError } from "../../errors/config_error.ts";
import type { Args } from "../../resp/mod.ts";
import { replyHelp } from "../help.ts";
import { withSubcommands } from "./chosen_commands.ts";

const ALL_NODES = ["request_policy:all_nodes", "response_policy:all_succeeded"];

/** The rows of these commands. */
// deno-fmt-ignore
export const CONFIG_COMMANDS: readonly CommandSpec[] = [
  { name: "config", arity: -2, flags: [], subcommands: defineCommands(undefined, [
    { name: "get", arity: -3, flags: ["admin", "noscript", "loading", "stale"], run: get },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "resetstat", arity: 2, flags: ["admin", "noscript", "loading", "stale"], run: resetStat },
    { name: "rewrite", arity: 2, flags: ["admin", "noscript", "loading", "stale"], run: rewrite },
    { name: "set", arity: -4, flags: ["admin", "noscript", "loading", "stale"], tips: ALL_NODES, run: set },
  ]) },
];

/** `CONFIG GET pattern [pattern ...]` → map: names and values of directives that match. */
function get(context: CommandContext, args: Args): void {
  const found = context.server.config.get([...args.texts(2)]);
  context.reply.map(found.length);
  for (const [name, value] of found) {
    context.reply.bulkText(name);
    context.reply.bulkText(value);
  }
}

/** `CONFIG SET directive value [directive value ...]` → OK; all are changed or none. */
function set(context: CommandContext, args: Args): void {
  if (args.count % 2 !== 0) throw SYNTAX_ERROR;
  const { config, log } = context.server;
  const pairs: [string, string][] = [];
  const secretIndices: number[] = [];
  for (let index = 2; index < args.count; index += 2) {
    const name = args.text(index);
    pairs.push([name, args.text(index + 1)]);
    if (config.isSecret(name)) secretIndices.push(index + 1);
  }
  if (secretIndices.length > 0) context.secretIndices = secretIndices;
  try {
    const notices = config.set(pairs, {
      mayChangeProtected: mayChangeProtected(context),
      loadingRefusal: context.server.persistence.loading && LOADING,
      warn: (text) => log.warning(text),
    });
    for (const notice of notices) log.notice(notice);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw configRefused(error.message);
  }
  context.reply.ok();
}

/** `CONFIG REWRITE` → OK, the configuration file then holding the values in force. */
function rewrite(context: CommandContext): void {
  rewriteFile(context, false);
}

/** `DEBUG CONFIG-REWRITE-FORCE-ALL` → OK, the file then holding all values, defaults too. */
export function rewriteAll(context: CommandContext): void {
  rewriteFile(context, true);
}

function rewriteFile(context: CommandContext, hasDefaults: boolean): void {
  const { identity, lifecycle, log } = context.server;
  if (identity.configPath === "") throw NO_CONFIG_FILE;
  try {
    lifecycle.rewriteConfig(hasDefaults);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    log.warning(`CONFIG REWRITE failed: ${error.message}`);
    throw rewriteFailed(error.message);
  }
  log.warning("CONFIG REWRITE executed with success.");
  context.reply.ok();
}

/** `CONFIG RESETSTAT` → OK; the counters of INFO begin anew. */
function resetStat(context: CommandContext): void {
  const { stats, commands, clock } = context.server;
  stats.reset(clock.nowMs());
  for (const command of withSubcommands(commands.commands)) command.stats.reset();
  context.reply.ok();
}

/** `CONFIG HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "GET <pattern>",
    "    Return parameters matching the glob-like <pattern> and their values.",
    "SET <directive> <value>",
    "    Set the configuration <directive> to <value>.",
    "RESETSTAT",
    "    Reset statistics reported by the INFO command.",
    "REWRITE",
    "    Rewrite the configuration file.",
  ]);
}

/** Whether this client may set directives that are protected. */
function mayChangeProtected(context: CommandContext): boolean {
  const permission = context.server.config.text("enable-protected-configs");
  return permission === "yes" || (permission === "local" && context.session.isLocal);
}
