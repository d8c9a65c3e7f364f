/**
 * MGET, MSET, MSETNX: several strings at once.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyRange,
} from "../../engine/mod.ts";
import { wrongArity } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const MULTIPLE_COMMANDS: readonly CommandSpec[] = defineCommands("string", [
  { name: "mget", arity: -2, flags: ["readonly", "fast"], tips: ["request_policy:multi_shard"], isBrief: false,
    keys: [keyRange(1, -1, 1, "RO access")], run: mget },
  { name: "mset", arity: -3, flags: ["write", "denyoom"],
    tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
    keys: [keyRange(1, -1, 2, "OW update")], run: mset },
  { name: "msetnx", arity: -3, flags: ["write", "denyoom"],
    tips: ["request_policy:multi_shard", "response_policy:agg_min"],
    keys: [keyRange(1, -1, 2, "OW insert")], run: msetnx },
]);

/** Reused by all commands: they run one after the other. */
const value = new ByteView();

/** `MGET key [key ...]` → array of bulk strings; nil for what is no string. */
function mget(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  reply.array(args.count - 1);
  for (let index = 1; index < args.count; index++) {
    const ref = db.read(args.at(index));
    if (ref !== 0 && db.isString(ref)) reply.bulk(db.stringOf(ref, value));
    else reply.nil();
  }
}

/** `MSET key value [key value ...]` → OK. */
function mset(context: CommandContext, args: Args): void {
  requirePairs(context, args);
  setPairs(context, args);
  context.reply.ok();
}

/** `MSETNX key value [key value ...]` → 1 if all were stored, 0 if a key was there and none was. */
function msetnx(context: CommandContext, args: Args): void {
  requirePairs(context, args);
  for (let index = 1; index < args.count; index += 2) {
    if (context.db.write(args.at(index)) !== 0) return context.reply.integer(0);
  }
  setPairs(context, args);
  context.reply.integer(1);
}

function requirePairs(context: CommandContext, args: Args): void {
  if (args.count % 2 === 0) throw wrongArity(context.command.fullName);
}

function setPairs(context: CommandContext, args: Args): void {
  for (let index = 1; index < args.count; index += 2) {
    const key = args.at(index);
    context.db.setString(key, args.at(index + 1));
    context.modified(key, "set");
  }
}
