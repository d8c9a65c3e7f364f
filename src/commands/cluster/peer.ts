/**
 * PEER: what nodes of a cluster say to each other.
 *
 * There only where there is a cluster. GREET and PROVE are how a node shows that it is one; whatever
 * else there is here is refused to who has not.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { DB_INDEX_OUT_OF_RANGE, NOT_A_PEER } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { clusterOf } from "./membership.ts";
import { PEER_DATA_COMMANDS } from "./peer_data.ts";
import { PEER_MESSAGE_COMMANDS } from "./peer_messages.ts";
import { PEER_MIGRATION_COMMANDS } from "./peer_migration.ts";
import { PEER_FLAGS as FLAGS, peerRow } from "./peer_row.ts";
import { PEER_TRACKING_COMMANDS } from "./peer_tracking.ts";
import { PEER_TRANSACTION_COMMANDS } from "./peer_transaction.ts";

/** The row of the command. */
// deno-fmt-ignore
export const PEER_COMMANDS: readonly CommandSpec[] = [
  { name: "peer", arity: -2, flags: [], subcommands: defineCommands(undefined, [
    { name: "as", arity: -4, flags: FLAGS, run: as },
    { name: "beat", arity: 3, flags: FLAGS, run: beat },
    { name: "greet", arity: 4, flags: FLAGS, isBrief: false, run: greet },
    peerRow("intact", 2, intact),
    { name: "prove", arity: 4, flags: FLAGS, isBrief: false, run: prove },
    ...PEER_DATA_COMMANDS,
    ...PEER_MESSAGE_COMMANDS,
    ...PEER_MIGRATION_COMMANDS,
    ...PEER_TRACKING_COMMANDS,
    ...PEER_TRANSACTION_COMMANDS,
  ]) },
];

/** `PEER GREET name challenge` → array of the proof and a challenge. */
function greet({ server, session, reply }: CommandContext, args: Args): void {
  const { proof, challenge } = clusterOf(server).greetings.greet(
    session,
    args.text(2),
    args.text(3),
  );
  reply.array(2);
  reply.bulkText(proof);
  reply.bulkText(challenge);
}

/** `PEER INTACT` → 1 if no key has changed that this connection watches, else 0. */
function intact({ session: { watch }, reply }: CommandContext): void {
  reply.integer(watch === undefined || watch.isBroken || watch.hasExpired() ? 0 : 1);
}

/**
 * `PEER AS database protocol [noting changer]` → nothing: what follows is asked for a client that is in a
 * database, speaks a protocol, and may keep what it reads (1) or not (0); `changer` is its id there if it
 * is not told what it changes, else 0. An error ends the connection, as replies are out of step then.
 */
function as({ server, session, reply }: CommandContext, args: Args): void {
  const databaseIndex = args.integer(2), protocol = args.integer(3);
  const isFit = server.store.databases[databaseIndex] !== undefined &&
    (protocol === 2 || protocol === 3);
  if (session.peer === undefined || !isFit) {
    reply.error(session.peer === undefined ? NOT_A_PEER : DB_INDEX_OUT_OF_RANGE);
    return session.connection.closeAfterReply();
  }
  session.databaseIndex = databaseIndex;
  session.reply.protocol = protocol;
  const isLong = args.count > 5;
  server.tracking.actFor(session, isLong && args.integer(4) === 1, isLong ? args.integer(5) : 0);
}

/** `PEER PROVE proof map-stamp` → OK, or an error and the end of the connection. */
function prove({ server, session, reply }: CommandContext, args: Args): void {
  const refusal = clusterOf(server).greetings.prove(session, args.text(2), args.text(3));
  if (refusal === undefined) return reply.ok();
  reply.error(refusal);
  session.connection.closeAfterReply();
}

/** `PEER BEAT map-digest` → OK, or bulk string of what this node knows of the map, which is not that. */
function beat({ server, session, reply }: CommandContext, args: Args): void {
  const ours = clusterOf(server).greetings.heartbeat(session, args.text(2));
  if (ours === undefined) reply.ok();
  else reply.bulkText(ours);
}
