/**
 * PEER LOCK ... PEER OUTCOME: what nodes say of transactions over several of them; and the records of
 * such, which are commands too, as they stand in the log of effects among the changes.
 *
 * @module
 */

import type {
  CommandContext,
  CommandHandler,
  CommandSpec,
  PeerTransactions,
  TransactionRecordVerb,
  TransactionVerb,
} from "../../engine/mod.ts";
import { CLUSTER_DISABLED, NOT_A_PEER } from "../../errors/catalogue.ts";
import { PEER_DATA_FLAGS, peerRow } from "./peer_row.ts";

/** The rows, subcommands of PEER. */
export const PEER_TRANSACTION_COMMANDS: readonly CommandSpec[] = [
  heardRow("await", -4),
  heardRow("cancel", 3),
  heardRow("changed", 3),
  heardRow("confirm", 3),
  recordRow("decided", 4),
  recordRow("ended", 3),
  recordRow("finished", 4),
  heardRow("fetch", 3),
  heardRow("granted", -4),
  heardRow("lock", -5),
  heardRow("outcome", 4),
  heardRow("prepare", -5),
  recordRow("prepared", -5),
  heardRow("unlock", 3),
];

/** What another node says, and its answer. */
function heardRow(verb: TransactionVerb, arity: number): CommandSpec {
  return peerRow(verb, arity, (context, args) => {
    transactionsOf(context).hear(context.session.peer!, verb, args, context.reply);
  }, PEER_DATA_FLAGS);
}

/** A record: it is only said by who reads it again. */
function recordRow(verb: TransactionRecordVerb, arity: number): CommandSpec {
  return { name: verb, arity, flags: PEER_DATA_FLAGS, isBrief: false, run: recall(verb) };
}

/** A record that is read again → OK. */
function recall(verb: TransactionRecordVerb): CommandHandler {
  return (context, args) => {
    if (!context.session.isReplayed) throw NOT_A_PEER;
    transactionsOf(context).recall(verb, args);
    context.reply.ok();
  };
}

function transactionsOf({ server }: CommandContext): PeerTransactions {
  if (server.peerTransactions === undefined) throw CLUSTER_DISABLED;
  return server.peerTransactions;
}
