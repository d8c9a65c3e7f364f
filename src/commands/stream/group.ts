/**
 * Consumer groups: XGROUP.
 *
 * @module
 */

import { Int64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import {
  ENTRIES_READ_INVALID,
  noSuchGroup,
  unusableSubcommand,
  XGROUP_BUSY,
  XGROUP_NEEDS_KEY,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { ConsumerGroup, StreamValue } from "../../store/mod.ts";
import { replyHelp } from "../help.ts";
import { idAt, idOrEndAt } from "./id_argument.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const GROUP_COMMANDS: readonly CommandSpec[] = [
  { name: "xgroup", arity: -2, flags: [], subcommands: defineCommands("stream", [
    { name: "create", arity: -5, flags: ["write", "denyoom"], keys: [keyAt(2, "RW insert")], run: create },
    { name: "createconsumer", arity: 5, flags: ["write", "denyoom"], keys: [keyAt(2, "RW insert")], run: createconsumer },
    { name: "delconsumer", arity: 5, flags: ["write"], keys: [keyAt(2, "RW delete")], run: delconsumer },
    { name: "destroy", arity: 4, flags: ["write"], keys: [keyAt(2, "RW delete")], run: destroy },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "setid", arity: -5, flags: ["write"], keys: [keyAt(2, "RW update")], run: setid },
  ]) },
];

/** Words that XGROUP CREATE and SETID have at most. */
const CREATE_COUNT_MAX = 8;
const SETID_COUNT_MAX = 7;

const DOLLAR = 36;

/** Reused by all commands: they run one after the other. */
const id = new StreamId();
const entriesRead = new Int64();

/** `XGROUP CREATE key group id|$ [MKSTREAM] [ENTRIESREAD n]` → OK. */
function create(context: CommandContext, args: Args): void {
  const isMakingStream = readOptions(args, true);
  const key = args.at(2), groupName = args.at(3);
  const stream = context.db.openStream(key);
  if (stream.root === 0 && !isMakingStream) throw XGROUP_NEEDS_KEY;
  if (args.count > CREATE_COUNT_MAX) throw unusable(args);
  if (!isDollar(args)) idAt(args, 4, id);
  else if (stream.root !== 0) stream.readLastId(id);
  else id.setLeast();
  if (stream.findGroup(groupName) !== undefined) throw XGROUP_BUSY;
  if (stream.root === 0) {
    stream.create();
    context.modified(key, "", 0);
  }
  const group = stream.createGroup(groupName);
  group.setLastId(id);
  group.setEntriesRead(entriesRead);
  context.modified(key, "xgroup-create");
  context.reply.ok();
}

/** `XGROUP SETID key group id|$ [ENTRIESREAD n]` → OK. */
function setid(context: CommandContext, args: Args): void {
  readOptions(args, false);
  const stream = openExisting(context, args);
  const group = requireGroup(stream, args);
  if (args.count > SETID_COUNT_MAX) throw unusable(args);
  if (isDollar(args)) stream.readLastId(id);
  else idOrEndAt(args, 4, id);
  group.setLastId(id);
  group.setEntriesRead(entriesRead);
  context.modified(args.at(2), "xgroup-setid");
  context.reply.ok();
}

/** `XGROUP DESTROY key group` → 1, or 0 if there is no such group. */
function destroy(context: CommandContext, args: Args): void {
  const stream = openExisting(context, args);
  const isRemoved = stream.removeGroup(args.at(3));
  if (isRemoved) context.modified(args.at(2), "xgroup-destroy");
  context.reply.integer(isRemoved ? 1 : 0);
}

/** `XGROUP CREATECONSUMER key group consumer` → 1, or 0 if it is there already. */
function createconsumer(context: CommandContext, args: Args): void {
  const group = requireGroup(openExisting(context, args), args);
  const isNew = group.findConsumer(args.at(4)) === 0;
  if (isNew) {
    group.createConsumer(context.db.nowMs);
    context.modified(args.at(2), "xgroup-createconsumer");
  }
  context.reply.integer(isNew ? 1 : 0);
}

/** `XGROUP DELCONSUMER key group consumer` → integer: pending entries that it had. */
function delconsumer(context: CommandContext, args: Args): void {
  const group = requireGroup(openExisting(context, args), args);
  const isThere = group.findConsumer(args.at(4)) !== 0;
  const pendingCount = group.removeConsumer(args.at(4));
  if (isThere) context.modified(args.at(2), "xgroup-delconsumer");
  context.reply.integer(pendingCount);
}

/** `XGROUP HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "CREATE <key> <groupname> <id|$> [option]",
    "    Create a new consumer group. Options are:",
    "    * MKSTREAM",
    "      Create the empty stream if it does not exist.",
    "    * ENTRIESREAD entries_read",
    "      Set the group's entries_read counter (internal use).",
    "CREATECONSUMER <key> <groupname> <consumer>",
    "    Create a new consumer in the specified group.",
    "DELCONSUMER <key> <groupname> <consumer>",
    "    Remove the specified consumer.",
    "DESTROY <key> <groupname>",
    "    Remove the specified group.",
    "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
    "    Set the current group ID and entries_read counter.",
  ]);
}

/** Reads `entriesRead`, -1 where it is not given; returns whether MKSTREAM is. */
function readOptions(args: Args, hasMakeStream: boolean): boolean {
  let isMakingStream = false;
  entriesRead.setNumber(-1);
  for (let index = 5; index < args.count; index++) {
    if (hasMakeStream && args.isWord(index, "mkstream")) {
      isMakingStream = true;
    } else if (args.isWord(index, "entriesread") && index + 1 < args.count) {
      args.int64(++index, entriesRead);
      if (entriesRead.isNegative() && entriesRead.toNumber() !== -1) throw ENTRIES_READ_INVALID;
    } else {
      throw unusable(args);
    }
  }
  return isMakingStream;
}

/** The stream of the command's key, which must exist. */
function openExisting(context: CommandContext, args: Args): StreamValue {
  const stream = context.db.openStream(args.at(2));
  if (stream.root === 0) throw XGROUP_NEEDS_KEY;
  return stream;
}

function requireGroup(stream: StreamValue, args: Args): ConsumerGroup {
  const group = stream.findGroup(args.at(3));
  if (group === undefined) throw noSuchGroup(args.text(3), args.text(2));
  return group;
}

function isDollar(args: Args): boolean {
  const view = args.at(4);
  return view.byteCount === 1 && view.at(0) === DOLLAR;
}

function unusable(args: Args): Error {
  return unusableSubcommand("XGROUP", args.text(1));
}
