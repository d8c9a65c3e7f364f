/**
 * Reading what is new in streams: XREAD, XREADGROUP.
 *
 * Both look at all streams first, so that an error comes before any change, and then serve from each
 * what it has. If none has anything, they may wait; the first stream to change then serves alone.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  type Demand,
  type KeySpec,
} from "../../engine/mod.ts";
import {
  BLOCKED_GROUP_LOST,
  BLOCKED_STREAM_LOST,
  noSuchKeyOrGroup,
  XREAD_NEW_NEEDS_GROUP,
  XREADGROUP_LAST_ID,
} from "../../errors/catalogue.ts";
import { Args } from "../../resp/mod.ts";
import {
  advanceGroup,
  type ConsumerGroup,
  type Ref,
  type StreamValue,
  TYPE_STREAM,
} from "../../store/mod.ts";
import { replyEntries, replyEntry, replyEntryWithId, replyId, textOfId } from "./entry_reply.ts";
import { sendClaim, sendConsumerCreation, sendGroupId } from "./group_effects.ts";
import { idAt } from "./id_argument.ts";
import { ReadOptions } from "./read_options.ts";

/** The keys are the first half of what follows STREAMS. */
function keysBehindStreams(startFrom: number): KeySpec[] {
  return [{
    flags: ["RO", "access"],
    begin: { by: "keyword", keyword: "STREAMS", startFrom },
    find: { by: "range", last: -1, step: 1, limit: 2 },
  }];
}

/** The rows of these commands. */
// deno-fmt-ignore
export const READ_COMMANDS: readonly CommandSpec[] = defineCommands("stream", [
  { name: "xread", arity: -4, flags: ["readonly", "blocking", "movablekeys"], keys: keysBehindStreams(1), run: xread },
  { name: "xreadgroup", arity: -7, flags: ["write", "blocking", "movablekeys"], keys: keysBehindStreams(4), run: xreadgroup },
]);

/** What XREAD waits for. */
const NEW_ENTRIES: Demand = { type: TYPE_STREAM, serve: serveReader };
/** What XREADGROUP waits for. */
const NEW_GROUP_ENTRIES: Demand = {
  type: TYPE_STREAM,
  lostError: BLOCKED_STREAM_LOST,
  serve: serveGroupReader,
};

/** Most entries for who has waited, where COUNT was not given. */
const WAITED_COUNT = 1000;

const DOLLAR = 36;
const GREATER = 62;

/** Reused by all commands: they run one after the other. */
const options = new ReadOptions();
const id = new StreamId();
const scratchId = new StreamId();
const entryId = new StreamId();
/** The IDs behind which an XREAD that may wait reads. */
const lowerBounds: string[] = [];
const names = { key: new ByteView(), group: new ByteView() };
const ONE = new Int64().setNumber(1);

const GREATEST_ID = new StreamId().setGreatest();

/** `XREAD [COUNT n] [BLOCK ms] STREAMS key ... id|$ ...` → map of key and entries, or nil. */
function xread(context: CommandContext, args: Args): void {
  options.read(args, false);
  const { firstKey, keyCount } = options;
  lowerBounds.length = 0;
  for (let index = firstKey; index < firstKey + keyCount; index++) {
    readLowerBound(args, index + keyCount, context.db.readStream(args.at(index)));
    if (options.blockMs >= 0) lowerBounds.push(textOfId(id).toText());
  }
  const { reply, db } = context;
  let servedCount = 0, mark = 0;
  for (let index = firstKey; index < firstKey + keyCount; index++) {
    const stream = db.readStream(args.at(index));
    if (stream === undefined) continue;
    readLowerBound(args, index + keyCount, stream);
    if (!hasEntryAfter(stream, id)) continue;
    if (servedCount++ === 0) mark = reply.openArray();
    if (reply.protocol === 2) reply.array(2);
    reply.bulk(args.at(index));
    replyEntriesAfter(context, stream, options.countMax);
  }
  if (servedCount > 0) return closeStreams(context, mark, servedCount);
  if (options.blockMs < 0) return reply.nilArray();
  context.block(args, NEW_ENTRIES, {
    firstKey,
    keyCount,
    timeoutMs: options.blockMs,
    servedArgs: withIdsResolved(args),
  });
}

