/**
 * Bit offsets: which bit of a string an argument means, and how far a string may reach.
 *
 * @module
 */

import { Int64, parseInt64 } from "../../base/int64.ts";
import type { CommandContext } from "../../engine/mod.ts";
import { BIT_OFFSET_INVALID } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

/**
 * Bits that every string may have, as `proto-max-bulk-len` is at least a megabyte: up to there the
 * directive, whose value is text, need not be asked.
 */
const ALLOWED_BITS_MIN = 8 * 1024 * 1024;

const TWO_TO_32 = 4_294_967_296;
const HASH_SIGN = 35;

/** Reused by all commands: they run one after the other. */
const offset = new Int64();

/**
 * The argument as an offset in bits.
 *
 * @throws {RedisError} When it is none, or lies beyond what a string may hold.
 */
export function bitOffsetAt(context: CommandContext, args: Args, index: number): number {
  return allowedOffset(context, args.integer(index, BIT_OFFSET_INVALID));
}

/**
 * The same where `#n` means the n-th field of a width.
 *
 * @throws {RedisError} When it is none, or lies beyond what a string may hold.
 */
export function fieldOffsetAt(
  context: CommandContext,
  args: Args,
  index: number,
  fieldBits: number,
): number {
  const view = args.at(index);
  if (view.byteCount === 0 || view.at(0) !== HASH_SIGN) return bitOffsetAt(context, args, index);
  if (!parseInt64(view.bytes, view.start + 1, view.end, offset)) throw BIT_OFFSET_INVALID;
  // The product is cut to 64 bits, as in Redis: a number far out of range can come out in range.
  const low = (offset.lo >>> 0) * fieldBits;
  offset.hi = (offset.hi * fieldBits + Math.floor(low / TWO_TO_32)) | 0;
  offset.lo = low | 0;
  return allowedOffset(context, offset.toNumber());
}

function allowedOffset(context: CommandContext, bitOffset: number): number {
  if (bitOffset >= 0 && bitOffset < ALLOWED_BITS_MIN) return bitOffset;
  // What a log recorded was allowed when it ran.
  const bytesMax = context.session.isReplayed
    ? Infinity
    : context.server.config.number("proto-max-bulk-len");
  if (bitOffset < 0 || Math.floor(bitOffset / 8) >= bytesMax) throw BIT_OFFSET_INVALID;
  return bitOffset;
}
