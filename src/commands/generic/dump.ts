/**
 * DUMP and RESTORE: values as bytes, from one server to another.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import {
  BUSY_KEY,
  INVALID_FREQUENCY,
  INVALID_IDLE_TIME,
  INVALID_TTL,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { Ref } from "../../store/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const DUMP_COMMANDS: readonly CommandSpec[] = defineCommands("keyspace", [
  { name: "dump", arity: 2, flags: ["readonly"], tips: ["nondeterministic_output"], keys: [keyAt(1, "RO access")], run: dump },
  { name: "restore", arity: -4, flags: ["write", "denyoom"], categories: ["dangerous"], keys: [keyAt(1, "OW update")], run: restore },
]);

/** Arguments before the options. */
const OPTIONS_INDEX = 4;
const FREQUENCY_MAX = 255;

/** Reused by all commands: they run one after the other. */
const payload = new ByteView();
const expiresAt = new Int64();
const nowMs = new Int64();

/** What RESTORE is told beside key and value. */
interface RestoreOptions {
  replaces: boolean;
  isAbsolute: boolean;
  idleSeconds: number | undefined;
  frequency: number | undefined;
}

/** `DUMP key` → bulk string: the value as a payload, or nil. */
function dump(context: CommandContext, args: Args): void {
  const { db, reply, server } = context;
  const ref = db.read(args.at(1));
  if (ref === 0) return reply.nil();
  reply.bulk(server.payloads.dump(ref, server.config.boolean("rdbcompression"), payload));
}

/**
 * `RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]` → OK.
 *
 * A value whose time has come is not stored, but what it replaces goes.
 */
function restore(context: CommandContext, args: Args): void {
  const { db, server, effects } = context;
  const key = args.at(1);
  const options = parseOptions(args);
  if (!options.replaces && db.write(key) !== 0) throw BUSY_KEY;
  args.int64(2, expiresAt);
  if (expiresAt.hi < 0) throw INVALID_TTL;
  const expires = (expiresAt.hi | expiresAt.lo) !== 0;
  if (expires && isOver(context, options)) {
    server.payloads.check(args.at(3));
    if (db.discard(key)) {
      context.modified(key, "del");
      effects.replaceWith("DEL", key);
    }
    return context.reply.ok();
  }
  server.payloads.restore(args.at(3), db, key);
  let ref = db.peek(key);
  if (expires) ref = db.setExpiry(ref, expiresAt);
  noteUse(context, ref, options);
  context.modified(key, "restore");
  if (effects.isWanted && expires && !options.isAbsolute) propagate(context, args);
  context.reply.ok();
}

/** Makes the time to live a moment; returns whether that has passed. */
function isOver(context: CommandContext, options: RestoreOptions): boolean {
  nowMs.setNumber(context.db.nowMs);
  if (!options.isAbsolute && !expiresAt.add(nowMs)) return true; // so far off that Redis wraps around
  return expiresAt.toNumber() <= context.db.dueByMs;
}

/** Says the same with the moment, which means the same at any time. */
function propagate(context: CommandContext, args: Args): void {
  const words: (string | ByteView)[] = [args.text(0), args.at(1), String(expiresAt.toBigInt())];
  for (let index = 3; index < args.count; index++) words.push(args.at(index));
  context.effects.replaceWith(...words, "ABSTTL");
}

/** Notes how often or how long ago the value was used where it came from. */
function noteUse(context: CommandContext, ref: Ref, options: RestoreOptions): void {
  const environment = context.server.store.environment;
  const { frequency } = environment;
  if (frequency !== undefined) {
    if (options.frequency === undefined) return;
    const access = frequency.accessOfCounter(options.frequency, environment.nowMs);
    environment.entries.setAccess(ref, access);
  } else if (options.idleSeconds !== undefined) {
    environment.entries.setAccess(ref, environment.accessBefore(options.idleSeconds));
  }
}

/** @throws {RedisError} When an option is unknown, or its value is none. */
function parseOptions(args: Args): RestoreOptions {
  const options: RestoreOptions = {
    replaces: false,
    isAbsolute: false,
    idleSeconds: undefined,
    frequency: undefined,
  };
  for (let index = OPTIONS_INDEX; index < args.count; index++) {
    const hasMore = index + 1 < args.count;
    if (args.isWord(index, "replace")) {
      options.replaces = true;
    } else if (args.isWord(index, "absttl")) {
      options.isAbsolute = true;
    } else if (args.isWord(index, "idletime") && hasMore && options.frequency === undefined) {
      options.idleSeconds = args.integer(++index);
      if (options.idleSeconds < 0) throw INVALID_IDLE_TIME;
    } else if (args.isWord(index, "freq") && hasMore && options.idleSeconds === undefined) {
      options.frequency = args.integer(++index);
      if (options.frequency < 0 || options.frequency > FREQUENCY_MAX) throw INVALID_FREQUENCY;
    } else {
      throw SYNTAX_ERROR;
    }
  }
  return options;
}
