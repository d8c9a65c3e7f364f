/**
 * PUBSUB: what is listened to.
 *
 * @module
 */

import { Glob } from "../../base/glob.ts";
import {
  type CommandContext,
  type CommandFlag,
  type CommandHandler,
  type CommandSpec,
  defineCommands,
  type TopicKind,
} from "../../engine/mod.ts";
import { unusableSubcommand } from "../../errors/catalogue.ts";
import { replyHelp } from "../help.ts";

const FLAGS: readonly CommandFlag[] = ["pubsub", "loading", "stale"];

/** The rows of these commands. */
// deno-fmt-ignore
export const INSPECTION_COMMANDS: readonly CommandSpec[] = [
  { name: "pubsub", arity: -2, flags: [], subcommands: defineCommands(undefined, [
    { name: "channels", arity: -2, flags: FLAGS, acrossNodes: "names", run: nameLister("channel") },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "numpat", arity: 2, flags: FLAGS, acrossNodes: "patterns", run: numpat },
    { name: "numsub", arity: -2, flags: FLAGS, acrossNodes: "audience", run: subscriberCounter("channel") },
    { name: "shardchannels", arity: -2, flags: FLAGS, acrossNodes: "names", run: nameLister("shard") },
    { name: "shardnumsub", arity: -2, flags: FLAGS, acrossNodes: "audience", run: subscriberCounter("shard") },
  ]) },
];

/** `PUBSUB CHANNELS [pattern]` → array of the channels that somebody listens to. */
function nameLister(kind: TopicKind): CommandHandler {
  return ({ reply, server }, args) => {
    if (args.count > 3) throw unusableSubcommand("PUBSUB", args.text(1));
    const glob = args.count === 3 ? new Glob(args.at(2)) : undefined;
    const mark = reply.openArray();
    let count = 0;
    for (const name of server.messages.names(kind)) {
      if (glob !== undefined && !glob.matches(name)) continue;
      reply.bulk(name);
      count++;
    }
    reply.closeArray(mark, count);
  };
}

/** `PUBSUB NUMSUB [channel ...]` → array of each channel and how many listen to it by its name. */
function subscriberCounter(kind: TopicKind): CommandHandler {
  return ({ reply, server }, args) => {
    reply.array((args.count - 2) * 2);
    for (let index = 2; index < args.count; index++) {
      reply.bulk(args.at(index));
      reply.integer(server.messages.subscriberCount(kind, args.at(index)));
    }
  };
}

/** `PUBSUB NUMPAT` → integer: how many patterns somebody listens to. */
function numpat({ reply, server }: CommandContext): void {
  reply.integer(server.messages.patternCount);
}

/** `PUBSUB HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "CHANNELS [<pattern>]",
    "    Return the currently active channels matching a <pattern> (default: '*').",
    "NUMPAT",
    "    Return number of subscriptions to patterns.",
    "NUMSUB [<channel> ...]",
    "    Return the number of subscribers for the specified channels, excluding",
    "    pattern subscriptions(default: no channels).",
    "SHARDCHANNELS [<pattern>]",
    "    Return the currently active shard level channels matching a <pattern> (default: '*').",
    "SHARDNUMSUB [<shardchannel> ...]",
    "    Return the number of subscribers for the specified shard level channel(s)",
  ]);
}
