/**
 * Whole databases: counted, emptied, exchanged.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import {
  DB_INDEX_OUT_OF_RANGE,
  INVALID_FIRST_DB_INDEX,
  INVALID_SECOND_DB_INDEX,
  SWAPDB_IN_CLUSTER,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import type { RedisError } from "../../errors/redis_error.ts";
import type { Args } from "../../resp/mod.ts";
import type { Keyspace } from "../../store/mod.ts";

const SUMMED_UP = ["request_policy:all_shards", "response_policy:agg_sum"];
const ON_ALL_SHARDS = ["request_policy:all_shards", "response_policy:all_succeeded"];

/** The rows of these commands. */
// deno-fmt-ignore
export const DATABASE_COMMANDS: readonly CommandSpec[] = defineCommands("keyspace", [
  { name: "dbsize", arity: 1, flags: ["readonly", "fast"], tips: SUMMED_UP, acrossNodes: "sum", run: dbsize },
  { name: "flushall", arity: -1, flags: ["write"], categories: ["dangerous"], tips: ON_ALL_SHARDS, acrossNodes: "each", run: flushall },
  { name: "flushdb", arity: -1, flags: ["write"], categories: ["dangerous"], tips: ON_ALL_SHARDS, acrossNodes: "each", run: flushdb },
  { name: "swapdb", arity: 3, flags: ["write", "fast"], categories: ["dangerous"], acrossNodes: "each", run: swapdb },
]);

/** Keys up to which databases are emptied at once, unless said otherwise. */
const FREED_AT_ONCE_COUNT_MAX = 16 * 1024;

/** `DBSIZE` → integer: keys of the selected database. */
function dbsize(context: CommandContext): void {
  context.reply.integer(context.db.count);
}

/** `FLUSHALL [ASYNC | SYNC]` → OK; all databases are empty. */
function flushall(context: CommandContext, args: Args): void {
  const { store, persistence, stats } = context.server;
  flush(context, args, store.databases);
  // The file is up to date then: what this command changed, which is counted at its end, is in it.
  if (persistence.allFlushed()) stats.changesSinceSave = -context.changeCount;
}

/** `FLUSHDB [ASYNC | SYNC]` → OK; the selected database is empty. */
function flushdb(context: CommandContext, args: Args): void {
  flush(context, args, [context.db]);
}

function flush(context: CommandContext, args: Args, databases: readonly Keyspace[]): void {
  const { store, config } = context.server;
  const isLazy = isLazyFlush(args) ??
    (config.boolean("lazyfree-lazy-user-flush") || isHuge(databases));
  const keyCount = store.flush(databases, isLazy);
  context.flushed(databases, keyCount);
  // Empty here may not be empty there, so the command leaves in any case.
  if (keyCount === 0) context.effects.emit(context.db.index, ...args.texts(0));
  context.reply.ok();
}

/** Whether to free all keys at once would be a stall, which only SYNC asks for. */
function isHuge(databases: readonly Keyspace[]): boolean {
  return databases.reduce((sum, { count }) => sum + count, 0) > FREED_AT_ONCE_COUNT_MAX;
}

/** What the option says; `undefined` without one. */
function isLazyFlush(args: Args): boolean | undefined {
  if (args.count === 1) return undefined;
  if (args.count === 2 && args.isWord(1, "sync")) return false;
  if (args.count === 2 && args.isWord(1, "async")) return true;
  throw SYNTAX_ERROR;
}

/** `SWAPDB index1 index2` → OK; clients of the one see the keys of the other. */
function swapdb(context: CommandContext, args: Args): void {
  const { store, cluster } = context.server;
  if (cluster?.mode === "redirect") throw SWAPDB_IN_CLUSTER;
  const first = databaseIndex(args, 1, INVALID_FIRST_DB_INDEX);
  const second = databaseIndex(args, 2, INVALID_SECOND_DB_INDEX);
  const count = store.databases.length;
  if (first < 0 || first >= count || second < 0 || second >= count) throw DB_INDEX_OUT_OF_RANGE;
  store.swap(first, second);
  context.flushed(first === second ? [] : [store.databases[first], store.databases[second]], 1);
  context.reply.ok();
}

/** @throws {RedisError} `refusal` when the argument is no number of 32 bits. */
function databaseIndex(args: Args, index: number, refusal: RedisError): number {
  const value = args.integer(index, refusal);
  if (value !== (value | 0)) throw refusal;
  return value;
}
