/**
 * PUBLISH and SPUBLISH: sending messages.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandFlag,
  type CommandSpec,
  defineCommands,
  keyAt,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";

const FLAGS: readonly CommandFlag[] = ["pubsub", "loading", "stale", "fast", "may_replicate"];

/** The rows of these commands. */
// deno-fmt-ignore
export const MESSAGE_COMMANDS: readonly CommandSpec[] = defineCommands("pubsub", [
  { name: "publish", arity: 3, flags: FLAGS, isBrief: false, acrossNodes: "publish", run: publish },
  { name: "spublish", arity: 3, flags: FLAGS, isBrief: false, acrossNodes: "shard-publish",
    keys: [keyAt(1, "not_key")], run: spublish },
]);

/**
 * `PUBLISH channel message` → integer: how many deliveries that were, or will be; those of the other
 * nodes of a cluster are not among them.
 */
function publish({ server, reply }: CommandContext, args: Args): void {
  const { changeListeners, messages, cluster } = server;
  if (!changeListeners.isHolding) {
    cluster?.spread(args.at(1), args.at(2));
    return reply.integer(messages.publish(args.at(1), args.at(2)));
  }
  const copy = args.copy();
  changeListeners.postpone(() => {
    cluster?.spread(copy.at(1), copy.at(2));
    messages.publish(copy.at(1), copy.at(2));
  });
  reply.integer(messages.audienceOf(args.at(1)));
}

/** `SPUBLISH shardchannel message` → integer: how many deliveries that were, or will be. */
function spublish({ server, reply }: CommandContext, args: Args): void {
  const { changeListeners, messages } = server;
  if (!changeListeners.isHolding) {
    return reply.integer(messages.publishToShard(args.at(1), args.at(2)));
  }
  const copy = args.copy();
  changeListeners.postpone(() => messages.publishToShard(copy.at(1), copy.at(2)));
  reply.integer(messages.subscriberCount("shard", args.at(1)));
}
