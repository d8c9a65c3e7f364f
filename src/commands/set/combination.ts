/**
 * Sets combined: SINTER, SINTERCARD, SINTERSTORE, SUNION, SUNIONSTORE, SDIFF, SDIFFSTORE.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  keyRange,
  keysCounted,
  type KeySpec,
} from "../../engine/mod.ts";
import {
  KEY_COUNT_NOT_POSITIVE,
  KEY_COUNT_TOO_LARGE,
  LIMIT_NEGATIVE,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { Keyspace, SetValue } from "../../store/mod.ts";
import {
  giveAll,
  intersect,
  type MemberSink,
  type Sources,
  subtract,
  unite,
} from "./set_algebra.ts";

const SOURCES: KeySpec = keyRange(1, -1, 1, "RO access");
const STORED_SOURCES: KeySpec = keyRange(2, -1, 1, "RO access");
const COUNTED_SOURCES: KeySpec = keysCounted(1, "RO access");
const UNORDERED = ["nondeterministic_output_order"];

/** The rows of these commands. */
// deno-fmt-ignore
export const COMBINATION_COMMANDS: readonly CommandSpec[] = defineCommands("set", [
  { name: "sinter", arity: -2, flags: ["readonly"], tips: UNORDERED, keys: [SOURCES], run: sinter },
  { name: "sintercard", arity: -3, flags: ["readonly", "movablekeys"], keys: [COUNTED_SOURCES], run: sintercard },
  { name: "sinterstore", arity: -3, flags: ["write", "denyoom"],
    keys: [keyAt(1, "RW update"), STORED_SOURCES], run: sinterstore },
  { name: "sunion", arity: -2, flags: ["readonly"], tips: UNORDERED, keys: [SOURCES], run: sunion },
  { name: "sunionstore", arity: -3, flags: ["write", "denyoom"],
    keys: [keyAt(1, "OW update"), STORED_SOURCES], run: sunionstore },
  { name: "sdiff", arity: -2, flags: ["readonly"], tips: UNORDERED, keys: [SOURCES], run: sdiff },
  { name: "sdiffstore", arity: -3, flags: ["write", "denyoom"],
    keys: [keyAt(1, "OW update"), STORED_SOURCES], run: sdiffstore },
]);

/** Numbers of handles: for what is built, for what is put aside, and from here on for sources. */
const RESULT_HANDLE = 0;
const SCRATCH_HANDLE = 1;
const FIRST_SOURCE_HANDLE = 2;

/** An operation on sets: gives its result to a sink; `scratch` is an empty set to use. */
type Operation = (sources: Sources, scratch: SetValue, sink: MemberSink) => void;

/** `SINTER key [key ...]` → set of bulk strings. */
function sinter(context: CommandContext, args: Args): void {
  replyResult(context, args, (sources, _, sink) => intersect(sources, sink));
}

/** `SINTERSTORE destination key [key ...]` → integer: members of the result. */
function sinterstore(context: CommandContext, args: Args): void {
  storeResult(context, args, (sources, _, sink) => intersect(sources, sink));
}

/** `SINTERCARD numkeys key [key ...] [LIMIT limit]` → integer: members of the intersection. */
function sintercard(context: CommandContext, args: Args): void {
  const keyCount = args.integer(1, KEY_COUNT_NOT_POSITIVE);
  if (keyCount < 1) throw KEY_COUNT_NOT_POSITIVE;
  if (keyCount > args.count - 2) throw KEY_COUNT_TOO_LARGE;
  let countMax = 0;
  for (let index = 2 + keyCount; index < args.count; index += 2) {
    if (index + 1 === args.count || !args.isWord(index, "limit")) throw SYNTAX_ERROR;
    countMax = args.integer(index + 1, LIMIT_NEGATIVE);
    if (countMax < 0) throw LIMIT_NEGATIVE;
  }
  let memberCount = 0;
  const sources = readSources(context.db, args, 2, 2 + keyCount);
  intersect(sources, { take: () => ++memberCount !== countMax });
  context.reply.integer(memberCount);
}

/** `SUNION key [key ...]` → set of bulk strings. */
function sunion(context: CommandContext, args: Args): void {
  replyResult(context, args, unite);
}

/** `SUNIONSTORE destination key [key ...]` → integer: members of the result. */
function sunionstore(context: CommandContext, args: Args): void {
  storeResult(context, args, giveAll); // where they are stored they meet anyway
}

/** `SDIFF key [key ...]` → set of bulk strings. */
function sdiff(context: CommandContext, args: Args): void {
  replyResult(context, args, subtract);
}

/** `SDIFFSTORE destination key [key ...]` → integer: members of the result. */
function sdiffstore(context: CommandContext, args: Args): void {
  storeResult(context, args, subtract);
}

function replyResult(context: CommandContext, args: Args, operation: Operation): void {
  const { db, reply } = context;
  const sources = readSources(db, args, 1, args.count);
  const mark = reply.openArray();
  let memberCount = 0;
  const sink: MemberSink = {
    take: (member) => {
      reply.bulk(member.view);
      memberCount++;
      return true;
    },
  };
  withNewSet(db, SCRATCH_HANDLE, (scratch) => operation(sources, scratch, sink));
  reply.closeSet(mark, memberCount);
}

function storeResult(context: CommandContext, args: Args, operation: Operation): void {
  const { db, reply } = context;
  const sources = readSources(db, args, 2, args.count);
  const key = args.at(1);
  withNewSet(db, RESULT_HANDLE, (result) => {
    const sink: MemberSink = {
      lookAhead: (walk) => result.lookAhead(walk),
      take: (member) => {
        result.addMember(member);
        return true;
      },
    };
    withNewSet(db, SCRATCH_HANDLE, (scratch) => operation(sources, scratch, sink));
    const memberCount = result.count;
    if (memberCount > 0) {
      db.storeCollection(key, result);
      result.detach();
      context.modified(key, context.command.spec.name);
    } else if (db.discard(key)) {
      context.modified(key, "del");
    }
    reply.integer(memberCount);
  });
}

/** Gives the use of a handle on a set that is still to be made; what it holds in the end is freed. */
function withNewSet(db: Keyspace, handleNumber: number, use: (set: SetValue) => void): void {
  const set = db.setHandle(handleNumber).detach();
  try {
    use(set);
  } finally {
    set.free();
  }
}

/**
 * Opens the sets of the keys in `args[first, end)`.
 *
 * @throws {RedisError} WRONGTYPE when one is none.
 */
function readSources(db: Keyspace, args: Args, first: number, end: number): Sources {
  const sources: (SetValue | undefined)[] = [];
  for (let index = first; index < end; index++) {
    sources.push(db.readSet(args.at(index), db.setHandle(FIRST_SOURCE_HANDLE + sources.length)));
  }
  return sources;
}
