/**
 * DEBUG: what test suites and developers need. Guarded by `enable-debug-command`.
 *
 * @module
 */

import { bytesOfText, ByteView } from "../../base/byte_view.ts";
import { globMatches } from "../../base/glob.ts";
import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import {
  errorOfClient,
  NO_SUCH_KEY,
  NOT_A_HASH_TABLE,
  OUT_OF_RANGE_DATABASE,
  PUSH_NEEDS_RESP3,
  unusableSubcommand,
  VALUE_MUST_BE_POSITIVE,
  WRONG_PROTOCOL_TYPE,
} from "../../errors/catalogue.ts";
import { formatFixed } from "../../observability/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { encodingName, serializedBytesOf, sharedReferenceCount } from "../../store/mod.ts";

// deno-fmt-ignore
export const DEBUG_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "debug", arity: -2, flags: ["admin", "noscript", "loading", "stale", "protected"], run: debug },
]);

/** What DEBUG can do, by the word behind it: how many arguments there may be in all, and how. */
interface DebugAction {
  argumentCounts: readonly number[];
  run: (context: CommandContext, args: Args) => void;
}

const ACTIONS: Readonly<Record<string, DebugAction>> = {
  "change-repl-id": { argumentCounts: [2], run: acknowledge },
  "error": { argumentCounts: [3], run: replyError },
  "help": { argumentCounts: [2], run: help },
  "htstats": { argumentCounts: [3], run: tableStats },
  "htstats-key": { argumentCounts: [3], run: tableStatsOfKey },
  "jmap": { argumentCounts: [2, 3], run: acknowledge },
  "log": { argumentCounts: [3], run: log },
  "object": { argumentCounts: [3], run: object },
  "panic": { argumentCounts: [2], run: crash },
  "populate": { argumentCounts: [3, 4, 5], run: populate },
  "protocol": { argumentCounts: [3], run: protocol },
  "segfault": { argumentCounts: [2], run: crash },
  "set-active-expire": { argumentCounts: [3], run: setActiveExpire },
  "sleep": { argumentCounts: [3], run: sleep },
  "stringmatch-len": { argumentCounts: [4], run: stringMatchLength },
  "stringmatch-test": { argumentCounts: [2], run: stringMatchTest },
};

const MATCH_COUNT = 10_000;
const MATCH_BYTES = bytesOfText("ab*?[]^-\\");

/** `DEBUG action [argument ...]` → by the action. */
function debug(context: CommandContext, args: Args): void {
  const action = ACTIONS[args.at(1).toLowerText()];
  if (action === undefined || !action.argumentCounts.includes(args.count)) {
    throw unusableSubcommand("DEBUG", args.text(1));
  }
  action.run(context, args);
}

function acknowledge(context: CommandContext): void {
  context.reply.ok();
}

/** `DEBUG ERROR text` → that error. */
function replyError(_context: CommandContext, args: Args): void {
  throw errorOfClient(args.text(2));
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
  context.server.isExpiringActively = Number.parseInt(args.text(2)) !== 0;
  context.reply.ok();
}

/** `DEBUG PANIC`, `DEBUG SEGFAULT`: the process ends at once, as if it had crashed. */
function crash(context: CommandContext): void {
  context.server.log.warning("DEBUG: the server is made to crash");
  context.server.lifecycle.exit(1);
}

/** `DEBUG OBJECT key` → status line on how the value is stored. */
function object(context: CommandContext, args: Args): void {
  const { db, server, reply } = context;
  const ref = db.peek(args.at(2));
  if (ref === 0) throw NO_SUCH_KEY;
  const access = db.entries.accessOf(ref);
  const idleSeconds = Math.max(0, server.store.environment.accessClock - access);
  const address = (ref >>> 0).toString(16).padStart(8, "0");
  reply.simple(
    `Value at:0x${address} refcount:${sharedReferenceCount(db.entries, ref)} ` +
      `encoding:${encodingName(db.entries, ref)} serializedlength:${
        serializedBytesOf(db.entries, ref)
      } ` +
      `lru:${access} lru_seconds_idle:${idleSeconds}`,
  );
}

