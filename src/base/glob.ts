/**
 * Glob: patterns with `*`, `?`, `[a-z]`, `[^a-z]` and `\`, as KEYS, SCAN, PSUBSCRIBE and ACLs use.
 *
 * Why not a `RegExp`: the dialect has corners that scripts and tests lean on, and a pattern comes
 * from a client, so it must not cost more than pattern times text. When something behind a star
 * fails, only the *last* star gives in by one byte and tries again: if what follows an earlier star
 * matched at all, it matched at its earliest place, and a later one could not help the rest. Hence
 * no recursion, no backtracking tree, and `a*a*a*a*b` is as tame as `a*b`.
 *
 * KEYS tries one pattern on a million texts, nearly all of which fail. So a `Glob` is made once and
 * knows what every match must have: its length, the plain bytes that the pattern starts with, and
 * those that it ends with. Most texts lack one of these, and are never walked.
 *
 * The corners, all of them Redis':
 * - an empty text is matched by the empty pattern only, not even by `*`;
 * - a class that is not closed ends with the pattern; a reversed range is turned around;
 * - `[a-]` is a range up to `]`, and then not closed; an escaped byte neither starts a range nor
 *   ignores case;
 * - ranges compare bytes as signed numbers; `ignoresCase` folds a range's ends after turning it around,
 *   and as `tolower` of the GNU C library does, which makes 128 to 254 unsigned on the way;
 * - past 1,000 stars nothing matches.
 *
 * Cost: O(pattern × text) at worst, O(text) as a rule; a match allocates nothing.
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

/** A pattern, ready to be tried on many texts. */
export class Glob {
  readonly #codes: Uint8Array;
  readonly #ignoresCase: boolean;
  /** How long a text may be: as many bytes as the pattern has items, or more where it has a star. */
  #textBytesMin = 0;
  #textBytesMax = Infinity;
  /** Plain bytes that a text must start and end with; none where case is ignored. */
  #prefixBytes = 0;
  #suffixBytes = 0;

  /**
   * @param pattern copied
   * @param ignoresCase whether A to Z equal a to z
   */
  constructor(pattern: ByteView, ignoresCase = false) {
    this.#codes = pattern.copy();
    this.#ignoresCase = ignoresCase;
    this.#findBounds();
  }

  /** How many plain bytes the pattern begins with; each text that it matches begins with them too. */
  get prefixBytes(): number {
    return this.#prefixBytes;
  }

  /**
   * Whether the pattern matches the whole of a text.
   *
   * @param text borrowed
   */
  matches(text: ByteView): boolean {
    const codes = this.#codes, bytes = text.bytes, bytesEnd = text.end;
    const byteCount = bytesEnd - text.start;
    if (byteCount < this.#textBytesMin || byteCount > this.#textBytesMax) return false;
    for (let code = 0, at = text.start; code < this.#prefixBytes; code++, at++) {
      if (codes[code] !== bytes[at]) return false;
    }
    for (let code = codes.length, at = bytesEnd, left = this.#suffixBytes; left > 0; left--) {
      if (codes[--code] !== bytes[--at]) return false;
    }
    return matchesWhole(codes, text, this.#ignoresCase);
  }

  /** Reads the pattern up to its first class, which may swallow what stands behind it. */
  #findBounds(): void {
    const codes = this.#codes, codesEnd = codes.length;
    let code = 0, plainStart = 0, itemCount = 0, hasStar = false;
    while (code < codesEnd && codes[code] !== OPEN_CLASS) {
      const isStar = codes[code] === STAR;
      const isPlain = isPlainByte(codes[code]);
      if (isStar) hasStar = true;
      else itemCount++;
      code = codes[code] === ESCAPE ? Math.min(code + 2, codesEnd) : code + 1;
      if (!isPlain) plainStart = code;
      else if (plainStart === 0) this.#prefixBytes = code;
    }
    const hasClass = code < codesEnd;
    this.#textBytesMin = itemCount;
    if (!hasStar && !hasClass) this.#textBytesMax = itemCount;
    if (plainStart > 0 && !hasClass) this.#suffixBytes = codesEnd - plainStart;
    if (this.#ignoresCase) this.#prefixBytes = this.#suffixBytes = 0;
  }
}

/** The match itself, which alone decides. */
function matchesWhole(codes: Uint8Array, text: ByteView, ignoresCase: boolean): boolean {
  const codesEnd = codes.length;
  const bytes = text.bytes, bytesEnd = text.end;
  let code = 0, at = text.start;
  if (at === bytesEnd) return code === codesEnd;

  // Guide: where the last star stands, which byte must follow its match (-1: any might do), and where
  // that ends so far; none yet.
  let afterStar = -1, followingByte = -1, starEnd = 0, starCount = 0;
  while (true) {
    if (code < codesEnd && at < bytesEnd) {
      if (codes[code] === STAR) {
        code = skipStars(codes, code, codesEnd);
        if (code === codesEnd) return true;
        if (++starCount > STAR_COUNT_MAX) return false;
        afterStar = code;
        followingByte = isPlainByte(codes[code]) && !ignoresCase ? codes[code] : -1;
        starEnd = at;
        continue;
      }
      const next = matchOne(codes, code, codesEnd, bytes[at], ignoresCase);
      if (next > 0) {
        code = next;
        at++;
        if (at < bytesEnd) continue;
        if (skipStars(codes, code, codesEnd) === codesEnd) return true;
      }
    }

    // Guide: no match this way; the last star takes more, up to the next byte that may follow it.
    if (afterStar < 0) return false;
    starEnd++;
    if (followingByte >= 0) {
      while (starEnd < bytesEnd && bytes[starEnd] !== followingByte) starEnd++;
    }
    if (starEnd === bytesEnd) return false;
    code = afterStar;
    at = starEnd;
  }
}

/** Whether a byte of a pattern stands for itself wherever it is outside of classes. */
function isPlainByte(code: number): boolean {
  return code !== STAR && code !== QUESTION && code !== OPEN_CLASS && code !== ESCAPE;
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
  ignoresCase: boolean,
): number {
  const first = codes[code];
  if (first === QUESTION) return code + 1;
  if (first === OPEN_CLASS) return matchClass(codes, code + 1, codesEnd, byte, ignoresCase);
  if (first === ESCAPE && code + 1 < codesEnd) code++;
  return sameByte(codes[code], byte, ignoresCase) ? code + 1 : 0;
}

/** The index behind the class whose first byte is at `code` if that has `byte` in it, else 0. */
function matchClass(
  codes: Uint8Array,
  code: number,
  codesEnd: number,
  byte: number,
  ignoresCase: boolean,
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
      if (inRange(codes[code], codes[code + 2], byte, ignoresCase)) isMember = true;
      code += 3;
    } else {
      if (sameByte(codes[code], byte, ignoresCase)) isMember = true;
      code++;
    }
  }
  if (isMember === isNegated) return 0;
  return code < codesEnd ? code + 1 : codesEnd;
}

/** Whether a byte lies between two others, given in either order, all taken as signed. */
function inRange(first: number, last: number, byte: number, ignoresCase: boolean): boolean {
  let low = signed(first), high = signed(last), value = signed(byte);
  if (low > high) [low, high] = [high, low];
  if (ignoresCase) {
    low = lowerSigned(low);
    high = lowerSigned(high);
    value = lowerSigned(value);
  }
  return value >= low && value <= high;
}

function sameByte(ours: number, theirs: number, ignoresCase: boolean): boolean {
  return ours === theirs || (ignoresCase && lower(ours) === lower(theirs));
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
