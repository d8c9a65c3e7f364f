/**
 * PEER of slots that move: how a node joins or leaves, and how keys come here.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import type { CommandContext, CommandFlag, CommandSpec } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { answerLater } from "../later_answer.ts";
import { clusterOf, reshardingOf } from "./membership.ts";
import { peerRow } from "./peer_row.ts";

const FLAGS: readonly CommandFlag[] = ["admin", "noscript", "stale", "no_auth", "no_multi"];
const IMPORT_FLAGS: readonly CommandFlag[] = [...FLAGS, "denyoom"];

/** The rows of these commands. */
export const PEER_MIGRATION_COMMANDS: readonly CommandSpec[] = [
  { name: "meet", arity: 4, flags: FLAGS, isBrief: false, run: meet },
  peerRow("clear", 3, clear, FLAGS),
  peerRow("drop", 4, drop, FLAGS),
  peerRow("import", 8, importKey, IMPORT_FLAGS),
  peerRow("learn", 3, learn, FLAGS),
  peerRow("propose", 2, propose, FLAGS),
  peerRow("seal", 2, seal, FLAGS),
  peerRow("withdraw", 2, withdraw, FLAGS),
];

/** Reused by all commands: they run one after the other. */
const key = new ByteView();
const expiresAt = new Int64();

/** `PEER MEET name challenge` → array of this node's name, its proof, and a challenge. */
function meet({ server, session, reply }: CommandContext, args: Args): void {
  const answer = clusterOf(server).greetings.welcome(session, args.text(2), args.text(3));
  reply.array(answer.length);
  for (const word of answer) reply.bulkText(word);
}

/** `PEER LEARN text` → OK; what the other node knows of the map is known here, too. */
function learn({ server, session, reply }: CommandContext, args: Args): void {
  clusterOf(server).greetings.learn(session, args.text(2));
  reply.ok();
}

/** `PEER PROPOSE` → integer: the number of the last change of nodes; for a while, no other begins one. */
function propose(context: CommandContext): void {
  context.reply.integer(reshardingOf(context.server).propose(context.session));
}

/** `PEER WITHDRAW` → OK; what the other node proposed is not begun. */
function withdraw({ server, session, reply }: CommandContext): void {
  reshardingOf(server).withdraw(session);
  reply.ok();
}

/** `PEER CLEAR slots` → OK; what is here of them is gone, and they can be brought. */
function clear(context: CommandContext, args: Args): void {
  const cleared = reshardingOf(context.server).clear(context.session, args.text(2));
  answerLater(context, args, cleared);
}

/** `PEER IMPORT database key expiry access encoding payload` → OK. */
function importKey(context: CommandContext, args: Args): void {
  const { bytes, start, end } = args.at(3);
  reshardingOf(context.server).import(context.session, {
    databaseIndex: args.integer(2),
    key: key.set(bytes, start, end),
    expiresAt: args.int64(4, expiresAt),
    access: args.integer(5),
    encoding: args.integer(6),
    payload: args.at(7),
  });
  context.reply.ok();
}

/** `PEER DROP database key` → OK. */
function drop(context: CommandContext, args: Args): void {
  reshardingOf(context.server).drop(context.session, args.integer(2), args.at(3));
  context.reply.ok();
}

/** `PEER SEAL` → OK; what was brought is on the disk. */
function seal(context: CommandContext): void {
  reshardingOf(context.server).seal(context.session);
  context.reply.ok();
}
