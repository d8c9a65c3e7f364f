/**
 * ZRANDMEMBER: members drawn by chance.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import type { Args, ReplyWriter } from "../../resp/mod.ts";
import type { SortedSetValue } from "../../store/mod.ts";
import { readDrawCount } from "../draw_count.ts";
import { drawDifferent, isGoodPart, PassingChoice, requireRepeatable } from "../fair_draw.ts";
import { replyMember, replyMemberCount } from "./result.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const RANDOM_COMMANDS: readonly CommandSpec[] = defineCommands("sortedset", [
  { name: "zrandmember", arity: -2, flags: ["readonly"], tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RO access")], run: zrandmember },
]);

/** Reused by all commands: they run one after the other. */
const view = new ByteView();

/** `ZRANDMEMBER key [count [WITHSCORES]]` → member or nil; with a count, an array. */
function zrandmember(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  if (args.count === 2) {
    const set = db.readSortedSet(args.at(1));
    if (set === undefined) return reply.nil();
    return reply.bulk(set.memberAt(set.draw(), view));
  }
  const count = readDrawCount(args, "withscores");
  const withScores = args.count > 3;
  const set = db.readSortedSet(args.at(1));
  if (set === undefined || count === 0) return reply.array(0);
  if (count < 0) return replyRepeatable(reply, set, -count, withScores);
  replyMemberCount(reply, Math.min(count, set.count), withScores);
  if (count >= set.count) replyAll(reply, set, withScores);
  else if (isGoodPart(count, set.count)) {
    replyPassing(
      reply,
      set,
      new PassingChoice(context.server.random, count, set.count),
      withScores,
    );
  } else {
    const drawn = drawDifferent(count, () => set.draw());
    for (const position of drawn) replyMember(reply, set, position, withScores);
  }
}

/** So many draws; the same member may come again. */
function replyRepeatable(
  reply: ReplyWriter,
  set: SortedSetValue,
  count: number,
  withScores: boolean,
): void {
  requireRepeatable(count);
  replyMemberCount(reply, count, withScores);
  for (let index = 0; index < count; index++) replyMember(reply, set, set.draw(), withScores);
}

function replyAll(reply: ReplyWriter, set: SortedSetValue, withScores: boolean): void {
  for (let position = set.first(); position !== 0; position = set.next(position)) {
    replyMember(reply, set, position, withScores);
  }
}

/** Passes the members by until the choice is complete. */
function replyPassing(
  reply: ReplyWriter,
  set: SortedSetValue,
  choice: PassingChoice,
  withScores: boolean,
): void {
  for (let position = set.first(); !choice.isComplete; position = set.next(position)) {
    if (choice.takesNext()) replyMember(reply, set, position, withScores);
  }
}
