/**
 * Entries of streams: XADD, XDEL, XLEN, XSETID, XTRIM.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import {
  NO_SUCH_KEY,
  SYNTAX_ERROR,
  wrongArity,
  XADD_ELEMENTS_TOO_LARGE,
  XADD_ID_TOO_SMALL,
  XADD_ID_ZERO,
  XADD_IDS_EXHAUSTED,
  XSETID_BELOW_DELETED,
  XSETID_BELOW_TOP,
  XSETID_COUNT_BELOW_LENGTH,
  XSETID_COUNT_NEGATIVE,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { STREAM_ENTRY_BYTES_MAX, type StreamValue } from "../../store/mod.ts";
import { replyId, textOfId } from "./entry_reply.ts";
import { idAt, newIdAt } from "./id_argument.ts";
import { TrimOptions } from "./trim_options.ts";

const UNSTEADY = ["nondeterministic_output"];

/** The rows of these commands. */
// deno-fmt-ignore
export const ENTRY_COMMANDS: readonly CommandSpec[] = defineCommands("stream", [
  { name: "xadd", arity: -5, flags: ["write", "denyoom", "fast"], tips: UNSTEADY, run: xadd,
    keys: [keyAt(1, "RW update", "UPDATE instead of INSERT because of the optional trimming feature")] },
  { name: "xdel", arity: -3, flags: ["write", "fast"], keys: [keyAt(1, "RW delete")], run: xdel },
  { name: "xlen", arity: 2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], run: xlen },
  { name: "xsetid", arity: -3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW update")], run: xsetid },
  { name: "xtrim", arity: -4, flags: ["write"], tips: UNSTEADY, keys: [keyAt(1, "RW delete")], run: xtrim },
]);

/** How the ID of a new entry is given. */
type IdChoice = "given" | "auto-sequence" | "auto";

/** Reused by all commands: they run one after the other. */
const options = new TrimOptions();
const id = new StreamId();
const lastId = new StreamId();
const edgeId = new StreamId();
const entriesAdded = new Int64();

/** `XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT n]] *|id field value ...` → its ID. */
function xadd(context: CommandContext, args: Args): void {
  const idIndex = options.readXadd(args);
  const choice = idIndex < args.count ? readChoice(args, idIndex) : "auto";
  options.settle(context);
  const wordCount = args.count - idIndex - 1;
  if (wordCount < 2 || wordCount % 2 === 1) throw wrongArity("xadd");
  if (choice === "given" && id.isLeast) throw XADD_ID_ZERO;
  const key = args.at(1);
  const stream = context.db.openStream(key);
  if (stream.root === 0) {
    if (options.isNoMakeStream) return context.reply.nil();
    lastId.setLeast();
  } else {
    stream.readLastId(lastId);
  }
  chooseId(context, choice);
  const byteCount = byteCountFrom(args, idIndex + 1);
  if (byteCount > STREAM_ENTRY_BYTES_MAX) throw XADD_ELEMENTS_TOO_LARGE;
  stream.append(id, args, idIndex + 1, wordCount / 2, byteCount);
  replyId(context.reply, id);
  context.modified(key, "xadd");
  const { plan } = options;
  if (plan.strategy !== "none" && stream.trim(plan) > 0) context.modified(key, "xtrim", 0);
  if (choice !== "given" || plan.isApproximate) {
    replaceWords(context, args, stream, idIndex);
  }
}

/** `XDEL key id [id ...]` → integer: entries that were there. */
function xdel(context: CommandContext, args: Args): void {
  const key = args.at(1);
  const stream = context.db.openStream(key);
  if (stream.root === 0) return context.reply.integer(0);
  for (let index = 2; index < args.count; index++) idAt(args, index, id);
  let removedCount = 0;
  for (let index = 2; index < args.count; index++) {
    if (stream.remove(idAt(args, index, id))) removedCount++;
  }
  if (removedCount > 0) {
    stream.settleFirstId();
    context.modified(key, "xdel", removedCount);
  }
  context.reply.integer(removedCount);
}

/** `XLEN key` → integer. */
function xlen(context: CommandContext, args: Args): void {
  context.reply.integer(context.db.readStream(args.at(1))?.count ?? 0);
}

