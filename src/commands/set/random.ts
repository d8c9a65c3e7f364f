/**
 * Members by chance: SPOP, SRANDMEMBER.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { OUT_OF_INT64, SYNTAX_ERROR, VALUE_MUST_BE_POSITIVE } from "../../errors/catalogue.ts";
import type { Args, ReplyWriter } from "../../resp/mod.ts";
import { SetMember, type SetValue } from "../../store/mod.ts";
import { drawDifferent, isGoodPart, PassingChoice, requireRepeatable } from "../fair_draw.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const RANDOM_COMMANDS: readonly CommandSpec[] = defineCommands("set", [
  { name: "spop", arity: -2, flags: ["write", "fast"], briefArgumentsMax: 2, tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RW access delete")], run: spop },
  { name: "srandmember", arity: -2, flags: ["readonly"], isBrief: true, briefArgumentsMax: 2, tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RO access")], run: srandmember },
]);

/** When SPOP takes so many times what it leaves, it picks what stays instead, as Redis does. */
const TAKEN_PER_LEFT = 5;
/** The lowest integer of 64 bits, which has no opposite. */
const INT64_MIN_HI = -0x80000000;

/** Reused by all commands: they run one after the other. */
const member = new SetMember();
const wanted = new Int64();

/** `SPOP key [count]` → a member or nil; with a count, a set of members. */
function spop(context: CommandContext, args: Args): void {
  if (args.count === 3) return popSeveral(context, args);
  if (args.count > 3) throw SYNTAX_ERROR;
  const { db, reply, effects } = context;
  const key = args.at(1);
  const set = db.openSet(key);
  if (set.ref === 0) return reply.nil();
  const place = set.drawPlace();
  const view = set.show(place, member).view;
  reply.bulk(view);
  if (effects.isWanted) effects.replaceWith("SREM", key, view);
  set.removeDrawn(place);
  context.modified(key, "spop");
  context.removeIfEmpty(key, set);
}

function popSeveral(context: CommandContext, args: Args): void {
  const { db, reply, effects } = context;
  const key = args.at(1);
  const count = args.integer(2, VALUE_MUST_BE_POSITIVE);
  if (count < 0) throw VALUE_MUST_BE_POSITIVE;
  const set = db.openSet(key);
  if (set.ref === 0 || count === 0) return reply.set(0);
  if (count < set.count) {
    reply.set(count);
    const leftCount = set.count - count;
    if (leftCount * TAKEN_PER_LEFT > count) popEach(context, key, set, count);
    else popAllBut(context, key, set, leftCount);
    return context.modified(key, "spop", count);
  }
  db.read(key); // as Redis does, which counts it
  const takenCount = set.count;
  reply.set(takenCount);
  replyAll(reply, set);
  db.removeEntry(set.ref);
  context.modified(key, "spop", takenCount);
  context.modified(key, "del", 0);
  if (effects.isWanted) effects.replaceWith("DEL", key);
}

/** Removes members one by one. */
function popEach(context: CommandContext, key: ByteView, set: SetValue, count: number): void {
  const { reply, effects } = context;
  for (; count > 0; count--) {
    const place = set.drawPlace();
    const view = set.show(place, member).view;
    reply.bulk(view);
    if (effects.isWanted) effects.replaceWith("SREM", key, view);
    set.removeDrawn(place);
  }
}

/** Gives away all members but some, which are put into a new set in the place of the old one. */
function popAllBut(context: CommandContext, key: ByteView, set: SetValue, leftCount: number): void {
  const { db, reply, effects, server: { random } } = context;
  const left = db.setHandle(1).detach();
  try {
    const choice = new PassingChoice(random, leftCount, set.count);
    const walk = set.startWalk();
    while (walk.next()) {
      for (let index = 0; index < walk.count; index++) {
        walk.show(index, member);
        if (choice.takesNext()) {
          left.addMember(member);
        } else {
          reply.bulk(member.view);
          if (effects.isWanted) effects.replaceWith("SREM", key, member.view);
        }
      }
    }
    set.replaceBy(left);
  } finally {
    left.free();
  }
}

/** `SRANDMEMBER key [count]` → a member or nil; with a count, an array, negative: with repetitions. */
function srandmember(context: CommandContext, args: Args): void {
  if (args.count > 3) throw SYNTAX_ERROR;
  const reply = context.reply;
  const hasCount = args.count === 3;
  const count = hasCount ? wantedCountAt(args, 2) : 1;
  const set = context.db.readSet(args.at(1));
  if (set === undefined) return hasCount ? reply.array(0) : reply.nil();
  if (!hasCount) return reply.bulk(set.show(set.drawPlace(), member).view);
  if (count < 0) {
    requireRepeatable(-count);
    reply.array(-count);
    for (let left = -count; left > 0; left--) reply.bulk(set.show(set.drawPlace(), member).view);
  } else if (count >= set.count) {
    reply.array(set.count);
    replyAll(reply, set);
  } else {
    reply.array(count);
    if (isGoodPart(count, set.count)) return replyPassing(context, set, count);
    const drawn = drawDifferent(count, () => set.drawPlace());
    for (const place of drawn) reply.bulk(set.show(place, member).view);
  }
}

/** @throws {RedisError} When it is no integer, or has no opposite. */
function wantedCountAt(args: Args, index: number): number {
  args.int64(index, wanted);
  if (wanted.hi === INT64_MIN_HI && wanted.lo === 0) throw OUT_OF_INT64;
  return wanted.toNumber();
}

/** Replies different members, a good part of all. */
function replyPassing({ reply, server }: CommandContext, set: SetValue, count: number): void {
  const choice = new PassingChoice(server.random, count, set.count);
  const walk = set.startWalk();
  while (!choice.isComplete && walk.next()) {
    for (let index = 0; index < walk.count; index++) {
      if (choice.takesNext()) reply.bulk(walk.show(index, member).view);
    }
  }
}

function replyAll(reply: ReplyWriter, set: SetValue): void {
  const walk = set.startWalk();
  while (walk.next()) {
    for (let index = 0; index < walk.count; index++) reply.bulk(walk.show(index, member).view);
  }
}
