/**
 * Pops: LPOP, RPOP, LMPOP, and what their blocking kin do once there is something to pop.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  keysCounted,
} from "../../engine/mod.ts";
import { VALUE_MUST_BE_POSITIVE, wrongArity } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { ListEnd, ListValue } from "../../store/mod.ts";
import { readMultiPop } from "../pop_request.ts";
import { endAt, POP_EVENTS } from "./end.ts";
import { replyElements } from "./read.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const POP_COMMANDS: readonly CommandSpec[] = defineCommands("list", [
  { name: "lpop", arity: -2, flags: ["write", "fast"], briefArgumentsMax: 2, keys: [keyAt(1, "RW access delete")], run: lpop },
  { name: "rpop", arity: -2, flags: ["write", "fast"], briefArgumentsMax: 2, keys: [keyAt(1, "RW access delete")], run: rpop },
  { name: "lmpop", arity: -4, flags: ["write", "movablekeys"], keys: [keysCounted(1, "RW access delete")], run: lmpop },
]);

/** Reused by all commands: they run one after the other. */
const element = new ByteView();

/** `LPOP key [count]` → the first element, or with a count an array of so many. */
function lpop(context: CommandContext, args: Args): void {
  pop(context, args, "head");
}

/** `RPOP key [count]` → the last element, or with a count an array of so many, the last one first. */
function rpop(context: CommandContext, args: Args): void {
  pop(context, args, "tail");
}

function pop(context: CommandContext, args: Args, end: ListEnd): void {
  if (args.count > 2) return popSome(context, args, end);
  const key = args.at(1);
  const list = context.db.openList(key);
  if (list.count === 0) return context.reply.nil();
  popElement(context, key, list, end);
}

function popSome(context: CommandContext, args: Args, end: ListEnd): void {
  const { db, reply } = context;
  if (args.count > 3) throw wrongArity(context.command.fullName);
  const count = args.integer(2, VALUE_MUST_BE_POSITIVE);
  if (count < 0) throw VALUE_MUST_BE_POSITIVE;
  const key = args.at(1);
  const list = db.openList(key);
  if (list.count === 0) return reply.nilArray();
  if (count === 0) return reply.array(0);
  popElements(context, key, list, end, count);
}

/** `LMPOP numkeys key [key ...] LEFT | RIGHT [COUNT count]` → key and elements of the first, or nil. */
function lmpop(context: CommandContext, args: Args): void {
  const request = readMultiPop(args, 1, endAt);
  for (let index = 0; index < request.keyCount; index++) {
    const key = args.at(request.firstKey + index);
    const list = context.db.openList(key);
    if (list.count > 0) return popFromKey(context, key, list, request);
  }
  context.reply.nilArray();
}

/**
 * Pops from a list that is not empty as LMPOP does: replies the key and an array of elements, and
 * sends LPOP or RPOP with their number to logs and replicas.
 *
 * @param list The key's, opened for writing.
 */
export function popFromKey(
  context: CommandContext,
  key: ByteView,
  list: ListValue,
  request: { readonly end: ListEnd; readonly count: number },
): void {
  const { reply, effects } = context;
  const { end } = request;
  const count = Math.min(request.count, list.count);
  reply.array(2);
  reply.bulk(key);
  effects.replaceWith(end === "head" ? "LPOP" : "RPOP", key, String(count));
  popElements(context, key, list, end, count);
}

/**
 * Pops one element of a list that is not empty, and the key with the last one: replies it and notes
 * the events.
 *
 * @param list The key's, opened for writing.
 */
export function popElement(
  context: CommandContext,
  key: ByteView,
  list: ListValue,
  end: ListEnd,
): void {
  context.reply.bulk(list.readEnd(end, element));
  list.dropEnd(end);
  context.modified(key, POP_EVENTS[end]);
  context.removeIfEmpty(key, list);
}

/** The same for up to `wantedCount` elements, at least one, which are replied as an array. */
function popElements(
  context: CommandContext,
  key: ByteView,
  list: ListValue,
  end: ListEnd,
  wantedCount: number,
): void {
  const count = Math.min(wantedCount, list.count);
  const isFromTail = end === "tail";
  replyElements(context.reply, list, isFromTail ? list.count - 1 : 0, count, isFromTail);
  list.removeRange(isFromTail ? list.count - count : 0, count);
  context.modified(key, POP_EVENTS[end], count);
  context.removeIfEmpty(key, list);
}
