/**
 * Request rules: what follows from a request for how it may be relayed.
 *
 * @module
 */

import type { Command, OpenTransaction } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import type { RoutedRequest } from "./key_owners.ts";

/** Commands without keys that are the same wherever they run. */
const RUN_ANYWHERE: ReadonlySet<string> = new Set(["ping", "echo", "time"]);

/** Whether a transaction holds what is about its client or this node, so that no other can run it alone. */
export function hasOwnCommand(transaction: OpenTransaction): boolean {
  return transaction.some(({ spec: { keys, findKeys }, fullName }) =>
    keys === undefined && findKeys === undefined && !RUN_ANYWHERE.has(fullName)
  );
}

/** Whether a request could wait where it runs. */
export function mayWait(command: Command, args: Args): boolean {
  if (command.fullName === "migrate") return true;
  if (!command.has("blocking")) return false;
  if (!command.fullName.startsWith("xread")) return true;
  for (let index = 1; index < args.count; index++) if (args.isWord(index, "block")) return true;
  return false;
}

/** The requests of a transaction. */
export function requestsOf(transaction: OpenTransaction): RoutedRequest[] {
  const requests: RoutedRequest[] = [];
  transaction.some((command, args) => {
    requests.push({ command, args: args.copy() });
    return false;
  });
  return requests;
}
