/**
 * Documentation of the *set* commands: members without order, each there once.
 *
 * @module
 */

import { integer, key, many, optional, pattern, since, text, token } from "./argument_doc.ts";
import { type CommandDoc, documentGroup, type HistoryEntry } from "./command_doc.ts";

const MANY_MEMBERS: readonly HistoryEntry[] = [["2.4.0", "Takes more than one `member`."]];
const INTERSECTION_COMPLEXITY = "O(N*M) at most, for N members of the smallest of M sets.";
const SUM_COMPLEXITY = "O(N) for N members of all sets together.";

/** The documentation of the set commands, by name. */
export const SET_DOCS: readonly CommandDoc[] = documentGroup("set", {
  sadd: {
    summary: "Adds members to a set, which is created if need be.",
    since: "1.0.0",
    complexity: "O(N) for N members given.",
    history: MANY_MEMBERS,
    arguments: [key("key"), many(text("member"))],
  },
  scard: {
    summary: "Returns how many members a set has.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  sdiff: {
    summary: "Returns the members of the first set that no other set has.",
    since: "1.0.0",
    complexity: SUM_COMPLEXITY,
    arguments: [many(key("key"))],
  },
  sdiffstore: {
    summary: "Stores the members of the first set that no other set has.",
    since: "1.0.0",
    complexity: SUM_COMPLEXITY,
    arguments: [key("destination"), many(key("key", 1))],
  },
  sinter: {
    summary: "Returns the members that all sets have.",
    since: "1.0.0",
    complexity: INTERSECTION_COMPLEXITY,
    arguments: [many(key("key"))],
  },
  sintercard: {
    summary: "Returns how many members all sets have in common.",
    since: "7.0.0",
    complexity: INTERSECTION_COMPLEXITY,
    arguments: [
      integer("numkeys"),
      many(key("key")),
      optional(token("LIMIT", integer("limit"))),
    ],
  },
  sinterstore: {
    summary: "Stores the members that all sets have.",
    since: "1.0.0",
    complexity: INTERSECTION_COMPLEXITY,
    arguments: [key("destination"), many(key("key", 1))],
  },
  sismember: {
    summary: "Tells whether a set has a member.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key"), text("member")],
  },
  smembers: {
    summary: "Returns all members of a set.",
    since: "1.0.0",
    complexity: "O(N) for N members.",
    arguments: [key("key")],
  },
  smismember: {
    summary: "Tells of each of several members whether a set has it.",
    since: "6.2.0",
    complexity: "O(N) for N members asked for.",
    arguments: [key("key"), many(text("member"))],
  },
  smove: {
    summary: "Takes a member out of one set and adds it to another.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("source"), key("destination", 1), text("member")],
  },
  spop: {
    summary: "Removes members picked by chance and returns them.",
    since: "1.0.0",
    complexity: "O(N) for N members to remove, one where no count is given.",
    history: [["3.2.0", "Takes a `count`."]],
    arguments: [key("key"), optional(since("3.2.0", integer("count")))],
  },
  srandmember: {
    summary: "Returns members picked by chance.",
    since: "1.0.0",
    complexity: "O(N) for N members to return, one where no count is given.",
    history: [["2.6.0", "Takes a `count`."]],
    arguments: [key("key"), optional(since("2.6.0", integer("count")))],
  },
  srem: {
    summary: "Removes members from a set, and the set with its last one.",
    since: "1.0.0",
    complexity: "O(N) for N members given.",
    history: MANY_MEMBERS,
    arguments: [key("key"), many(text("member"))],
  },
  sscan: {
    summary: "Walks over the members of a set, a few with each call.",
    since: "2.8.0",
    complexity: "O(1) a call, O(N) for the whole walk over N members.",
    arguments: [
      key("key"),
      integer("cursor"),
      optional(token("MATCH", pattern("pattern"))),
      optional(token("COUNT", integer("count"))),
    ],
  },
  sunion: {
    summary: "Returns the members that at least one of the sets has.",
    since: "1.0.0",
    complexity: SUM_COMPLEXITY,
    arguments: [many(key("key"))],
  },
  sunionstore: {
    summary: "Stores the members that at least one of the sets has.",
    since: "1.0.0",
    complexity: SUM_COMPLEXITY,
    arguments: [key("destination"), many(key("key", 1))],
  },
});
