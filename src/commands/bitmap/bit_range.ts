/**
 * Ranges of bits: BITCOUNT, BITPOS.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { BIT_NOT_0_OR_1, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { countBits, findBit } from "./bit_scan.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const BIT_RANGE_COMMANDS: readonly CommandSpec[] = defineCommands("bitmap", [
  { name: "bitcount", arity: -2, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: bitcount },
  { name: "bitpos", arity: -3, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: bitpos },
]);

/** A run of bits of a string, as the arguments name it: from the end too, and beyond the ends. */
class BitRange {
  firstBit = 0;
  /** Inclusive; before `firstBit` when the range is empty. */
  lastBit = 0;

  /** All of a string of so many bytes. */
  setWhole(byteCount: number): void {
    this.firstBit = 0;
    this.lastBit = byteCount * 8 - 1;
  }

  /**
   * A part of it.
   *
   * @param start Index of a byte or bit; negative: counted from the end. The same for `end`.
   * @param unitBits What an index counts: 8 for bytes, 1 for bits.
   */
  setPart(byteCount: number, start: number, end: number, unitBits: number): void {
    const unitCount = byteCount * 8 / unitBits;
    const first = Math.max(0, start < 0 ? start + unitCount : start);
    const last = Math.min(unitCount - 1, Math.max(0, end < 0 ? end + unitCount : end));
    this.firstBit = first * unitBits;
    this.lastBit = (last + 1) * unitBits - 1;
  }

  get isEmpty(): boolean {
    return this.firstBit > this.lastBit;
  }
}

/** Reused by all commands: they run one after the other. */
const value = new ByteView();
const range = new BitRange();
const rangeStart = new Int64();
const rangeEnd = new Int64();

/** `BITCOUNT key [start end [BYTE | BIT]]` → integer: the ones in the range. */
function bitcount(context: CommandContext, args: Args): void {
  const reply = context.reply;
  // An absent key is answered before the other arguments are looked at, as in Redis.
  if (!context.db.readString(args.at(1), value)) return reply.integer(0);
  if (args.count === 2) {
    range.setWhole(value.byteCount);
  } else {
    if (args.count !== 4 && args.count !== 5) throw SYNTAX_ERROR;
    args.int64(2, rangeStart);
    args.int64(3, rangeEnd);
    // Ends before the string's start count as its first byte, but for a range that is reversed there.
    if (rangeEnd.isNegative() && rangeStart.isNegative() && rangeStart.compare(rangeEnd) > 0) {
      return reply.integer(0);
    }
    const unitBits = args.count === 5 ? unitBitsAt(args, 4) : 8;
    range.setPart(value.byteCount, rangeStart.toNumber(), rangeEnd.toNumber(), unitBits);
  }
  reply.integer(range.isEmpty ? 0 : countBits(value, range.firstBit, range.lastBit));
}

/** `BITPOS key bit [start [end [BYTE | BIT]]]` → integer: the first such bit's number, or -1. */
function bitpos(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const bit = args.integer(2);
  if (bit !== 0 && bit !== 1) throw BIT_NOT_0_OR_1;
  if (!context.db.readString(args.at(1), value)) return reply.integer(bit === 0 ? 0 : -1);
  if (args.count === 3) range.setWhole(value.byteCount);
  else readPart(args, value.byteCount);
  if (range.isEmpty) return reply.integer(-1);
  const found = findBit(value, bit, range.firstBit, range.lastBit);
  // Without an end the string goes on in zeros for ever.
  const isEndless = args.count < 5;
  reply.integer(found === -1 && bit === 0 && isEndless ? range.lastBit + 1 : found);
}

/** Reads `start [end [BYTE | BIT]]` behind BITPOS' bit into `range`. */
function readPart(args: Args, byteCount: number): void {
  if (args.count > 6) throw SYNTAX_ERROR;
  const start = args.integer(3);
  const unitBits = args.count === 6 ? unitBitsAt(args, 5) : 8;
  const end = args.count >= 5 ? args.integer(4) : -1;
  range.setPart(byteCount, start, end, unitBits);
}

/** @throws {RedisError} When the word is no unit. */
function unitBitsAt(args: Args, index: number): number {
  if (args.isWord(index, "bit")) return 1;
  if (args.isWord(index, "byte")) return 8;
  throw SYNTAX_ERROR;
}
