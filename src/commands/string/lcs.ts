/**
 * LCS: the longest common subsequence of two strings.
 *
 * The textbook table: `lengths[i][j]` is the length for the first i bytes of one string and the
 * first j of the other, so the answer's length stands in the last corner. Walking back from there,
 * each step that is diagonal is a common byte; neighbouring ones are a range.
 *
 * Cost: time and memory O(n * m), 4 bytes a cell; refused above `proto-max-bulk-len`.
 * Behaviour: Redis 7.0 LCS.
 *
 * @module
 */

import { ByteView, EMPTY_BYTES } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyRange,
} from "../../engine/mod.ts";
import {
  LCS_ALLOCATION_FAILED,
  LCS_BOTH_LENGTH_AND_INDEXES,
  LCS_NEEDS_STRINGS,
  LCS_TOO_LARGE,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { Keyspace, Ref } from "../../store/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const LCS_COMMANDS: readonly CommandSpec[] = defineCommands("string", [
  { name: "lcs", arity: -3, flags: ["readonly"], keys: [keyRange(1, 1, 1, "RO access")], run: lcs },
]);

const CELL_BYTES = 4;

interface LcsOptions {
  wantsLength: boolean;
  wantsRanges: boolean;
  wantsRangeLengths: boolean;
  rangeLengthMin: number;
}

/** A run of bytes that both strings have, by the index of its first byte in each. */
interface CommonRange {
  firstStart: number;
  secondStart: number;
  length: number;
}

/** `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN n] [WITHMATCHLEN]` → the subsequence, its length or its ranges. */
function lcs(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const firstRef = db.read(args.at(1)), secondRef = db.read(args.at(2));
  const areStrings = [firstRef, secondRef].every((ref) => ref === 0 || db.isString(ref));
  if (!areStrings) throw LCS_NEEDS_STRINGS;
  const options = parseOptions(args);
  const lengths = allocateTable(
    firstRef === 0 ? 0 : db.stringBytesOf(firstRef),
    secondRef === 0 ? 0 : db.stringBytesOf(secondRef),
    context.server.config.number("proto-max-bulk-len"),
  );
  const first = copyOf(db, firstRef), second = copyOf(db, secondRef);
  fillTable(first, second, lengths);
  const length = lengths[lengths.length - 1];
  if (options.wantsRanges) {
    return replyRanges(context, options, length, findRanges(first, second, lengths));
  }
  if (options.wantsLength) return reply.integer(length);
  const common = new Uint8Array(length);
  let at = length;
  walkBack(first, second, lengths, (firstIndex) => common[--at] = first[firstIndex]);
  reply.bulkBytes(common, 0, length);
}

/** The string's bytes, owned; none for an absent key. */
function copyOf(db: Keyspace, ref: Ref): Uint8Array {
  return ref === 0 ? EMPTY_BYTES : db.stringOf(ref, new ByteView()).copy();
}

function parseOptions(args: Args): LcsOptions {
  const options: LcsOptions = {
    wantsLength: false,
    wantsRanges: false,
    wantsRangeLengths: false,
    rangeLengthMin: 0,
  };
  for (let index = 3; index < args.count; index++) {
    if (args.isWord(index, "idx")) options.wantsRanges = true;
    else if (args.isWord(index, "len")) options.wantsLength = true;
    else if (args.isWord(index, "withmatchlen")) options.wantsRangeLengths = true;
    else if (args.isWord(index, "minmatchlen") && index + 1 < args.count) {
      options.rangeLengthMin = args.integer(++index);
    } else throw SYNTAX_ERROR;
  }
  if (options.wantsLength && options.wantsRanges) throw LCS_BOTH_LENGTH_AND_INDEXES;
  return options;
}

/** @throws {RedisError} When the table is larger than allowed, or than what there is. */
function allocateTable(
  firstBytes: number,
  secondBytes: number,
  tableBytesMax: number,
): Uint32Array {
  const cellCount = (firstBytes + 1) * (secondBytes + 1);
  if (cellCount * CELL_BYTES > tableBytesMax) throw LCS_TOO_LARGE;
  try {
    return new Uint32Array(cellCount);
  } catch (error) {
    if (error instanceof RangeError) throw LCS_ALLOCATION_FAILED;
    throw error;
  }
}

/** Fills the table, which is all zeros. */
function fillTable(first: Uint8Array, second: Uint8Array, lengths: Uint32Array): void {
  const width = second.length + 1;
  for (let i = 1; i <= first.length; i++) {
    const row = i * width, above = row - width;
    for (let j = 1; j <= second.length; j++) {
      lengths[row + j] = first[i - 1] === second[j - 1]
        ? lengths[above + j - 1] + 1
        : Math.max(lengths[above + j], lengths[row + j - 1]);
    }
  }
}

/** Visits the common bytes from the last to the first. */
function walkBack(
  first: Uint8Array,
  second: Uint8Array,
  lengths: Uint32Array,
  visit: (firstIndex: number, secondIndex: number) => void,
): void {
  const width = second.length + 1;
  let i = first.length, j = second.length;
  while (i > 0 && j > 0) {
    if (first[i - 1] === second[j - 1]) visit(--i, --j);
    else if (lengths[(i - 1) * width + j] > lengths[i * width + j - 1]) i--;
    else j--;
  }
}

/** The ranges from the last to the first. */
function findRanges(
  first: Uint8Array,
  second: Uint8Array,
  lengths: Uint32Array,
): CommonRange[] {
  const ranges: CommonRange[] = [];
  walkBack(first, second, lengths, (firstIndex, secondIndex) => {
    const range = ranges.at(-1);
    const isNext = range !== undefined && range.firstStart === firstIndex + 1 &&
      range.secondStart === secondIndex + 1;
    if (isNext) {
      range.firstStart--;
      range.secondStart--;
      range.length++;
    } else {
      ranges.push({ firstStart: firstIndex, secondStart: secondIndex, length: 1 });
    }
  });
  return ranges;
}

function replyRanges(
  context: CommandContext,
  options: LcsOptions,
  length: number,
  ranges: readonly CommonRange[],
): void {
  const reply = context.reply;
  const shown = ranges.filter((range) => range.length >= options.rangeLengthMin);
  reply.map(2);
  reply.bulkText("matches");
  reply.array(shown.length);
  for (const { firstStart, secondStart, length } of shown) {
    reply.array(options.wantsRangeLengths ? 3 : 2);
    for (const start of [firstStart, secondStart]) {
      reply.array(2);
      reply.integer(start);
      reply.integer(start + length - 1);
    }
    if (options.wantsRangeLengths) reply.integer(length);
  }
  reply.bulkText("len");
  reply.integer(length);
}
