/**
 * Documentation of the *cluster* commands.
 *
 * @module
 */

import { integer, optional, since, text } from "./argument_doc.ts";
import { type CommandDoc, type CommandDocRows, documentGroup, helpRow } from "./command_doc.ts";

const CLUSTER_ROWS: CommandDocRows = {
  countkeysinslot: {
    summary: "Counts the keys of a slot that are here.",
    since: "3.0.0",
    complexity: "O(N) for N keys of the server.",
    arguments: [integer("slot")],
  },
  forget: {
    summary: "Has the slots of a node move to the others; forgets one that has none.",
    since: "3.0.0",
    complexity: "O(1)",
    arguments: [text("node-id")],
  },
  getkeysinslot: {
    summary: "Lists keys of a slot that are here.",
    since: "3.0.0",
    complexity: "O(N) for N keys of the server, fewer when enough are found.",
    arguments: [integer("slot"), integer("count")],
  },
  help: helpRow("5.0.0"),
  info: {
    summary: "Tells how the cluster is.",
    since: "3.0.0",
    complexity: "O(N) for N nodes.",
  },
  keyslot: {
    summary: "Computes the slot of a key.",
    since: "3.0.0",
    complexity: "O(N) for N bytes of the key.",
    arguments: [text("key")],
  },
  links: {
    summary: "Lists the connections with other nodes.",
    since: "7.0.0",
    complexity: "O(N) for N nodes.",
  },
  meet: {
    summary: "Lets another node join, to which slots move.",
    since: "3.0.0",
    complexity: "O(1)",
    history: [["4.0.0", "Added the optional `cluster_bus_port` argument."]],
    arguments: [
      text("ip"),
      integer("port"),
      optional(since("4.0.0", integer("cluster_bus_port"))),
    ],
  },
  myid: {
    summary: "Tells the identity of this node.",
    since: "3.0.0",
    complexity: "O(1)",
  },
  nodes: {
    summary: "Lists the nodes, a line each.",
    since: "3.0.0",
    complexity: "O(N) for N nodes.",
  },
  shards: {
    summary: "Lists the shards with their slots and nodes.",
    since: "7.0.0",
    complexity: "O(N) for N nodes.",
  },
  slots: {
    summary: "Lists ranges of slots and the nodes that have them.",
    since: "3.0.0",
    complexity: "O(N) for N ranges.",
    docFlags: ["deprecated"],
    deprecatedSince: "7.0.0",
    replacedBy: "`CLUSTER SHARDS`",
    history: [
      ["4.0.0", "Identities of nodes."],
      ["7.0.0", "Further facts of the network."],
    ],
  },
};

/** The documentation of the cluster commands, by name. */
export const CLUSTER_DOCS: readonly CommandDoc[] = documentGroup("cluster", {
  asking: {
    summary: "Lets the next request go to a slot that is on its way here.",
    since: "3.0.0",
    complexity: "O(1)",
  },
  cluster: {
    summary: "Holds the sub-commands about the cluster.",
    since: "3.0.0",
    complexity: "That of the sub-command.",
    subcommands: CLUSTER_ROWS,
  },
  readonly: {
    summary: "Allows reading from replicas over this connection.",
    since: "3.0.0",
    complexity: "O(1)",
  },
  readwrite: {
    summary: "Ends reading from replicas over this connection.",
    since: "3.0.0",
    complexity: "O(1)",
  },
});
