/**
 * BITOP: strings combined bit by bit.
 *
 * @module
 */

import { ByteView, copyBytes } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  keyRange,
} from "../../engine/mod.ts";
import { BITOP_NOT_NEEDS_ONE_KEY, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { Keyspace, Ref } from "../../store/mod.ts";
import { type BitOperation, combineBits, invertBits } from "./bit_operation.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const BITOP_COMMANDS: readonly CommandSpec[] = defineCommands("bitmap", [
  { name: "bitop", arity: -4, flags: ["write", "denyoom"],
    keys: [keyAt(2, "OW update"), keyRange(3, -1, 1, "RO access")], run: bitop },
]);

/** Reused by all commands: they run one after the other. */
const source = new ByteView();
const result = new ByteView();

/** `BITOP AND | OR | XOR | NOT destkey key [key ...]` → integer: the length of what is stored. */
function bitop(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const operation = operationAt(args, 1);
  if (operation === "not" && args.count !== 4) throw BITOP_NOT_NEEDS_ONE_KEY;
  const sources: Ref[] = [];
  let byteCount = 0;
  for (let index = 3; index < args.count; index++) {
    const ref = db.read(args.at(index));
    sources.push(ref);
    if (ref === 0) continue;
    db.requireString(ref);
    byteCount = Math.max(byteCount, db.stringBytesOf(ref));
  }
  const target = args.at(2);
  if (byteCount > 0) {
    db.setBlock(target, combinedBlock(db, sources, byteCount, operation), byteCount, false);
    context.modified(target, "set");
  } else if (db.discard(target)) {
    context.modified(target, "del");
  }
  reply.integer(byteCount);
}

/** @throws {RedisError} When the word is no operation. */
function operationAt(args: Args, index: number): BitOperation {
  if (args.isWord(index, "and")) return "and";
  if (args.isWord(index, "or")) return "or";
  if (args.isWord(index, "xor")) return "xor";
  if (args.isWord(index, "not")) return "not";
  throw SYNTAX_ERROR;
}

/** A new block with the result: the target may be a source, so nothing is combined in its place. */
function combinedBlock(
  db: Keyspace,
  sources: readonly Ref[],
  byteCount: number,
  operation: BitOperation,
): Ref {
  const arena = db.entries.arena;
  const block = arena.allocate(byteCount);
  const start = arena.offsetOf(block);
  const bytes = arena.bytesOf(block);
  result.set(bytes, start, start + byteCount);
  // Guide: one source after the other, as the digits of integers all show in the same place.
  showSource(db, sources[0]);
  copyBytes(source.bytes, source.start, source.end, bytes, start);
  bytes.fill(0, start + source.byteCount, start + byteCount);
  if (operation === "not") {
    invertBits(result);
  } else {
    for (let index = 1; index < sources.length; index++) {
      showSource(db, sources[index]);
      combineBits(operation, result, source);
    }
  }
  return block;
}

/** Points `source` at a string; an absent one is empty. */
function showSource(db: Keyspace, ref: Ref): void {
  if (ref === 0) source.set(result.bytes, 0, 0);
  else db.stringOf(ref, source);
}