/** `XREADGROUP GROUP group consumer [COUNT n] [BLOCK ms] [NOACK] STREAMS key ... id|> ...` → as XREAD. */
function xreadgroup(context: CommandContext, args: Args): void {
  options.read(args, true);
  const { firstKey, keyCount } = options;
  for (let index = firstKey; index < firstKey + keyCount; index++) {
    checkGroupRead(context, args, index);
  }
  const { reply } = context;
  context.effects.suppress();
  let servedCount = 0, mark = 0;
  for (let index = firstKey; index < firstKey + keyCount; index++) {
    const stream = context.db.openCountedStream(args.at(index));
    const group = stream.findGroup(args.at(options.groupIndex))!;
    const isNew = isNewRead(args, index + keyCount);
    if (isNew && !hasEntryAfter(stream, group.readLastId(id))) continue;
    if (servedCount++ === 0) mark = reply.openArray();
    if (reply.protocol === 2) reply.array(2);
    reply.bulk(args.at(index));
    const consumer = meetConsumer(context, args, index, group);
    if (isNew) deliver(context, stream, group, consumer);
    else replyHistory(context, stream, group, consumer);
    context.changeCount++;
  }
  if (servedCount > 0) return closeStreams(context, mark, servedCount);
  if (options.blockMs < 0) return reply.nilArray();
  context.block(args, NEW_GROUP_ENTRIES, { firstKey, keyCount, timeoutMs: options.blockMs });
}

/** Serves a client that has waited with XREAD. */
function serveReader(context: CommandContext, args: Args, keyIndex: number): boolean {
  const stream = context.db.openStream(args.at(keyIndex)); // was counted when it began to wait
  if (stream.root === 0) return false;
  options.read(args, false);
  readLowerBound(args, keyIndex + options.keyCount, stream);
  if (stream.readLastId(scratchId).compare(id) <= 0) return false;
  replyKey(context, args, keyIndex);
  replyEntriesAfter(context, stream, options.countMax === 0 ? WAITED_COUNT : options.countMax);
  return true;
}

/** Serves a client that has waited with XREADGROUP. */
function serveGroupReader(context: CommandContext, args: Args, keyIndex: number): boolean {
  const stream = context.db.openStream(args.at(keyIndex));
  if (stream.root === 0) return false;
  options.read(args, true);
  const group = stream.findGroup(args.at(options.groupIndex));
  if (group === undefined) throw BLOCKED_GROUP_LOST;
  if (stream.readLastId(scratchId).compare(group.readLastId(id)) <= 0) return false;
  if (options.countMax === 0) options.countMax = WAITED_COUNT;
  context.effects.suppress();
  replyKey(context, args, keyIndex);
  deliver(context, stream, group, meetConsumer(context, args, keyIndex, group));
  context.changeCount++;
  return true;
}

// XREAD.

/** Reads the ID behind which XREAD is to read; `$` is that of the stream now. */
function readLowerBound(args: Args, index: number, stream: StreamValue | undefined): void {
  if (!isSign(args, index, DOLLAR)) {
    if (isSign(args, index, GREATER)) throw XREAD_NEW_NEEDS_GROUP;
    idAt(args, index, id);
  } else if (stream === undefined) {
    id.setLeast();
  } else {
    stream.readLastId(id);
  }
}

/** The arguments with an ID for each `$`, for a client that waits. */
function withIdsResolved(args: Args): Args {
  const firstId = options.firstKey + options.keyCount;
  const words: (string | Uint8Array)[] = [];
  for (let index = 0; index < args.count; index++) {
    const isLast = index >= firstId && isSign(args, index, DOLLAR);
    words.push(isLast ? lowerBounds[index - firstId] : args.at(index).copy());
  }
  return Args.of(...words);
}

/** Replies the entries behind `id`. */
function replyEntriesAfter(context: CommandContext, stream: StreamValue, countMax: number): void {
  id.increment();
  replyEntries(context.reply, stream.walk(id, GREATEST_ID, false), countMax);
}

// XREADGROUP.

/** Looks whether one of the streams can be read through the group, before any is. */
function checkGroupRead(context: CommandContext, args: Args, keyIndex: number): void {
  const stream = context.db.readStream(args.at(keyIndex));
  const groupName = args.at(options.groupIndex);
  if (stream?.findGroup(groupName) === undefined) {
    const tail = " in XREADGROUP with GROUP option";
    throw noSuchKeyOrGroup(args.text(keyIndex), groupName.toText(), tail);
  }
  const idIndex = keyIndex + options.keyCount;
  if (isSign(args, idIndex, DOLLAR)) throw XREADGROUP_LAST_ID;
  isNewRead(args, idIndex);
}

