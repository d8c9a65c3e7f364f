/**
 * Reading of lists by index: LLEN, LRANGE, LINDEX.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import type { Args, ReplyWriter } from "../../resp/mod.ts";
import type { ListValue } from "../../store/mod.ts";
import { IndexRange } from "../index_range.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const READ_COMMANDS: readonly CommandSpec[] = defineCommands("list", [
  { name: "llen", arity: 2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], run: llen },
  { name: "lrange", arity: 4, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: lrange },
  { name: "lindex", arity: 3, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: lindex },
]);

/** Reused by all commands: they run one after the other. */
const element = new ByteView();
const range = new IndexRange();

/** `LLEN key` → integer: the number of elements, 0 for an absent key. */
function llen(context: CommandContext, args: Args): void {
  context.reply.integer(context.db.readList(args.at(1))?.count ?? 0);
}

/** `LRANGE key start stop` → array of elements; negative indices count from the end. */
function lrange(context: CommandContext, args: Args): void {
  range.read(args, 2);
  const reply = context.reply;
  const list = context.db.readList(args.at(1));
  if (list === undefined) return reply.array(0);
  range.resolveElements(list.count);
  if (range.isEmpty) return reply.array(0);
  replyElements(reply, list, range.first, range.last - range.first + 1, false);
}

/** `LINDEX key index` → the element, or nil; negative indices count from the end. */
function lindex(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const list = context.db.readList(args.at(1));
  if (list === undefined) return reply.nil();
  const given = args.integer(2);
  const index = given < 0 ? given + list.count : given;
  if (index < 0 || index >= list.count) return reply.nil();
  reply.bulk(list.at(index).read(element));
}

/**
 * Replies elements of a list as an array.
 *
 * @param index Of the first one; it must be there.
 * @param count At least 1, and as many must be there.
 * @param isBackward Whether it goes on towards the head.
 */
export function replyElements(
  reply: ReplyWriter,
  list: ListValue,
  index: number,
  count: number,
  isBackward: boolean,
): void {
  const cursor = list.at(index);
  reply.array(count);
  reply.bulk(cursor.read(element));
  for (let left = count - 1; left > 0; left--) {
    if (isBackward) cursor.previous();
    else cursor.next();
    reply.bulk(cursor.read(element));
  }
}
