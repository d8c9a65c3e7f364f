/**
 * Pending entries that change hands: XCLAIM, XAUTOCLAIM.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import {
  noSuchKeyOrGroup,
  SYNTAX_ERROR,
  unknownClaimOption,
  XAUTOCLAIM_COUNT_INVALID,
  XAUTOCLAIM_COUNT_TOO_HIGH,
  XAUTOCLAIM_MIN_IDLE_INVALID,
  XCLAIM_COUNT_INVALID,
  XCLAIM_IDLE_INVALID,
  XCLAIM_MIN_IDLE_INVALID,
  XCLAIM_TIME_INVALID,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { ConsumerGroup, Ref, StreamValue } from "../../store/mod.ts";
import { replyEntryWithId, replyId } from "./entry_reply.ts";
import { sendClaim, sendGroupId } from "./group_effects.ts";
import { idAt, isIdAt, rangeStartAt } from "./id_argument.ts";

const UNSTEADY = ["nondeterministic_output"];

/** The rows of these commands. */
// deno-fmt-ignore
export const CLAIM_COMMANDS: readonly CommandSpec[] = defineCommands("stream", [
  { name: "xautoclaim", arity: -6, flags: ["write", "fast"], tips: UNSTEADY, keys: [keyAt(1, "RW delete")], run: xautoclaim },
  { name: "xclaim", arity: -6, flags: ["write", "fast"], tips: UNSTEADY, keys: [keyAt(1, "RW update")], run: xclaim },
]);

const AUTOCLAIM_COUNT = 100;
/** Pending entries that XAUTOCLAIM looks at for each that it may claim. */
const ATTEMPTS_FACTOR = 10;
const AUTOCLAIM_COUNT_MAX = Math.floor((2 ** 63 - 1) / 16);
/** Where Redis, which makes room for that many IDs, runs out of addresses. */
const AUTOCLAIM_COUNT_FEASIBLE = 2 ** 47 / 16;

/** A register for the options of one command. */
const options = {
  minIdleMs: 0,
  isForced: false,
  isJustId: false,
  /** When the entry counts as delivered, in unix milliseconds. */
  deliveredMs: 0,
  hasDeliveryCount: false,
  /** Behind the last argument that is an ID. */
  idsEnd: 0,
  countMax: 0,
};

/** Reused by all commands: they run one after the other. */
const deliveryCount = new Int64();
const id = new StreamId();
const start = new StreamId();
const lastId = new StreamId();
const groupId = new StreamId();
const names = { key: new ByteView(), group: new ByteView() };

/** `XCLAIM key group consumer min-idle-ms id ... [options]` → array of the entries, or their IDs. */
function xclaim(context: CommandContext, args: Args): void {
  const stream = context.db.openCountedStream(args.at(1));
  const group = requireGroup(stream, args);
  readXclaim(context, args);
  context.effects.suppress();
  const hasAdvanced = lastId.compare(group.readLastId(groupId)) > 0;
  if (hasAdvanced) group.setLastId(lastId);
  const { reply } = context, mark = reply.openArray();
  let consumer = 0, claimedCount = 0, isSent = false;
  for (let index = 5; index < options.idsEnd; index++) {
    idAt(args, index, id);
    const isPending = group.findPending(id);
    if (!stream.has(id)) {
      if (isPending) {
        dropPending(context, group);
        isSent = true;
      }
      continue;
    }
    if (!isPending) {
      if (!options.isForced) continue;
      group.createPending(context.db.nowMs);
    } else if (!isIdleEnough(context, group)) {
      continue;
    }
    if (consumer === 0) consumer = meetConsumer(context, args, group);
    claim(context, stream, group, consumer);
    claimedCount++;
    isSent = true;
  }
  if (hasAdvanced && !isSent) {
    sendGroupId(context, names, group);
    context.changeCount++;
  }
  reply.closeArray(mark, claimedCount);
}

/** `XAUTOCLAIM key group consumer min-idle-ms start [COUNT n] [JUSTID]` → next ID, entries, lost IDs. */
function xautoclaim(context: CommandContext, args: Args): void {
  context.db.read(args.at(1)); // counted before the words are looked at, as Redis does
  readXautoclaim(context, args);
  const stream = context.db.openStream(args.at(1));
  const group = requireGroup(stream, args);
  if (options.countMax > AUTOCLAIM_COUNT_FEASIBLE) throw XAUTOCLAIM_COUNT_TOO_HIGH;
  context.effects.suppress();
  const { reply } = context;
  reply.array(3);
  // The first element of the reply is known when the walk has ended: it is made in two passes.
  const lost: StreamId[] = [], claimed: StreamId[] = [];
  const hasMore = walkClaimable(context, args, group, stream, { lost, claimed });
  if (!hasMore) start.setLeast();
  replyId(reply, start);
  reply.array(claimed.length);
  for (const claimedId of claimed) {
    if (options.isJustId) replyId(reply, claimedId);
    else replyEntryWithId(reply, stream, claimedId);
  }
  reply.array(lost.length);
  for (const lostId of lost) replyId(reply, lostId);
}

/** IDs of entries that XAUTOCLAIM has claimed, and of those that are gone. */
interface Outcome {
  readonly claimed: StreamId[];
  readonly lost: StreamId[];
}

