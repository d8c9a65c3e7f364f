/**
 * Documentation of the *generic* commands: what can be done to a key whatever its value is.
 *
 * @module
 */

import {
  type ArgumentDoc,
  block,
  integer,
  key,
  many,
  manyWithToken,
  oneOf,
  optional,
  pattern,
  since,
  text,
  token,
  unixTime,
  word,
} from "./argument_doc.ts";
import {
  type CommandDoc,
  type CommandDocRows,
  documentGroup,
  helpRow,
  type HistoryEntry,
} from "./command_doc.ts";

/** When the four EXPIRE commands act at all. */
const EXPIRE_CONDITION: ArgumentDoc = optional(
  since("7.0.0", oneOf("condition", word("NX"), word("XX"), word("GT"), word("LT"))),
);

/** How the four EXPIRE commands came by their condition. */
const EXPIRE_HISTORY: readonly HistoryEntry[] = [
  ["7.0.0", "Takes a condition: `NX`, `XX`, `GT` or `LT`."],
];

/** How TTL and PTTL came to tell an absent key from one that does not expire. */
const TTL_HISTORY: readonly HistoryEntry[] = [["2.8.0", "Returns -2 if the key is absent."]];

/** A pattern that leads to keys. */
const KEY_PATTERN: ArgumentDoc = { ...pattern("pattern"), keySpecIndex: 1 };

/** What SORT and SORT_RO have in common. */
const SORT_ARGUMENTS: readonly ArgumentDoc[] = [
  key("key"),
  optional(token("BY", KEY_PATTERN)),
  optional(token("LIMIT", block("offset_count", integer("offset"), integer("count")))),
  manyWithToken(optional(token("GET", KEY_PATTERN))),
  optional(oneOf("order", word("ASC"), word("DESC"))),
  optional(word("ALPHA", "sorting")),
];