/** Whether an ID asks for entries that nobody was given yet; if not, reads it into `id`. */
function isNewRead(args: Args, idIndex: number): boolean {
  return isSign(args, idIndex, GREATER) || idAt(args, idIndex, id).isGreatest;
}

/** The consumer that the command names, which is now seen, and created if need be. */
function meetConsumer(
  context: CommandContext,
  args: Args,
  keyIndex: number,
  group: ConsumerGroup,
): Ref {
  const name = args.at(options.groupIndex + 1);
  names.key = args.at(keyIndex);
  names.group = args.at(options.groupIndex);
  let consumer = group.findConsumer(name);
  if (consumer !== 0) {
    group.setSeen(consumer, context.db.nowMs);
    return consumer;
  }
  consumer = group.createConsumer(context.db.nowMs);
  context.modified(names.key, "xgroup-createconsumer");
  if (options.isNoAck) sendConsumerCreation(context, names, name);
  return consumer;
}

/** Replies the entries behind the group's last ID and gives them to a consumer. */
function deliver(
  context: CommandContext,
  stream: StreamValue,
  group: ConsumerGroup,
  consumer: Ref,
): void {
  const { reply } = context, { countMax, isNoAck } = options;
  group.readLastId(id).increment();
  const walk = stream.walk(id, GREATEST_ID, false), mark = reply.openArray();
  let count = 0, hasAdvanced = false;
  while ((countMax === 0 || count < countMax) && walk.next()) {
    entryId.set(walk.id);
    if (advanceGroup(stream, group, entryId)) hasAdvanced = true;
    replyEntry(reply, walk);
    if (!isNoAck) addPending(context, group, consumer);
    count++;
  }
  if (isNoAck && hasAdvanced) sendGroupId(context, names, group);
  reply.closeArray(mark, count);
}

/** Makes the entry with `entryId` pending for a consumer, whoever it was pending for before. */
function addPending(context: CommandContext, group: ConsumerGroup, consumer: Ref): void {
  const nowMs = context.db.nowMs;
  if (group.findPending(entryId)) {
    group.entry.deliveredMs = nowMs;
    group.entry.setDeliveryCount(ONE);
  } else {
    group.createPending(nowMs);
  }
  group.assign(entryId, consumer);
  sendClaim(context, names, group, entryId);
}

/** Replies what a consumer was given and has not acknowledged, behind `id`. */
function replyHistory(
  context: CommandContext,
  stream: StreamValue,
  group: ConsumerGroup,
  consumer: Ref,
): void {
  const { reply } = context, { countMax } = options;
  const list = group.walk(consumer), mark = reply.openArray();
  id.increment();
  let count = 0;
  for (let has = list.seekAtLeast(id); has; has = list.next()) {
    if (countMax > 0 && count === countMax) break;
    if (replyEntryWithId(reply, stream, list.readId(entryId))) {
      const entry = group.entry.open(list.reference);
      entry.deliveredMs = context.db.nowMs;
      entry.countDelivery();
    } else {
      reply.array(2);
      replyId(reply, entryId);
      reply.nilArray();
    }
    count++;
  }
  reply.closeArray(mark, count);
}

// Both.

/** Whether a stream has an entry with a greater ID. */
function hasEntryAfter(stream: StreamValue, lowerId: StreamId): boolean {
  return stream.count > 0 && stream.readGreatestId(scratchId) && scratchId.compare(lowerId) > 0;
}

/** Replies the header of the only stream that serves a client which has waited. */
function replyKey(context: CommandContext, args: Args, keyIndex: number): void {
  const { reply } = context;
  if (reply.protocol === 2) {
    reply.array(1);
    reply.array(2);
  } else {
    reply.map(1);
  }
  reply.bulk(args.at(keyIndex));
}

function closeStreams(context: CommandContext, mark: number, servedCount: number): void {
  if (context.reply.protocol === 2) context.reply.closeArray(mark, servedCount);
  else context.reply.closeMap(mark, servedCount);
}

/** Whether an argument is one certain byte. */
function isSign(args: Args, index: number, sign: number): boolean {
  const view = args.at(index);
  return view.end - view.start === 1 && view.bytes[view.start] === sign;
}
