/**
 * Directive kinds: what a value of a directive may be, and how it is written back.
 *
 * A kind is an object with two pure functions, `read` and `rewrite`. The value between them is a
 * text, the one that CONFIG GET prints: it is all the state there is, so to save and restore a
 * setting is to keep a string, and what is shown can't differ from what is in force.
 *
 * Here: yes/no, words from a list, free text. Numbers are in numeric_kind.ts, directives with a
 * grammar of their own (`save`, `bind` ...) in special_kinds.ts.
 * Behaviour: Redis 7.0 config.c, error texts included.
 *
 * @module
 */
import { quoteWord } from "../base/quoting.ts";
import { ConfigError } from "../errors/config_error.ts";

/** A line that CONFIG REWRITE wants in the file. */
export interface RewrittenLine {
  /** The whole line, with the directive's name. */
  readonly text: string;
  /** Whether to add the line if the file does not mention the directive yet. */
  readonly isForced: boolean;
}

/** What CONFIG REWRITE needs to know of one directive. */
export interface RewriteSubject {
  readonly name: string;
  /** The value in force, as CONFIG GET prints it. */
  readonly text: string;
  readonly defaultText: string;
}

/** What values a directive takes. */
export interface DirectiveKind {
  /** How the server reads the value: `Config.boolean`, `Config.number` or `Config.text`. */
  readonly type: "boolean" | "number" | "text";
  /** Whether the directive takes any number of words (then `read` checks how many) or just one. */
  readonly takesSeveral: boolean;
  /** Whether a repeated line in a file adds to the ones before it instead of replacing them. */
  readonly accumulates?: boolean;
  /** Whether words have all their bytes; else they end at a zero byte, as text in C does. */
  readonly seesZeroBytes?: boolean;
  /**
   * Checks the words of a new value.
   *
   * @param words the words as given
   * @param current the value in force, for kinds where the new one only replaces a part
   * @returns the new value, in the one form that CONFIG GET prints for all ways to write it
   * @throws {ConfigError} with Redis' reason, if the value is not possible
   */
  read(words: readonly string[], current: string): string;
  /** What CONFIG GET prints for a value, if not the value itself. */
  show?(text: string): string;
  /** The lines that set the value in a file; none for a value that needs none. */
  rewrite(subject: RewriteSubject): readonly RewrittenLine[];
}

/** Kind of a directive that is read by `Config.boolean`. */
export interface BooleanKind extends DirectiveKind {
  readonly type: "boolean";
}

/** Kind of a directive that is read by `Config.text`. */
export interface TextKind extends DirectiveKind {
  readonly type: "text";
}

/** A check of a free text: the reason to refuse it, or `undefined`. */
export type TextCheck = (text: string) => string | undefined;

/** `yes` or `no`. */
export const BOOLEAN: BooleanKind = {
  type: "boolean",
  takesSeveral: false,
  read([word]) {
    const lower = word.toLowerCase();
    if (lower !== "yes" && lower !== "no") {
      throw new ConfigError("argument must be 'yes' or 'no'");
    }
    return lower;
  },
  rewrite: rewritePlain,
};

/**
 * One word of a list.
 *
 * @param words the words, in the order in which an error lists them
 * @param synonyms words of the list that mean another one, which CONFIG GET then prints
 */
export function oneOf(
  words: readonly string[],
  synonyms: Readonly<Record<string, string>> = {},
): TextKind {
  return {
    type: "text",
    takesSeveral: false,
    read([word]) {
      const [chosen] = findWords(words, [word]);
      return synonyms[chosen] ?? chosen;
    },
    rewrite: rewritePlain,
  };
}

/**
 * Any words of a list at once; the first one means none of the others.
 *
 * @param words the words, the neutral one first
 * @param check a further check of the chosen words, joined by blanks
 */
export function anyOf(words: readonly string[], check?: TextCheck): TextKind {
  return {
    type: "text",
    takesSeveral: true,
    read(given) {
      const chosen = findWords(words, given);
      const text = words.slice(1).filter((word) => chosen.includes(word)).join(" ") || words[0];
      refuseIf(check?.(text));
      return text;
    },
    rewrite: rewritePlain,
  };
}

/**
 * Free text that may be unset: empty means unset, and an unset one has no line in a file.
 *
 * @param check a check of the text
 */
export function optionalText(check?: TextCheck): TextKind {
  return {
    type: "text",
    takesSeveral: false,
    read: ([word]) => checked(word, check),
    rewrite: ({ name, text }) =>
      text === "" ? [] : [{ text: `${name} ${quoteWord(text)}`, isForced: true }],
  };
}

/** Text that may be unset and is of any bytes. */
export const PASSWORD: TextKind = { ...optionalText(), seesZeroBytes: true };

/**
 * Free text for which empty is a value like any other.
 *
 * @param check a check of the text
 */
export function anyText(check?: TextCheck): TextKind {
  return {
    type: "text",
    takesSeveral: false,
    read: ([word]) => checked(word, check),
    rewrite: ({ name, text, defaultText }) => [
      { text: `${name} ${quoteWord(text)}`, isForced: text !== defaultText },
    ],
  };
}

/** The line of a value that needs no quotes, forced if it is not the default. */
export function rewritePlain(subject: RewriteSubject): readonly RewrittenLine[] {
  const { name, text, defaultText } = subject;
  return [{ text: `${name} ${text}`, isForced: text !== defaultText }];
}

function findWords(words: readonly string[], given: readonly string[]): string[] {
  const found = given.map((word) => word.toLowerCase()).filter((word) => words.includes(word));
  if (found.length === 0 || found.length !== given.length) {
    throw new ConfigError(`argument(s) must be one of the following: ${words.join(", ")}`);
  }
  return found;
}

function checked(text: string, check: TextCheck | undefined): string {
  refuseIf(check?.(text));
  return text;
}

function refuseIf(reason: string | undefined): void {
  if (reason !== undefined) throw new ConfigError(reason);
}
