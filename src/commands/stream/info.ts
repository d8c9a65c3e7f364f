/**
 * What there is to know of a stream: XINFO.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { NO_SUCH_KEY, noSuchGroup, unusableSubcommand } from "../../errors/catalogue.ts";
import type { Args, ReplyWriter } from "../../resp/mod.ts";
import { type ConsumerGroup, readLag, type Ref, type StreamValue } from "../../store/mod.ts";
import { replyHelp } from "../help.ts";
import { replyEntries, replyEntry, replyId } from "./entry_reply.ts";

const UNSTEADY = ["nondeterministic_output"];

/** The rows of these commands. */
// deno-fmt-ignore
export const INFO_COMMANDS: readonly CommandSpec[] = [
  { name: "xinfo", arity: -2, flags: [], subcommands: defineCommands("stream", [
    { name: "consumers", arity: 4, flags: ["readonly"], tips: UNSTEADY, keys: [keyAt(2, "RO access")], run: consumers },
    { name: "groups", arity: 3, flags: ["readonly"], keys: [keyAt(2, "RO access")], run: groups },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "stream", arity: -3, flags: ["readonly"], keys: [keyAt(2, "RO access")], run: stream },
  ]) },
];

/** Entries of each list that XINFO STREAM FULL shows unless told otherwise. */
const FULL_COUNT = 10;

/** Reused by all commands: they run one after the other. */
const id = new StreamId();
const count = new Int64();
const name = new ByteView();

const LEAST_ID = new StreamId();
const GREATEST_ID = new StreamId().setGreatest();

/** `XINFO STREAM key [FULL [COUNT n]]` → map. */
function stream(context: CommandContext, args: Args): void {
  const value = readExisting(context, args);
  const { reply } = context;
  if (args.count > 3) return replyFull(reply, value, readFullCount(args));
  reply.map(10);
  replyFacts(reply, value);
  reply.bulkText("groups");
  reply.integer(value.groupCount);
  reply.bulkText("first-entry");
  replyEdge(reply, value, false);
  reply.bulkText("last-entry");
  replyEdge(reply, value, true);
}

/** `XINFO GROUPS key` → array of maps. */
function groups(context: CommandContext, args: Args): void {
  const value = readExisting(context, args);
  const { reply } = context;
  reply.array(value.groupCount);
  for (let group = value.firstGroup(); group !== undefined; group = value.nextGroup()) {
    reply.map(6);
    reply.bulkText("name");
    reply.bulk(value.groupName(group, name));
    reply.bulkText("consumers");
    reply.integer(group.consumerCount);
    reply.bulkText("pending");
    reply.integer(group.pendingCount);
    replyProgress(reply, value, group);
  }
}

/** `XINFO CONSUMERS key group` → array of maps. */
function consumers(context: CommandContext, args: Args): void {
  const group = readExisting(context, args).findGroup(args.at(3));
  if (group === undefined) throw noSuchGroup(args.text(3), args.text(2));
  const { reply } = context, nowMs = context.db.nowMs;
  reply.array(group.consumerCount);
  for (let consumer = group.firstConsumer(); consumer !== 0; consumer = group.nextConsumer()) {
    reply.map(3);
    reply.bulkText("name");
    reply.bulk(group.nameOf(consumer, name));
    reply.bulkText("pending");
    reply.integer(group.pendingCountOf(consumer));
    reply.bulkText("idle");
    reply.integer(Math.max(0, nowMs - group.seenMsOf(consumer)));
  }
}

/** `XINFO HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "CONSUMERS <key> <groupname>",
    "    Show consumers of <groupname>.",
    "GROUPS <key>",
    "    Show the stream consumer groups.",
    "STREAM <key> [FULL [COUNT <count>]",
    "    Show information about the stream.",
  ]);
}

function readExisting(context: CommandContext, args: Args): StreamValue {
  const value = context.db.readStream(args.at(2));
  if (value === undefined) throw NO_SUCH_KEY;
  return value;
}

/** Entries of each list that FULL is to show; 0: all. */
function readFullCount(args: Args): number {
  const hasCount = args.count === 6;
  if ((args.count !== 4 && !hasCount) || !args.isWord(3, "full")) throw unusable(args);
  if (!hasCount) return FULL_COUNT;
  if (!args.isWord(4, "count")) throw unusable(args);
  const countMax = args.integer(5);
  return countMax < 0 ? FULL_COUNT : countMax;
}

