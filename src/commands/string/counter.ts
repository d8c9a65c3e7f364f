/**
 * INCR and its kin: strings that are numbers.
 *
 * @module
 */

import { bytesOfText, ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import {
  addLongDoubles,
  formatLongDouble,
  isFiniteLongDouble,
  type LongDouble,
  parseLongDouble,
} from "../../base/long_double.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import {
  DECREMENT_OVERFLOW,
  INCREMENT_NOT_FINITE,
  INCREMENT_OVERFLOW,
  NOT_AN_INTEGER,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { type Keyspace, readStringInteger, type Ref } from "../../store/mod.ts";
import { readFloat } from "../float_text.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const COUNTER_COMMANDS: readonly CommandSpec[] = defineCommands("string", [
  { name: "incr", arity: 2, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], run: incr },
  { name: "decr", arity: 2, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], run: decr },
  { name: "incrby", arity: 3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], run: incrby },
  { name: "decrby", arity: 3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], run: decrby },
  { name: "incrbyfloat", arity: 3, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], run: incrbyfloat },
]);

/** Reused by all commands: they run one after the other. */
const current = new Int64();
const increment = new Int64();
const text = new ByteView();

/** `INCR key` → integer: the value behind it. */
function incr(context: CommandContext, args: Args): void {
  addTo(context, args.at(1), increment.setNumber(1));
}

/** `DECR key` → integer: the value behind it. */
function decr(context: CommandContext, args: Args): void {
  addTo(context, args.at(1), increment.setNumber(-1));
}

/** `INCRBY key increment` → integer: the value behind it. */
function incrby(context: CommandContext, args: Args): void {
  addTo(context, args.at(1), args.int64(2, increment));
}

/** `DECRBY key decrement` → integer: the value behind it. */
function decrby(context: CommandContext, args: Args): void {
  args.int64(2, increment);
  if (!increment.negate()) throw DECREMENT_OVERFLOW;
  addTo(context, args.at(1), increment);
}

function addTo(context: CommandContext, key: ByteView, delta: Int64): void {
  const db = context.db;
  const ref = db.write(key);
  if (ref === 0 || !db.addToInteger(ref, delta, current)) {
    if (ref === 0) current.setNumber(0);
    else readInteger(db, ref);
    if (!current.add(delta)) throw INCREMENT_OVERFLOW;
    db.setInteger(key, current, ref !== 0);
  }
  context.modified(key, "incrby");
  context.reply.int64(current);
}

/** Reads a string that is not stored as an integer as one. */
function readInteger(db: Keyspace, ref: Ref): void {
  db.requireString(ref);
  if (!readStringInteger(db.entries, ref, current)) throw NOT_AN_INTEGER;
}

/** `INCRBYFLOAT key increment` → bulk string: the value behind it. */
function incrbyfloat(context: CommandContext, args: Args): void {
  const { db, effects } = context;
  const key = args.at(1);
  const ref = db.write(key);
  const before = ref === 0 ? ZERO : readFloat(db.stringOf(ref, text));
  const delta = readFloat(args.at(2));
  const sum = addLongDoubles(before, delta);
  if (sum === undefined || !isFiniteLongDouble(sum)) throw INCREMENT_NOT_FINITE;
  const bytes = bytesOfText(formatLongDouble(sum));
  const value = text.set(bytes, 0, bytes.length);
  db.setText(key, value, true);
  context.modified(key, "incrbyfloat");
  if (effects.isWanted) effects.replaceWith("SET", key, value, "KEEPTTL");
  context.reply.bulk(value);
}

const ZERO: LongDouble = parseLongDouble("0")!;
