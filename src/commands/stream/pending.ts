/**
 * Pending entries: XACK, XPENDING.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64, INT64_TEXT_BYTES_MAX, writeInteger } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { noSuchKeyOrGroup, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { ConsumerGroup } from "../../store/mod.ts";
import { replyId } from "./entry_reply.ts";
import { idAt, rangeEndAt, rangeStartAt } from "./id_argument.ts";

const UNSTEADY = ["nondeterministic_output"];

/** The rows of these commands. */
// deno-fmt-ignore
export const PENDING_COMMANDS: readonly CommandSpec[] = defineCommands("stream", [
  { name: "xack", arity: -4, flags: ["write", "fast"], keys: [keyAt(1, "RW update")], run: xack },
  { name: "xpending", arity: -3, flags: ["readonly"], tips: UNSTEADY, keys: [keyAt(1, "RO access")], run: xpending },
]);

/** Words of XPENDING: without a range, and with one. */
const SUMMARY_COUNT = 3;
const RANGE_COUNT_MIN = 6;
const RANGE_COUNT_MAX = 9;
/** Words that a range with IDLE needs. */
const IDLE_COUNT_MIN = 8;

/** A register for what XPENDING asks for. */
const range = { minIdleMs: 0, countMax: 0, consumerIndex: 0 };

/** Reused by all commands: they run one after the other. */
const start = new StreamId();
const end = new StreamId();
const id = new StreamId();
const count = new Int64();
const name = new ByteView();
const digits = new Uint8Array(INT64_TEXT_BYTES_MAX);

/** `XACK key group id [id ...]` → integer: entries that were pending. */
function xack(context: CommandContext, args: Args): void {
  const group = context.db.openCountedStream(args.at(1)).findGroup(args.at(2));
  if (group === undefined) return context.reply.integer(0);
  for (let index = 3; index < args.count; index++) idAt(args, index, id);
  let ackedCount = 0;
  for (let index = 3; index < args.count; index++) {
    if (group.removePending(idAt(args, index, id))) ackedCount++;
  }
  context.changeCount += ackedCount;
  context.reply.integer(ackedCount);
}

/** `XPENDING key group [[IDLE ms] start end count [consumer]]` → a summary, or array of entries. */
function xpending(context: CommandContext, args: Args): void {
  const hasRange = args.count !== SUMMARY_COUNT;
  if (hasRange) readRange(args);
  const group = context.db.readStream(args.at(1))?.findGroup(args.at(2));
  if (group === undefined) throw noSuchKeyOrGroup(args.text(1), args.text(2));
  if (hasRange) replyRange(context, args, group);
  else replySummary(context, group);
}

/** Reads `range`, `start` and `end`. */
function readRange(args: Args): void {
  if (args.count < RANGE_COUNT_MIN || args.count > RANGE_COUNT_MAX) throw SYNTAX_ERROR;
  let startIndex = 3;
  range.minIdleMs = 0;
  if (args.isWord(3, "idle")) {
    range.minIdleMs = args.integer(4);
    if (args.count < IDLE_COUNT_MIN) throw SYNTAX_ERROR;
    startIndex = 5;
  }
  range.countMax = Math.max(0, args.integer(startIndex + 2));
  rangeStartAt(args, startIndex, start);
  rangeEndAt(args, startIndex + 1, end);
  range.consumerIndex = startIndex + 3 < args.count ? startIndex + 3 : 0;
}

/** Replies how many entries are pending, the first and last ID, and how many each consumer has. */
function replySummary(context: CommandContext, group: ConsumerGroup): void {
  const { reply } = context;
  reply.array(4);
  reply.integer(group.pendingCount);
  const list = group.walk(0);
  if (!list.seekFirst()) {
    reply.nil();
    reply.nil();
    reply.nilArray();
    return;
  }
  replyId(reply, list.readId(id));
  list.seekLast();
  replyId(reply, list.readId(id));
  const mark = reply.openArray();
  let consumerCount = 0;
  for (let consumer = group.firstConsumer(); consumer !== 0; consumer = group.nextConsumer()) {
    const pendingCount = group.pendingCountOf(consumer);
    if (pendingCount === 0) continue;
    reply.array(2);
    reply.bulk(group.nameOf(consumer, name));
    reply.bulkBytes(digits, 0, writeInteger(pendingCount, digits, 0));
    consumerCount++;
  }
  reply.closeArray(mark, consumerCount);
}

/** Replies the pending entries that `range` asks for. */
function replyRange(context: CommandContext, args: Args, group: ConsumerGroup): void {
  const { reply } = context, nowMs = context.db.nowMs;
  let consumer = 0;
  if (range.consumerIndex > 0) {
    consumer = group.findConsumer(args.at(range.consumerIndex));
    if (consumer === 0) return reply.array(0);
  }
  const list = group.walk(consumer), mark = reply.openArray();
  let entryCount = 0;
  for (let has = range.countMax > 0 && list.seekAtLeast(start); has; has = list.next()) {
    if (list.readId(id).compare(end) > 0 || entryCount === range.countMax) break;
    const entry = group.entry.open(list.reference);
    const idleMs = nowMs - entry.deliveredMs;
    if (range.minIdleMs !== 0 && idleMs < range.minIdleMs) continue;
    reply.array(4);
    replyId(reply, id);
    reply.bulk(group.nameOf(entry.consumer, name));
    reply.integer(Math.max(0, idleMs));
    reply.int64(entry.readDeliveryCount(count));
    entryCount++;
  }
  reply.closeArray(mark, entryCount);
}
