/**
 * SET, GET, and the commands that do a bit of both.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { Int64 } from "../../base/int64.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  type KeyUse,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import {
  type ExpiryForm,
  IN_MILLISECONDS,
  IN_SECONDS,
  readPositiveExpiry,
} from "../expiry_time.ts";
import { GetexOptions, SetOptions } from "./set_options.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const SET_AND_GET_COMMANDS: readonly CommandSpec[] = defineCommands("string", [
  { name: "get", arity: 2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], run: get },
  { name: "set", arity: -3, flags: ["write", "denyoom"], isBrief: true, run: set, findKeys: keysOfSet,
    keys: [keyAt(1, "RW access update variable_flags", "RW and ACCESS due to the optional `GET` argument")] },
  { name: "setnx", arity: 3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "OW insert")], run: setnx },
  { name: "setex", arity: 4, flags: ["write", "denyoom"], isBrief: true, keys: [keyAt(1, "OW update")], run: setex },
  { name: "psetex", arity: 4, flags: ["write", "denyoom"], isBrief: true, keys: [keyAt(1, "OW update")], run: psetex },
  { name: "getset", arity: 3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], run: getset },
  { name: "getdel", arity: 2, flags: ["write", "fast"], keys: [keyAt(1, "RW access delete")], run: getdel },
  { name: "getex", arity: -2, flags: ["write", "fast"], run: getex,
    keys: [keyAt(1, "RW access update", "RW and UPDATE because it changes the TTL")] },
]);

/** Reused by all commands: they run one after the other. */
const value = new ByteView();
const setOptions = new SetOptions();
const getexOptions = new GetexOptions();

/** `GET key` → bulk string, or nil. */
function get(context: CommandContext, args: Args): void {
  replyString(context, args.at(1));
}

/** `SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]` → OK, nil or old value. */
function set(context: CommandContext, args: Args): void {
  if (args.count > 3) return setWithOptions(context, args);
  const key = args.at(1);
  context.db.setString(key, args.at(2));
  context.modified(key, "set");
  context.reply.ok();
}

function setWithOptions(context: CommandContext, args: Args): void {
  const { db, reply, effects } = context;
  const key = args.at(1);
  const options = setOptions.read(args);
  const expiry = options.expiryForm &&
    readPositiveExpiry(context, args, options.expiryIndex, options.expiryForm);

  // GET replies the old value whether or not the new one is stored.
  if (options.repliesOld) replyString(context, key);
  if (options.condition !== "none") {
    // What is there is used once: when it keeps NX off, or when it is overwritten.
    const wantsNone = options.condition === "absent";
    const exists = (wantsNone ? db.write(key) : db.peek(key)) !== 0;
    if (exists === wantsNone) {
      if (!options.repliesOld) reply.nil();
      return;
    }
  }

  if (expiry !== undefined) {
    storeExpiring(context, key, args.at(2), expiry);
  } else {
    db.setString(key, args.at(2), options.keepsExpiry);
    context.modified(key, "set");
    if (options.repliesOld && effects.isWanted) effects.replaceWith(...wordsWithoutGet(args));
  }
  if (!options.repliesOld) reply.ok();
}

/** The words of a SET for who does not want the old value. */
function wordsWithoutGet(args: Args): ByteView[] {
  const words: ByteView[] = [];
  for (let index = 0; index < args.count; index++) {
    if (index < 3 || !args.isWord(index, "get")) words.push(args.at(index));
  }
  return words;
}

/** The key of a SET: read too where GET is among the options. */
function keysOfSet(args: Args): KeyUse[] {
  let isRead = false;
  for (let index = 3; index < args.count; index++) isRead ||= args.isWord(index, "get");
  return [{ argumentIndex: 1, flags: isRead ? ["RW", "access", "update"] : ["OW", "update"] }];
}

/** `SETNX key value` → 1 if it was stored, 0 if the key was there. */
function setnx(context: CommandContext, args: Args): void {
  const key = args.at(1);
  if (context.db.write(key) !== 0) return context.reply.integer(0);
  context.db.setString(key, args.at(2));
  context.modified(key, "set");
  context.reply.integer(1);
}

/** `SETEX key seconds value` → OK. */
function setex(context: CommandContext, args: Args): void {
  setExpiring(context, args, IN_SECONDS);
}

/** `PSETEX key milliseconds value` → OK. */
function psetex(context: CommandContext, args: Args): void {
  setExpiring(context, args, IN_MILLISECONDS);
}

function setExpiring(context: CommandContext, args: Args, form: ExpiryForm): void {
  const expiry = readPositiveExpiry(context, args, 2, form);
  storeExpiring(context, args.at(1), args.at(3), expiry);
  context.reply.ok();
}

function storeExpiring(
  context: CommandContext,
  key: ByteView,
  bytes: ByteView,
  expiry: Int64,
): void {
  const { db, effects } = context;
  // An old expiry stays for a moment, as an entry that has room for one need not be rebuilt.
  db.setExpiry(db.setString(key, bytes, true), expiry);
  context.modified(key, "set");
  context.modified(key, "expire", 0);
  if (effects.isWanted) effects.replaceWith("SET", key, bytes, "PXAT", String(expiry.toBigInt()));
}

/** `GETSET key value` → the old value, or nil. */
function getset(context: CommandContext, args: Args): void {
  const { db, effects } = context;
  const key = args.at(1);
  replyString(context, key);
  db.setString(key, args.at(2));
  context.modified(key, "set");
  if (effects.isWanted) effects.replaceWith("SET", key, args.at(2));
}

/** `GETDEL key` → the value, or nil. */
function getdel(context: CommandContext, args: Args): void {
  const { db, reply, effects } = context;
  const key = args.at(1);
  if (!db.readString(key, value)) return reply.nil();
  reply.bulk(value);
  db.remove(key);
  context.modified(key, "del");
  if (effects.isWanted) effects.replaceWith(context.deletionVerb("lazyfree-lazy-user-del"), key);
}

/** `GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]` → the value, or nil. */
function getex(context: CommandContext, args: Args): void {
  const { db, reply, effects } = context;
  const key = args.at(1);
  const options = getexOptions.read(args);
  const ref = db.read(key);
  if (ref === 0) return reply.nil();
  db.stringOf(ref, value);
  const form = options.expiryForm;
  const expiry = form && readPositiveExpiry(context, args, options.expiryIndex, form);
  reply.bulk(value);

  if (form !== undefined && !form.isRelative && isPast(expiry!, db.dueByMs)) {
    db.remove(key);
    context.modified(key, "del");
    if (effects.isWanted) effects.replaceWith(context.deletionVerb("lazyfree-lazy-expire"), key);
  } else if (expiry !== undefined) {
    db.setExpiry(ref, expiry);
    context.modified(key, "expire");
    if (effects.isWanted) effects.replaceWith("PEXPIREAT", key, String(expiry.toBigInt()));
  } else if (options.persists && db.entries.expires(ref)) {
    db.clearExpiry(ref);
    context.modified(key, "persist");
    if (effects.isWanted) effects.replaceWith("PERSIST", key);
  }
}

/** Replies a key's string, or nil. */
function replyString(context: CommandContext, key: ByteView): void {
  if (context.db.readString(key, value)) context.reply.bulk(value);
  else context.reply.nil();
}

function isPast(expiry: Int64, dueByMs: number): boolean {
  return expiry.toNumber() <= dueByMs;
}
