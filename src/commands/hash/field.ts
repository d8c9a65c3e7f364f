/**
 * HSET, HGET, HDEL and their kin: fields by name.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { wrongArity } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { HashElement, HashValue } from "../../store/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const FIELD_COMMANDS: readonly CommandSpec[] = defineCommands("hash", [
  { name: "hset", arity: -4, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW update")], elements: { first: 2, step: 2 }, run: hset },
  { name: "hsetnx", arity: 4, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW insert")], elements: { first: 2, step: 2 }, run: hsetnx },
  { name: "hget", arity: 3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], elements: { first: 2, step: 1 }, run: hget },
  { name: "hmset", arity: -4, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW update")], elements: { first: 2, step: 2 }, run: hmset },
  { name: "hmget", arity: -3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], elements: { first: 2, step: 1 }, run: hmget },
  { name: "hdel", arity: -3, flags: ["write", "fast"], keys: [keyAt(1, "RW delete")], elements: { first: 2, step: 1 }, run: hdel },
  { name: "hlen", arity: 2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], run: hlen },
  { name: "hstrlen", arity: 3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], elements: { first: 2, step: 1 }, run: hstrlen },
  { name: "hexists", arity: 3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], elements: { first: 2, step: 1 }, run: hexists },
]);

/** What comes with a short field or value in a packed hash, at most. */
const PACKED_ELEMENT_EXTRA_BYTES = 2;

/** Reused by all commands: they run one after the other. */
const value = new ByteView();

/** `HSET key field value [field value ...]` → integer: fields that are new. */
function hset(context: CommandContext, args: Args): void {
  context.reply.integer(setFields(context, args));
}

/** `HMSET key field value [field value ...]` → OK. */
function hmset(context: CommandContext, args: Args): void {
  setFields(context, args);
  context.reply.ok();
}

/** Sets fields from argument 2 on; returns how many are new. */
function setFields(context: CommandContext, args: Args): number {
  const argumentCount = args.count;
  if (argumentCount % 2 === 1) throw wrongArity(context.command.fullName);
  const key = args.at(1);
  const hash = context.db.openHash(key);
  let newCount = 0;
  if (argumentCount === 4) {
    if (hash.set(args.at(2), args.at(3))) newCount = 1;
  } else {
    hash.announce(args.byteCount + argumentCount * PACKED_ELEMENT_EXTRA_BYTES);
    for (let index = 2; index < argumentCount; index += 2) {
      if (hash.set(args.at(index), args.at(index + 1))) newCount++;
    }
    hash.settle();
  }
  context.modified(key, "hset", (argumentCount - 2) >>> 1);
  return newCount;
}

/** `HSETNX key field value` → 1 if it was set, 0 if the field was there. */
function hsetnx(context: CommandContext, args: Args): void {
  const key = args.at(1), field = args.at(2);
  const hash = context.db.openHash(key);
  if (hash.find(field) !== 0) return context.reply.integer(0);
  hash.put(0, field, args.at(3));
  context.modified(key, "hset");
  context.reply.integer(1);
}

/** `HGET key field` → bulk string, or nil. */
function hget(context: CommandContext, args: Args): void {
  const hash = context.db.readHash(args.at(1));
  if (hash === undefined) context.reply.nil();
  else replyValue(context, hash, hash.find(args.at(2)));
}

/** `HMGET key field [field ...]` → array of bulk strings and nils. */
function hmget(context: CommandContext, args: Args): void {
  const hash = context.db.readHash(args.at(1));
  context.reply.array(args.count - 2);
  for (let index = 2; index < args.count; index++) {
    if (hash === undefined) context.reply.nil();
    else replyValue(context, hash, hash.find(args.at(index)));
  }
}

function replyValue(context: CommandContext, hash: HashValue, element: HashElement): void {
  if (element === 0) context.reply.nil();
  else context.reply.bulk(hash.readValue(element, value));
}

/** `HDEL key field [field ...]` → integer: fields that were there. */
function hdel(context: CommandContext, args: Args): void {
  const key = args.at(1);
  const hash = context.db.openHash(key);
  let removedCount = 0;
  for (let index = 2; index < args.count; index++) {
    if (hash.remove(args.at(index))) removedCount++;
  }
  if (removedCount > 0) {
    context.modified(key, "hdel", removedCount);
    context.removeIfEmpty(key, hash);
  }
  context.reply.integer(removedCount);
}

/** `HLEN key` → integer: fields. */
function hlen(context: CommandContext, args: Args): void {
  const hash = context.db.readHash(args.at(1));
  context.reply.integer(hash === undefined ? 0 : hash.count);
}

/** `HSTRLEN key field` → integer: bytes of the value, 0 if there is none. */
function hstrlen(context: CommandContext, args: Args): void {
  const hash = context.db.readHash(args.at(1));
  const element = hash === undefined ? 0 : hash.find(args.at(2));
  context.reply.integer(element === 0 ? 0 : hash!.readValue(element, value).byteCount);
}

/** `HEXISTS key field` → 1 or 0. */
function hexists(context: CommandContext, args: Args): void {
  const hash = context.db.readHash(args.at(1));
  context.reply.integer(hash !== undefined && hash.find(args.at(2)) !== 0 ? 1 : 0);
}
