/**
 * COMMAND: what commands there are, told from the table itself.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Glob } from "../../base/glob.ts";
import {
  type AclCategory,
  type Command,
  type CommandContext,
  type CommandFlag,
  type CommandSpec,
  defineCommands,
  type KeyUse,
} from "../../engine/mod.ts";
import {
  COMMAND_ARGUMENTS_INVALID,
  COMMAND_ARITY_INVALID,
  COMMAND_HAS_NO_KEYS,
  COMMAND_INVALID,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import { Args } from "../../resp/mod.ts";
import { replyHelp } from "../help.ts";
import { chosenCommands, withSubcommands } from "./chosen_commands.ts";
import { replyCommandDocs } from "./command_docs_reply.ts";
import { replyCommandInfo, replyKeyFlags } from "./command_info_reply.ts";

const UNORDERED = ["nondeterministic_output_order"];
const ALWAYS: readonly CommandFlag[] = ["loading", "stale"];

/** The rows of these commands. */
// deno-fmt-ignore
export const COMMAND_COMMANDS: readonly CommandSpec[] = defineCommands("connection", [
  { name: "command", arity: -1, flags: ALWAYS, tips: UNORDERED, run: command, subcommands: [
    { name: "count", arity: 2, flags: ALWAYS, run: count },
    { name: "docs", arity: -2, flags: ALWAYS, tips: UNORDERED, run: docs },
    { name: "getkeys", arity: -4, flags: ALWAYS, run: getKeys },
    { name: "getkeysandflags", arity: -4, flags: ALWAYS, run: getKeysAndFlags },
    { name: "help", arity: 2, flags: ALWAYS, run: help },
    { name: "info", arity: -2, flags: ALWAYS, tips: UNORDERED, run: info },
    { name: "list", arity: -2, flags: ALWAYS, tips: UNORDERED, run: list },
  ] },
]);

/** `COMMAND` → array: the facts of all commands. */
function command(context: CommandContext): void {
  const commands = context.server.commands.commands;
  context.reply.array(commands.length);
  for (const each of commands) replyCommandInfo(context.reply, each);
}

/** `COMMAND COUNT` → integer. */
function count(context: CommandContext): void {
  context.reply.integer(context.server.commands.commands.length);
}

/** `COMMAND INFO [name ...]` → array: the facts of each, nil for one that there is not. */
function info(context: CommandContext, args: Args): void {
  if (args.count === 2) return command(context);
  context.reply.array(args.count - 2);
  for (let index = 2; index < args.count; index++) {
    const found = context.server.commands.findByFullName(args.text(index));
    if (found === undefined) context.reply.nil();
    else replyCommandInfo(context.reply, found);
  }
}

/** `COMMAND DOCS [name ...]` → map: names and documentation of those that there are. */
function docs(context: CommandContext, args: Args): void {
  const chosen = chosenCommands(context.server.commands, args);
  context.reply.map(chosen.length);
  for (const each of chosen) {
    context.reply.bulkText(each.fullName);
    replyCommandDocs(context.reply, each);
  }
}

/** `COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN pattern]` → array of names. */
function list(context: CommandContext, args: Args): void {
  const matches = parseFilter(args);
  const found = withSubcommands(context.server.commands.commands).filter(matches);
  context.reply.array(found.length);
  for (const each of found) context.reply.bulkText(each.fullName);
}

/** The filter that the options describe. */
function parseFilter(args: Args): (command: Command) => boolean {
  if (args.count === 2) return () => true;
  if (args.count !== 5 || !args.isWord(2, "filterby")) throw SYNTAX_ERROR;
  const wanted = args.at(4);
  if (args.isWord(3, "module")) return () => false;
  if (args.isWord(3, "aclcat")) {
    const category = wanted.toLowerText() as AclCategory;
    return (command) => command.categories.has(category);
  }
  if (args.isWord(3, "pattern")) {
    const pattern = new Glob(wanted, true);
    return (command) => pattern.matches(ByteView.ofText(command.fullName));
  }
  throw SYNTAX_ERROR;
}

/** `COMMAND GETKEYS command [arg ...]` → array of the keys among the arguments. */
function getKeys(context: CommandContext, args: Args): void {
  const request = innerRequest(args);
  const uses = findKeys(context, request);
  context.reply.array(uses.length);
  for (const use of uses) context.reply.bulk(request.at(use.argumentIndex));
}

/** `COMMAND GETKEYSANDFLAGS command [arg ...]` → array of keys and what happens to them. */
function getKeysAndFlags(context: CommandContext, args: Args): void {
  const request = innerRequest(args);
  const uses = findKeys(context, request);
  context.reply.array(uses.length);
  for (const use of uses) {
    context.reply.array(2);
    context.reply.bulk(request.at(use.argumentIndex));
    replyKeyFlags(context.reply, use.flags);
  }
}

/** The request behind the two names. */
function innerRequest(args: Args): Args {
  const words: Uint8Array[] = [];
  for (let index = 2; index < args.count; index++) words.push(args.at(index).copy());
  return Args.of(...words);
}

/**
 * The keys among the arguments of a request.
 *
 * @throws {RedisError} When there is no such command, or it has no keys, or not with these arguments.
 */
function findKeys(context: CommandContext, request: Args): readonly KeyUse[] {
  let found = context.server.commands.find(request.at(0));
  if (request.count > 1 && found !== undefined && found.subcommands.size > 0) {
    found = found.subcommands.get(request.at(1).toLowerText());
  }
  if (found === undefined) throw COMMAND_INVALID;
  const { keys = [], findKeys } = found.spec;
  if (findKeys === undefined && keys.every((key) => key.flags.includes("not_key"))) {
    throw COMMAND_HAS_NO_KEYS;
  }
  if (!found.takes(request)) throw COMMAND_ARITY_INVALID;
  const uses = found.keysOf(request) ?? [];
  if (uses.length === 0 && !found.has("no_mandatory_keys")) throw COMMAND_ARGUMENTS_INVALID;
  return uses;
}

/** `COMMAND HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "(no subcommand)",
    "    Return details about all Redis commands.",
    "COUNT",
    "    Return the total number of commands in this Redis server.",
    "LIST",
    "    Return a list of all commands in this Redis server.",
    "INFO [<command-name> ...]",
    "    Return details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "DOCS [<command-name> ...]",
    "    Return documentation details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "GETKEYS <full-command>",
    "    Return the keys from a full Redis command.",
    "GETKEYSANDFLAGS <full-command>",
    "    Return the keys and the access flags from a full Redis command.",
  ]);
}
