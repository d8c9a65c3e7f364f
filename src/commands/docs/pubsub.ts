/**
 * Documentation of the *pubsub* commands: messages on channels.
 *
 * @module
 */

import { block, many, optional, pattern, text } from "./argument_doc.ts";
import { type CommandDoc, type CommandDocRows, documentGroup, helpRow } from "./command_doc.ts";

const PUBSUB_ROWS: CommandDocRows = {
  channels: {
    summary: "Lists the channels that somebody listens to.",
    since: "2.8.0",
    complexity: "O(N) for N such channels.",
    arguments: [optional(pattern("pattern"))],
  },
  help: helpRow("6.2.0"),
  numpat: {
    summary: "Counts the patterns that somebody listens to.",
    since: "2.8.0",
    complexity: "O(1)",
  },
  numsub: {
    summary: "Counts the clients that listen to channels by name.",
    since: "2.8.0",
    complexity: "O(1) a channel.",
    arguments: [optional(many(text("channel")))],
  },
  shardchannels: {
    summary: "Lists the channels of shards that somebody listens to.",
    since: "7.0.0",
    complexity: "O(N) for N such channels.",
    arguments: [optional(pattern("pattern"))],
  },
  shardnumsub: {
    summary: "Counts the clients that listen to channels of shards.",
    since: "7.0.0",
    complexity: "O(1) a channel.",
    arguments: [optional(many(text("shardchannel")))],
  },
};

/** The documentation of the Pub/Sub commands, by name. */
export const PUBSUB_DOCS: readonly CommandDoc[] = documentGroup("pubsub", {
  psubscribe: {
    summary: "Listens to all channels that match patterns.",
    since: "2.0.0",
    complexity: "O(1) a pattern.",
    arguments: [many(block("pattern", pattern("pattern")))],
  },
  publish: {
    summary: "Sends a message to everybody who listens to a channel.",
    since: "2.0.0",
    complexity: "O(N+L+C) for N subscribers, L lengths of the patterns' plain beginnings, " +
      "and C patterns with the same beginning as the channel.",
    arguments: [text("channel"), text("message")],
  },
  pubsub: {
    summary: "Holds the sub-commands about what is listened to.",
    since: "2.8.0",
    complexity: "That of the sub-command.",
    subcommands: PUBSUB_ROWS,
  },
  punsubscribe: {
    summary: "Listens no more to channels that match patterns.",
    since: "2.0.0",
    complexity: "O(1) a pattern.",
    arguments: [optional(many(pattern("pattern")))],
  },
  spublish: {
    summary: "Sends a message to everybody who listens to a channel of a shard.",
    since: "7.0.0",
    complexity: "O(N) for N subscribers.",
    arguments: [text("shardchannel"), text("message")],
  },
  ssubscribe: {
    summary: "Listens to channels of a shard.",
    since: "7.0.0",
    complexity: "O(1) a channel.",
    arguments: [many(text("shardchannel"))],
  },
  subscribe: {
    summary: "Listens to channels.",
    since: "2.0.0",
    complexity: "O(1) a channel.",
    arguments: [many(text("channel"))],
  },
  sunsubscribe: {
    summary: "Listens no more to channels of a shard.",
    since: "7.0.0",
    complexity: "O(1) a channel.",
    arguments: [optional(many(text("shardchannel")))],
  },
  unsubscribe: {
    summary: "Listens no more to channels.",
    since: "2.0.0",
    complexity: "O(1) a channel.",
    arguments: [optional(many(text("channel")))],
  },
});
