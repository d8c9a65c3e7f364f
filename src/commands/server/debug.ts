/**
 * DEBUG: what test suites and developers need. Guarded by `enable-debug-command`.
 *
 * @module
 */

import { bytesOfText, ByteView } from "../../base/byte_view.ts";
import { Glob } from "../../base/glob.ts";
import { randomId } from "../../base/random.ts";
import {
  type AcrossNodes,
  type CommandContext,
  type CommandSpec,
  defineCommands,
  NO_EVENT,
} from "../../engine/mod.ts";
import {
  errorWithText,
  NO_SUCH_KEY,
  unusableSubcommand,
  VALUE_MUST_BE_POSITIVE,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { encodingName, sharedReferenceCount } from "../../store/mod.ts";
import { replyHelp } from "../help.ts";
import { rewriteAll } from "./config.ts";
import { reload } from "./debug_reload.ts";
import { digest, digestValues, tableStats, tableStatsOfKey } from "./debug_data.ts";
import { loadAppendOnlyFile } from "./debug_loadaof.ts";
import { listLayoutText, setPackedThreshold, showListpack, showQuicklist } from "./debug_packed.ts";
import { protocol } from "./debug_protocol.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const DEBUG_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "debug", arity: -2, flags: ["admin", "noscript", "loading", "stale", "protected"],
    acrossNodes: wayAcrossNodes, run: debug },
]);

/** What DEBUG can do, by the word behind it. */
interface DebugAction {
  /** How many arguments there may be in all; absent: any number. */
  readonly argumentCounts?: readonly number[];
  readonly run: (context: CommandContext, args: Args) => void;
  /** What HELP says of it. */
  readonly help: readonly string[];
}

