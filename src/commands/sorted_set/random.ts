/**
 * ZRANDMEMBER: members drawn by chance, each equally likely.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { Random } from "../../base/random.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { COUNT_OUT_OF_RANGE } from "../../errors/catalogue.ts";
import type { Args, ReplyWriter } from "../../resp/mod.ts";
import type { SortedSetValue } from "../../store/mod.ts";
import { readDrawCount } from "../draw_count.ts";
import { replyMember, replyMemberCount } from "./result.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const RANDOM_COMMANDS: readonly CommandSpec[] = defineCommands("sortedset", [
  { name: "zrandmember", arity: -2, flags: ["readonly"], tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RO access")], run: zrandmember },
]);

/** From one in so many members on, a walk over all of them beats drawing again and again. */
const WALK_FACTOR = 3;
/** Most members that are replied with repetitions: a reply must fit into memory. */
const REPEATED_COUNT_MAX = 2 ** 27;

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
  else if (count * WALK_FACTOR >= set.count) {
    replyWalked(reply, set, { count, withScores, random: context.server.random });
  } else replyDrawn(reply, set, count, withScores);
}

/** So many draws; the same member may come again. */
function replyRepeatable(
  reply: ReplyWriter,
  set: SortedSetValue,
  count: number,
  withScores: boolean,
): void {
  if (count > REPEATED_COUNT_MAX) throw COUNT_OUT_OF_RANGE;
  replyMemberCount(reply, count, withScores);
  for (let index = 0; index < count; index++) replyMember(reply, set, set.draw(), withScores);
}

function replyAll(reply: ReplyWriter, set: SortedSetValue, withScores: boolean): void {
  for (let position = set.first(); position !== 0; position = set.next(position)) {
    replyMember(reply, set, position, withScores);
  }
}

/** Passes by all members once and takes each with the chance that makes all choices equal. */
function replyWalked(
  reply: ReplyWriter,
  set: SortedSetValue,
  options: { count: number; withScores: boolean; random: Random },
): void {
  const { count, withScores, random } = options;
  let position = set.first(), missingCount = count;
  for (let restCount = set.count; missingCount > 0; restCount--) {
    if (random.below(restCount) < missingCount) {
      replyMember(reply, set, position, withScores);
      missingCount--;
    }
    if (missingCount > 0) position = set.next(position);
  }
}

/** Draws until there are so many different ones, which are few among all. */
function replyDrawn(
  reply: ReplyWriter,
  set: SortedSetValue,
  count: number,
  withScores: boolean,
): void {
  const drawn = new Set<number>();
  while (drawn.size < count) {
    const position = set.draw();
    if (drawn.has(position)) continue;
    drawn.add(position);
    replyMember(reply, set, position, withScores);
  }
}
