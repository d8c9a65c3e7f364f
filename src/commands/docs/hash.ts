/**
 * Documentation of the *hash* commands: fields with values under one key.
 *
 * @module
 */

import {
  type ArgumentDoc,
  block,
  double,
  integer,
  key,
  many,
  optional,
  pattern,
  text,
  token,
  word,
} from "./argument_doc.ts";
import { type CommandDoc, documentGroup } from "./command_doc.ts";

const KEY_ONLY: readonly ArgumentDoc[] = [key("key")];
const KEY_AND_FIELD: readonly ArgumentDoc[] = [key("key"), text("field")];
const KEY_AND_FIELDS: readonly ArgumentDoc[] = [key("key"), many(text("field"))];
const KEY_AND_PAIRS: readonly ArgumentDoc[] = [
  key("key"),
  many(block("field_value", text("field"), text("value"))),
];

/** The documentation of the hash commands, by name. */
export const HASH_DOCS: readonly CommandDoc[] = documentGroup("hash", {
  hdel: {
    summary: "Removes fields of a hash, and the hash with its last field.",
    since: "2.0.0",
    complexity: "O(N) for N fields.",
    history: [["2.4.0", "Takes several fields."]],
    arguments: KEY_AND_FIELDS,
  },
  hexists: {
    summary: "Tells whether a hash has a field.",
    since: "2.0.0",
    complexity: "O(1)",
    arguments: KEY_AND_FIELD,
  },
  hget: {
    summary: "Returns the value of a field.",
    since: "2.0.0",
    complexity: "O(1)",
    arguments: KEY_AND_FIELD,
  },
  hgetall: {
    summary: "Returns all fields of a hash with their values.",
    since: "2.0.0",
    complexity: "O(N) for a hash of N fields.",
    arguments: KEY_ONLY,
  },
  hincrby: {
    summary: "Adds to the integer in a field, which counts from 0 if it is not there.",
    since: "2.0.0",
    complexity: "O(1)",
    arguments: [key("key"), text("field"), integer("increment")],
  },
  hincrbyfloat: {
    summary: "Adds to the number in a field, which counts from 0 if it is not there.",
    since: "2.6.0",
    complexity: "O(1)",
    arguments: [key("key"), text("field"), double("increment")],
  },
  hkeys: {
    summary: "Returns the names of all fields of a hash.",
    since: "2.0.0",
    complexity: "O(N) for a hash of N fields.",
    arguments: KEY_ONLY,
  },
  hlen: {
    summary: "Returns the number of fields of a hash.",
    since: "2.0.0",
    complexity: "O(1)",
    arguments: KEY_ONLY,
  },
  hmget: {
    summary: "Returns the values of several fields.",
    since: "2.0.0",
    complexity: "O(N) for N fields asked for.",
    arguments: KEY_AND_FIELDS,
  },
  hmset: {
    summary: "Sets fields of a hash.",
    since: "2.0.0",
    complexity: "O(N) for N fields set.",
    docFlags: ["deprecated"],
    deprecatedSince: "4.0.0",
    replacedBy: "`HSET` with multiple field-value pairs",
    arguments: KEY_AND_PAIRS,
  },
  hrandfield: {
    summary: "Returns fields of a hash drawn by chance.",
    since: "6.2.0",
    complexity: "O(N) for N fields returned.",
    arguments: [
      key("key"),
      optional(block("options", integer("count"), optional(word("WITHVALUES")))),
    ],
  },
  hscan: {
    summary: "Walks over the fields of a hash, a few with each call.",
    since: "2.8.0",
    complexity: "O(1) a call, O(N) for the whole walk over N fields.",
    arguments: [
      key("key"),
      integer("cursor"),
      optional(token("MATCH", pattern("pattern"))),
      optional(token("COUNT", integer("count"))),
    ],
  },
  hset: {
    summary: "Sets fields of a hash, which is made if it is not there.",
    since: "2.0.0",
    complexity: "O(1) for each field, O(N) for N of them.",
    history: [["4.0.0", "Takes several fields with their values."]],
    arguments: KEY_AND_PAIRS,
  },
  hsetnx: {
    summary: "Sets a field of a hash if it is not there yet.",
    since: "2.0.0",
    complexity: "O(1)",
    arguments: [key("key"), text("field"), text("value")],
  },
  hstrlen: {
    summary: "Returns the number of bytes in the value of a field.",
    since: "3.2.0",
    complexity: "O(1)",
    arguments: KEY_AND_FIELD,
  },
  hvals: {
    summary: "Returns the values of all fields of a hash.",
    since: "2.0.0",
    complexity: "O(N) for a hash of N fields.",
    arguments: KEY_ONLY,
  },
});
