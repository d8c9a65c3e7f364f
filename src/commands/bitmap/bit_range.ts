/**
 * Ranges of bits: BITCOUNT, BITPOS.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { BIT_NOT_0_OR_1, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { IndexRange } from "../index_range.ts";
import { countBits, findBit } from "./bit_scan.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const BIT_RANGE_COMMANDS: readonly CommandSpec[] = defineCommands("bitmap", [
  { name: "bitcount", arity: -2, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: bitcount },
  { name: "bitpos", arity: -3, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: bitpos },
]);

const BYTE_BITS = 8;

/** Reused by all commands: they run one after the other. */
const value = new ByteView();
const range = new IndexRange();

/** `BITCOUNT key [start end [BYTE | BIT]]` → integer: the ones in the range. */
function bitcount(context: CommandContext, args: Args): void {
  const reply = context.reply;
  // An absent key is answered before the other arguments are looked at, as in Redis.
  if (!context.db.readString(args.at(1), value)) return reply.integer(0);
  let unitBits = BYTE_BITS;
  if (args.count === 2) {
    range.set(0, -1, value.byteCount);
  } else {
    if (args.count !== 4 && args.count !== 5) throw SYNTAX_ERROR;
    range.read(args, 2);
    if (range.isReversedFromEnd) return reply.integer(0);
    if (args.count === 5) unitBits = unitBitsAt(args, 4);
    range.resolve(value.byteCount * BYTE_BITS / unitBits);
  }
  if (range.isEmpty) return reply.integer(0);
  reply.integer(countBits(value, range.first * unitBits, lastBitOf(unitBits)));
}

/** `BITPOS key bit [start [end [BYTE | BIT]]]` → integer: the first such bit's number, or -1. */
function bitpos(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const bit = args.integer(2);
  if (bit !== 0 && bit !== 1) throw BIT_NOT_0_OR_1;
  if (!context.db.readString(args.at(1), value)) return reply.integer(bit === 0 ? 0 : -1);
  if (args.count > 6) throw SYNTAX_ERROR;
  const start = args.count > 3 ? args.integer(3) : 0;
  const unitBits = args.count === 6 ? unitBitsAt(args, 5) : BYTE_BITS;
  const end = args.count > 4 ? args.integer(4) : -1;
  range.set(start, end, value.byteCount * BYTE_BITS / unitBits);
  if (range.isEmpty) return reply.integer(-1);
  const lastBit = lastBitOf(unitBits);
  const found = findBit(value, bit, range.first * unitBits, lastBit);
  // Without an end the string goes on in zeros for ever.
  const isEndless = args.count < 5;
  reply.integer(found === -1 && bit === 0 && isEndless ? lastBit + 1 : found);
}

/** Number of the last bit of `range`, whose indices count so many bits. */
function lastBitOf(unitBits: number): number {
  return (range.last + 1) * unitBits - 1;
}

/** @throws {RedisError} When the word is no unit. */
function unitBitsAt(args: Args, index: number): number {
  if (args.isWord(index, "bit")) return 1;
  if (args.isWord(index, "byte")) return BYTE_BITS;
  throw SYNTAX_ERROR;
}
