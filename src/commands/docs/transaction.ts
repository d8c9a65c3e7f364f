/**
 * Documentation of the *transactions* commands: several commands as one.
 *
 * @module
 */

import { key, many } from "./argument_doc.ts";
import { type CommandDoc, documentGroup } from "./command_doc.ts";

/** The documentation of the transaction commands, by name. */
export const TRANSACTION_DOCS: readonly CommandDoc[] = documentGroup("transactions", {
  discard: {
    summary: "Forgets the commands that were queued since MULTI, and the keys that are watched.",
    since: "2.0.0",
    complexity: "O(N) for N commands.",
  },
  exec: {
    summary: "Runs the commands that were queued since MULTI, with none of others between them.",
    since: "1.2.0",
    complexity: "That of the commands.",
  },
  multi: {
    summary: "Begins a transaction: the commands that follow are queued for EXEC.",
    since: "1.2.0",
    complexity: "O(1)",
  },
  unwatch: {
    summary: "Watches no key any more.",
    since: "2.2.0",
    complexity: "O(1)",
  },
  watch: {
    summary: "Watches keys: if one changes, the next EXEC runs nothing.",
    since: "2.2.0",
    complexity: "O(1) a key.",
    arguments: [many(key("key"))],
  },
});
