/**
 * LPOS: where in a list an element is.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import {
  MATCH_COUNT_NEGATIVE,
  MAXLEN_NEGATIVE,
  RANK_ZERO,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { ListValue } from "../../store/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const POSITION_COMMANDS: readonly CommandSpec[] = defineCommands("list", [
  { name: "lpos", arity: -3, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: lpos },
]);

/** What LPOS is asked beside key and element. */
interface PositionOptions {
  /** Which match is the first that counts, from 1 on; negative: searched from the end. */
  rank: number;
  /** How many matches are wanted, 0: all; `undefined`: one, which is not replied as an array. */
  count: number | undefined;
  /** How many elements are looked at; 0: all. */
  lookCountMax: number;
}

/** `LPOS key element [RANK rank] [COUNT count] [MAXLEN len]` → index or nil, or array of indices. */
function lpos(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const options = readOptions(args);
  const list = context.db.readList(args.at(1));
  if (options.count === undefined) {
    const index = list && findMatches(list, args, options, 1)[0];
    if (index === undefined) reply.nil();
    else reply.integer(index);
  } else {
    const indices = list === undefined
      ? []
      : findMatches(list, args, options, options.count === 0 ? Infinity : options.count);
    reply.array(indices.length);
    for (const index of indices) reply.integer(index);
  }
}

/** @throws {RedisError} When they make no sense. */
function readOptions(args: Args): PositionOptions {
  const options: PositionOptions = { rank: 1, count: undefined, lookCountMax: 0 };
  for (let index = 3; index < args.count; index += 2) {
    if (index + 1 >= args.count) throw SYNTAX_ERROR;
    if (args.isWord(index, "rank")) {
      options.rank = args.integer(index + 1);
      if (options.rank === 0) throw RANK_ZERO;
    } else if (args.isWord(index, "count")) {
      options.count = args.integer(index + 1, MATCH_COUNT_NEGATIVE);
      if (options.count < 0) throw MATCH_COUNT_NEGATIVE;
    } else if (args.isWord(index, "maxlen")) {
      options.lookCountMax = args.integer(index + 1, MAXLEN_NEGATIVE);
      if (options.lookCountMax < 0) throw MAXLEN_NEGATIVE;
    } else {
      throw SYNTAX_ERROR;
    }
  }
  return options;
}

/** Indices of elements equal to argument 2, in the order of the search. */
function findMatches(
  list: ListValue,
  args: Args,
  options: PositionOptions,
  countMax: number,
): number[] {
  const indices: number[] = [];
  const isBackward = options.rank < 0;
  const lookCount = options.lookCountMax === 0
    ? list.count
    : Math.min(list.count, options.lookCountMax);
  const sought = list.sought(args.at(2));
  const cursor = isBackward ? list.last() : list.first();
  let skipCount = Math.abs(options.rank) - 1;
  for (let looked = 0; looked < lookCount; looked++) {
    if (looked > 0) {
      if (isBackward) cursor.previous();
      else cursor.next();
    }
    if (!cursor.isOn(sought) || skipCount-- > 0) continue;
    indices.push(isBackward ? list.count - looked - 1 : looked);
    if (indices.length === countMax) break;
  }
  return indices;
}
