/**
 * ZRANDMEMBER: members drawn by chance, each equally likely.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import type { Random } from "../../base/random.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { COUNT_OUT_OF_RANGE, OUT_OF_INT64, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args, ReplyWriter } from "../../resp/mod.ts";
import type { SortedSetValue } from "../../store/mod.ts";
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
/** Half of 2^63: with scores, a count is doubled. */
const HALF_HIGH_WORD = 0x40000000;

/** Reused by all commands: they run one after the other. */
const wanted = new Int64();
const view = new ByteView();

/** `ZRANDMEMBER key [count [WITHSCORES]]` → member or nil; with a count, an array. */
function zrandmember(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  if (args.count === 2) {
    const set = db.readSortedSet(args.at(1));
    if (set === undefined) return reply.nil();
    return reply.bulk(set.memberAt(set.draw(), view));
  }
  args.int64(2, wanted);
  if (wanted.hi === -0x80000000 && wanted.lo === 0) throw OUT_OF_INT64;
  const withScores = args.count > 3;
  if (args.count > 4 || (withScores && !args.isWord(3, "withscores"))) throw SYNTAX_ERROR;
  if (withScores && isBeyondHalf(wanted)) throw COUNT_OUT_OF_RANGE;
  const count = wanted.toNumber();
  const set = db.readSortedSet(args.at(1));
  if (set === undefined || count === 0) return reply.array(0);
  if (count < 0) return replyRepeatable(reply, set, -count, withScores);
  replyMemberCount(reply, Math.min(count, set.count), withScores);
  if (count >= set.count) replyAll(reply, set, withScores);
  else if (count * WALK_FACTOR >= set.count) {
    replyWalked(reply, set, { count, withScores, random: context.server.random });
  } else replyDrawn(reply, set, count, withScores);
}

/** Whether a count is not between -(2^62 - 1) and 2^62 - 1. */
function isBeyondHalf(count: Int64): boolean {
  const { hi, lo } = count;
  return hi >= HALF_HIGH_WORD || hi < -HALF_HIGH_WORD || (hi === -HALF_HIGH_WORD && lo === 0);
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
