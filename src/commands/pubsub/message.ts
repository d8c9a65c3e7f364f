/**
 * PUBLISH and SPUBLISH: sending messages.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandFlag,
  type CommandSpec,
  defineCommands,
  keyAt,
  type ServerParts,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";

const FLAGS: readonly CommandFlag[] = ["pubsub", "loading", "stale", "fast", "may_replicate"];

/** While no more clients listen to anything, a message is brief. */
const FEW_LISTENERS_MAX = 8;

/** The rows of these commands. */
// deno-fmt-ignore
export const MESSAGE_COMMANDS: readonly CommandSpec[] = defineCommands("pubsub", [
  { name: "publish", arity: 3, flags: FLAGS, isBrief: false, isBriefNow: isHeardByFew,
    acrossNodes: "publish", run: publish },
  { name: "spublish", arity: 3, flags: FLAGS, isBrief: false, isBriefNow: isHeardByFew,
    acrossNodes: "shard-publish", keys: [keyAt(1, "not_key")], run: spublish },
]);

/**
 * `PUBLISH channel message` → integer: how many deliveries that were, or will be; those of the other
 * nodes of a cluster are not among them.
 */
function publish({ server, reply }: CommandContext, args: Args): void {
  const { messages } = server;
  const deliveryCount = sendUnlessHeld(server, args, (channel, message) => {
    server.cluster?.spread(channel, message, false);
    return messages.publish(channel, message);
  });
  reply.integer(deliveryCount ?? messages.audienceOf(args.at(1)));
}

/**
 * `SPUBLISH shardchannel message` → integer: how many deliveries that were, or will be. Channels of shards
 * are in slots, and only the node that has one knows it, unless any node answers for all.
 */
function spublish({ server, reply }: CommandContext, args: Args): void {
  const { messages } = server;
  const deliveryCount = sendUnlessHeld(server, args, (channel, message) => {
    if (server.cluster?.mode === "relay") server.cluster.spread(channel, message, true);
    return messages.publishToShard(channel, message);
  });
  reply.integer(deliveryCount ?? messages.subscriberCount("shard", args.at(1)));
}

/** Whether few clients listen here, and no other node is to be told. */
function isHeardByFew({ messages, cluster }: ServerParts): boolean {
  return messages.clientCount <= FEW_LISTENERS_MAX && cluster === undefined;
}

/**
 * Sends a message, or later if changes are held back.
 *
 * @returns How many deliveries that were; `undefined`: they are yet to come.
 */
function sendUnlessHeld(
  { changeListeners }: ServerParts,
  args: Args,
  send: (channel: ByteView, message: ByteView) => number,
): number | undefined {
  if (!changeListeners.isHolding) return send(args.at(1), args.at(2));
  const copy = args.copy();
  changeListeners.postpone(() => send(copy.at(1), copy.at(2)));
  return undefined;
}
