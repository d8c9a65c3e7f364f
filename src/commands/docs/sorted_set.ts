/**
 * Documentation of the *sorted set* commands: members with scores, in order.
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
  oneOf,
  optional,
  pattern,
  since,
  text,
  token,
  word,
} from "./argument_doc.ts";
import { type CommandDoc, type CommandDocRow, documentGroup } from "./command_doc.ts";

const LOGARITHMIC = "O(log(N)) for N members.";
const RANGE = "O(log(N)+M) for N members in the sorted set and M in the range.";
const LIMITED_RANGE = `${RANGE} A LIMIT keeps M small.`;
const UNION = "O(N)+O(M*log(M)) for N members in all inputs and M in the result.";
const INTERSECTION =
  "O(N*K)+O(M*log(M)) at worst, for N members in the smallest of K inputs and M in the result.";
const DIFFERENCE =
  "O(L+(N-K)*log(N)) at worst, for L members in all inputs, N in the first, K in the result.";

const INPUT_KEYS: readonly ArgumentDoc[] = [integer("numkeys"), many(key("key"))];
const STORED_INPUT_KEYS: readonly ArgumentDoc[] = [
  key("destination"),
  integer("numkeys"),
  many(key("key", 1)),
];
const WEIGHTS: readonly ArgumentDoc[] = [
  many(optional(token("WEIGHTS", integer("weight")))),
  optional(token("AGGREGATE", oneOf("aggregate", word("SUM"), word("MIN"), word("MAX")))),
];
const WITH_SCORES: ArgumentDoc = optional(word("WITHSCORES"));
const LIMIT: ArgumentDoc = optional(
  token("LIMIT", block("offset_count", integer("offset"), integer("count"))),
);
const SORT_BY: ArgumentDoc = optional(oneOf("sortby", word("BYSCORE"), word("BYLEX")));
const WHERE: ArgumentDoc = oneOf("where", word("MIN"), word("MAX"));
const COUNT: ArgumentDoc = optional(token("COUNT", integer("count")));

/** A command that ZRANGE does the work of since 6.2. */
function superseded(replacedBy: string, row: CommandDocRow): CommandDocRow {
  return { ...row, docFlags: ["deprecated"], deprecatedSince: "6.2.0", replacedBy };
}

