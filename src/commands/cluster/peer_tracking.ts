/**
 * PEER of tracking: what a node asks another for clients of its own that keep what they read; see
 * `TrackedPeer`. What is asked for counts for the connection over which it is asked.
 *
 * @module
 */

import type { CommandContext, CommandSpec } from "../../engine/mod.ts";
import { SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { peerRow } from "./peer_row.ts";

/** The rows of these commands. */
export const PEER_TRACKING_COMMANDS: readonly CommandSpec[] = [
  peerRow("prefixes", -4, prefixes),
  peerRow("track", -3, track),
];

/** `PEER TRACK key [key ...]` → OK; the node is told when they change. */
function track({ server, session, reply }: CommandContext, args: Args): void {
  server.tracking.beginNoting(session);
  for (let index = 2; index < args.count; index++) {
    server.tracking.note(session, args.at(index), false);
  }
  reply.ok();
}

/** `PEER PREFIXES ADD | REMOVE prefix [prefix ...]` → OK; it is told of changed keys that begin so, or no more. */
function prefixes({ server, session, reply }: CommandContext, args: Args): void {
  const isWanted = args.isWord(2, "add");
  if (!isWanted && !args.isWord(2, "remove")) throw SYNTAX_ERROR;
  for (let index = 3; index < args.count; index++) {
    server.tracking.setWanted(session, args.text(index), isWanted);
  }
  reply.ok();
}
