/**
 * Random stream commands, with IDs that are given: those that Redis chooses are moments.
 *
 * @module
 */

import { keyOf, many, oneOf, type Part, type RandomGroup, some, value } from "./random_parts.ts";

const key = keyOf("stream:1", "stream:2", "stream:3");
const field = oneOf("a", "a", "a", "b", "1", "", "f".repeat(70));
const group = oneOf("g", "g", "g", "h", "absent");
const consumer = oneOf("ann", "bob", "cy", "");
/** Most are below 50-0, so that additions can go on there. */
const IDS = [
  "0-1",
  "1-1",
  "2-1",
  "3",
  "5-0",
  "7-3",
  "10-0",
  "10-1",
  "10-7",
  "20-18446744073709551615",
  "30-5",
  "50-1",
  "50-2",
  "50-3",
  "50-4",
  "50-5",
  "50-6",
  "50-7",
  "50-8",
  "50-12",
  "50-20",
  "50-30",
] as const;
const ODD_IDS = ["0", "0-0", "-", "+", "$", ">", "*", "x", "", "1-x", "1--1", " 5", "+5-07", "(5"];
const GREATEST_ID = "18446744073709551615-18446744073709551615";

const id: Part = (pick) => pick(IDS);
/** An ID to look for, from time to time one that is none. */
const anyId: Part = (pick) => pick(pick([IDS, IDS, IDS, IDS, ODD_IDS]));
const newId: Part = (pick) => {
  if (pick([true, true, true, false])) return "50-*";
  return pick([...IDS, "10-*", "49-*", "51-*", ...ODD_IDS.filter((word) => word !== "*")]);
};
const bound: Part = (pick) => {
  const bare = pick(["-", "+", "-", "+", ...IDS, "x", GREATEST_ID, "0-0"]);
  return pick([true, true, false]) ? bare : `(${bare}`;
};
const count = oneOf("0", "1", "2", "3", "10", "-1", "x");
const range: Part = some(["COUNT", ["0", "1", "2", "5", "-1", "x"]]);
const entry: Part = many(field, value);
const trimming: Part = (pick) => {
  const words = [pick(["MAXLEN", "maxlen", "MINID"])];
  const sign = pick(["", "", "=", "~", "~"]);
  if (sign !== "") words.push(sign);
  words.push(words[0] === "MINID" ? pick(IDS) : pick(["0", "1", "3", "5", "8", "13", "-1", "x"]));
  if (pick([true, false, false])) words.push("LIMIT", pick(["0", "1", "4", "8", "100", "-1", "x"]));
  return words;
};
/** No consumer is idle for an hour, and all are for nothing. */
const minIdle = oneOf("0", "0", "0", "3600000", "-1", "x");
const claimOptions: Part = some(
  "FORCE",
  "JUSTID",
  ["RETRYCOUNT", ["0", "5", "-1", "x"]],
  ["IDLE", ["0", "1000", "-5", "x"]],
  ["TIME", ["1", "0", "9999999999999", "x"]],
  ["LASTID", ["0-0", "10-1", "50-5", "x"]],
);

/** The commands of the group. */
export const RANDOM_STREAMS: RandomGroup = {
  // Small, so that streams have many nodes.
  config: { "stream-node-max-entries": "4" },
  shapes: {
    same: [
      ["XADD", key, newId, entry],
      ["XADD", key, "50-*", entry],
      ["XADD", key, "50-*", "a", value],
      ["XADD", key, "50-*", "a", value],
      ["XADD", key, "NOMKSTREAM", newId, entry],
      ["XADD", key, trimming, "50-*", entry],
      ["XADD", key, "50-*", field],
      ["XLEN", key],
      ["XRANGE", key, bound, bound, range],
      ["XRANGE", key, "-", "+"],
      ["XREVRANGE", key, bound, bound, range],
      ["XREAD", range, "STREAMS", key, anyId],
      ["XREAD", range, "STREAMS", key, key, anyId, anyId],
      ["XREAD", "STREAMS", key, key, anyId],
      ["XDEL", key, many(anyId)],
      ["XDEL", key, many(id)],
      ["XTRIM", key, trimming],
      ["XSETID", key, anyId, some(["ENTRIESADDED", ["0", "5", "100", "-1", "x"]])],
      ["XSETID", key, "50-30", some(["MAXDELETEDID", ["0-0", "10-1", "50-5", "60-0", "x"]])],
      ["XGROUP", "CREATE", key, group, anyId, some("MKSTREAM", ["ENTRIESREAD", ["0", "3", "-1"]])],
      ["XGROUP", "CREATE", key, group, "0", "MKSTREAM"],
      ["XGROUP", "CREATE", key, group, "$"],
      ["XGROUP", "SETID", key, group, anyId, some(["ENTRIESREAD", ["0", "3", "-1", "-2", "x"]])],
      ["XGROUP", "DESTROY", key, group],
      ["XGROUP", "CREATECONSUMER", key, group, consumer],
      ["XGROUP", "DELCONSUMER", key, group, consumer],
      ["XREADGROUP", "GROUP", group, consumer, range, "STREAMS", key, ">"],
      ["XREADGROUP", "GROUP", group, consumer, range, "STREAMS", key, ">"],
      ["XREADGROUP", "GROUP", group, consumer, range, "NOACK", "STREAMS", key, ">"],
      ["XREADGROUP", "GROUP", group, consumer, range, "STREAMS", key, anyId],
      ["XREADGROUP", "GROUP", group, consumer, "STREAMS", key, key, ">", anyId],
      ["XACK", key, group, many(anyId)],
      ["XACK", key, group, many(id)],
      ["XPENDING", key, group],
      ["XPENDING", key, group, "IDLE", "3600000", bound, bound, count],
      ["XCLAIM", key, group, consumer, minIdle, many(id), claimOptions],
      ["XAUTOCLAIM", key, group, consumer, minIdle, bound, some("JUSTID", ["COUNT", ["1", "3"]])],
      ["XINFO", "STREAM", key],
      ["XINFO", "GROUPS", key],
      ["DEL", key],
      ["COPY", key, key, "REPLACE"],
      ["RENAME", key, key],
      ["OBJECT", "ENCODING", key],
      ["TYPE", key],
    ],
    shape: [
      ["XPENDING", key, group, bound, bound, count, consumer],
      ["XPENDING", key, group, "-", "+", "100"],
      ["XINFO", "CONSUMERS", key, group],
      ["XINFO", "STREAM", key, "FULL"],
      ["XINFO", "STREAM", key, "FULL", "COUNT", count],
    ],
  },
};
