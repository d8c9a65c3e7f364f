/**
 * Single bits: SETBIT, GETBIT.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { BIT_INVALID } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { extendString } from "../../store/mod.ts";
import { bitOffsetAt } from "./bit_offset.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const BIT_COMMANDS: readonly CommandSpec[] = defineCommands("bitmap", [
  { name: "setbit", arity: 4, flags: ["write", "denyoom"], isBrief: true, keys: [keyAt(1, "RW access update")], run: setbit },
  { name: "getbit", arity: 3, flags: ["readonly", "fast"], keys: [keyAt(1, "RO access")], run: getbit },
]);

/** Reused by all commands: they run one after the other. */
const value = new ByteView();

/** `SETBIT key offset value` → 0 or 1: the bit that was there. */
function setbit(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const key = args.at(1);
  const offset = bitOffsetAt(context, args, 2);
  const bit = args.integer(3, BIT_INVALID);
  if (bit !== 0 && bit !== 1) throw BIT_INVALID;
  const ref = db.write(key);
  if (ref !== 0) db.requireString(ref);
  const byteIndex = Math.floor(offset / 8);
  const isLonger = ref === 0 || byteIndex >= db.stringBytesOf(ref);
  const block = extendString(db, key, ref, byteIndex + 1);
  const arena = db.entries.arena;
  const bytes = arena.bytesOf(block), at = arena.offsetOf(block) + byteIndex;
  const mask = 0x80 >> (offset % 8);
  const oldBit = (bytes[at] & mask) === 0 ? 0 : 1;
  if (bit !== oldBit) bytes[at] ^= mask;
  if (isLonger || bit !== oldBit) context.modified(key, "setbit");
  reply.integer(oldBit);
}

/** `GETBIT key offset` → 0 or 1; 0 behind the string's end. */
function getbit(context: CommandContext, args: Args): void {
  const offset = bitOffsetAt(context, args, 2);
  const byteIndex = Math.floor(offset / 8);
  const isInside = context.db.readString(args.at(1), value) && byteIndex < value.byteCount;
  const isSet = isInside && (value.at(byteIndex) & (0x80 >> (offset % 8))) !== 0;
  context.reply.integer(isSet ? 1 : 0);
}
