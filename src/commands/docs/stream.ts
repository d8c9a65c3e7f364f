/**
 * Documentation of the *stream* commands: logs of entries, read from any place and by groups.
 *
 * @module
 */

import {
  type ArgumentDoc,
  block,
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
import { type CommandDoc, documentGroup, helpRow } from "./command_doc.ts";

/** What XADD and XTRIM remove. */
const TRIM: ArgumentDoc = block(
  "trim",
  oneOf("strategy", word("MAXLEN"), since("6.2.0", word("MINID"))),
  optional(oneOf("operator", word("=", "equal"), word("~", "approximately"))),
  text("threshold"),
  optional(since("6.2.0", token("LIMIT", integer("count")))),
);

const COUNT: ArgumentDoc = optional(token("COUNT", integer("count")));
const BLOCK: ArgumentDoc = optional(token("BLOCK", integer("milliseconds")));
const STREAMS: ArgumentDoc = token("STREAMS", block("streams", many(key("key")), many(text("id"))));
const ID_OR_NEW: ArgumentDoc = oneOf("id", text("id"), word("$", "new_id"));
const ENTRIES_READ: ArgumentDoc = optional(token("ENTRIESREAD", integer("entries_read")));

const RANGE_HISTORY = [["6.2.0", "Takes `(` for bounds that are not included."]] as const;
const RANGE_COMPLEXITY = "O(N) for N entries replied.";

/** The documentation of the stream commands, by name. */
export const STREAM_DOCS: readonly CommandDoc[] = documentGroup("stream", {
  xack: {
    summary: "Takes entries off a group's list of pending ones.",
    since: "5.0.0",
    complexity: "O(1) for each ID.",
    arguments: [key("key"), text("group"), many(text("id"))],
  },
  xadd: {
    summary: "Adds an entry to a stream, which is created if need be.",
    since: "5.0.0",
    complexity: "O(1), and O(N) for N entries trimmed.",
    history: [
      ["6.2.0", "Takes `NOMKSTREAM`, `MINID` and `LIMIT`."],
      ["7.0.0", "Takes an ID of the form `<ms>-*`."],
    ],
    arguments: [
      key("key"),
      optional(since("6.2.0", word("NOMKSTREAM"))),
      optional(TRIM),
      oneOf("id_or_auto", word("*", "auto_id"), text("id")),
      many(block("field_value", text("field"), text("value"))),
    ],
  },
  xautoclaim: {
    summary: "Gives a consumer pending entries that others have left lying.",
    since: "6.2.0",
    complexity: "O(1) for a small `COUNT`.",
    history: [["7.0.0", "Replies the IDs of pending entries that were deleted, too."]],
    arguments: [
      key("key"),
      text("group"),
      text("consumer"),
      text("min-idle-time"),
      text("start"),
      COUNT,
      optional(word("JUSTID")),
    ],
  },
  xclaim: {
    summary: "Gives a consumer pending entries of others.",
    since: "5.0.0",
    complexity: "O(log N) for each ID, N being the group's pending entries.",
    arguments: [
      key("key"),
      text("group"),
      text("consumer"),
      text("min-idle-time"),
      many(text("id")),
      optional(token("IDLE", integer("ms"))),
      optional(token("TIME", unixTime("unix-time-milliseconds"))),
      optional(token("RETRYCOUNT", integer("count"))),
      optional(word("FORCE")),
      optional(word("JUSTID")),
      optional(token("LASTID", text("id"))),
    ],
  },
  xdel: {
    summary: "Deletes entries.",
    since: "5.0.0",
    complexity: "O(1) for each ID.",
    arguments: [key("key"), many(text("id"))],
  },
  xgroup: {
    summary: "Commands for consumer groups.",
    since: "5.0.0",
    complexity: "That of the sub-command.",
    subcommands: {
      create: {
        summary: "Creates a group.",
        since: "5.0.0",
        complexity: "O(1)",
        history: [["7.0.0", "Takes `ENTRIESREAD`."]],
        arguments: [
          key("key"),
          text("groupname"),
          ID_OR_NEW,
          optional(word("MKSTREAM")),
          ENTRIES_READ,
        ],
      },
      createconsumer: {
        summary: "Creates a consumer.",
        since: "6.2.0",
        complexity: "O(1)",
        arguments: [key("key"), text("groupname"), text("consumername")],
      },
      delconsumer: {
        summary: "Removes a consumer and what is pending for it.",
        since: "5.0.0",
        complexity: "O(1)",
        arguments: [key("key"), text("groupname"), text("consumername")],
      },
      destroy: {
        summary: "Removes a group.",
        since: "5.0.0",
        complexity: "O(N) for N pending entries.",
        arguments: [key("key"), text("groupname")],
      },
      help: helpRow("5.0.0"),
      setid: {
        summary: "Sets from where on a group reads.",
        since: "5.0.0",
        complexity: "O(1)",
        history: [["7.0.0", "Takes `ENTRIESREAD`."]],
        arguments: [key("key"), text("groupname"), ID_OR_NEW, ENTRIES_READ],
      },
    },
  },
  xinfo: {
    summary: "Commands that tell about streams.",
    since: "5.0.0",
    complexity: "That of the sub-command.",
    subcommands: {
      consumers: {
        summary: "Lists the consumers of a group.",
        since: "5.0.0",
        complexity: "O(N) for N consumers.",
        arguments: [key("key"), text("groupname")],
      },
      groups: {
        summary: "Lists the groups of a stream.",
        since: "5.0.0",
        complexity: "O(N) for N groups.",
        history: [["7.0.0", "Replies `entries-read` and `lag`, too."]],
        arguments: [key("key")],
      },
      help: helpRow("5.0.0"),
      stream: {
        summary: "Tells about a stream, with `FULL` also about all that belongs to it.",
        since: "5.0.0",
        complexity: "O(N) for N nodes, about a hundredth of the entries.",
        history: [
          ["6.0.0", "Takes `FULL`."],
          ["7.0.0", "Replies what was added and deleted, and how far groups have read, too."],
        ],
        arguments: [key("key"), optional(token("FULL", block("full", COUNT)))],
      },
    },
  },
  xlen: {
    summary: "Tells how many entries there are.",
    since: "5.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  xpending: {
    summary: "Tells what a group was given and has not acknowledged.",
    since: "5.0.0",
    complexity: "O(N) for N entries looked at, or consumers where no range is given.",
    history: [["6.2.0", "Takes `IDLE`, and `(` for bounds that are not included."]],
    arguments: [
      key("key"),
      text("group"),
      optional(block(
        "filters",
        optional(since("6.2.0", token("IDLE", integer("min-idle-time")))),
        text("start"),
        text("end"),
        integer("count"),
        optional(text("consumer")),
      )),
    ],
  },
  xrange: {
    summary: "Gives the entries with IDs in a range.",
    since: "5.0.0",
    complexity: RANGE_COMPLEXITY,
    history: RANGE_HISTORY,
    arguments: [key("key"), text("start"), text("end"), COUNT],
  },
  xread: {
    summary: "Gives the entries of streams behind given IDs, waiting for them if told so.",
    since: "5.0.0",
    complexity: RANGE_COMPLEXITY,
    arguments: [COUNT, BLOCK, STREAMS],
  },
  xreadgroup: {
    summary: "Gives a consumer entries that its group was not given yet, or its pending ones.",
    since: "5.0.0",
    complexity: RANGE_COMPLEXITY,
    arguments: [
      token("GROUP", block("group_consumer", text("group"), text("consumer"))),
      COUNT,
      BLOCK,
      optional(word("NOACK")),
      STREAMS,
    ],
  },
  xrevrange: {
    summary: "Gives the entries with IDs in a range, the greatest first.",
    since: "5.0.0",
    complexity: RANGE_COMPLEXITY,
    history: RANGE_HISTORY,
    arguments: [key("key"), text("end"), text("start"), COUNT],
  },
  xsetid: {
    summary: "Sets the last ID of a stream; for what restores it.",
    since: "5.0.0",
    complexity: "O(1)",
    history: [["7.0.0", "Takes `ENTRIESADDED` and `MAXDELETEDID`."]],
    arguments: [
      key("key"),
      text("last-id"),
      optional(since("7.0.0", token("ENTRIESADDED", integer("entries_added")))),
      optional(since("7.0.0", token("MAXDELETEDID", text("max_deleted_entry_id")))),
    ],
  },
  xtrim: {
    summary: "Removes old entries.",
    since: "5.0.0",
    complexity: "O(N) for N entries removed, little for each as they go by the node.",
    history: [["6.2.0", "Takes `MINID` and `LIMIT`."]],
    arguments: [key("key"), TRIM],
  },
});
