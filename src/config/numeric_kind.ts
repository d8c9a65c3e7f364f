/**
 * Numeric kinds: whole numbers, memory sizes, percentages and octal modes with their bounds.
 *
 * Bounds are those of C types and reach 2^64, so values pass through here as BigInt and leave as
 * text; `Config.number` turns them into numbers. Nothing here is on a hot path.
 *
 * An unsigned directive reads -1 as 2^64 - 1, which no bound admits, and says so with its unsigned
 * bounds; a percentage is told from a size by its sign, negative. Both are Redis' ways, and its
 * error texts follow from them.
 * Behaviour: Redis 7.0 config.c `numericParseString`, `numericBoundaryCheck`; util.c `memtoull`.
 *
 * @module
 */
import { parseMemorySize } from "../base/units.ts";
import { ConfigError } from "../errors/config_error.ts";
import { shown } from "../errors/shown_word.ts";
import { type DirectiveKind, rewritePlain } from "./directive_kind.ts";

/** Kind of a directive that is read by `Config.number`. */
export interface NumberKind extends DirectiveKind {
  readonly type: "number";
  /** The number that a value of this kind stands for; a percentage is negative. */
  numberOf(text: string): number;
}

/** Largest 32-bit signed number. */
export const INT_MAX = 2n ** 31n - 1n;
/** Smallest 32-bit signed number. */
export const INT_MIN = -(2n ** 31n);
/** Largest 32-bit unsigned number. */
export const UINT_MAX = 2n ** 32n - 1n;
/** Largest 64-bit signed number. */
export const LONG_MAX = 2n ** 63n - 1n;
/** Largest 64-bit unsigned number. */
export const ULONG_MAX = 2n ** 64n - 1n;

/** Smallest and largest value of a directive, both included. */
export interface Bounds {
  readonly least: bigint;
  readonly most: bigint;
  /** Whether a negative number counts as a very large one. */
  readonly isUnsigned?: boolean;
}

/** Bounds that are checked as signed numbers. */
export function signed(least: bigint, most: bigint): Bounds {
  return { least, most };
}

/** Bounds that are checked as unsigned numbers. */
export function unsigned(least: bigint, most: bigint): Bounds {
  return { least, most, isUnsigned: true };
}

/**
 * A whole number in decimal digits.
 *
 * @param bounds outside of which it is refused
 * @param clamp bounds to which an accepted value is silently moved
 */
export function integer(bounds: Bounds, clamp: Bounds = bounds): NumberKind {
  const kind = numeric((word) => {
    const value = parseDecimal(word);
    if (value === undefined) throw new ConfigError("argument couldn't be parsed into an integer");
    checkBounds(value, bounds);
    if (value < clamp.least) return String(clamp.least);
    return String(value > clamp.most ? clamp.most : value);
  });
  return { ...kind, seesZeroBytes: true };
}

/**
 * A number of bytes, with or without a unit (`100`, `1kb`, `2GB`).
 *
 * @param bounds outside of which it is refused, bytes
 */
export function memorySize(bounds: Bounds): NumberKind {
  return {
    ...numeric((word) => {
      const sizeBytes = parseBytes(word);
      if (sizeBytes === undefined) throw new ConfigError("argument must be a memory value");
      checkBounds(sizeBytes, bounds);
      return String(sizeBytes);
    }),
    rewrite: ({ name, text, defaultText }) => [
      { text: `${name} ${formatBytes(text)}`, isForced: text !== defaultText },
    ],
  };
}

/**
 * A number of bytes, or a percentage of something (`5%`).
 *
 * @param bounds outside of which it is refused: bytes above, a negated percentage below
 */
export function memorySizeOrPercent(bounds: Bounds): NumberKind {
  const size = memorySize({ ...bounds, least: 0n });
  return {
    ...numeric((word) => {
      const percent = word.endsWith("%") ? parseDecimal(word.slice(0, -1)) : undefined;
      if (percent === undefined || percent < 0n) {
        const text = shown(word, Infinity);
        if (parseBytes(text) !== undefined) return size.read([text], "");
        throw new ConfigError("argument must be a memory or percent value");
      }
      if (-percent < bounds.least) {
        throw new ConfigError(`percentage argument must be less or equal to ${-bounds.least}`);
      }
      return percent === 0n ? "0" : `${percent}%`;
    }),
    seesZeroBytes: true, // the last byte says whether it is a percentage
    numberOf: (text) => text.endsWith("%") ? -Number(text.slice(0, -1)) : Number(text),
    rewrite: (subject) =>
      subject.text.endsWith("%") ? rewritePlain(subject) : size.rewrite(subject),
  };
}

/**
 * A mode in octal digits, as `chmod` takes it.
 *
 * @param bounds outside of which it is refused
 */
export function octal(bounds: Bounds): NumberKind {
  return {
    ...numeric((word) => {
      const [, sign, digits] = /^[ \t\n\v\f\r]*([+-]?)([0-7]*)$/.exec(word) ?? [];
      if (digits === undefined) {
        throw new ConfigError("argument couldn't be parsed as an octal number");
      }
      const value = BigInt("0o" + (digits || "0")) * (sign === "-" ? -1n : 1n);
      checkBounds(value, bounds, 8);
      return value.toString(8);
    }),
    numberOf: (text) => parseInt(text, 8),
  };
}

/**
 * Reads a number as C's `strtoll` does, which the directives with a grammar of their own use.
 *
 * @returns the number, 0 for an empty word, or `undefined` if anything follows the digits
 */
export function parseLooseInteger(word: string): number | undefined {
  const match = /^[ \t\n\v\f\r]*([+-]?\d+)$/.exec(word);
  if (match !== null) return Number(match[1]);
  return word === "" ? 0 : undefined;
}

/** A number of bytes with the largest unit that divides it, as Redis writes it to a file. */
export function formatBytes(digits: string): string {
  const sizeBytes = BigInt(digits);
  if (sizeBytes === 0n) return digits;
  for (
    const [unit, unitBytes] of [["gb", 1n << 30n], ["mb", 1n << 20n], ["kb", 1n << 10n]] as const
  ) {
    if (sizeBytes % unitBytes === 0n) return `${sizeBytes / unitBytes}${unit}`;
  }
  return digits;
}

function numeric(read: (word: string) => string): NumberKind {
  return {
    type: "number",
    takesSeveral: false,
    read: ([word]) => read(word),
    numberOf: Number,
    rewrite: rewritePlain,
  };
}

/** Strict decimal: no plus sign, no leading zeros, no blanks, within 64 bits. */
function parseDecimal(word: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(word)) return undefined;
  const value = BigInt(word);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** Digits and a unit; too large a number wraps at 64 bits, as it does in Redis. */
function parseBytes(word: string): bigint | undefined {
  const digits = /^\d*/.exec(word)![0];
  const unitBytes = parseMemorySize("1" + word.slice(digits.length));
  if (unitBytes === undefined || digits.length >= DIGITS_MAX) return undefined;
  const count = BigInt(digits);
  return BigInt.asUintN(64, (count > ULONG_MAX ? ULONG_MAX : count) * BigInt(unitBytes));
}

/** From this many digits on a size is refused unread. */
const DIGITS_MAX = 128;

function checkBounds(value: bigint, bounds: Bounds, radix = 10): void {
  const { least, most, isUnsigned } = bounds;
  const compared = isUnsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
  if (compared >= least && compared <= most) return;
  throw new ConfigError(
    `argument must be between ${least.toString(radix)} and ${most.toString(radix)} inclusive`,
  );
}
