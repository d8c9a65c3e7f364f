/**
 * Parts of strings: APPEND, GETRANGE, SETRANGE, STRLEN.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { OFFSET_OUT_OF_RANGE, STRING_TOO_LONG } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { overwriteString } from "../../store/mod.ts";
import { IndexRange } from "../index_range.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const RANGE_COMMANDS: readonly CommandSpec[] = defineCommands("string", [
  { name: "append", arity: 3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW insert")], run: append },
  { name: "getrange", arity: 4, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: getrange },
  { name: "setrange", arity: 4, flags: ["write", "denyoom"], keys: [keyAt(1, "RW update")], run: setrange },
  { name: "strlen", arity: 2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], run: strlen },
  { name: "substr", arity: 4, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: getrange },
]);

/** Reused by all commands: they run one after the other. */
const value = new ByteView();
const range = new IndexRange();

/** `APPEND key value` → integer: the length behind it. */
function append(context: CommandContext, args: Args): void {
  const db = context.db;
  const key = args.at(1), suffix = args.at(2);
  const ref = db.write(key);
  let byteCount = suffix.byteCount;
  if (ref === 0) {
    db.setString(key, suffix);
  } else {
    const oldBytes = db.stringOf(ref, value).byteCount;
    byteCount += oldBytes;
    requireLength(context, byteCount);
    overwriteString(db, ref, oldBytes, suffix);
  }
  context.modified(key, "append");
  context.reply.integer(byteCount);
}

/** `GETRANGE key start end` → bulk string; negative indices count from the end. */
function getrange(context: CommandContext, args: Args): void {
  range.read(args, 2);
  const reply = context.reply;
  if (!context.db.readString(args.at(1), value)) return reply.bulkText("");
  range.resolve(value.byteCount);
  if (range.isReversedFromEnd || range.isEmpty) return reply.bulkText("");
  reply.bulkBytes(value.bytes, value.start + range.first, value.start + range.last + 1);
}

/** `SETRANGE key offset value` → integer: the length behind it. */
function setrange(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const key = args.at(1), part = args.at(3);
  const offset = args.integer(2);
  if (offset < 0) throw OFFSET_OUT_OF_RANGE;
  const ref = db.write(key);
  const oldBytes = ref === 0 ? 0 : db.stringOf(ref, value).byteCount;
  if (part.byteCount === 0) return reply.integer(oldBytes);
  requireLength(context, offset + part.byteCount);
  const endBytes = offset + part.byteCount;
  overwriteString(db, ref === 0 ? db.createString(key, endBytes) : ref, offset, part);
  context.modified(key, "setrange");
  reply.integer(Math.max(oldBytes, endBytes));
}

/** `STRLEN key` → integer: the length in bytes, 0 for an absent key. */
function strlen(context: CommandContext, args: Args): void {
  const exists = context.db.readString(args.at(1), value);
  context.reply.integer(exists ? value.byteCount : 0);
}

/** What a log recorded was allowed when it ran. */
function requireLength(context: CommandContext, byteCount: number): void {
  if (context.session.isReplayed) return;
  if (byteCount > context.server.config.number("proto-max-bulk-len")) throw STRING_TOO_LONG;
}
