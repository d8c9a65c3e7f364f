/**
 * Documentation of the *hyperloglog* commands: numbers of distinct elements, estimated.
 *
 * @module
 */

import { key, many, optional, text } from "./argument_doc.ts";
import { type CommandDoc, documentGroup } from "./command_doc.ts";

/** The documentation of the hyperloglog commands, by name. */
export const HYPERLOGLOG_DOCS: readonly CommandDoc[] = documentGroup("hyperloglog", {
  pfadd: {
    summary: "Lets a HyperLogLog see elements; creates it if it is absent.",
    since: "2.8.9",
    complexity: "O(1) for each element.",
    arguments: [key("key"), optional(many(text("element")))],
  },
  pfcount: {
    summary: "Estimates how many distinct elements one HyperLogLog has seen, or several together.",
    since: "2.8.9",
    complexity: "O(1) for one key, less if nothing was added since. O(N) for N keys, and slow.",
    arguments: [many(key("key"))],
  },
  pfdebug: {
    summary: "Shows what is inside a HyperLogLog, for tests.",
    since: "2.8.9",
    complexity: "O(1), over all registers.",
    docFlags: ["syscmd"],
    arguments: [text("subcommand"), key("key")],
  },
  pfmerge: {
    summary: "Stores the union of HyperLogLogs.",
    since: "2.8.9",
    complexity: "O(N) for N HyperLogLogs, and slow.",
    arguments: [key("destkey"), many(key("sourcekey", 1))],
  },
  pfselftest: {
    summary: "Tests the implementation of HyperLogLogs, for seconds.",
    since: "2.8.9",
    complexity: "O(1), with millions of elements.",
    docFlags: ["syscmd"],
  },
});
