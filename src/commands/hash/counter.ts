/**
 * HINCRBY, HINCRBYFLOAT: fields that are numbers.
 *
 * @module
 */

import { bytesOfText, ByteView } from "../../base/byte_view.ts";
import { Int64, INT64_TEXT_BYTES_MAX, parseInt64, writeInt64 } from "../../base/int64.ts";
import {
  addLongDoubles,
  formatLongDouble,
  isFiniteLongDouble,
  type LongDouble,
  parseLongDouble,
} from "../../base/long_double.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import {
  HASH_VALUE_NOT_A_FLOAT,
  HASH_VALUE_NOT_AN_INTEGER,
  INCREMENT_NOT_FINITE,
  INCREMENT_OVERFLOW,
  VALUE_NOT_FINITE,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { readFloat } from "../float_text.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const COUNTER_COMMANDS: readonly CommandSpec[] = defineCommands("hash", [
  { name: "hincrby", arity: 4, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], elements: { first: 2, step: 2 }, run: hincrby },
  { name: "hincrbyfloat", arity: 4, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW access update")], elements: { first: 2, step: 2 }, run: hincrbyfloat },
]);

/** Reused by all commands: they run one after the other. */
const current = new Int64();
const increment = new Int64();
const digits = new Uint8Array(INT64_TEXT_BYTES_MAX);
const text = new ByteView();

/** `HINCRBY key field increment` → integer: the value behind it. */
function hincrby(context: CommandContext, args: Args): void {
  args.int64(3, increment);
  const key = args.at(1), field = args.at(2);
  const hash = context.db.openHash(key);
  const element = hash.find(field);
  if (element === 0) {
    current.setNumber(0);
  } else {
    const { bytes, start, end } = hash.readValue(element, text);
    if (!parseInt64(bytes, start, end, current)) throw HASH_VALUE_NOT_AN_INTEGER;
  }
  if (!current.add(increment)) throw INCREMENT_OVERFLOW;
  hash.put(element, field, text.set(digits, 0, writeInt64(current, digits, 0)));
  context.modified(key, "hincrby");
  context.reply.int64(current);
}

/** `HINCRBYFLOAT key field increment` → bulk string: the value behind it. */
function hincrbyfloat(context: CommandContext, args: Args): void {
  const delta = readFloat(args.at(3));
  if (!isFiniteLongDouble(delta)) throw VALUE_NOT_FINITE;
  const key = args.at(1), field = args.at(2);
  const hash = context.db.openHash(key);
  const element = hash.find(field);
  const before = element === 0
    ? ZERO
    : readFloat(hash.readValue(element, text), HASH_VALUE_NOT_A_FLOAT);
  const sum = addLongDoubles(before, delta);
  if (sum === undefined || !isFiniteLongDouble(sum)) throw INCREMENT_NOT_FINITE;
  const bytes = bytesOfText(formatLongDouble(sum));
  const value = text.set(bytes, 0, bytes.length);
  hash.put(element, field, value);
  context.modified(key, "hincrbyfloat");
  const { effects } = context;
  if (effects.isWanted) effects.replaceWith("HSET", key, field, value);
  context.reply.bulk(value);
}

const ZERO: LongDouble = parseLongDouble("0")!;
