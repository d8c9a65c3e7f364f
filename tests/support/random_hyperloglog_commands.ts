/**
 * Random HyperLogLog commands, and whole values that are restored.
 *
 * @module
 */

import { textOfBytes } from "../../src/base/byte_view.ts";
import { payloadOf } from "./dump_payload.ts";
import { keyOf, many, oneOf, type RandomGroup, some, value } from "./random_parts.ts";

const key = keyOf("sketch:1", "sketch:2", "sketch:3");

/** A string, a list of one element, and what has the right checksum and is none of both. */
const PAYLOADS = [[0, 1, 120], [1, 1, 1, 120], [1, 0]].map((content) =>
  textOfBytes(payloadOf(Uint8Array.from(content)))
);
const payload = oneOf(...PAYLOADS, "x");
const ttl = oneOf("0", "0", "0", "1000000", "-1");

/** The commands of this group. */
export const RANDOM_SKETCHES: RandomGroup = {
  shapes: {
    same: [
      ["PFADD", key],
      ["PFADD", key, many(value)],
      ["PFADD", key, many(value)],
      ["PFCOUNT", key],
      ["PFCOUNT", many(key)],
      ["PFMERGE", key, many(key)],
      ["RESTORE", key, ttl, payload, some("REPLACE", "ABSTTL")],
      ["RESTORE", key, "1", payload, "REPLACE", "ABSTTL"],
      ["DEL", key],
    ],
  },
};
