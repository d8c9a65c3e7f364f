/**
 * Members that the client names: SADD, SREM, SISMEMBER, SMISMEMBER, SCARD, SMOVE.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const MEMBER_COMMANDS: readonly CommandSpec[] = defineCommands("set", [
  { name: "sadd", arity: -3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW insert")], elements: { first: 2, step: 1 }, run: sadd },
  { name: "srem", arity: -3, flags: ["write", "fast"], keys: [keyAt(1, "RW delete")], elements: { first: 2, step: 1 }, run: srem },
  { name: "sismember", arity: 3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], elements: { first: 2, step: 1 }, run: sismember },
  { name: "smismember", arity: -3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], elements: { first: 2, step: 1 }, run: smismember },
  { name: "scard", arity: 2, flags: ["readonly", "fast"], keys: [keyAt(1, "RO")], run: scard },
  { name: "smove", arity: 4, flags: ["write", "fast"],
    keys: [keyAt(1, "RW access delete"), keyAt(2, "RW insert")], run: smove },
]);

/** `SADD key member [member ...]` → integer: members that were not there before. */
function sadd(context: CommandContext, args: Args): void {
  const key = args.at(1);
  const set = context.db.openSet(key);
  let addedCount = 0;
  for (let index = 2; index < args.count; index++) {
    if (set.add(args.at(index))) addedCount++;
  }
  if (addedCount > 0) context.modified(key, "sadd", addedCount);
  context.reply.integer(addedCount);
}

/** `SREM key member [member ...]` → integer: members that were there. */
function srem(context: CommandContext, args: Args): void {
  const key = args.at(1);
  const set = context.db.openSet(key);
  let removedCount = 0;
  for (let index = 2; index < args.count && set.count > 0; index++) {
    if (set.remove(args.at(index))) removedCount++;
  }
  if (removedCount > 0) {
    context.modified(key, "srem", removedCount);
    context.removeIfEmpty(key, set);
  }
  context.reply.integer(removedCount);
}

/** `SISMEMBER key member` → 1 if it is there, else 0. */
function sismember(context: CommandContext, args: Args): void {
  const set = context.db.readSet(args.at(1));
  context.reply.integer(set !== undefined && set.has(args.at(2)) ? 1 : 0);
}

/** `SMISMEMBER key member [member ...]` → array of 1 and 0. */
function smismember(context: CommandContext, args: Args): void {
  const set = context.db.readSet(args.at(1));
  context.reply.array(args.count - 2);
  for (let index = 2; index < args.count; index++) {
    context.reply.integer(set !== undefined && set.has(args.at(index)) ? 1 : 0);
  }
}

/** `SCARD key` → integer: how many members there are. */
function scard(context: CommandContext, args: Args): void {
  context.reply.integer(context.db.readSet(args.at(1))?.count ?? 0);
}

/** `SMOVE source destination member` → 1 if the source had it, else 0. */
function smove(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const sourceKey = args.at(1), targetKey = args.at(2), member = args.at(3);
  const source = db.openSet(sourceKey);
  if (source.ref === 0) {
    db.write(targetKey); // a use of it, whatever it is
    return reply.integer(0);
  }
  const target = db.openSet(targetKey, db.setHandle(1));
  if (source.ref === target.ref) return reply.integer(source.has(member) ? 1 : 0);
  if (!source.remove(member)) return reply.integer(0);
  context.modified(sourceKey, "srem");
  context.removeIfEmpty(sourceKey, source);
  if (target.add(member)) context.modified(targetKey, "sadd");
  reply.integer(1);
}
