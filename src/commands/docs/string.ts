/**
 * Documentation of the *string* commands: values of bytes, read and written whole, in part or as
 * numbers.
 *
 * @module
 */

import {
  block,
  double,
  integer,
  key,
  many,
  oneOf,
  optional,
  since,
  text,
  token,
  unixTime,
  word,
} from "./argument_doc.ts";
import { type CommandDoc, documentGroup } from "./command_doc.ts";

/** The documentation of the string commands, by name. */
export const STRING_DOCS: readonly CommandDoc[] = documentGroup("string", {
  append: {
    summary: "Adds bytes to the end of a string, which is created if absent.",
    since: "2.0.0",
    complexity: "O(1) amortized, as room is set aside for further growth.",
    arguments: [key("key"), text("value")],
  },
  decr: {
    summary: "Subtracts one from an integer.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  decrby: {
    summary: "Subtracts a number from an integer.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key"), integer("decrement")],
  },
  get: {
    summary: "Returns the string at a key.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  getdel: {
    summary: "Returns the string at a key and removes the key.",
    since: "6.2.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  getex: {
    summary: "Returns the string at a key and changes when the key expires.",
    since: "6.2.0",
    complexity: "O(1)",
    arguments: [
      key("key"),
      optional(oneOf(
        "expiration",
        token("EX", integer("seconds")),
        token("PX", integer("milliseconds")),
        token("EXAT", unixTime("unix-time-seconds")),
        token("PXAT", unixTime("unix-time-milliseconds")),
        word("PERSIST"),
      )),
    ],
  },
  getrange: {
    summary: "Returns the bytes of a string between two positions.",
    since: "2.4.0",
    complexity: "O(N) for N bytes returned.",
    arguments: [key("key"), integer("start"), integer("end")],
  },
  getset: {
    summary: "Replaces the string at a key and returns the one that was there.",
    since: "1.0.0",
    complexity: "O(1)",
    docFlags: ["deprecated"],
    deprecatedSince: "6.2.0",
    replacedBy: "`SET` with the `!GET` argument",
    arguments: [key("key"), text("value")],
  },
  incr: {
    summary: "Adds one to an integer.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  incrby: {
    summary: "Adds a number to an integer.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key"), integer("increment")],
  },
  incrbyfloat: {
    summary: "Adds a number that may have a fraction to a number.",
    since: "2.6.0",
    complexity: "O(1)",
    arguments: [key("key"), double("increment")],
  },
  lcs: {
    summary: "Finds the longest common subsequence of two strings.",
    since: "7.0.0",
    complexity: "O(N*M) for strings of N and M bytes.",
    arguments: [
      key("key1"),
      key("key2"),
      optional(word("LEN")),
      optional(word("IDX")),
      optional(token("MINMATCHLEN", integer("len"))),
      optional(word("WITHMATCHLEN")),
    ],
  },
  mget: {
    summary: "Returns the strings at several keys.",
    since: "1.0.0",
    complexity: "O(N) for N keys.",
    arguments: [many(key("key"))],
  },
  mset: {
    summary: "Stores strings at several keys in one step.",
    since: "1.0.1",
    complexity: "O(N) for N keys.",
    arguments: [many(block("key_value", key("key"), text("value")))],
  },
  msetnx: {
    summary: "Stores strings at several keys, provided that all of them are absent.",
    since: "1.0.1",
    complexity: "O(N) for N keys.",
    arguments: [many(block("key_value", key("key"), text("value")))],
  },
  psetex: {
    summary: "Stores a string that expires after some milliseconds.",
    since: "2.6.0",
    complexity: "O(1)",
    arguments: [key("key"), integer("milliseconds"), text("value")],
  },
  set: {
    summary: "Stores a string at a key, whatever was there before.",
    since: "1.0.0",
    complexity: "O(1)",
    history: [
      ["2.6.12", "Takes a time to live (`EX`, `PX`) and a condition (`NX`, `XX`)."],
      ["6.0.0", "Leaves the time to live alone with `KEEPTTL`."],
      ["6.2.0", "Returns the old string with `GET`; takes a moment with `EXAT` and `PXAT`."],
      ["7.0.0", "`GET` works together with `NX`."],
    ],
    arguments: [
      key("key"),
      text("value"),
      optional(since("2.6.12", oneOf("condition", word("NX"), word("XX")))),
      optional(since("6.2.0", word("GET"))),
      optional(oneOf(
        "expiration",
        since("2.6.12", token("EX", integer("seconds"))),
        since("2.6.12", token("PX", integer("milliseconds"))),
        since("6.2.0", token("EXAT", unixTime("unix-time-seconds"))),
        since("6.2.0", token("PXAT", unixTime("unix-time-milliseconds"))),
        since("6.0.0", word("KEEPTTL")),
      )),
    ],
  },
  setex: {
    summary: "Stores a string that expires after some seconds.",
    since: "2.0.0",
    complexity: "O(1)",
    arguments: [key("key"), integer("seconds"), text("value")],
  },
  setnx: {
    summary: "Stores a string, provided that the key is absent.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key"), text("value")],
  },
  setrange: {
    summary: "Writes bytes over a string from an offset on, filling a gap with zero bytes.",
    since: "2.2.0",
    complexity: "O(M) for M bytes written, and as many as a gap needs.",
    arguments: [key("key"), integer("offset"), text("value")],
  },
  strlen: {
    summary: "Returns the number of bytes in a string.",
    since: "2.2.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  substr: {
    summary: "Returns the bytes of a string between two positions, as GETRANGE does.",
    since: "1.0.0",
    complexity: "O(N) for N bytes returned.",
    docFlags: ["deprecated"],
    deprecatedSince: "2.0.0",
    replacedBy: "`GETRANGE`",
    arguments: [key("key"), integer("start"), integer("end")],
  },
});