const ACTIONS: ReadonlyMap<string, DebugAction> = new Map(Object.entries<DebugAction>({
  "aof-flush-sleep": {
    argumentCounts: [3],
    run: setFlushDelay,
    help: [
      "AOF-FLUSH-SLEEP <microsec>",
      "    Server will sleep before flushing the AOF, this is used for testing.",
    ],
  },
  "change-repl-id": {
    argumentCounts: [2],
    run: changeReplicationId,
    help: [
      "CHANGE-REPL-ID",
      "    Change the replication IDs of the instance.",
      "    Dangerous: should be used only for testing the replication subsystem.",
    ],
  },
  "config-rewrite-force-all": {
    argumentCounts: [2],
    run: rewriteAll,
    help: [
      "CONFIG-REWRITE-FORCE-ALL",
      "    Like CONFIG REWRITE but writes all configuration options, including",
      "    keywords not listed in original configuration file or default values.",
    ],
  },
  "digest": {
    argumentCounts: [2],
    run: digest,
    help: ["DIGEST", "    Output a hex signature representing the current DB content."],
  },
  "digest-value": {
    run: digestValues,
    help: [
      "DIGEST-VALUE <key> [<key> ...]",
      "    Output a hex signature of the values of all the specified keys.",
    ],
  },
  "error": {
    argumentCounts: [3],
    run: replyError,
    help: [
      "ERROR <string>",
      "    Return a Redis protocol error with <string> as message. Useful for clients",
      "    unit tests to simulate Redis errors.",
    ],
  },
  "log": {
    argumentCounts: [3],
    run: log,
    help: ["LOG <message>", "    Write <message> to the server log."],
  },
  "htstats": {
    argumentCounts: [3],
    run: tableStats,
    help: [
      "HTSTATS <dbid>",
      "    Return hash table statistics of the specified Redis database.",
    ],
  },
  "htstats-key": {
    argumentCounts: [3],
    run: tableStatsOfKey,
    help: [
      "HTSTATS-KEY <key>",
      "    Like HTSTATS but for the hash table stored at <key>'s value.",
    ],
  },
  "loadaof": {
    argumentCounts: [2],
    run: loadAppendOnlyFile,
    help: [
      "LOADAOF",
      "    Flush the AOF buffers on disk and reload the AOF in memory.",
    ],
  },
  "listpack": {
    argumentCounts: [3],
    run: showListpack,
    help: ["LISTPACK <key>", "    Show low level info about the listpack encoding of <key>."],
  },
  "quicklist": {
    argumentCounts: [3, 4],
    run: showQuicklist,
    help: [
      "QUICKLIST <key> [<0|1>]",
      "    Show low level info about the quicklist encoding of <key>.",
      "    The optional argument (0 by default) sets the level of detail",
    ],
  },
  "quicklist-packed-threshold": {
    argumentCounts: [3],
    run: setPackedThreshold,
    help: [
      "QUICKLIST-PACKED-THRESHOLD <size>",
      "    Sets the threshold for elements to be inserted as plain vs packed nodes",
      "    Default value is 1GB, allows values up to 4GB. Setting to 0 restores to default.",
    ],
  },
  "object": {
    argumentCounts: [3],
    run: object,
    help: ["OBJECT <key>", "    Show low level info about `key` and associated value."],
  },
  "panic": {
    argumentCounts: [2],
    run: crash,
    help: ["PANIC", "    Crash the server simulating a panic."],
  },
  "populate": {
    argumentCounts: [3, 4, 5],
    run: populate,
    help: [
      "POPULATE <count> [<prefix>] [<size>]",
      "    Create <count> string keys named key:<num>. If <prefix> is specified then",
      "    it is used instead of the 'key' prefix. These are not propagated to",
      "    replicas. Cluster slots are not respected so keys not belonging to the",
      "    current node can be created in cluster mode.",
    ],
  },
  "protocol": {
    argumentCounts: [3],
    run: protocol,
    help: [
      "PROTOCOL <type>",
      "    Reply with a test value of the specified type. <type> can be: string,",
      "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
      "    true, false.",
    ],
  },
  "reload": {
    run: reload,
    help: [
      "RELOAD [option ...]",
      "    Save the RDB on disk and reload it back to memory. Valid <option> values:",
      "    * MERGE: conflicting keys will be loaded from RDB.",
      "    * NOFLUSH: the existing database will not be removed before load, but",
      "      conflicting keys will generate an exception and kill the server.",
      "    * NOSAVE: the database will be loaded from an existing RDB file.",
    ],
  },
  "segfault": {
    argumentCounts: [2],
    run: crash,
    help: ["SEGFAULT", "    Crash the server with sigsegv."],
  },
  "set-active-expire": {
    argumentCounts: [3],
    run: setActiveExpire,
    help: [
      "SET-ACTIVE-EXPIRE <0|1>",
      "    Setting it to 0 disables expiring keys in background when they are not",
      "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
      "    default.",
    ],
  },
  "set-skip-checksum-validation": {
    argumentCounts: [3],
    run: setChecksumSkipping,
    help: [
      "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
      "    Enables or disables checksum checks for RDB files and RESTORE's payload.",
    ],
  },
  "sleep": {
    argumentCounts: [3],
    run: sleep,
    help: ["SLEEP <seconds>", "    Stop the server for <seconds>. Decimals allowed."],
  },
  "stringmatch-len": { argumentCounts: [4], run: stringMatchLength, help: [] },
  "stringmatch-test": {
    argumentCounts: [2],
    run: stringMatchTest,
    help: [
      "STRINGMATCH-TEST",
      "    Run a fuzz tester against the stringmatchlen() function.",
    ],
  },
  "pause-cron": {
    argumentCounts: [3],
    run: pauseCron,
    help: ["PAUSE-CRON <0|1>", "    Stop periodic cron job processing."],
  },
  "help": { argumentCounts: [2], run: help, help: [] },
  // Acknowledged only; each handler says why there is nothing to do.
  "replybuffer": {
    argumentCounts: [4],
    run: setReplyBuffer,
    help: [
      "REPLYBUFFER PEAK-RESET-TIME <NEVER||RESET|time>",
      "    Sets the time (in milliseconds) to wait between client reply buffer peak resets.",
      "    In case NEVER is provided the last observed peak will never be reset",
      "    In case RESET is provided the peak reset time will be restored to the default value",
      "REPLYBUFFER RESIZING <0|1>",
      "    Enable or disable the reply buffer resize cron job",
    ],
  },
  "set-disable-deny-scripts": { argumentCounts: [3], run: acknowledge, help: [] },
  "jmap": { argumentCounts: [2, 3], run: acknowledge, help: [] },
}));

