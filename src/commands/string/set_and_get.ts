/**
 * SET, GET, and the commands that do a bit of both.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import {
  AT_MILLISECONDS,
  AT_SECONDS,
  type ExpiryForm,
  IN_MILLISECONDS,
  IN_SECONDS,
  readPositiveExpiry,
} from "../expiry_time.ts";
import { parseGetexOptions, parseSetOptions } from "./set_options.ts";

// deno-fmt-ignore
export const SET_AND_GET_COMMANDS: readonly CommandSpec[] = defineCommands("string", [
  { name: "get", arity: 2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], run: get },
  { name: "set", arity: -3, flags: ["write", "denyoom"], isBrief: true, run: set,
    keys: [keyAt(1, "RW access update variable_flags", "RW and ACCESS due to the optional `GET` argument")] },
  { name: "setnx", arity: 3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "OW insert")], run: setnx },
  { name: "setex", arity: 4, flags: ["write", "denyoom"], isBrief: true, keys: [keyAt(1, "OW update")], run: setex },
  { name: "psetex", arity: 4, flags: ["write", "denyoom"], isBrief: true, keys: [keyAt(1, "OW update")], run: psetex },
  { name: "getset", arity: 3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], run: getset },
  { name: "getdel", arity: 2, flags: ["write", "fast"], keys: [keyAt(1, "RW access delete")], run: getdel },
  { name: "getex", arity: -2, flags: ["write", "fast"], run: getex,
    keys: [keyAt(1, "RW access update", "RW and UPDATE because it changes the TTL")] },
]);

const FORMS: Readonly<Record<"EX" | "PX" | "EXAT" | "PXAT", ExpiryForm>> = {
  EX: IN_SECONDS,
  PX: IN_MILLISECONDS,
  EXAT: AT_SECONDS,
  PXAT: AT_MILLISECONDS,
};

/** Reused by all commands: they run one after the other. */
const value = new ByteView();
const moment = new Int64();

/** `GET key` → bulk string, or nil. */
function get(context: CommandContext, args: Args): void {
  if (context.db.readString(args.at(1), value)) context.reply.bulk(value);
  else context.reply.nil();
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
  const options = parseSetOptions(args);
  const expiry = options.expiry &&
    readPositiveExpiry(args, options.expiry.argumentIndex, FORMS[options.expiry.word], {
      command: "set",
      nowMs: db.nowMs,
      into: moment,
    });

  // GET replies the old value whether or not the new one is stored.
  if (options.repliesOld) {
    if (db.readString(key, value)) reply.bulk(value);
    else reply.nil();
  }
  if (options.condition !== "none") {
    const exists = db.write(key) !== 0;
    if (exists === (options.condition === "absent")) {
      if (!options.repliesOld) reply.nil();
      return;
    }
  }

  db.setString(key, args.at(2), options.keepsExpiry);
  context.modified(key, "set");
  if (expiry !== undefined) {
    db.setExpiry(db.peek(key), expiry);
    context.modified(key, "expire", 0);
    if (effects.isWanted) {
      effects.replaceWith("SET", key, args.at(2), "PXAT", String(expiry.toBigInt()));
    }
  } else if (options.repliesOld && effects.isWanted) {
    effects.replaceWith(...wordsWithout(args, "get"));
  }
  if (!options.repliesOld) reply.ok();
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
  const { db, effects } = context;
  const key = args.at(1);
  const expiry = readPositiveExpiry(args, 2, form, {
    command: context.command.fullName,
    nowMs: db.nowMs,
    into: moment,
  });
  db.setString(key, args.at(3));
  db.setExpiry(db.peek(key), expiry);
  context.modified(key, "set");
  context.modified(key, "expire", 0);
  if (effects.isWanted) {
    effects.replaceWith("SET", key, args.at(3), "PXAT", String(expiry.toBigInt()));
  }
  context.reply.ok();
}

/** `GETSET key value` → the old value, or nil. */
function getset(context: CommandContext, args: Args): void {
  const { db, reply, effects } = context;
  const key = args.at(1);
  if (db.readString(key, value)) reply.bulk(value);
  else reply.nil();
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
  if (effects.isWanted) effects.replaceWith("DEL", key);
}

/** `GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]` → the value, or nil. */
function getex(context: CommandContext, args: Args): void {
  const { db, reply, effects } = context;
  const key = args.at(1);
  const options = parseGetexOptions(args);
  const ref = db.read(key);
  if (ref === 0) return reply.nil();
  db.stringOf(ref, value);
  const expiry = options.expiry &&
    readPositiveExpiry(args, options.expiry.argumentIndex, FORMS[options.expiry.word], {
      command: "getex",
      nowMs: db.nowMs,
      into: moment,
    });
  reply.bulk(value);

  if (expiry !== undefined && !FORMS[options.expiry!.word].isRelative && isPast(expiry, db.nowMs)) {
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

function isPast(expiry: Int64, nowMs: number): boolean {
  return expiry.toNumber() <= nowMs;
}

/** The arguments without those that are this word, from the third on. */
function wordsWithout(args: Args, word: string): string[] {
  const words: string[] = [];
  for (let index = 0; index < args.count; index++) {
    if (index < 3 || !args.isWord(index, word)) words.push(args.text(index));
  }
  return words;
}
