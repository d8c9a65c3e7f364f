/**
 * Changes inside of lists: LSET, LINSERT, LREM, LTRIM.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { INDEX_OUT_OF_RANGE, NO_SUCH_KEY, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { IndexRange } from "../index_range.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const CHANGE_COMMANDS: readonly CommandSpec[] = defineCommands("list", [
  { name: "lset", arity: 4, flags: ["write", "denyoom"], keys: [keyAt(1, "RW update")], run: lset },
  { name: "linsert", arity: 5, flags: ["write", "denyoom"], keys: [keyAt(1, "RW insert")], run: linsert },
  { name: "lrem", arity: 4, flags: ["write"], keys: [keyAt(1, "RW delete")], run: lrem },
  { name: "ltrim", arity: 4, flags: ["write"], keys: [keyAt(1, "RW delete")], run: ltrim },
]);

/** Reused by all commands: they run one after the other. */
const range = new IndexRange();

/** `LSET key index element` → OK; negative indices count from the end. */
function lset(context: CommandContext, args: Args): void {
  const key = args.at(1);
  const list = context.db.openList(key);
  if (list.count === 0) throw NO_SUCH_KEY;
  const given = args.integer(2);
  const index = given < 0 ? given + list.count : given;
  if (index < 0 || index >= list.count) throw INDEX_OUT_OF_RANGE;
  list.at(index);
  list.replace(args.at(3));
  context.modified(key, "lset");
  context.reply.ok();
}

/** `LINSERT key BEFORE | AFTER pivot element` → integer: the length, -1 without pivot, 0 without key. */
function linsert(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const isBehind = args.isWord(2, "after");
  if (!isBehind && !args.isWord(2, "before")) throw SYNTAX_ERROR;
  const key = args.at(1);
  const list = context.db.openList(key);
  if (list.count === 0) return reply.integer(0);
  const pivot = list.sought(args.at(3));
  const cursor = list.first();
  while (!cursor.isOn(pivot)) {
    if (!cursor.next()) return reply.integer(-1);
  }
  list.insert(isBehind, args.at(4));
  context.modified(key, "linsert");
  reply.integer(list.count);
}

/** `LREM key count element` → integer: how many were removed; negative counts from the end. */
function lrem(context: CommandContext, args: Args): void {
  const count = args.integer(2);
  const key = args.at(1);
  const list = context.db.openList(key);
  if (list.count === 0) return context.reply.integer(0);
  const countMax = count === 0 ? Infinity : Math.abs(count);
  const removedCount = list.removeEqual(args.at(3), countMax, count < 0 ? "tail" : "head");
  if (removedCount > 0) context.modified(key, "lrem", removedCount);
  context.removeIfEmpty(key, list);
  context.reply.integer(removedCount);
}

/** `LTRIM key start stop` → OK; only that range stays. */
function ltrim(context: CommandContext, args: Args): void {
  range.read(args, 2);
  const key = args.at(1);
  const list = context.db.openList(key);
  if (list.count === 0) return context.reply.ok();
  range.resolveElements(list.count);
  const before = range.isEmpty ? list.count : range.first;
  const behind = range.isEmpty ? 0 : list.count - range.last - 1;
  list.removeRange(list.count - behind, behind);
  list.removeRange(0, before);
  context.modified(key, "ltrim", before + behind);
  context.removeIfEmpty(key, list);
  context.reply.ok();
}