/** Longest text that STRINGMATCH-LEN makes. */
const TEXT_BYTES_MAX = 64 * 1024 * 1024;
/** Patterns that STRINGMATCH-TEST tries. */
const MATCH_COUNT = 10_000;
/** What they are made of. */
const MATCH_BYTES = bytesOfText("ab*?[]^-\\");

/** `DEBUG action [argument ...]` → by the action. */
function debug(context: CommandContext, args: Args): void {
  const action = ACTIONS.get(args.at(1).toLowerText());
  if (action === undefined || !(action.argumentCounts?.includes(args.count) ?? true)) {
    throw unusableSubcommand("DEBUG", args.text(1));
  }
  action.run(context, args);
}

/** Digests are those of the whole cluster; all else is about the node that is asked. */
function wayAcrossNodes(args: Args): AcrossNodes | undefined {
  if (args.count === 2 && args.isWord(1, "digest")) return "digest";
  return args.isWord(1, "digest-value") ? "digest-values" : undefined;
}

/** `DEBUG CHANGE-REPL-ID` → OK; the data has a history of another name. */
function changeReplicationId(context: CommandContext): void {
  const { server } = context;
  server.log.warning("Changing replication IDs after receiving DEBUG change-repl-id");
  server.replicationId = randomId(server.random);
  context.reply.ok();
}

/** `DEBUG AOF-FLUSH-SLEEP microseconds` → OK; the server sleeps before it writes the log. */
function setFlushDelay(context: CommandContext, args: Args): void {
  context.server.appendOnly.flushDelayUs = leadingInteger(args.text(2));
  context.reply.ok();
}

/** `DEBUG ERROR text` → that error; the command has succeeded. */
function replyError(context: CommandContext, args: Args): void {
  context.reply.requestedError(errorWithText(args.text(2)));
}

/** `DEBUG LOG text` → OK; the text is in the log. */
function log(context: CommandContext, args: Args): void {
  context.server.log.warning(`DEBUG LOG: ${args.text(2)}`);
  context.reply.ok();
}

/** `DEBUG SLEEP seconds` → OK, when everybody has waited so long. */
function sleep(context: CommandContext, args: Args): void {
  const seconds = Number.parseFloat(args.text(2));
  if (seconds > 0) context.server.lifecycle.sleep(seconds * 1000);
  context.reply.ok();
}

/** `DEBUG SET-ACTIVE-EXPIRE 0 | 1` → OK; whether keys go without being looked at. */
function setActiveExpire(context: CommandContext, args: Args): void {
  context.server.isExpiringActively = leadingInteger(args.text(2)) !== 0;
  context.reply.ok();
}

/** `DEBUG SET-SKIP-CHECKSUM-VALIDATION 0 | 1` → OK; whether any checksum is believed. */
function setChecksumSkipping(context: CommandContext, args: Args): void {
  context.server.payloads.isChecksumChecked = leadingInteger(args.text(2)) === 0;
  context.reply.ok();
}

/** `DEBUG PAUSE-CRON 0 | 1` → OK; whether the regular work of the server rests. */
function pauseCron(context: CommandContext, args: Args): void {
  context.server.isPulsePaused = leadingInteger(args.text(2)) !== 0;
  context.reply.ok();
}

/** `DEBUG PANIC`, `DEBUG SEGFAULT`: the process ends at once, as if it had crashed. */
function crash(context: CommandContext, args: Args): void {
  const isPanic = args.at(1).toLowerText() === "panic";
  const reason = isPanic ? "The server panics" : "The server crashed by signal: 11";
  context.server.log.warning(`${reason}, because DEBUG told it to`);
  context.server.lifecycle.exit(1);
}

/** `DEBUG OBJECT key` → status line on how the value is stored. */
function object(context: CommandContext, args: Args): void {
  const { db, server, reply } = context;
  const ref = db.peek(args.at(2));
  if (ref === 0) throw NO_SUCH_KEY;
  const access = db.entries.accessOf(ref);
  const idleSeconds = server.store.environment.idleSecondsOf(access);
  const isCompressing = server.config.boolean("rdbcompression");
  const serializedBytes = server.payloads.valueBytesOf(ref, isCompressing);
  const { isSharingIntegers } = server.store.environment;
  const referenceCount = sharedReferenceCount(db.entries, ref, isSharingIntegers);
  const address = (ref >>> 0).toString(16).padStart(8, "0");
  reply.simple(
    `Value at:0x${address} refcount:${referenceCount} ` +
      `encoding:${encodingName(db.entries, ref)} serializedlength:${serializedBytes} ` +
      `lru:${access} lru_seconds_idle:${idleSeconds}${listLayoutText(db, ref)}`,
  );
}

