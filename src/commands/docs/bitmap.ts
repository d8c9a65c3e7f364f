/**
 * Documentation of the *bitmap* commands: strings as rows of bits, and of small integers.
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
  since,
  text,
  token,
  word,
} from "./argument_doc.ts";
import { type CommandDoc, documentGroup, type HistoryEntry } from "./command_doc.ts";

const HISTORY: readonly HistoryEntry[] = [["7.0.0", "Takes the unit of the range: `BYTE`, `BIT`."]];

/** What a range counts in. */
const INDEX_UNIT: ArgumentDoc = optional(
  since("7.0.0", oneOf("index_unit", word("BYTE"), word("BIT"))),
);

/** The documentation of the bitmap commands, by name. */
export const BITMAP_DOCS: readonly CommandDoc[] = documentGroup("bitmap", {
  bitcount: {
    summary: "Counts the ones in a string or a part of it.",
    since: "2.6.0",
    complexity: "O(N) for N bytes looked at.",
    history: HISTORY,
    arguments: [
      key("key"),
      optional(block("index", integer("start"), integer("end"), INDEX_UNIT)),
    ],
  },
  bitfield: {
    summary: "Reads, sets and adds to integers of any width inside a string.",
    since: "3.2.0",
    complexity: "O(1) for each operation.",
    arguments: [
      key("key"),
      many(optional(oneOf(
        "operation",
        token("GET", block("encoding_offset", text("encoding"), integer("offset"))),
        block(
          "write",
          optional(
            token("OVERFLOW", oneOf("wrap_sat_fail", word("WRAP"), word("SAT"), word("FAIL"))),
          ),
          oneOf(
            "write_operation",
            token(
              "SET",
              block("encoding_offset_value", text("encoding"), integer("offset"), integer("value")),
            ),
            token(
              "INCRBY",
              block(
                "encoding_offset_increment",
                text("encoding"),
                integer("offset"),
                integer("increment"),
              ),
            ),
          ),
        ),
      ))),
    ],
  },
  bitfield_ro: {
    summary: "Reads integers of any width inside a string.",
    since: "6.0.0",
    complexity: "O(1) for each operation.",
    arguments: [
      key("key"),
      manyWithToken(optional(
        token("GET", block("encoding_offset", text("encoding"), integer("offset"))),
      )),
    ],
  },
  bitop: {
    summary: "Combines strings bit by bit and stores the result.",
    since: "2.6.0",
    complexity: "O(N) for N bytes in all strings together.",
    arguments: [text("operation"), key("destkey"), many(key("key", 1))],
  },
  bitpos: {
    summary: "Finds the first one or zero in a string or a part of it.",
    since: "2.8.7",
    complexity: "O(N) for N bytes looked at.",
    history: HISTORY,
    arguments: [
      key("key"),
      integer("bit"),
      optional(block(
        "index",
        integer("start"),
        optional(block("end_index", integer("end"), INDEX_UNIT)),
      )),
    ],
  },
  getbit: {
    summary: "Returns one bit of a string.",
    since: "2.2.0",
    complexity: "O(1)",
    arguments: [key("key"), integer("offset")],
  },
  setbit: {
    summary: "Sets one bit of a string, which is made longer if need be, and returns the old one.",
    since: "2.2.0",
    complexity: "O(1), and as many bytes as a gap needs.",
    arguments: [key("key"), integer("offset"), integer("value")],
  },
});
