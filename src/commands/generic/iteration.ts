/**
 * KEYS, RANDOMKEY, SCAN: which keys there are.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { globMatches } from "../../base/glob.ts";
import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { INVALID_CURSOR, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { TYPE_NAMES } from "../../store/mod.ts";

// deno-fmt-ignore
export const ITERATION_COMMANDS: readonly CommandSpec[] = defineCommands("keyspace", [
  { name: "keys", arity: 2, flags: ["readonly"], categories: ["dangerous"],
    tips: ["request_policy:all_shards", "nondeterministic_output_order"], run: keys },
  { name: "randomkey", arity: 1, flags: ["readonly"],
    tips: ["request_policy:all_shards", "nondeterministic_output"], run: randomkey },
  { name: "scan", arity: -2, flags: ["readonly"],
    tips: ["nondeterministic_output", "request_policy:special"], run: scan },
]);

const SCAN_COUNT = 10;
/** SCAN goes over at most so many times as many keys as were wanted. */
const CURSOR_MAX = 2n ** 64n;

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
    if (pattern !== undefined && !globMatches(pattern, keyView)) return;
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
  pattern?: ByteView;
  /** Name of a type in lower case; `undefined`: all types. */
  type?: string;
}

/** `SCAN cursor [MATCH pattern] [COUNT n] [TYPE type]` → next cursor and keys. */
function scan(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const cursor = readCursor(args.text(1));
  const options = parseScanOptions(args);
  reply.array(2);
  const mark = reply.mark();
  const listMark = reply.openArray();
  let keyCount = 0;
  const next = db.scan(cursor, options.wantedCount, (ref) => {
    db.entries.keyView(ref, keyView);
    if (options.pattern !== undefined && !globMatches(options.pattern, keyView)) return;
    if (options.type !== undefined && TYPE_NAMES[db.entries.typeOf(ref)] !== options.type) return;
    reply.bulk(keyView);
    keyCount++;
  });
  reply.closeArray(listMark, keyCount);
  reply.insertBulkText(mark, String(next));
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
      options.type = args.at(index + 1).toLowerText();
    } else throw SYNTAX_ERROR;
  }
  return options;
}

/** A glob pattern; `undefined` for the one that everything matches. */
function patternAt(args: Args, index: number): ByteView | undefined {
  const pattern = args.at(index);
  return pattern.byteCount === 1 && pattern.at(0) === 0x2a ? undefined : pattern;
}

/**
 * A cursor as a client gives it back.
 *
 * @throws {RedisError} When it is no unsigned 64-bit integer.
 */
export function readCursor(text: string): number {
  if (!/^[+-]?\d+$/.test(text) && text !== "") throw INVALID_CURSOR;
  const cursor = BigInt(text.replace(/^\+/, ""));
  if (cursor >= CURSOR_MAX || cursor <= -CURSOR_MAX) throw INVALID_CURSOR;
  return Number(BigInt.asUintN(53, cursor));
}
