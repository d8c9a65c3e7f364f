/**
 * CLUSTER MEET and CLUSTER FORGET: nodes join and leave while the cluster is used.
 *
 * They reply when the change has begun; CLUSTER INFO tells how far it is.
 *
 * @module
 */

import type { CommandContext, CommandSpec } from "../../engine/mod.ts";
import { invalidNodeAddress, invalidPort, wrongArity } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { answerLater } from "../later_answer.ts";
import { reshardingOf } from "./membership.ts";

const PORT_MAX = 65_535;

/** The rows of these commands. */
// deno-fmt-ignore
export const NODE_CHANGE_COMMANDS: readonly CommandSpec[] = [
  { name: "forget", arity: 3, flags: ["admin", "stale", "no_async_loading"], withinMulti: "refused", run: forget },
  { name: "meet", arity: -4, flags: ["admin", "stale", "no_async_loading"], withinMulti: "refused", run: meet },
];

/**
 * `CLUSTER MEET host port [bus-port]` → OK: the node that listens there joins, and gets slots. Nodes
 * talk over the port of clients, so there is no other one to name.
 */
function meet(context: CommandContext, args: Args): void {
  const resharding = reshardingOf(context.server);
  const port = portOf(args, 3, "base");
  if (args.count > 4 && portOf(args, 4, "bus") !== port) {
    throw invalidPort("bus", args.text(4));
  }
  if (args.count > 5) throw wrongArity("cluster|meet");
  if (port < 1 || port > PORT_MAX) throw invalidNodeAddress(`${args.text(2)}:${port}`);
  answerLater(context, args, resharding.meet(args.text(2), port));
}

/** `CLUSTER FORGET name | id` → OK: the slots of a node go to others; one without is forgotten. */
function forget(context: CommandContext, args: Args): void {
  answerLater(context, args, reshardingOf(context.server).forget(args.text(2)));
}

function portOf(args: Args, index: number, kind: "base" | "bus"): number {
  const word = args.text(index);
  if (!/^-?\d{1,9}$/.test(word)) throw invalidPort(kind, word);
  return Number(word);
}
