/**
 * Argument documentation: the tree that says what may follow a command's name.
 *
 * It is built by small functions instead of written as literals, because a literal spends six lines
 * on what the syntax says in one. A row then reads as the synopsis it stands for:
 *
 *   SET key value [NX | XX] [GET]
 *
 *   key("key"), text("value"), optional(oneOf("condition", word("NX"), word("XX"))),
 *   optional(word("GET"))
 *
 * Three sorts of functions: *leaves* (a value or a word), *groups* (`oneOf`, `block`) and *changes*
 * (`optional`, `many`, `since` ...), which give back a changed copy of the argument they are given.
 * redis-cli draws its interactive hints from this tree and from nothing else.
 *
 * Always true: `oneof` and `block` have `arguments`, no other type has.
 * Behaviour: Redis 7.0, the `arguments` field of COMMAND DOCS.
 *
 * @module
 */

/** What sort of argument it is, as COMMAND DOCS names it. */
export type ArgumentType =
  | "string"
  | "integer"
  | "double"
  | "key"
  | "pattern"
  | "unix-time"
  | "pure-token"
  | "oneof"
  | "block";

/** How often an argument may occur, as COMMAND DOCS names it. */
export type ArgumentFlag = "optional" | "multiple" | "multiple_token";

/** One argument of a command, or a group of them. */
export interface ArgumentDoc {
  /** What the synopsis calls it. */
  readonly name: string;
  readonly type: ArgumentType;
  /** For a key, or a pattern of keys: index of the key specification that finds it. */
  readonly keySpecIndex?: number;
  /** The word that stands before the value; of a pure token, the word itself. */
  readonly token?: string;
  /** What it is for, where the name does not say. */
  readonly summary?: string;
  /** The Redis version that brought it, where younger than the command. */
  readonly since?: string;
  /** The Redis version that advised against it. */
  readonly deprecatedSince?: string;
  /** How often it may occur; without: exactly once. */
  readonly flags?: readonly ArgumentFlag[];
  /** The choices of a `oneof`, the sequence of a `block`. */
  readonly arguments?: readonly ArgumentDoc[];
}

// Leaves

/**
 * The name of a key.
 *
 * @param name What the synopsis calls it.
 * @param keySpecIndex Index of the key specification that finds it.
 * @returns A `key` argument.
 */
export function key(name: string, keySpecIndex = 0): ArgumentDoc {
  return { name, type: "key", keySpecIndex };
}

/**
 * Any bytes.
 *
 * @param name What the synopsis calls it.
 * @returns A `string` argument.
 */
export function text(name: string): ArgumentDoc {
  return { name, type: "string" };
}

/**
 * A whole number of 64 bits.
 *
 * @param name What the synopsis calls it.
 * @returns An `integer` argument.
 */
export function integer(name: string): ArgumentDoc {
  return { name, type: "integer" };
}

/**
 * A number that may have a fraction.
 *
 * @param name What the synopsis calls it.
 * @returns A `double` argument.
 */
export function double(name: string): ArgumentDoc {
  return { name, type: "double" };
}

/**
 * A glob-style pattern.
 *
 * @param name What the synopsis calls it.
 * @returns A `pattern` argument.
 */
export function pattern(name: string): ArgumentDoc {
  return { name, type: "pattern" };
}

/**
 * A moment since 1970, in the unit that the name states.
 *
 * @param name What the synopsis calls it.
 * @returns A `unix-time` argument.
 */
export function unixTime(name: string): ArgumentDoc {
  return { name, type: "unix-time" };
}

/**
 * A word written as it stands, such as `NX`.
 *
 * @param spelling The word in upper case.
 * @param name What the tree calls it.
 * @default name The word in lower case.
 * @returns A `pure-token` argument.
 */
export function word(spelling: string, name: string = spelling.toLowerCase()): ArgumentDoc {
  return { name, type: "pure-token", token: spelling };
}

// Groups

/**
 * Exactly one of several arguments.
 *
 * @param name What the tree calls the choice.
 * @param choices The arguments to choose from, in the order of the synopsis.
 * @returns A `oneof` argument.
 */
export function oneOf(name: string, ...choices: readonly ArgumentDoc[]): ArgumentDoc {
  return { name, type: "oneof", arguments: choices };
}

/**
 * Several arguments that come together, in order.
 *
 * @param name What the tree calls the sequence.
 * @param sequence Its arguments.
 * @returns A `block` argument.
 */
export function block(name: string, ...sequence: readonly ArgumentDoc[]): ArgumentDoc {
  return { name, type: "block", arguments: sequence };
}

// Changes

/**
 * An argument with a word before it, such as `EX seconds`.
 *
 * @param spelling The word in upper case.
 * @param argument What follows the word.
 * @returns A changed copy.
 */
export function token(spelling: string, argument: ArgumentDoc): ArgumentDoc {
  return { ...argument, token: spelling };
}

/**
 * An argument that may be left out.
 *
 * @param argument The argument or group.
 * @returns A changed copy.
 */
export function optional(argument: ArgumentDoc): ArgumentDoc {
  return withFlags(argument, "optional");
}

/**
 * An argument that may be repeated; its token, if any, stands once before all of them.
 *
 * @param argument The argument or group.
 * @returns A changed copy.
 */
export function many(argument: ArgumentDoc): ArgumentDoc {
  return withFlags(argument, "multiple");
}

/**
 * An argument that may be repeated and has its token before each repetition.
 *
 * @param argument An argument with a token.
 * @returns A changed copy.
 */
export function manyWithToken(argument: ArgumentDoc): ArgumentDoc {
  return withFlags(argument, "multiple", "multiple_token");
}

/**
 * An argument younger than its command.
 *
 * @param version The Redis version that brought it.
 * @param argument The argument or group.
 * @returns A changed copy.
 */
export function since(version: string, argument: ArgumentDoc): ArgumentDoc {
  return { ...argument, since: version };
}

/**
 * An argument that still works but is advised against.
 *
 * @param version The Redis version that said so.
 * @param argument The argument or group.
 * @returns A changed copy.
 */
export function deprecated(version: string, argument: ArgumentDoc): ArgumentDoc {
  return { ...argument, deprecatedSince: version };
}

/** A copy of `argument` that has `added` among its flags. */
function withFlags(argument: ArgumentDoc, ...added: readonly ArgumentFlag[]): ArgumentDoc {
  return { ...argument, flags: [...(argument.flags ?? []), ...added] };
}
