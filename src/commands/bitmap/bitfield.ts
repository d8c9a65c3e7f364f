/**
 * Strings as rows of integers: BITFIELD, BITFIELD_RO.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  type KeyUse,
} from "../../engine/mod.ts";
import { BITFIELD_RO_ONLY_READS } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { extendString } from "../../store/mod.ts";
import { addToValue, fitValue, readField, writeField } from "./field.ts";
import { FieldOperations } from "./field_operations.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const BITFIELD_COMMANDS: readonly CommandSpec[] = defineCommands("bitmap", [
  { name: "bitfield", arity: -2, flags: ["write", "denyoom"], run: bitfield, findKeys: keysOfBitfield,
    keys: [keyAt(1, "RW access update variable_flags", "This command allows both access and modification of the key")] },
  { name: "bitfield_ro", arity: -2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], run: bitfieldRo },
]);

/** What the arguments of one command ask for, seen as a whole. */
interface FieldPlan {
  operationCount: number;
  /** Bytes that the string must have for all writing operations; 0 if all read. */
  writtenBytes: number;
}

/** Reused by all commands: they run one after the other. */
const operations = new FieldOperations();
const plan: FieldPlan = { operationCount: 0, writtenBytes: 0 };
const value = new ByteView();
const oldField = new Int64();
const newField = new Int64();

/** `BITFIELD key [GET | SET | INCRBY | OVERFLOW ...] ...` → array: an integer or null for each. */
function bitfield(context: CommandContext, args: Args): void {
  readPlan(context, args);
  if (plan.writtenBytes === 0) replyFields(context, args);
  else changeFields(context, args);
}

/** `BITFIELD_RO key [GET type offset ...]` → array of integers. */
function bitfieldRo(context: CommandContext, args: Args): void {
  readPlan(context, args);
  if (plan.writtenBytes > 0) throw BITFIELD_RO_ONLY_READS;
  replyFields(context, args);
}

/** @throws {RedisError} When an operation makes no sense. */
function readPlan(context: CommandContext, args: Args): void {
  plan.operationCount = plan.writtenBytes = 0;
  operations.restart();
  while (operations.next(context, args)) {
    plan.operationCount++;
    if (operations.verb === "get") continue;
    const endBytes = Math.ceil((operations.bitOffset + operations.type.bitCount) / 8);
    plan.writtenBytes = Math.max(plan.writtenBytes, endBytes);
  }
}

function replyFields(context: CommandContext, args: Args): void {
  if (!context.db.readString(args.at(1), value)) value.set(args.bytes, 0, 0);
  context.reply.array(plan.operationCount);
  operations.restart();
  while (operations.next(context, args)) replyField(context);
}

/** Replies the current operation's field of `value`. */
function replyField(context: CommandContext): void {
  const { type, bitOffset } = operations;
  const { bytes, start, end } = value;
  context.reply.int64(readField(type, bytes, start, end, bitOffset, oldField));
}

function changeFields(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const key = args.at(1);
  const ref = db.write(key);
  if (ref !== 0) db.requireString(ref);
  const oldBytes = ref === 0 ? 0 : db.stringBytesOf(ref);
  const isLonger = plan.writtenBytes > oldBytes;
  const block = extendString(db, key, ref, plan.writtenBytes);
  const arena = db.entries.arena;
  const start = arena.offsetOf(block);
  value.set(arena.bytesOf(block), start, start + Math.max(oldBytes, plan.writtenBytes));
  reply.array(plan.operationCount);
  let changeCount = 0;
  operations.restart();
  while (operations.next(context, args)) {
    if (operations.verb === "get") replyField(context);
    else if (changeField(context, isLonger)) changeCount++;
  }
  if (changeCount > 0) context.modified(key, "setbit", changeCount);
  // All failed, yet the string has grown. Redis says nothing of it, and its replicas miss it: here
  // there is no event either, but logs and replicas get the command.
  else if (isLonger) context.changeCount++;
}

/**
 * Carries out the current SET or INCRBY on `value` and replies.
 *
 * @param isLonger Whether the string has grown, so that writing what is there counts, too.
 * @returns Whether it counts as a change.
 */
function changeField(context: CommandContext, isLonger: boolean): boolean {
  const { type, bitOffset, overflow, operand, verb } = operations;
  readField(type, value.bytes, value.start, value.end, bitOffset, oldField);
  const isWritten = verb === "set"
    ? fitValue(type, overflow, newField.set(operand))
    : addToValue(type, overflow, newField.set(oldField), operand);
  if (!isWritten) {
    context.reply.nil();
    return false;
  }
  context.reply.int64(verb === "set" ? oldField : newField);
  writeField(type, value.bytes, value.start, bitOffset, newField);
  return isLonger || newField.compare(oldField) !== 0;
}

/** The key, read only if all operations are; what makes no sense counts as writing. */
function keysOfBitfield(args: Args): KeyUse[] {
  let isRead = true;
  for (let index = 2; index < args.count && isRead;) {
    const followingCount = args.count - index - 1;
    if (args.isWord(index, "get") && followingCount >= 2) index += 3;
    else if (args.isWord(index, "overflow") && followingCount >= 1) index += 2;
    else isRead = false;
  }
  return [{
    argumentIndex: 1,
    flags: isRead ? ["RO", "access"] : ["RW", "access", "update"],
  }];
}
