/**
 * Blocking pops and moves: BLPOP, BRPOP, BLMPOP, BLMOVE and BRPOPLPUSH, which wait where LPOP, RPOP,
 * LMPOP, LMOVE and RPOPLPUSH reply nil.
 *
 * Logs and replicas get those: nothing waits there.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  type Demand,
  keyAt,
  keyRange,
  keysCounted,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { type ListEnd, TYPE_LIST } from "../../store/mod.ts";
import { popOneOrWait, readMultiPop } from "../pop_request.ts";
import { timeoutOfSeconds } from "../timeout.ts";
import { endAt } from "./end.ts";
import { moveElement } from "./move.ts";
import { popElement, popFromKey } from "./pop.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const BLOCKING_LIST_COMMANDS: readonly CommandSpec[] = defineCommands("list", [
  { name: "blpop", arity: -3, flags: ["write", "noscript", "blocking"],
    keys: [keyRange(1, -2, 1, "RW access delete")], run: blpop },
  { name: "brpop", arity: -3, flags: ["write", "noscript", "blocking"],
    keys: [keyRange(1, -2, 1, "RW access delete")], run: brpop },
  { name: "blmpop", arity: -5, flags: ["write", "blocking", "movablekeys"],
    keys: [keysCounted(2, "RW access delete")], run: blmpop },
  { name: "blmove", arity: 6, flags: ["write", "denyoom", "noscript", "blocking"],
    keys: [keyAt(1, "RW access delete"), keyAt(2, "RW insert")], run: blmove },
  { name: "brpoplpush", arity: 4, flags: ["write", "denyoom", "noscript", "blocking"],
    keys: [keyAt(1, "RW access delete"), keyAt(2, "RW insert")], run: brpoplpush },
]);

const FIRST = demandOfOne("head");
const LAST = demandOfOne("tail");

/** What RPOPLPUSH does: the last element of one list becomes the first of another. */
const LAST_TO_FIRST: Demand = {
  type: TYPE_LIST,
  serve(context, args): boolean {
    const source = args.at(1), destination = args.at(2);
    if (!moveElement(context, source, destination, "tail", "head")) return false;
    context.effects.replaceWith("RPOPLPUSH", source, destination);
    return true;
  },
};

/** `BLPOP key [key ...] timeout` → array of key and element, or nil. */
function blpop(context: CommandContext, args: Args): void {
  popOneOrWait(context, args, FIRST);
}

/** `BRPOP key [key ...] timeout` → array of key and element, or nil. */
function brpop(context: CommandContext, args: Args): void {
  popOneOrWait(context, args, LAST);
}

/** `BLMPOP timeout numkeys key [key ...] LEFT | RIGHT [COUNT count]` → key and elements, or nil. */
function blmpop(context: CommandContext, args: Args): void {
  const request = readMultiPop(args, 2, endAt);
  const { firstKey, keyCount } = request;
  context.takeOrBlock(args, {
    type: TYPE_LIST,
    serve(context, args, keyIndex): boolean {
      const key = args.at(keyIndex);
      const list = context.db.openList(key);
      if (list.count === 0) return false;
      popFromKey(context, key, list, request);
      return true;
    },
  }, { firstKey, keyCount, timeoutMs: timeoutOfSeconds(args, 1) });
}

/** `BLMOVE source destination LEFT | RIGHT LEFT | RIGHT timeout` → the element, or nil. */
function blmove(context: CommandContext, args: Args): void {
  const from = endAt(args, 3), to = endAt(args, 4);
  moveOrWait(context, args, {
    type: TYPE_LIST,
    serve(context, args): boolean {
      const source = args.at(1), destination = args.at(2);
      if (!moveElement(context, source, destination, from, to)) return false;
      context.effects.replaceWith("LMOVE", source, destination, args.at(3), args.at(4));
      return true;
    },
  }, timeoutOfSeconds(args, 5));
}

/** `BRPOPLPUSH source destination timeout` → the element, or nil. */
function brpoplpush(context: CommandContext, args: Args): void {
  moveOrWait(context, args, LAST_TO_FIRST, timeoutOfSeconds(args, 3));
}

function moveOrWait(
  context: CommandContext,
  args: Args,
  demand: Demand,
  timeoutMs: number,
): void {
  // The nil of a wait that ends is an array, that of one that may not begin is no array.
  if (context.mayBlock) context.takeOrBlock(args, demand, { firstKey: 1, keyCount: 1, timeoutMs });
  else if (!demand.serve(context, args, 1)) context.reply.nil();
}

/** Wants the element at an end. */
function demandOfOne(end: ListEnd): Demand {
  const effectName = end === "head" ? "LPOP" : "RPOP";
  return {
    type: TYPE_LIST,
    serve(context, args, keyIndex): boolean {
      const key = args.at(keyIndex);
      const list = context.db.openList(key);
      if (list.count === 0) return false;
      context.effects.replaceWith(effectName, key);
      context.reply.array(2);
      context.reply.bulk(key);
      popElement(context, key, list, end);
      return true;
    },
  };
}