/** The sub-commands of OBJECT. */
const OBJECT_ROWS: CommandDocRows = {
  encoding: {
    summary: "Tells how a value is laid out in memory.",
    since: "2.2.3",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  freq: {
    summary: "Returns how often a key is used, as a counter on a logarithmic scale.",
    since: "4.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  help: helpRow("6.2.0"),
  idletime: {
    summary: "Returns the seconds since a key was last used.",
    since: "2.2.3",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  refcount: {
    summary: "Returns how many owners a value has.",
    since: "2.2.3",
    complexity: "O(1)",
    arguments: [key("key")],
  },
};

/** The documentation of the generic commands, by name. */
export const GENERIC_DOCS: readonly CommandDoc[] = documentGroup("generic", {
  copy: {
    summary: "Copies a value to another key, in this database or another.",
    since: "6.2.0",
    complexity: "O(1) for a string, O(N) for a collection of N elements.",
    arguments: [
      key("source"),
      key("destination", 1),
      optional(token("DB", integer("destination-db"))),
      optional(word("REPLACE")),
    ],
  },
  del: {
    summary: "Removes keys with their values.",
    since: "1.0.0",
    complexity: "O(N) for N keys, and O(M) for each collection of M elements among them.",
    arguments: [many(key("key"))],
  },
  dump: {
    summary: "Returns a value as a payload that RESTORE understands.",
    since: "2.6.0",
    complexity: "O(1) for the key and O(N*M) for N elements of M bytes.",
    arguments: [key("key")],
  },
  exists: {
    summary: "Counts how many of the given keys are present.",
    since: "1.0.0",
    complexity: "O(N) for N keys.",
    history: [["3.0.3", "Takes several keys."]],
    arguments: [many(key("key"))],
  },
  expire: {
    summary: "Gives a key a time to live in seconds.",
    since: "1.0.0",
    complexity: "O(1)",
    history: EXPIRE_HISTORY,
    arguments: [key("key"), integer("seconds"), EXPIRE_CONDITION],
  },
  expireat: {
    summary: "Makes a key expire at a given second since 1970.",
    since: "1.2.0",
    complexity: "O(1)",
    history: EXPIRE_HISTORY,
    arguments: [key("key"), unixTime("unix-time-seconds"), EXPIRE_CONDITION],
  },
  expiretime: {
    summary: "Returns the second since 1970 at which a key expires.",
    since: "7.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  keys: {
    summary: "Returns all keys that match a pattern.",
    since: "1.0.0",
    complexity: "O(N) for N keys in the database.",
    arguments: [pattern("pattern")],
  },
  migrate: {
    summary: "Hands keys over to another server.",
    since: "2.6.0",
    complexity: "What DUMP and DEL cost here and RESTORE there, and O(N) for N bytes on the way.",
    history: [
      ["3.0.0", "Keeps the keys by `COPY`, and replaces the target's by `REPLACE`."],
      ["3.0.6", "Takes several keys by `KEYS`."],
      ["4.0.7", "Gives a password by `AUTH`."],
      ["6.0.0", "Gives a user's name and password by `AUTH2`."],
    ],
    arguments: [
      text("host"),
      integer("port"),
      oneOf("key_or_empty_string", key("key"), word("", "empty_string")),
      integer("destination-db"),
      integer("timeout"),
      optional(since("3.0.0", word("COPY"))),
      optional(since("3.0.0", word("REPLACE"))),
      optional(
        oneOf(
          "authentication",
          optional(since("4.0.7", token("AUTH", text("password")))),
          optional(
            since(
              "6.0.0",
              token("AUTH2", block("username_password", text("username"), text("password"))),
            ),
          ),
        ),
      ),
      optional(since("3.0.6", many(token("KEYS", key("key", 1))))),
    ],
  },
  move: {
    summary: "Takes a key to another database, if that has none of this name.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key"), integer("db")],
  },
  object: {
    summary: "Holds the sub-commands that look inside a value.",
    since: "2.2.3",
    complexity: "That of the sub-command.",
    subcommands: OBJECT_ROWS,
  },
  persist: {
    summary: "Makes a key stay until it is removed.",
    since: "2.2.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  pexpire: {
    summary: "Gives a key a time to live in milliseconds.",
    since: "2.6.0",
    complexity: "O(1)",
    history: EXPIRE_HISTORY,
    arguments: [key("key"), integer("milliseconds"), EXPIRE_CONDITION],
  },
  pexpireat: {
    summary: "Makes a key expire at a given millisecond since 1970.",
    since: "2.6.0",
    complexity: "O(1)",
    history: EXPIRE_HISTORY,
    arguments: [key("key"), unixTime("unix-time-milliseconds"), EXPIRE_CONDITION],
  },
  pexpiretime: {
    summary: "Returns the millisecond since 1970 at which a key expires.",
    since: "7.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  pttl: {
    summary: "Returns the milliseconds that a key has left to live.",
    since: "2.6.0",
    complexity: "O(1)",
    history: TTL_HISTORY,
    arguments: [key("key")],
  },
  randomkey: {
    summary: "Returns one key of the database, picked by chance.",
    since: "1.0.0",
    complexity: "O(1)",
  },
  restore: {
    summary: "Creates a key from the payload that DUMP made of a value.",
    since: "2.6.0",
    complexity:
      "O(1) for the key and O(N*M) for N elements of M bytes; sorted sets are sorted anew.",
    history: [
      ["3.0.0", "Replaces by `REPLACE`."],
      ["5.0.0", "Takes a moment by `ABSTTL`."],
      ["5.0.0", "Notes earlier uses by `IDLETIME` and `FREQ`."],
    ],
    arguments: [
      key("key"),
      integer("ttl"),
      text("serialized-value"),
      optional(since("3.0.0", word("REPLACE"))),
      optional(since("5.0.0", word("ABSTTL"))),
      optional(since("5.0.0", token("IDLETIME", integer("seconds")))),
      optional(since("5.0.0", token("FREQ", integer("frequency")))),
    ],
  },
  rename: {
    summary: "Gives a key another name, whatever is there.",
    since: "1.0.0",
    complexity: "O(1), but removing a value under the new name costs what DEL does.",
    arguments: [key("key"), key("newkey", 1)],
  },
  renamenx: {
    summary: "Gives a key another name, provided that it is free.",
    since: "1.0.0",
    complexity: "O(1)",
    history: [["3.2.0", "Accepts that both names are the same."]],
    arguments: [key("key"), key("newkey", 1)],
  },
  scan: {
    summary: "Walks over the keys of the database, a few with each call.",
    since: "2.8.0",
    complexity: "O(1) a call, O(N) for the whole walk over N keys.",
    history: [["6.0.0", "Picks by `TYPE`."]],
    arguments: [
      integer("cursor"),
      optional(token("MATCH", pattern("pattern"))),
      optional(token("COUNT", integer("count"))),
      optional(since("6.0.0", token("TYPE", text("type")))),
    ],
  },
  sort: {
    summary: "Returns or stores the elements of a list, set or sorted set in another order.",
    since: "1.0.0",
    complexity: "O(N+M*log(M)) for N elements of which M are returned; O(N) if not sorted.",
    arguments: [...SORT_ARGUMENTS, optional(token("STORE", key("destination", 2)))],
  },
  sort_ro: {
    summary: "Returns the elements of a list, set or sorted set in another order.",
    since: "7.0.0",
    complexity: "O(N+M*log(M)) for N elements of which M are returned; O(N) if not sorted.",
    arguments: SORT_ARGUMENTS,
  },
  touch: {
    summary: "Marks keys as just used and counts those present.",
    since: "3.2.1",
    complexity: "O(N) for N keys.",
    arguments: [many(key("key"))],
  },
  ttl: {
    summary: "Returns the seconds that a key has left to live.",
    since: "1.0.0",
    complexity: "O(1)",
    history: TTL_HISTORY,
    arguments: [key("key")],
  },
  type: {
    summary: "Tells what type of value is at a key.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  unlink: {
    summary: "Removes keys at once and frees the memory of big values bit by bit.",
    since: "4.0.0",
    complexity: "O(1) for each key; a collection of M elements is freed in O(M) later.",
    arguments: [many(key("key"))],
  },
});
