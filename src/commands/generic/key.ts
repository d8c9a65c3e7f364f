/**
 * DEL, EXISTS, TOUCH, TYPE, UNLINK: whether keys are there.
 *
 * Nothing is freed for so long that others would notice: what is very large is freed in slices by DEL
 * too, and what has more than some dozens of elements by UNLINK.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  keyRange,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { TYPE_NAMES } from "../../store/mod.ts";

const SUMMED = ["request_policy:multi_shard", "response_policy:agg_sum"];

/** The rows of these commands. */
// deno-fmt-ignore
export const KEY_COMMANDS: readonly CommandSpec[] = defineCommands("keyspace", [
  { name: "del", arity: -2, flags: ["write"], tips: SUMMED, keys: [keyRange(1, -1, 1, "RM delete")], run: del },
  { name: "unlink", arity: -2, flags: ["write", "fast"], tips: SUMMED, isBrief: false,
    keys: [keyRange(1, -1, 1, "RM delete")], run: unlink },
  { name: "exists", arity: -2, flags: ["readonly", "fast"], tips: SUMMED, isBrief: false,
    keys: [keyRange(1, -1, 1, "RO")], needsOfKeys: "glance", run: exists },
  { name: "touch", arity: -2, flags: ["readonly", "fast"], tips: SUMMED, isBrief: false,
    keys: [keyRange(1, -1, 1, "RO")], needsOfKeys: "touch", run: touch },
  { name: "type", arity: 2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], run: type },
]);

/** `DEL key [key ...]` → integer: keys that were there. */
function del(context: CommandContext, args: Args): void {
  remove(context, args, context.server.config.boolean("lazyfree-lazy-user-del"));
}

/** `UNLINK key [key ...]` → integer: keys that were there. */
function unlink(context: CommandContext, args: Args): void {
  remove(context, args, true);
}

function remove(context: CommandContext, args: Args, isLazy: boolean): void {
  let removedCount = 0;
  for (let index = 1; index < args.count; index++) {
    const key = args.at(index);
    if (!context.db.remove(key, isLazy)) continue;
    context.modified(key, "del");
    removedCount++;
  }
  context.reply.integer(removedCount);
}

/** `EXISTS key [key ...]` → integer: how many are there, one named twice counted twice. */
function exists(context: CommandContext, args: Args): void {
  let presentCount = 0;
  for (let index = 1; index < args.count; index++) {
    if (context.db.readUntouched(args.at(index)) !== 0) presentCount++;
  }
  context.reply.integer(presentCount);
}

/** `TOUCH key [key ...]` → integer: how many are there and now count as just used. */
function touch(context: CommandContext, args: Args): void {
  let touchedCount = 0;
  for (let index = 1; index < args.count; index++) {
    if (context.db.read(args.at(index)) !== 0) touchedCount++;
  }
  context.reply.integer(touchedCount);
}

/** `TYPE key` → status: the type's name, `none` for an absent key. */
function type(context: CommandContext, args: Args): void {
  const db = context.db;
  const ref = db.readUntouched(args.at(1));
  context.reply.simple(ref === 0 ? "none" : TYPE_NAMES[db.entries.typeOf(ref)]);
}
