/**
 * EXPIRE, TTL, PERSIST and their kin: when keys go.
 *
 * Moments are unix milliseconds of 64 bits, exact from what the client writes to what PEXPIRETIME
 * replies. A moment that has come already deletes the key at once, and is passed on as a deletion:
 * who repeats the effect later must not depend on a clock.
 *
 * @module
 */

import { Int64 } from "../../base/int64.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  type KeySpec,
} from "../../engine/mod.ts";
import {
  EXPIRE_GT_LT_CONFLICT,
  EXPIRE_NX_CONFLICT,
  invalidExpireTime,
  unsupportedOption,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { Ref } from "../../store/mod.ts";
import {
  AT_MILLISECONDS,
  AT_SECONDS,
  type ExpiryForm,
  IN_MILLISECONDS,
  IN_SECONDS,
  toUnixMs,
} from "../expiry_time.ts";

const UPDATED: readonly KeySpec[] = [keyAt(1, "RW update")];
const READ: readonly KeySpec[] = [keyAt(1, "RO access")];
const UNSTEADY = ["nondeterministic_output"];

/** The rows of these commands. */
// deno-fmt-ignore
export const EXPIRY_COMMANDS: readonly CommandSpec[] = defineCommands("keyspace", [
  { name: "expire", arity: -3, flags: ["write", "fast"], keys: UPDATED, run: expire },
  { name: "pexpire", arity: -3, flags: ["write", "fast"], keys: UPDATED, run: pexpire },
  { name: "expireat", arity: -3, flags: ["write", "fast"], keys: UPDATED, run: expireat },
  { name: "pexpireat", arity: -3, flags: ["write", "fast"], keys: UPDATED, run: pexpireat },
  { name: "persist", arity: 2, flags: ["write", "fast"], keys: UPDATED, run: persist },
  { name: "ttl", arity: 2, flags: ["readonly", "fast"], tips: UNSTEADY, keys: READ, needsOfKeys: "glance", run: ttl },
  { name: "pttl", arity: 2, flags: ["readonly", "fast"], tips: UNSTEADY, keys: READ, needsOfKeys: "glance", run: pttl },
  { name: "expiretime", arity: 2, flags: ["readonly", "fast"], keys: READ, needsOfKeys: "glance", run: expiretime },
  { name: "pexpiretime", arity: 2, flags: ["readonly", "fast"], keys: READ, needsOfKeys: "glance", run: pexpiretime },
]);

/** On which conditions an expiry is set: the options of EXPIRE. All that are asked must hold. */
export interface ExpireConditions {
  /** Only if there is none. */
  nx: boolean;
  /** Only if there is one. */
  xx: boolean;
  /** Only if it is later than the one there is; never if there is none. */
  gt: boolean;
  /** Only if it is earlier than the one there is; always if there is none. */
  lt: boolean;
}

const NO_CONDITIONS: Readonly<ExpireConditions> = { nx: false, xx: false, gt: false, lt: false };

/** Reused by all commands: they run one after the other. */
const moment = new Int64();
const current = new Int64();
const now = new Int64();

/** `EXPIRE key seconds [NX | XX | GT | LT]` → 1 if it was set, 0 if not. */
function expire(context: CommandContext, args: Args): void {
  setExpiry(context, args, IN_SECONDS);
}

/** `PEXPIRE key milliseconds [NX | XX | GT | LT]` → 1 if it was set, 0 if not. */
function pexpire(context: CommandContext, args: Args): void {
  setExpiry(context, args, IN_MILLISECONDS);
}

/** `EXPIREAT key unix-seconds [NX | XX | GT | LT]` → 1 if it was set, 0 if not. */
function expireat(context: CommandContext, args: Args): void {
  setExpiry(context, args, AT_SECONDS);
}

/** `PEXPIREAT key unix-milliseconds [NX | XX | GT | LT]` → 1 if it was set, 0 if not. */
function pexpireat(context: CommandContext, args: Args): void {
  setExpiry(context, args, AT_MILLISECONDS);
}

function setExpiry(context: CommandContext, args: Args, form: ExpiryForm): void {
  const { db, reply, effects } = context;
  const key = args.at(1);
  const conditions = args.count === 3 ? NO_CONDITIONS : parseConditions(args);
  args.int64(2, moment);
  if (!toUnixMs(moment, form, db.nowMs)) throw invalidExpireTime(context.command.fullName);
  const ref = db.write(key);
  if (ref === 0) return reply.integer(0);
  const existing = db.entries.expires(ref) ? db.entries.readExpiry(ref, current) : undefined;
  if (!allowsExpiry(conditions, existing, moment)) return reply.integer(0);

  if (moment.toNumber() <= db.dueByMs) {
    db.removeEntry(ref, context.server.store.environment.lazyFree.isForExpired);
    context.modified(key, "del");
    if (effects.isWanted) effects.replaceWith(context.deletionVerb("lazyfree-lazy-expire"), key);
  } else {
    db.setExpiry(ref, moment);
    context.modified(key, "expire");
    if (effects.isWanted) {
      effects.replaceWith("PEXPIREAT", key, String(moment.toBigInt()), ...args.texts(3));
    }
  }
  reply.integer(1);
}

function parseConditions(args: Args): ExpireConditions {
  const conditions = { ...NO_CONDITIONS };
  for (let index = 3; index < args.count; index++) {
    if (args.isWord(index, "nx")) conditions.nx = true;
    else if (args.isWord(index, "xx")) conditions.xx = true;
    else if (args.isWord(index, "gt")) conditions.gt = true;
    else if (args.isWord(index, "lt")) conditions.lt = true;
    else throw unsupportedOption(args.text(index));
  }
  const { nx, xx, gt, lt } = conditions;
  if (nx && (xx || gt || lt)) throw EXPIRE_NX_CONFLICT;
  if (gt && lt) throw EXPIRE_GT_LT_CONFLICT;
  return conditions;
}

/**
 * Whether an expiry may replace the one there is. A key without one counts as lasting for ever.
 *
 * @param existing The expiry there is, `undefined` for none.
 * @param wanted The new one, in unix milliseconds like the other.
 */
export function allowsExpiry(
  conditions: ExpireConditions,
  existing: Int64 | undefined,
  wanted: Int64,
): boolean {
  if (existing === undefined) return !conditions.xx && !conditions.gt;
  if (conditions.nx) return false;
  if (conditions.gt && wanted.compare(existing) <= 0) return false;
  return !(conditions.lt && wanted.compare(existing) >= 0);
}

/** `PERSIST key` → 1 if an expiry was taken away, 0 if there was none. */
function persist(context: CommandContext, args: Args): void {
  const db = context.db;
  const key = args.at(1);
  const ref = db.write(key);
  if (ref === 0 || !db.entries.expires(ref)) return context.reply.integer(0);
  db.clearExpiry(ref);
  context.modified(key, "persist");
  context.reply.integer(1);
}

/** `TTL key` → integer: seconds left, rounded; -1 without expiry, -2 for an absent key. */
function ttl(context: CommandContext, args: Args): void {
  if (replyIfEndless(context, args)) return;
  replySeconds(context, subtractNow(context));
}

/** `PTTL key` → integer: milliseconds left; -1 without expiry, -2 for an absent key. */
function pttl(context: CommandContext, args: Args): void {
  if (replyIfEndless(context, args)) return;
  context.reply.int64(subtractNow(context));
}

/** `EXPIRETIME key` → integer: unix seconds of the expiry; -1 without, -2 for an absent key. */
function expiretime(context: CommandContext, args: Args): void {
  if (!replyIfEndless(context, args)) replySeconds(context, current);
}

/** `PEXPIRETIME key` → integer: unix milliseconds of the expiry; -1 without, -2 for an absent key. */
function pexpiretime(context: CommandContext, args: Args): void {
  if (!replyIfEndless(context, args)) context.reply.int64(current);
}

/** Replies for a key that is absent or has no expiry; else reads the expiry into `current`. */
function replyIfEndless(context: CommandContext, args: Args): boolean {
  const db = context.db;
  const ref: Ref = db.readUntouched(args.at(1));
  if (ref !== 0 && db.entries.expires(ref)) {
    db.entries.readExpiry(ref, current);
    return false;
  }
  context.reply.integer(ref === 0 ? -2 : -1);
  return true;
}

function subtractNow(context: CommandContext): Int64 {
  current.add(now.setNumber(-context.db.nowMs));
  return current;
}

/** Replies milliseconds as seconds, rounded half up; the register may be overwritten. */
function replySeconds(context: CommandContext, milliseconds: Int64): void {
  if (milliseconds.isSafe()) {
    context.reply.integer(Math.floor((milliseconds.toNumber() + 500) / 1000));
  } else {
    context.reply.int64(milliseconds.setBigInt((milliseconds.toBigInt() + 500n) / 1000n));
  }
}
