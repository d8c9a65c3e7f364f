/**
 * Pops: ZPOPMIN, ZPOPMAX, ZMPOP, and what their blocking kin do once there is something to pop.
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
import { SYNTAX_ERROR, VALUE_MUST_BE_POSITIVE } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { SortedSetValue } from "../../store/mod.ts";
import { readMultiPop } from "../pop_request.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const POP_COMMANDS: readonly CommandSpec[] = defineCommands("sortedset", [
  { name: "zpopmin", arity: -2, flags: ["write", "fast"], briefArgumentsMax: 2, keys: [keyAt(1, "RW access delete")], run: zpopmin },
  { name: "zpopmax", arity: -2, flags: ["write", "fast"], briefArgumentsMax: 2, keys: [keyAt(1, "RW access delete")], run: zpopmax },
  { name: "zmpop", arity: -4, flags: ["write", "movablekeys"], keys: [keysCounted(1, "RW access delete")], run: zmpop },
]);

/** Reused by all commands: they run one after the other. */
const view = new ByteView();

/** Which members go first: those with the lowest scores or with the highest. */
export type PopEnd = "min" | "max";

/** Reads MIN or MAX. @throws {RedisError} When it is neither. */
export function popEndAt(args: Args, index: number): PopEnd {
  if (args.isWord(index, "min")) return "min";
  if (args.isWord(index, "max")) return "max";
  throw SYNTAX_ERROR;
}

/** `ZPOPMIN key [count]` → array of members and scores. */
function zpopmin(context: CommandContext, args: Args): void {
  popOne(context, args, "min");
}

/** `ZPOPMAX key [count]` → array of members and scores. */
function zpopmax(context: CommandContext, args: Args): void {
  popOne(context, args, "max");
}

function popOne(context: CommandContext, args: Args, end: PopEnd): void {
  const reply = context.reply;
  if (args.count > 3) throw SYNTAX_ERROR;
  const hasCount = args.count === 3;
  const wantedCount = hasCount ? args.integer(2, VALUE_MUST_BE_POSITIVE) : 1;
  if (wantedCount < 0) throw VALUE_MUST_BE_POSITIVE;
  const key = args.at(1);
  const set = context.db.openSortedSet(key);
  const count = Math.min(wantedCount, set.count);
  const isNested = hasCount && reply.protocol === 3;
  reply.array(isNested ? count : count * 2);
  if (count > 0) popMembers(context, key, set, { end, count, isNested });
}

/** `ZMPOP numkeys key [key ...] MIN | MAX [COUNT count]` → key and pairs of the first, or nil. */
function zmpop(context: CommandContext, args: Args): void {
  const request = readMultiPop(args, 1, popEndAt);
  for (let index = 0; index < request.keyCount; index++) {
    const key = args.at(request.firstKey + index);
    const set = context.db.openSortedSet(key);
    if (set.count > 0) return popFromKey(context, key, set, request);
  }
  context.reply.nilArray();
}

/**
 * Pops from a sorted set that is not empty as ZMPOP does: replies the key and an array of pairs, and
 * sends ZPOPMIN or ZPOPMAX to logs and replicas.
 *
 * @param set The key's, opened for writing.
 */
export function popFromKey(
  context: CommandContext,
  key: ByteView,
  set: SortedSetValue,
  request: { readonly end: PopEnd; readonly count: number },
): void {
  const { reply, effects } = context;
  const { end } = request;
  const count = Math.min(request.count, set.count);
  reply.array(2);
  reply.bulk(key);
  reply.array(count);
  effects.replaceWith(end === "max" ? "ZPOPMAX" : "ZPOPMIN", key, String(count));
  popMembers(context, key, set, { end, count, isNested: true });
}

/** How members are popped. */
export interface PopOptions {
  readonly end: PopEnd;
  /** From 1 to as many as there are. */
  readonly count: number;
  /** Whether a member and its score are an array of their own. */
  readonly isNested: boolean;
}

/**
 * Pops members, and the key with the last one: replies them one after the other, without a header,
 * and notes the events.
 *
 * @param set The key's, opened for writing.
 */
export function popMembers(
  context: CommandContext,
  key: ByteView,
  set: SortedSetValue,
  options: PopOptions,
): void {
  const { end, count, isNested } = options;
  const reply = context.reply;
  const isMax = end === "max";
  let position = isMax ? set.last() : set.first();
  for (let index = 0; index < count; index++) {
    if (isNested) reply.array(2);
    reply.bulk(set.memberAt(position, view));
    reply.double(set.scoreAt(position));
    if (index + 1 < count) position = isMax ? set.previous(position) : set.next(position);
  }
  set.removeRange(isMax ? set.count - count : 0, count);
  context.modified(key, isMax ? "zpopmax" : "zpopmin", count);
  context.removeIfEmpty(key, set);
}