/** `DEBUG POPULATE count [prefix] [size]` → OK; there are so many string keys more. */
function populate(context: CommandContext, args: Args): void {
  const { db } = context;
  const keyCount = args.integer(2);
  const prefix = args.count > 3 ? args.text(3) : "key";
  const valueBytes = args.count > 4 ? args.integer(4) : 0;
  if (keyCount < 0 || valueBytes < 0) throw VALUE_MUST_BE_POSITIVE;
  for (let index = 0; index < keyCount; index++) {
    const key = ByteView.ofText(`${prefix}:${index}`);
    if (db.write(key) !== 0) continue;
    const text = bytesOfText(`value:${index}`);
    const value = new Uint8Array(valueBytes === 0 ? text.length : valueBytes);
    value.set(text.subarray(0, value.length));
    db.setText(key, new ByteView(value), false);
  }
  context.reply.ok();
}

/** `DEBUG STRINGMATCH-LEN length pattern` → OK, when so long a text was matched against it. */
function stringMatchLength(context: CommandContext, args: Args): void {
  const text = new Uint8Array(args.integer(2)).fill(0x61);
  globMatches(args.at(3), new ByteView(text));
  context.reply.ok();
}

/** `DEBUG STRINGMATCH-TEST` → status, when many random patterns were matched. */
function stringMatchTest(context: CommandContext): void {
  const random = context.server.random;
  for (let count = 0; count < MATCH_COUNT; count++) {
    const bytes = Array.from({ length: 64 }, () => MATCH_BYTES[random.below(MATCH_BYTES.length)]);
    const words = Uint8Array.from(bytes);
    globMatches(new ByteView(words, 0, 32), new ByteView(words, 32, 64));
  }
  context.reply.simple("Apparently Redis did not crash: test passed");
}

/** `DEBUG HTSTATS index` → report on a database's tables. */
function tableStats(context: CommandContext, args: Args): void {
  const database = context.server.store.databases[args.integer(2)];
  if (database === undefined) throw OUT_OF_RANGE_DATABASE;
  const fillPercent = formatFixed(100 * database.count / database.slotCount, 2);
  context.reply.verbatim(
    "txt",
    `[Dictionary HT]\nHash table 0 stats (main hash table):\n table size: ${database.slotCount}\n` +
      ` number of elements: ${database.count}\n fill: ${fillPercent}%\n bytes: ${database.tableBytes}\n` +
      `[Expires HT]\nTime wheel:\n number of elements: ${database.expiringCount}\n`,
  );
}

/** `DEBUG HTSTATS-KEY key` → report; a string has no table. */
function tableStatsOfKey(context: CommandContext, args: Args): void {
  throw context.db.peek(args.at(2)) === 0 ? NO_SUCH_KEY : NOT_A_HASH_TABLE;
}

/** `DEBUG PROTOCOL type` → a reply of that kind. */
function protocol(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const countTo3 = () => [0, 1, 2].forEach((each) => reply.integer(each));
  switch (args.at(2).toLowerText()) {
    case "string":
      return reply.bulkText("Hello World");
    case "integer":
      return reply.integer(12345);
    case "double":
      return reply.double(3.141);
    case "bignum":
      return reply.bigNumber("1234567999999999999999999999999999999");
    case "null":
      return reply.nil();
    case "array":
      reply.array(3);
      return countTo3();
    case "set":
      reply.set(3);
      return countTo3();
    case "map":
      reply.map(3);
      return [0, 1, 2].forEach((each) => (reply.integer(each), reply.boolean(each === 1)));
    case "attrib":
      return replyAttribute(context);
    case "push":
      if (reply.protocol < 3) throw PUSH_NEEDS_RESP3;
      reply.push(2);
      reply.bulkText("server-cpu-usage");
      reply.integer(42);
      return reply.bulkText("Some real reply following the push reply");
    case "true":
    case "false":
      return reply.boolean(args.isWord(2, "true"));
    case "verbatim":
      return reply.verbatim("txt", "This is a verbatim\nstring");
    default:
      throw WRONG_PROTOCOL_TYPE;
  }
}

function replyAttribute({ reply }: CommandContext): void {
  if (reply.protocol === 3) {
    reply.attribute(1);
    reply.bulkText("key-popularity");
    reply.array(2);
    reply.bulkText("key:123");
    reply.integer(90);
  }
  reply.bulkText("Some real reply following the attribute");
}

/** `DEBUG HELP` → array of status lines: the actions there are. */
function help(context: CommandContext): void {
  const lines = [
    "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    ...Object.keys(ACTIONS).map((name) => name.toUpperCase()),
  ];
  context.reply.array(lines.length);
  for (const line of lines) context.reply.simple(line);
}
