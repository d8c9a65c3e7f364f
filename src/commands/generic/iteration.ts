/**
 * KEYS, RANDOMKEY, SCAN: which keys there are.
 *
 * SCAN's cursor is the keyspace's own and says where in the order of hashes the walk stands; see
 * `Dictionary.scan` for why a key that stays is met whatever comes and goes meanwhile. Any 64-bit
 * number is taken for one, as by Redis: an invented cursor starts somewhere, it does no harm.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Glob } from "../../base/glob.ts";
import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { INVALID_CURSOR, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { type Ref, TYPE_NAMES } from "../../store/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const ITERATION_COMMANDS: readonly CommandSpec[] = defineCommands("keyspace", [
  { name: "keys", arity: 2, flags: ["readonly"], categories: ["dangerous"],
    tips: ["request_policy:all_shards", "nondeterministic_output_order"], run: keys },
  { name: "randomkey", arity: 1, flags: ["readonly"],
    tips: ["request_policy:all_shards", "nondeterministic_output"], run: randomkey },
  { name: "scan", arity: -2, flags: ["readonly"],
    tips: ["nondeterministic_output", "request_policy:special"], run: scan },
]);

/** Keys that SCAN goes over when it isn't told. */
const SCAN_COUNT = 10;
/** Cursors are below this. */
const CURSOR_COUNT = 2n ** 64n;
/** Bits of a cursor that a number holds exactly; the keyspace's own need fewer. */
const CURSOR_BITS = 53;

/** Reused by all commands: they run one after the other. */
const keyView = new ByteView();

/** `KEYS pattern` → array of bulk strings, in no order. */
function keys(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const pattern = patternAt(args, 1);
  const mark = reply.openArray();
  let keyCount = 0;
  db.forEach((ref) => {
    db.entries.keyView(ref, keyView);
    if (pattern !== undefined && !pattern.matches(keyView)) return;
    reply.bulk(keyView);
    keyCount++;
  });
  reply.closeArray(mark, keyCount);
}

/** `RANDOMKEY` → bulk string, or nil for an empty database. */
function randomkey(context: CommandContext): void {
  const ref = context.db.randomEntry();
  if (ref === 0) context.reply.nil();
  else context.reply.bulk(context.db.entries.keyView(ref, keyView));
}

/** What SCAN is asked beside the cursor. */
interface ScanOptions {
  wantedCount: number;
  /** `undefined`: all keys. */
  pattern?: Glob;
  /** Name of a type in lower case, perhaps of one that nothing has; `undefined`: all types. */
  typeName?: string;
}

/** `SCAN cursor [MATCH pattern] [COUNT n] [TYPE type]` → next cursor and keys. */
function scan(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const cursor = parseCursor(args.text(1));
  const { wantedCount, pattern, typeName } = parseScanOptions(args);
  const found: Ref[] = [];
  const next = db.scan(cursor, wantedCount, (ref) => {
    if (typeName !== undefined && TYPE_NAMES[db.entries.typeOf(ref)] !== typeName) return;
    if (pattern === undefined || pattern.matches(db.entries.keyView(ref, keyView))) found.push(ref);
  });
  reply.array(2);
  reply.bulkText(String(next));
  reply.array(found.length);
  for (const ref of found) reply.bulk(db.entries.keyView(ref, keyView));
}

function parseScanOptions(args: Args): ScanOptions {
  const options: ScanOptions = { wantedCount: SCAN_COUNT };
  for (let index = 2; index < args.count; index += 2) {
    if (index + 1 >= args.count) throw SYNTAX_ERROR;
    if (args.isWord(index, "count")) {
      options.wantedCount = args.integer(index + 1);
      if (options.wantedCount < 1) throw SYNTAX_ERROR;
    } else if (args.isWord(index, "match")) {
      options.pattern = patternAt(args, index + 1);
    } else if (args.isWord(index, "type")) {
      options.typeName = args.at(index + 1).toLowerText();
    } else throw SYNTAX_ERROR;
  }
  return options;
}

/** A pattern; `undefined` for `*`, which here means the empty key too. */
function patternAt(args: Args, index: number): Glob | undefined {
  return args.isWord(index, "*") ? undefined : new Glob(args.at(index));
}

/**
 * A cursor as a client gives it back.
 *
 * Redis reads it by `strtoul`: a sign is allowed and a negative number wraps around, nothing counts
 * as 0, and text in C ends at a zero byte.
 *
 * @param text Binary text.
 * @returns Its lower 53 bits.
 * @throws {RedisError} When it is no unsigned 64-bit integer.
 */
export function parseCursor(text: string): number {
  const [, sign, digits] = /^(?:([+-]?)(\d+))?(?:\0|$)/.exec(text) ?? [];
  const isNothing = text === "" || text.startsWith("\0");
  if (digits === undefined && !isNothing) throw INVALID_CURSOR;
  const cursor = BigInt(digits ?? 0);
  if (cursor >= CURSOR_COUNT) throw INVALID_CURSOR;
  return Number(BigInt.asUintN(CURSOR_BITS, sign === "-" ? -cursor : cursor));
}
