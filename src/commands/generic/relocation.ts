/**
 * COPY, MOVE, RENAME: values under other keys and in other databases.
 *
 * The expiry goes with the value. What is overwritten is removed without an event of its own, as in
 * Redis: whoever listens hears only of the key's new content.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import {
  COPY_IN_CLUSTER,
  DB_INDEX_OUT_OF_RANGE,
  MOVE_IN_CLUSTER,
  NO_SUCH_KEY,
  SAME_OBJECT,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { numberAt } from "../number_argument.ts";
import type { Keyspace, Ref } from "../../store/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const RELOCATION_COMMANDS: readonly CommandSpec[] = defineCommands("keyspace", [
  { name: "copy", arity: -3, flags: ["write", "denyoom"], keys: [keyAt(1, "RO access"), keyAt(2, "OW update")],
    run: copy, otherDatabase: databaseOfCopy },
  { name: "move", arity: 3, flags: ["write", "fast"], keys: [keyAt(1, "RW access update")],
    run: move, otherDatabase: (args) => numberAt(args, 2) },
  { name: "rename", arity: 3, flags: ["write"], keys: [keyAt(1, "RW access delete"), keyAt(2, "OW update")], run: rename },
  { name: "renamenx", arity: 3, flags: ["write", "fast"],
    keys: [keyAt(1, "RW access delete"), keyAt(2, "OW insert")], run: renamenx },
]);

/** `COPY source destination [DB index] [REPLACE]` → 1 if it was copied, 0 if not. */
function copy(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const { target, replaces } = parseCopyOptions(context, args);
  if (context.server.cluster?.mode === "redirect" && target.index !== 0) throw COPY_IN_CLUSTER;
  const key = args.at(1), newKey = args.at(2);
  if (target === context.db && key.equals(newKey)) throw SAME_OBJECT;
  const source = context.db.read(key);
  if (source === 0) return reply.integer(0);
  if (target.write(newKey) !== 0 && !replaces) return reply.integer(0);
  context.db.copyEntry(source, target, newKey);
  context.modifiedIn(target, newKey, "copy_to");
  reply.integer(1);
}

function parseCopyOptions(
  context: CommandContext,
  args: Args,
): { target: Keyspace; replaces: boolean } {
  let target = context.db;
  let replaces = false;
  for (let index = 3; index < args.count; index++) {
    if (args.isWord(index, "replace")) replaces = true;
    else if (args.isWord(index, "db") && index + 1 < args.count) {
      target = databaseAt(context, args, ++index);
    } else throw SYNTAX_ERROR;
  }
  return { target, replaces };
}

/** `MOVE key index` → 1 if it was moved, 0 if it is absent here or present there. */
function move(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  if (context.server.cluster?.mode === "redirect") throw MOVE_IN_CLUSTER;
  const key = args.at(1);
  const target = databaseAt(context, args, 2);
  if (target === db) throw SAME_OBJECT;
  const ref = db.write(key);
  if (ref === 0 || target.write(key) !== 0) return reply.integer(0);
  db.moveEntry(ref, target, key);
  context.modified(key, "move_from", 0);
  context.modifiedIn(target, key, "move_to");
  reply.integer(1);
}

/** `RENAME key newkey` → OK. */
function rename(context: CommandContext, args: Args): void {
  const ref = context.db.write(args.at(1));
  if (ref === 0) throw NO_SUCH_KEY;
  if (!args.at(1).equals(args.at(2))) renameEntry(context, args, ref);
  context.reply.ok();
}

/** `RENAMENX key newkey` → 1 if it was renamed, 0 if the new key is there. */
function renamenx(context: CommandContext, args: Args): void {
  const ref = context.db.write(args.at(1));
  if (ref === 0) throw NO_SUCH_KEY;
  const isTaken = args.at(1).equals(args.at(2)) || context.db.write(args.at(2)) !== 0;
  if (!isTaken) renameEntry(context, args, ref);
  context.reply.integer(isTaken ? 0 : 1);
}

function renameEntry(context: CommandContext, args: Args, ref: Ref): void {
  const db = context.db;
  const key = args.at(1), newKey = args.at(2);
  db.moveEntry(ref, db, newKey);
  context.modified(key, "rename_from", 0);
  context.modified(newKey, "rename_to");
}

/** The database that COPY names last. */
function databaseOfCopy(args: Args): number | undefined {
  let index = args.count - 2;
  while (index > 2 && !args.isWord(index, "db")) index--;
  return index > 2 ? numberAt(args, index + 1) : undefined;
}

/** @throws {RedisError} When there is no such database. */
function databaseAt(context: CommandContext, args: Args, index: number): Keyspace {
  const databaseIndex = args.int32(index);
  const database = context.server.store.databases[databaseIndex];
  if (database === undefined) throw DB_INDEX_OUT_OF_RANGE;
  return database;
}
