/**
 * Blocking pops: BZPOPMIN, BZPOPMAX and BZMPOP, which wait where ZPOPMIN, ZPOPMAX and ZMPOP reply nil.
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
  keyRange,
  keysCounted,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { TYPE_SORTED_SET } from "../../store/mod.ts";
import { popOneOrWait, readMultiPop } from "../pop_request.ts";
import { timeoutOfSeconds } from "../timeout.ts";
import { type PopEnd, popEndAt, popFromKey, popMembers } from "./pop.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const BLOCKING_POP_COMMANDS: readonly CommandSpec[] = defineCommands("sortedset", [
  { name: "bzpopmin", arity: -3, flags: ["write", "noscript", "blocking", "fast"],
    keys: [keyRange(1, -2, 1, "RW access delete")], run: bzpopmin },
  { name: "bzpopmax", arity: -3, flags: ["write", "noscript", "blocking", "fast"],
    keys: [keyRange(1, -2, 1, "RW access delete")], run: bzpopmax },
  { name: "bzmpop", arity: -5, flags: ["write", "blocking", "movablekeys"],
    keys: [keysCounted(2, "RW access delete")], run: bzmpop },
]);

const LOWEST = demandOfOne("min");
const HIGHEST = demandOfOne("max");

/** `BZPOPMIN key [key ...] timeout` → array of key, member and score, or nil. */
function bzpopmin(context: CommandContext, args: Args): void {
  popOneOrWait(context, args, LOWEST);
}

/** `BZPOPMAX key [key ...] timeout` → array of key, member and score, or nil. */
function bzpopmax(context: CommandContext, args: Args): void {
  popOneOrWait(context, args, HIGHEST);
}

/** `BZMPOP timeout numkeys key [key ...] MIN | MAX [COUNT count]` → key and pairs, or nil. */
function bzmpop(context: CommandContext, args: Args): void {
  const request = readMultiPop(args, 2, popEndAt);
  const { firstKey, keyCount } = request;
  context.takeOrBlock(args, {
    type: TYPE_SORTED_SET,
    serve(context, args, keyIndex): boolean {
      const key = args.at(keyIndex);
      const set = context.db.openSortedSet(key);
      if (set.count === 0) return false;
      popFromKey(context, key, set, request);
      return true;
    },
  }, { firstKey, keyCount, timeoutMs: timeoutOfSeconds(args, 1) });
}

/** Wants the member at an end. */
function demandOfOne(end: PopEnd): Demand {
  const effectName = end === "max" ? "ZPOPMAX" : "ZPOPMIN";
  return {
    type: TYPE_SORTED_SET,
    serve(context, args, keyIndex): boolean {
      const key = args.at(keyIndex);
      const set = context.db.openSortedSet(key);
      if (set.count === 0) return false;
      context.effects.replaceWith(effectName, key);
      context.reply.array(3);
      context.reply.bulk(key);
      popMembers(context, key, set, { end, count: 1, isNested: false });
      return true;
    },
  };
}