/** Claims from `start` on; returns whether the walk stopped before an entry, at `start`. */
function walkClaimable(
  context: CommandContext,
  args: Args,
  group: ConsumerGroup,
  stream: StreamValue,
  { lost, claimed }: Outcome,
): boolean {
  const list = group.walk(0);
  let attemptsLeft = options.countMax * ATTEMPTS_FACTOR, countLeft = options.countMax;
  let consumer = 0;
  let hasEntry = list.seekAtLeast(start);
  while (hasEntry && attemptsLeft-- > 0 && countLeft > 0) {
    list.readId(id);
    group.entry.open(list.reference);
    if (!stream.has(id)) {
      dropPending(context, group);
      lost.push(new StreamId().set(id));
      countLeft--;
      hasEntry = list.seekAtLeast(id);
      continue;
    }
    if (isIdleEnough(context, group)) {
      if (consumer === 0) consumer = meetConsumer(context, args, group);
      take(context, group, consumer);
      claimed.push(new StreamId().set(id));
      countLeft--;
    }
    hasEntry = list.next();
  }
  if (hasEntry) list.readId(start);
  return hasEntry;
}

/** Removes the pending entry `group.entry`, with `id`, whose entry is gone from the stream. */
function dropPending(context: CommandContext, group: ConsumerGroup): void {
  sendClaim(context, names, group, id);
  group.removePending(id);
  context.changeCount++;
}

/** Gives the pending entry `group.entry`, with `id`, to a consumer, and replies it. */
function claim(
  context: CommandContext,
  stream: StreamValue,
  group: ConsumerGroup,
  consumer: Ref,
): void {
  take(context, group, consumer);
  if (options.isJustId) replyId(context.reply, id);
  else replyEntryWithId(context.reply, stream, id);
}

function take(context: CommandContext, group: ConsumerGroup, consumer: Ref): void {
  const { entry } = group;
  entry.deliveredMs = options.deliveredMs;
  if (options.hasDeliveryCount) entry.setDeliveryCount(deliveryCount);
  else if (!options.isJustId) entry.countDelivery();
  group.assign(id, consumer);
  sendClaim(context, names, group, id);
  context.changeCount++;
}

function isIdleEnough(context: CommandContext, group: ConsumerGroup): boolean {
  return options.minIdleMs === 0 ||
    context.db.nowMs - group.entry.deliveredMs >= options.minIdleMs;
}

/** The consumer that the command names, which is now seen, and created if need be. */
function meetConsumer(context: CommandContext, args: Args, group: ConsumerGroup): Ref {
  const { nowMs } = context.db;
  let consumer = group.findConsumer(args.at(3));
  if (consumer !== 0) {
    group.setSeen(consumer, nowMs);
  } else {
    consumer = group.createConsumer(nowMs);
    context.modified(args.at(1), "xgroup-createconsumer");
  }
  return consumer;
}

function requireGroup(stream: StreamValue, args: Args): ConsumerGroup {
  names.key = args.at(1);
  names.group = args.at(2);
  const group = stream.findGroup(names.group);
  if (group === undefined) throw noSuchKeyOrGroup(args.text(1), args.text(2));
  return group;
}

/** Reads `options`, `deliveryCount` and `lastId` from the words of XCLAIM. */
function readXclaim(context: CommandContext, args: Args): void {
  const { nowMs } = context.db;
  options.minIdleMs = Math.max(0, args.integer(4, XCLAIM_MIN_IDLE_INVALID));
  options.isForced = options.isJustId = options.hasDeliveryCount = false;
  lastId.setLeast();
  let deliveredMs = nowMs;
  let index = 5;
  while (index < args.count && isIdAt(args, index, id)) index++;
  options.idsEnd = index;
  for (; index < args.count; index++) {
    const hasValue = index + 1 < args.count;
    if (args.isWord(index, "force")) options.isForced = true;
    else if (args.isWord(index, "justid")) options.isJustId = true;
    else if (hasValue && args.isWord(index, "idle")) {
      deliveredMs = nowMs - args.integer(++index, XCLAIM_IDLE_INVALID);
    } else if (hasValue && args.isWord(index, "time")) {
      deliveredMs = args.integer(++index, XCLAIM_TIME_INVALID);
    } else if (hasValue && args.isWord(index, "retrycount")) {
      args.int64(++index, deliveryCount, XCLAIM_COUNT_INVALID);
      options.hasDeliveryCount = !deliveryCount.isNegative();
    } else if (hasValue && args.isWord(index, "lastid")) {
      idAt(args, ++index, lastId);
    } else {
      throw unknownClaimOption(args.text(index));
    }
  }
  // A moment that cannot be is rather taken for now than refused: clients' clocks may be ahead.
  options.deliveredMs = deliveredMs < 0 || deliveredMs > nowMs ? nowMs : deliveredMs;
}

/** Reads `options` and `start` from the words of XAUTOCLAIM. */
function readXautoclaim(context: CommandContext, args: Args): void {
  options.minIdleMs = Math.max(0, args.integer(4, XAUTOCLAIM_MIN_IDLE_INVALID));
  options.isForced = options.isJustId = options.hasDeliveryCount = false;
  options.deliveredMs = context.db.nowMs;
  options.countMax = AUTOCLAIM_COUNT;
  rangeStartAt(args, 5, start);
  for (let index = 6; index < args.count; index++) {
    if (index + 1 < args.count && args.isWord(index, "count")) {
      options.countMax = args.integer(++index, XAUTOCLAIM_COUNT_INVALID);
      if (options.countMax < 1 || options.countMax > AUTOCLAIM_COUNT_MAX) {
        throw XAUTOCLAIM_COUNT_INVALID;
      }
    } else if (args.isWord(index, "justid")) {
      options.isJustId = true;
    } else {
      throw SYNTAX_ERROR;
    }
  }
}
