/**
 * Pushes: LPUSH, RPUSH, LPUSHX, RPUSHX.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import type { ListEnd, ListValue } from "../../store/mod.ts";
import { PUSH_EVENTS } from "./end.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const PUSH_COMMANDS: readonly CommandSpec[] = defineCommands("list", [
  { name: "lpush", arity: -3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW insert")], run: lpush },
  { name: "rpush", arity: -3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW insert")], run: rpush },
  { name: "lpushx", arity: -3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW insert")], run: lpushx },
  { name: "rpushx", arity: -3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW insert")], run: rpushx },
]);

/** `LPUSH key element [element ...]` → integer: the length behind it. */
function lpush(context: CommandContext, args: Args): void {
  push(context, args, context.db.openList(args.at(1)), "head");
}

/** `RPUSH key element [element ...]` → integer: the length behind it. */
function rpush(context: CommandContext, args: Args): void {
  push(context, args, context.db.openList(args.at(1)), "tail");
}

/** `LPUSHX key element [element ...]` → integer: the length behind it; 0: there is no list. */
function lpushx(context: CommandContext, args: Args): void {
  pushToExisting(context, args, "head");
}

/** `RPUSHX key element [element ...]` → integer: the length behind it; 0: there is no list. */
function rpushx(context: CommandContext, args: Args): void {
  pushToExisting(context, args, "tail");
}

function pushToExisting(context: CommandContext, args: Args, end: ListEnd): void {
  const list = context.db.openList(args.at(1));
  if (list.count === 0) return context.reply.integer(0);
  push(context, args, list, end);
}

function push(context: CommandContext, args: Args, list: ListValue, end: ListEnd): void {
  for (let index = 2; index < args.count; index++) list.push(end, args.at(index));
  context.modified(args.at(1), PUSH_EVENTS[end], args.count - 2);
  context.reply.integer(list.count);
}
