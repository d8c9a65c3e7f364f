/**
 * Random parts: what random commands are made of, and the form in which a group writes down its own.
 *
 * A *shape* is a command with parts instead of some of its words; each part stands for words that are
 * picked anew every time. Each group of commands has a file of shapes; `random_commands.ts` draws
 * from all of them.
 *
 * @module
 */

/** How the replies to a command are to be compared. */
export type RandomComparison =
  /** Equal to the byte. */
  | "same"
  /** The elements in any order. */
  | "unordered"
  /** The pairs of fields and values in any order. */
  | "unorderedPairs"
  /** Kinds and counts only: what is drawn by chance. */
  | "shape"
  /** Numbers may be written in other digits. */
  | "number"
  /** Numbers may differ by a little, because time passes. */
  | "within";

/** A command with parts in it. */
export type Shape = readonly Part[];

/** The commands of a group. */
export interface RandomGroup {
  /** Shapes by how their replies are compared; what is written twice is drawn twice as often. */
  readonly shapes: Readonly<Partial<Record<RandomComparison, readonly Shape[]>>>;
  /** Directives that make what is rare frequent: shrunken limits. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Chooses one of several by chance. */
export type Pick = <T>(items: readonly T[]) => T;

/** A word, or what gives one or several. */
export type Part = string | ((pick: Pick) => string | readonly string[]);

/** Keys that all groups use, so that their types meet. */
export const KEYS = ["a", "b", "c", "d", "e", "", "k\0\xff", "key:{tag}:long-".padEnd(300, "k")];
/** Values of all sorts: numbers, what looks like one, and lengths where an encoding changes. */
export const VALUES = [
  "0",
  "1",
  "-1",
  "7",
  "10",
  "12345",
  "9999",
  "10000",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "01",
  "+1",
  " 1",
  "1 ",
  "3.0",
  "3.14",
  "-0",
  "1e3",
  "inf",
  "nan",
  "0x10",
  "",
  "x",
  "hello",
  "\0\x01\xff",
  "y".repeat(44),
  "z".repeat(45),
  "w".repeat(255),
  "v".repeat(256),
  "u".repeat(5000),
];

/** Any of the shared keys. */
export const key: Part = (pick) => pick(KEYS);
/** Any value. */
export const value: Part = (pick) => pick(VALUES);

/** One of these words. */
export function oneOf(...words: readonly string[]): Part {
  return (pick) => pick(words);
}

/** Mostly one of a group's own keys, now and then one that others use. */
export function keyOf(...ownKeys: readonly string[]): Part {
  return (pick) => pick([true, true, true, true, true, true, false]) ? pick(ownKeys) : pick(KEYS);
}

/** Some of these parts, in any order, none too. */
export function some(...parts: readonly (string | readonly [string, readonly string[]])[]): Part {
  return (pick) => {
    const words: string[] = [];
    while (pick([true, true, false])) {
      const part = pick(parts);
      if (typeof part === "string") words.push(part);
      else words.push(part[0], pick(part[1]));
    }
    return words;
  };
}

/** A part one to four times. */
export function many(...parts: readonly Part[]): Part {
  return (pick) => {
    const words: string[] = [];
    do for (const part of parts) words.push(...expand(part, pick)); while (pick([true, false]));
    return words;
  };
}

/** The words that a part stands for this time. */
export function expand(part: Part, pick: Pick): readonly string[] {
  if (typeof part === "string") return [part];
  const words = part(pick);
  return typeof words === "string" ? [words] : words;
}