function unusable(args: Args): Error {
  return unusableSubcommand("XINFO", args.text(1));
}

/** Replies the seven pairs that both forms of XINFO STREAM begin with. */
function replyFacts(reply: ReplyWriter, value: StreamValue): void {
  reply.bulkText("length");
  reply.integer(value.count);
  reply.bulkText("radix-tree-keys");
  reply.integer(value.nodeCount);
  reply.bulkText("radix-tree-nodes");
  reply.integer(value.countRadixNodes());
  reply.bulkText("last-generated-id");
  replyId(reply, value.readLastId(id));
  reply.bulkText("max-deleted-entry-id");
  replyId(reply, value.readDeletedId(id));
  reply.bulkText("entries-added");
  reply.int64(value.readEntriesAdded(count));
  reply.bulkText("recorded-first-entry-id");
  replyId(reply, value.readFirstId(id));
}

function replyEdge(reply: ReplyWriter, value: StreamValue, isLast: boolean): void {
  const walk = value.walk(LEAST_ID, GREATEST_ID, isLast);
  if (walk.next()) replyEntry(reply, walk);
  else reply.nil();
}

/** Replies three pairs: how far a group has come. */
function replyProgress(reply: ReplyWriter, value: StreamValue, group: ConsumerGroup): void {
  reply.bulkText("last-delivered-id");
  replyId(reply, group.readLastId(id));
  reply.bulkText("entries-read");
  group.readEntriesRead(count);
  if (count.toNumber() === -1) reply.nil();
  else reply.int64(count);
  reply.bulkText("lag");
  if (readLag(value, group, count)) reply.int64(count);
  else reply.nil();
}

function replyFull(reply: ReplyWriter, value: StreamValue, countMax: number): void {
  reply.map(9);
  replyFacts(reply, value);
  reply.bulkText("entries");
  replyEntries(reply, value.walk(LEAST_ID, GREATEST_ID, false), countMax);
  reply.bulkText("groups");
  reply.array(value.groupCount);
  for (let group = value.firstGroup(); group !== undefined; group = value.nextGroup()) {
    reply.map(7);
    reply.bulkText("name");
    reply.bulk(value.groupName(group, name));
    replyProgress(reply, value, group);
    reply.bulkText("pel-count");
    reply.integer(group.pendingCount);
    reply.bulkText("pending");
    replyPending(reply, group, 0, countMax);
    reply.bulkText("consumers");
    reply.array(group.consumerCount);
    for (let consumer = group.firstConsumer(); consumer !== 0; consumer = group.nextConsumer()) {
      reply.map(4);
      reply.bulkText("name");
      reply.bulk(group.nameOf(consumer, name));
      reply.bulkText("seen-time");
      reply.integer(group.seenMsOf(consumer));
      reply.bulkText("pel-count");
      reply.integer(group.pendingCountOf(consumer));
      reply.bulkText("pending");
      replyPending(reply, group, consumer, countMax);
    }
  }
}

/**
 * Replies pending entries.
 *
 * @param consumer Whose; 0: the group's, each with its consumer.
 */
function replyPending(
  reply: ReplyWriter,
  group: ConsumerGroup,
  consumer: Ref,
  countMax: number,
): void {
  const list = group.walk(consumer);
  const shownCount = countMax === 0 ? list.count : Math.min(list.count, countMax);
  reply.array(shownCount);
  list.seekFirst();
  for (let shown = 0; shown < shownCount; shown++) {
    const entry = group.entry.open(list.reference);
    reply.array(consumer === 0 ? 4 : 3);
    replyId(reply, list.readId(id));
    if (consumer === 0) reply.bulk(group.nameOf(entry.consumer, name));
    reply.integer(entry.deliveredMs);
    reply.int64(entry.readDeliveryCount(count));
    list.next();
  }
}
