/**
 * Random list commands.
 *
 * @module
 */

import { keyOf, many, oneOf, type RandomGroup, some, value } from "./random_parts.ts";

const key = keyOf("list:1", "list:2", "list:3");
const element = oneOf("a", "b", "c", "1", "2", "-300", "", "\0\xff", "e".repeat(100));
const index = oneOf("0", "1", "-1", "3", "-4", "10", "1000", "-1000", "x");
const count = oneOf("0", "1", "2", "5", "1000", "-1", "-2", "x");
const end = oneOf("LEFT", "right", "LEFT", "RIGHT", "up");

/** The commands of the group. */
export const RANDOM_LISTS: RandomGroup = {
  // Small, so that lists have many nodes, some of them compressed.
  config: { "list-max-listpack-size": "4", "list-compress-depth": "1" },
  shapes: {
    same: [
      ["LPUSH", key, many(element)],
      ["RPUSH", key, many(element)],
      ["LPUSH", key, value],
      ["RPUSH", key, value],
      ["LPUSHX", key, many(element)],
      ["RPUSHX", key, many(element)],
      ["LPOP", key],
      ["RPOP", key],
      ["LPOP", key, count],
      ["RPOP", key, count],
      ["LMPOP", "2", key, key, end, some(["COUNT", ["1", "2", "5", "0", "x"]])],
      ["LMOVE", key, key, end, end],
      ["LMOVE", key, key, end, end],
      ["RPOPLPUSH", key, key],
      ["LLEN", key],
      ["LRANGE", key, index, index],
      ["LRANGE", key, "0", "-1"],
      ["LINDEX", key, index],
      [
        "LPOS",
        key,
        element,
        some(["RANK", ["1", "2", "-1", "0"]], ["COUNT", ["0", "1", "2", "-1"]], [
          "MAXLEN",
          ["0", "1", "5", "x"],
        ]),
      ],
      ["LSET", key, index, element],
      ["LSET", key, index, value],
      ["LINSERT", key, oneOf("BEFORE", "after", "x"), element, element],
      ["LINSERT", key, "BEFORE", element, value],
      ["LREM", key, count, element],
      ["LTRIM", key, index, index],
      ["OBJECT", "ENCODING", key],
      ["DEL", key],
      ["COPY", key, key, "REPLACE"],
      ["RENAME", key, key],
      ["TYPE", key],
    ],
  },
};