/** `XSETID key last-id [ENTRIESADDED n] [MAXDELETEDID id]` → OK. */
function xsetid(context: CommandContext, args: Args): void {
  idAt(args, 2, id);
  edgeId.setLeast();
  let addedIndex = 0;
  for (let index = 3; index < args.count; index += 2) {
    const hasValue = index + 1 < args.count;
    if (hasValue && args.isWord(index, "entriesadded")) {
      addedIndex = index + 1;
      if (args.int64(addedIndex, entriesAdded).isNegative()) throw XSETID_COUNT_NEGATIVE;
    } else if (hasValue && args.isWord(index, "maxdeletedid")) {
      if (id.compare(idAt(args, index + 1, edgeId)) < 0) throw XSETID_BELOW_DELETED;
    } else {
      throw SYNTAX_ERROR;
    }
  }
  const key = args.at(1);
  const stream = context.db.openStream(key);
  if (stream.root === 0) throw NO_SUCH_KEY;
  if (stream.count > 0) {
    if (stream.readGreatestId(lastId) && id.compare(lastId) < 0) throw XSETID_BELOW_TOP;
    if (addedIndex > 0 && entriesAdded.toNumber() < stream.count) throw XSETID_COUNT_BELOW_LENGTH;
  }
  stream.setLastId(id);
  if (addedIndex > 0) stream.setEntriesAdded(entriesAdded);
  if (!edgeId.isLeast) stream.setDeletedId(edgeId);
  context.modified(key, "xsetid");
  context.reply.ok();
}

/** `XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT n]` → integer: entries that are gone. */
function xtrim(context: CommandContext, args: Args): void {
  options.readXtrim(context, args);
  const key = args.at(1);
  const stream = context.db.openStream(key);
  if (stream.root === 0) return context.reply.integer(0);
  const trimmedCount = stream.trim(options.plan);
  if (trimmedCount > 0) {
    context.modified(key, "xtrim", trimmedCount);
    if (options.plan.isApproximate) replaceWords(context, args, stream, args.count);
  }
  context.reply.integer(trimmedCount);
}

/** Reads `id`, as far as it is given. */
function readChoice(args: Args, idIndex: number): IdChoice {
  const view = args.at(idIndex);
  if (view.byteCount === 1 && view.at(0) === STAR) return "auto";
  return newIdAt(args, idIndex, id) ? "given" : "auto-sequence";
}

const STAR = 42;
const TWO_TO_32 = 2 ** 32;

/** Completes `id`, which must be greater than `lastId`. */
function chooseId(context: CommandContext, choice: IdChoice): void {
  if (lastId.isGreatest) throw XADD_IDS_EXHAUSTED;
  if (choice === "auto") {
    const nowMs = context.db.nowMs;
    id.setWords(Math.floor(nowMs / TWO_TO_32), nowMs | 0, 0, 0);
    if (id.hasMsOf(lastId) || id.compare(lastId) < 0) id.set(lastId).increment();
  } else if (choice === "auto-sequence" && id.hasMsOf(lastId)) {
    if (lastId.isLastOfMs) throw XADD_ID_TOO_SMALL;
    id.set(lastId).increment();
  }
  if (id.compare(lastId) <= 0) throw XADD_ID_TOO_SMALL;
}

/** Bytes of all arguments from one on. */
function byteCountFrom(args: Args, firstIndex: number): number {
  let byteCount = 0;
  for (let index = firstIndex; index < args.count; index++) {
    const view = args.at(index);
    byteCount += view.end - view.start;
  }
  return byteCount;
}

/**
 * Makes the effect exact: with the ID that was chosen, and trimming to what is left. A limit would be
 * refused with that, so it is left out.
 *
 * @param idIndex Number of the argument that is the ID; that behind the last for XTRIM.
 */
function replaceWords(
  context: CommandContext,
  args: Args,
  stream: StreamValue,
  idIndex: number,
): void {
  if (!context.effects.isWanted) return;
  const { plan, thresholdIndex } = options;
  const words: (string | ByteView)[] = [];
  for (let index = 0; index < args.count; index++) {
    if (index === idIndex) words.push(textOfId(id).toText());
    else if (index > idIndex || index < 2 || !plan.isApproximate) words.push(args.at(index));
    else if (index === thresholdIndex - 1) words.push("=");
    else if (index === thresholdIndex) words.push(thresholdLeft(stream));
    else if (args.isWord(index, "limit")) index++;
    else words.push(args.at(index));
  }
  context.effects.replaceWith(...words);
}

/** The threshold that trims to what is left now. */
function thresholdLeft(stream: StreamValue): string {
  if (options.plan.strategy === "length") return String(stream.count);
  return textOfId(stream.readLeastIdWithDeleted(edgeId)).toText();
}
