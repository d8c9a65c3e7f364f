/**
 * Stream IDs as clients write them: `milliseconds-sequence`, or less.
 *
 * Redis reads the halves with the C library if its own strict reader fails, so spaces or a plus may
 * lead, and a minus where the strict reader stumbles; what C would not see behind a zero byte does
 * not count. All that is kept, as it decides between a reply and an error.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { Int64, parseInt64 } from "../../base/int64.ts";
import type { StreamId } from "../../base/stream_id.ts";
import { parseUint64 } from "../../base/uint64.ts";
import {
  STREAM_END_INVALID,
  STREAM_ID_INVALID,
  STREAM_START_INVALID,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

const ID_TEXT_BYTES_MAX = 127;
const MINUS = 45;
const PLUS = 43;
const STAR = 42;
const PARENTHESIS = 40;
const SPACE = 32;
const TAB = 9;
const CARRIAGE_RETURN = 13;

/** Reused: one ID is read after the other. */
const half = new Int64();
const signed = new Int64();

/** What an ID may be beside two numbers, and what is meant where the sequence is missing. */
interface IdForm {
  /** `-` and `+`, the least and the greatest. */
  readonly hasEnds: boolean;
  /** The sequence is that of the greatest ID, else 0. */
  readonly isMissingGreatest: boolean;
  /** `milliseconds-*`. */
  readonly hasAutoSequence: boolean;
}

const PLAIN: IdForm = { hasEnds: false, isMissingGreatest: false, hasAutoSequence: false };
const PLAIN_END: IdForm = { ...PLAIN, isMissingGreatest: true };
const FOR_XADD: IdForm = { ...PLAIN, hasAutoSequence: true };
const START: IdForm = { ...PLAIN, hasEnds: true };
const END: IdForm = { ...PLAIN_END, hasEnds: true };

/**
 * Reads an argument as an ID; a missing sequence is 0.
 *
 * @returns `into`.
 * @throws {RedisError} When it is none.
 */
export function idAt(args: Args, index: number, into: StreamId): StreamId {
  if (!parseId(args.at(index), into, PLAIN)) throw STREAM_ID_INVALID;
  return into;
}

/** The same without an error; returns whether it is one. */
export function isIdAt(args: Args, index: number, into: StreamId): boolean {
  return parseId(args.at(index), into, PLAIN);
}

/** The same where `-` and `+` are IDs as well. */
export function idOrEndAt(args: Args, index: number, into: StreamId): StreamId {
  if (!parseId(args.at(index), into, START)) throw STREAM_ID_INVALID;
  return into;
}

/**
 * Reads an argument as the ID of a new entry.
 *
 * @returns Whether the sequence is given; `false`: it is `*`.
 * @throws {RedisError} When it is no ID.
 */
export function newIdAt(args: Args, index: number, into: StreamId): boolean {
  const view = args.at(index);
  if (!parseId(view, into, FOR_XADD)) throw STREAM_ID_INVALID;
  const byteCount = view.byteCount;
  return byteCount < 2 || view.at(byteCount - 1) !== STAR;
}

/**
 * Reads an argument as the least ID of a range; behind `(`, the one after it.
 *
 * @throws {RedisError} When it is none, or none is after it.
 */
export function rangeStartAt(args: Args, index: number, into: StreamId): StreamId {
  if (!isExclusive(args.at(index))) return idOrEndAt(args, index, into);
  if (!parseId(withoutParenthesis(args.at(index)), into, PLAIN)) throw STREAM_ID_INVALID;
  if (!into.increment()) throw STREAM_START_INVALID;
  return into;
}

/**
 * Reads an argument as the greatest ID of a range; behind `(`, the one before it.
 *
 * @throws {RedisError} When it is none, or none is before it.
 */
export function rangeEndAt(args: Args, index: number, into: StreamId): StreamId {
  const view = args.at(index);
  if (!isExclusive(view)) {
    if (!parseId(view, into, END)) throw STREAM_ID_INVALID;
    return into;
  }
  if (!parseId(withoutParenthesis(view), into, PLAIN_END)) throw STREAM_ID_INVALID;
  if (!into.decrement()) throw STREAM_END_INVALID;
  return into;
}

function isExclusive(view: ByteView): boolean {
  return view.byteCount > 1 && view.at(0) === PARENTHESIS;
}

/** Moves an argument's view, which the next request points anew. */
function withoutParenthesis(view: ByteView): ByteView {
  return view.set(view.bytes, view.start + 1, view.end);
}

function parseId(view: ByteView, into: StreamId, form: IdForm): boolean {
  const { bytes, start } = view;
  if (view.end - start > ID_TEXT_BYTES_MAX) return false;
  let end = start, dash = -1;
  for (; end < view.end && bytes[end] !== 0; end++) {
    if (bytes[end] === MINUS && dash < 0) dash = end;
  }
  if (end - start === 1 && (bytes[start] === MINUS || bytes[start] === PLUS)) {
    if (!form.hasEnds) return false;
    if (bytes[start] === MINUS) into.setLeast();
    else into.setGreatest();
    return true;
  }
  if (!parseHalf(bytes, start, dash < 0 ? end : dash)) return false;
  const msHigh = half.hi, msLow = half.lo;
  if (dash < 0) {
    half.hi = half.lo = form.isMissingGreatest ? -1 : 0;
  } else if (form.hasAutoSequence && end - dash === 2 && bytes[dash + 1] === STAR) {
    half.hi = half.lo = 0;
  } else if (!parseHalf(bytes, dash + 1, end)) {
    return false;
  }
  into.setWords(msHigh, msLow, half.hi, half.lo);
  return true;
}

/** Sets `half` to an unsigned number of 64 bits; returns whether it is one. */
function parseHalf(bytes: Uint8Array, start: number, end: number): boolean {
  return parseUint64(bytes, start, end, half) || parseAsC(bytes, start, end);
}

/** As `strtoull` does it, which takes a negative number for its complement. */
function parseAsC(bytes: Uint8Array, start: number, end: number): boolean {
  if (parseInt64(bytes, start, end, signed)) return false; // negative, or it had been read already
  let at = start;
  while (at < end && (bytes[at] === SPACE || (bytes[at] >= TAB && bytes[at] <= CARRIAGE_RETURN))) {
    at++;
  }
  const isNegative = bytes[at] === MINUS;
  if (at < end && (isNegative || bytes[at] === PLUS)) at++;
  if (!parseUint64(bytes, at, end, half)) return false;
  if (isNegative) {
    half.hi = half.lo === 0 ? -half.hi | 0 : ~half.hi;
    half.lo = -half.lo | 0;
  }
  return true;
}