/** `DEBUG POPULATE count [prefix] [size]` → OK; there are so many string keys more. */
function populate(context: CommandContext, args: Args): void {
  const { db } = context;
  const keyCount = wholeNumber(args, 2);
  const prefix = args.count > 3 ? args.text(3) : "key";
  const valueBytes = args.count > 4 ? wholeNumber(args, 4) : 0;
  for (let index = 0; index < keyCount; index++) {
    const key = ByteView.ofText(`${prefix}:${index}`);
    if (db.write(key) !== 0) continue;
    const text = bytesOfText(`value:${index}`);
    const value = new Uint8Array(valueBytes === 0 ? text.length : valueBytes);
    value.set(text.subarray(0, value.length));
    db.setText(key, new ByteView(value), false);
    context.modified(key, NO_EVENT, 0);
  }
  context.reply.ok();
}

/** @throws {RedisError} When the argument is no number from 0 on. */
function wholeNumber(args: Args, index: number): number {
  const value = args.integer(index, VALUE_MUST_BE_POSITIVE);
  if (value < 0) throw VALUE_MUST_BE_POSITIVE;
  return value;
}

/** The number that a text begins with, as C's `atoi` reads it; 0 if it begins with none. */
function leadingInteger(text: string): number {
  return Number.parseInt(text, 10) || 0;
}

/**
 * `DEBUG STRINGMATCH-LEN length pattern` → OK, when so long a text was matched against it; Redis
 * 7.0.15 has no such action.
 */
function stringMatchLength(context: CommandContext, args: Args): void {
  const byteCount = args.integer(2);
  if (byteCount < 0 || byteCount > TEXT_BYTES_MAX) throw VALUE_MUST_BE_POSITIVE;
  new Glob(args.at(3)).matches(new ByteView(new Uint8Array(byteCount).fill(0x61)));
  context.reply.ok();
}

/** `DEBUG STRINGMATCH-TEST` → status, when many random patterns were matched. */
function stringMatchTest(context: CommandContext): void {
  const random = context.server.random;
  for (let count = 0; count < MATCH_COUNT; count++) {
    const bytes = Array.from({ length: 64 }, () => MATCH_BYTES[random.below(MATCH_BYTES.length)]);
    const words = Uint8Array.from(bytes);
    new Glob(new ByteView(words, 0, 32)).matches(new ByteView(words, 32, 64));
  }
  context.reply.simple("Apparently Redis did not crash: test passed");
}

/**
 * `DEBUG REPLYBUFFER PEAK-RESET-TIME NEVER | RESET | time`, `... RESIZING 0 | 1` → OK.
 *
 * Redis' suite calls it to have clients' reply buffers resized at once, or not at all. Buffers here
 * are lent for one batch of replies, so there is nothing that shrinks with time.
 */
function setReplyBuffer(context: CommandContext, args: Args): void {
  if (args.isWord(2, "peak-reset-time")) {
    if (!args.isWord(3, "never") && !args.isWord(3, "reset")) args.integer(3);
  } else if (!args.isWord(2, "resizing")) {
    throw unusableSubcommand("DEBUG", args.text(1));
  }
  context.reply.ok();
}

/**
 * `DEBUG SET-DISABLE-DENY-SCRIPTS 0 | 1`, `DEBUG JMAP [file]` → OK, and nothing else.
 *
 * Redis' suite calls the first to let scripts run what they may not: there are no scripts here that
 * it could open. Redis 7.0.15 does not have the second; it would be a map of the C library's heap,
 * and there is none.
 */
function acknowledge(context: CommandContext): void {
  context.reply.ok();
}

/** `DEBUG HELP` → array of status lines: the actions there are. */
function help(context: CommandContext): void {
  const lines = [...ACTIONS.values()].flatMap((action) => action.help);
  replyHelp(context, lines);
}
