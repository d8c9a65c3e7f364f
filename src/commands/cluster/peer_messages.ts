/**
 * PEER of messages: what nodes say to each other of channels and of who listens to them.
 *
 * @module
 */

import type { CommandContext, CommandSpec } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { clusterOf } from "./membership.ts";
import { peerRow } from "./peer_row.ts";

/** The rows of these commands. */
export const PEER_MESSAGE_COMMANDS: readonly CommandSpec[] = [
  peerRow("listen", 3, listen),
  peerRow("patterns", 2, patterns),
  peerRow("publish", -4, publish),
  peerRow("spublish", 4, spublish),
];

/** `PEER PUBLISH channel message [channel message ...]` → integer: deliveries to clients of this node. */
function publish({ server, reply }: CommandContext, args: Args): void {
  let deliveryCount = 0;
  for (let index = 2; index + 1 < args.count; index += 2) {
    deliveryCount += server.messages.publish(args.at(index), args.at(index + 1));
  }
  reply.integer(deliveryCount);
}

/** `PEER SPUBLISH shardchannel message` → integer: deliveries to clients of this node. */
function spublish({ server, reply }: CommandContext, args: Args): void {
  reply.integer(server.messages.publishToShard(args.at(2), args.at(3)));
}

/** `PEER LISTEN 0 | 1` → OK: whether somebody listens there to what happens to keys. */
function listen({ server, session, reply }: CommandContext, args: Args): void {
  clusterOf(server).keyListeners.note(session.peer!.name, args.integer(2) === 1);
  reply.ok();
}

/** `PEER PATTERNS` → array of the patterns that somebody listens to here. */
function patterns({ server, reply }: CommandContext): void {
  const names = [...server.messages.names("pattern")];
  reply.array(names.length);
  for (const name of names) reply.bulk(name);
}
