/**
 * Glob: patterns with `*`, `?`, `[a-z]`, `[^a-z]` and `\`, as KEYS, SCAN, PSUBSCRIBE and ACLs use.
 *
 * Why not a `RegExp`: the dialect has corners that scripts and tests lean on, and a pattern comes
 * from a client, so it must not cost more than pattern times text. When something behind a star
 * fails, only the *last* star gives in by one byte and tries again: if what follows an earlier star
 * matched at all, it matched at its earliest place, and a later one could not help the rest. Hence
 * no recursion, no backtracking tree, and `a*a*a*a*b` is as tame as `a*b`.
 *
 * The corners, all of them Redis':
 * - an empty text is matched by the empty pattern only, not even by `*`;
 * - a class that is not closed ends with the pattern; a reversed range is turned around;
 * - `[a-]` is a range up to `]`, and then not closed; an escaped byte neither starts a range nor
 *   ignores case;
 * - ranges compare bytes as signed numbers; `ignoreCase` folds a range's ends after turning it around,
 *   and as `tolower` of the GNU C library does, which makes 128 to 254 unsigned on the way;
 * - past 1,000 stars nothing matches.
 *
 * Cost: O(pattern × text) at worst, O(text) as a rule; nothing is allocated.
 * Behaviour: Redis 7.0 on Linux and x86-64, where `char` is signed.
 *
 * @module
 */
import type { ByteView } from "./byte_view.ts";

const STAR = 42;
const DASH = 45;
const QUESTION = 63;
const OPEN_CLASS = 91;
const ESCAPE = 92;
const CLOSE_CLASS = 93;
const CARET = 94;

/** The most stars (with something behind them) that a match gets past. */
const STAR_COUNT_MAX = 1000;

/**
 * Whether a pattern matches the whole of a text.
 *
 * @param pattern borrowed
 * @param text borrowed
 * @param ignoreCase whether A to Z equal a to z
 */
export function globMatches(pattern: ByteView, text: ByteView, ignoreCase = false): boolean {
  const codes = pattern.bytes, codesEnd = pattern.end;
  const bytes = text.bytes, bytesEnd = text.end;
  let code = pattern.start, at = text.start;
  if (at === bytesEnd) return code === codesEnd;

  // Guide: where the last star stands and where its match ends so far; none yet.
  let afterStar = -1, starEnd = 0, starCount = 0;
  while (true) {
    if (code < codesEnd && at < bytesEnd) {
      if (codes[code] === STAR) {
        code = skipStars(codes, code, codesEnd);
        if (code === codesEnd) return true;
        if (++starCount > STAR_COUNT_MAX) return false;
        afterStar = code;
        starEnd = at;
        continue;
      }
      const next = matchOne(codes, code, codesEnd, bytes[at], ignoreCase);
      if (next > 0) {
        code = next;
        at++;
        if (at < bytesEnd) continue;
        if (skipStars(codes, code, codesEnd) === codesEnd) return true;
      }
    }

    // Guide: no match this way; the last star takes one byte more, if there is one.
    if (afterStar < 0 || ++starEnd === bytesEnd) return false;
    code = afterStar;
    at = starEnd;
  }
}

/** The index behind the stars that stand at `code`, if any. */
function skipStars(codes: Uint8Array, code: number, codesEnd: number): number {
  while (code < codesEnd && codes[code] === STAR) code++;
  return code;
}

/** The index behind the pattern's next item if that matches `byte`, else 0. */
function matchOne(
  codes: Uint8Array,
  code: number,
  codesEnd: number,
  byte: number,
  ignoreCase: boolean,
): number {
  const first = codes[code];
  if (first === QUESTION) return code + 1;
  if (first === OPEN_CLASS) return matchClass(codes, code + 1, codesEnd, byte, ignoreCase);
  if (first === ESCAPE && code + 1 < codesEnd) code++;
  return sameByte(codes[code], byte, ignoreCase) ? code + 1 : 0;
}

/** The index behind the class whose first byte is at `code` if that has `byte` in it, else 0. */
function matchClass(
  codes: Uint8Array,
  code: number,
  codesEnd: number,
  byte: number,
  ignoreCase: boolean,
): number {
  const isNegated = code < codesEnd && codes[code] === CARET;
  if (isNegated) code++;
  let isMember = false;
  while (code < codesEnd && codes[code] !== CLOSE_CLASS) {
    const restBytes = codesEnd - code;
    if (codes[code] === ESCAPE && restBytes >= 2) {
      if (codes[code + 1] === byte) isMember = true;
      code += 2;
    } else if (restBytes >= 3 && codes[code + 1] === DASH) {
      if (inRange(codes[code], codes[code + 2], byte, ignoreCase)) isMember = true;
      code += 3;
    } else {
      if (sameByte(codes[code], byte, ignoreCase)) isMember = true;
      code++;
    }
  }
  if (isMember === isNegated) return 0;
  return code < codesEnd ? code + 1 : codesEnd;
}

/** Whether a byte lies between two others, given in either order, all taken as signed. */
function inRange(first: number, last: number, byte: number, ignoreCase: boolean): boolean {
  let low = signed(first), high = signed(last), value = signed(byte);
  if (low > high) [low, high] = [high, low];
  if (ignoreCase) {
    low = lowerSigned(low);
    high = lowerSigned(high);
    value = lowerSigned(value);
  }
  return value >= low && value <= high;
}

function sameByte(ours: number, theirs: number, ignoreCase: boolean): boolean {
  return ours === theirs || (ignoreCase && lower(ours) === lower(theirs));
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

/** What C's `tolower` makes of a signed byte: below -1 it answers with the unsigned one. */
function lowerSigned(byte: number): number {
  return byte < -1 ? byte + 256 : lower(byte);
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}