/** The documentation of the sorted set commands, by name. */
export const SORTED_SET_DOCS: readonly CommandDoc[] = documentGroup("sorted-set", {
  bzmpop: {
    summary: "Takes members off the first sorted set that has any, or waits for one.",
    since: "7.0.0",
    complexity: "O(K)+O(M*log(N)) for K keys and M members taken off a sorted set of N.",
    arguments: [double("timeout"), ...INPUT_KEYS, WHERE, COUNT],
  },
  bzpopmax: {
    summary: "Takes the member with the highest score off a sorted set, or waits for one.",
    since: "5.0.0",
    complexity: LOGARITHMIC,
    history: [["6.0.0", "The timeout may have a fraction."]],
    arguments: [many(key("key")), double("timeout")],
  },
  bzpopmin: {
    summary: "Takes the member with the lowest score off a sorted set, or waits for one.",
    since: "5.0.0",
    complexity: LOGARITHMIC,
    history: [["6.0.0", "The timeout may have a fraction."]],
    arguments: [many(key("key")), double("timeout")],
  },
  zadd: {
    summary: "Adds members to a sorted set, or changes their scores.",
    since: "1.2.0",
    complexity: "O(log(N)) for each of them, with N members in the sorted set.",
    history: [
      ["2.4.0", "Takes several members."],
      ["3.0.2", "Has the options `XX`, `NX`, `CH` and `INCR`."],
      ["6.2.0", "Has the options `GT` and `LT`."],
    ],
    arguments: [
      key("key"),
      optional(since("3.0.2", oneOf("condition", word("NX"), word("XX")))),
      optional(since("6.2.0", oneOf("comparison", word("GT"), word("LT")))),
      optional(since("3.0.2", word("CH", "change"))),
      optional(since("3.0.2", word("INCR", "increment"))),
      many(block("score_member", double("score"), text("member"))),
    ],
  },
  zcard: {
    summary: "Returns how many members a sorted set has.",
    since: "1.2.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  zcount: {
    summary: "Counts the members whose scores lie in a range.",
    since: "2.0.0",
    complexity: LOGARITHMIC,
    arguments: [key("key"), double("min"), double("max")],
  },
  zdiff: {
    summary: "Returns the members of the first sorted set that the others lack.",
    since: "6.2.0",
    complexity: DIFFERENCE,
    arguments: [...INPUT_KEYS, WITH_SCORES],
  },
  zdiffstore: {
    summary: "Stores the members of the first sorted set that the others lack.",
    since: "6.2.0",
    complexity: DIFFERENCE,
    arguments: STORED_INPUT_KEYS,
  },
  zincrby: {
    summary: "Adds a number to a member's score.",
    since: "1.2.0",
    complexity: LOGARITHMIC,
    arguments: [key("key"), integer("increment"), text("member")],
  },
  zinter: {
    summary: "Returns the members that all sorted sets have.",
    since: "6.2.0",
    complexity: INTERSECTION,
    arguments: [...INPUT_KEYS, ...WEIGHTS, WITH_SCORES],
  },
  zintercard: {
    summary: "Counts the members that all sorted sets have.",
    since: "7.0.0",
    complexity: "O(N*K) at worst, for N members in the smallest of K inputs.",
    arguments: [...INPUT_KEYS, optional(token("LIMIT", integer("limit")))],
  },
  zinterstore: {
    summary: "Stores the members that all sorted sets have.",
    since: "2.0.0",
    complexity: INTERSECTION,
    arguments: [...STORED_INPUT_KEYS, ...WEIGHTS],
  },
  zlexcount: {
    summary: "Counts the members in a range of bytes, where all scores are the same.",
    since: "2.8.9",
    complexity: LOGARITHMIC,
    arguments: [key("key"), text("min"), text("max")],
  },
  zmpop: {
    summary: "Takes members off the first sorted set that has any.",
    since: "7.0.0",
    complexity: "O(K)+O(M*log(N)) for K keys and M members taken off a sorted set of N.",
    arguments: [...INPUT_KEYS, WHERE, COUNT],
  },
  zmscore: {
    summary: "Returns the scores of members.",
    since: "6.2.0",
    complexity: "O(N) for N members asked for.",
    arguments: [key("key"), many(text("member"))],
  },
  zpopmax: {
    summary: "Takes the members with the highest scores off a sorted set.",
    since: "5.0.0",
    complexity: "O(log(N)*M) for M members taken off N.",
    arguments: [key("key"), optional(integer("count"))],
  },
  zpopmin: {
    summary: "Takes the members with the lowest scores off a sorted set.",
    since: "5.0.0",
    complexity: "O(log(N)*M) for M members taken off N.",
    arguments: [key("key"), optional(integer("count"))],
  },
  zrandmember: {
    summary: "Returns members chosen by chance.",
    since: "6.2.0",
    complexity: "O(N) for N members returned.",
    arguments: [key("key"), optional(block("options", integer("count"), WITH_SCORES))],
  },
  zrange: {
    summary: "Returns the members in a range of ranks, scores or bytes.",
    since: "1.2.0",
    complexity: RANGE,
    history: [["6.2.0", "Has the options `REV`, `BYSCORE`, `BYLEX` and `LIMIT`."]],
    arguments: [
      key("key"),
      text("start"),
      text("stop"),
      since("6.2.0", SORT_BY),
      since("6.2.0", optional(word("REV"))),
      since("6.2.0", LIMIT),
      WITH_SCORES,
    ],
  },
  zrangebylex: superseded("`ZRANGE` with the `BYLEX` argument", {
    summary: "Returns the members in a range of bytes, where all scores are the same.",
    since: "2.8.9",
    complexity: LIMITED_RANGE,
    arguments: [key("key"), text("min"), text("max"), LIMIT],
  }),
  zrangebyscore: superseded("`ZRANGE` with the `BYSCORE` argument", {
    summary: "Returns the members in a range of scores.",
    since: "1.0.5",
    complexity: LIMITED_RANGE,
    history: [["2.0.0", "Has the option `WITHSCORES`."]],
    arguments: [key("key"), double("min"), double("max"), since("2.0.0", WITH_SCORES), LIMIT],
  }),
  zrangestore: {
    summary: "Stores the members in a range of ranks, scores or bytes under another key.",
    since: "6.2.0",
    complexity: RANGE,
    arguments: [
      key("dst"),
      key("src", 1),
      text("min"),
      text("max"),
      SORT_BY,
      optional(word("REV")),
      LIMIT,
    ],
  },
  zrank: {
    summary: "Returns how many members have lower scores than one.",
    since: "2.0.0",
    complexity: "O(log(N))",
    arguments: [key("key"), text("member")],
  },
  zrem: {
    summary: "Removes members from a sorted set.",
    since: "1.2.0",
    complexity: "O(M*log(N)) for M members to remove from N.",
    history: [["2.4.0", "Takes several members."]],
    arguments: [key("key"), many(text("member"))],
  },
  zremrangebylex: {
    summary: "Removes the members in a range of bytes, where all scores are the same.",
    since: "2.8.9",
    complexity: RANGE,
    arguments: [key("key"), text("min"), text("max")],
  },
  zremrangebyrank: {
    summary: "Removes the members in a range of ranks.",
    since: "2.0.0",
    complexity: RANGE,
    arguments: [key("key"), integer("start"), integer("stop")],
  },
  zremrangebyscore: {
    summary: "Removes the members in a range of scores.",
    since: "1.2.0",
    complexity: RANGE,
    arguments: [key("key"), double("min"), double("max")],
  },
  zrevrange: superseded("`ZRANGE` with the `REV` argument", {
    summary: "Returns the members in a range of ranks, from the highest score down.",
    since: "1.2.0",
    complexity: RANGE,
    arguments: [key("key"), integer("start"), integer("stop"), WITH_SCORES],
  }),
  zrevrangebylex: superseded("`ZRANGE` with the `REV` and `BYLEX` arguments", {
    summary: "Returns the members in a range of bytes, from the highest down.",
    since: "2.8.9",
    complexity: LIMITED_RANGE,
    arguments: [key("key"), text("max"), text("min"), LIMIT],
  }),
  zrevrangebyscore: superseded("`ZRANGE` with the `REV` and `BYSCORE` arguments", {
    summary: "Returns the members in a range of scores, from the highest down.",
    since: "2.2.0",
    complexity: LIMITED_RANGE,
    history: [["2.1.6", "`min` and `max` may be exclusive."]],
    arguments: [key("key"), double("max"), double("min"), WITH_SCORES, LIMIT],
  }),
  zrevrank: {
    summary: "Returns how many members have higher scores than one.",
    since: "2.0.0",
    complexity: "O(log(N))",
    arguments: [key("key"), text("member")],
  },
  zscan: {
    summary: "Walks over a sorted set bit by bit.",
    since: "2.8.0",
    complexity: "O(1) for a call, O(N) for a whole walk over N members.",
    arguments: [
      key("key"),
      integer("cursor"),
      optional(token("MATCH", pattern("pattern"))),
      optional(token("COUNT", integer("count"))),
    ],
  },
  zscore: {
    summary: "Returns a member's score.",
    since: "1.2.0",
    complexity: "O(1)",
    arguments: [key("key"), text("member")],
  },
  zunion: {
    summary: "Returns the members that any of several sorted sets has.",
    since: "6.2.0",
    complexity: UNION,
    arguments: [...INPUT_KEYS, ...WEIGHTS, WITH_SCORES],
  },
  zunionstore: {
    summary: "Stores the members that any of several sorted sets has.",
    since: "2.0.0",
    complexity: UNION,
    arguments: [...STORED_INPUT_KEYS, ...WEIGHTS],
  },
});
