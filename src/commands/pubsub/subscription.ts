/**
 * SUBSCRIBE and its kin: listening to channels, to patterns of channels, to channels of shards.
 *
 * Each name of a request is confirmed by itself, in RESP3 as a push. A confirmation is no reply to
 * CLIENT REPLY OFF and SKIP: it reaches the client like the messages that it announces.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandFlag,
  type CommandHandler,
  type CommandSpec,
  defineCommands,
  keyRange,
  type TopicKind,
} from "../../engine/mod.ts";
import { SHARD_SUBSCRIPTION_DENIED } from "../../errors/catalogue.ts";
import { type Args, type ReplyWriter, WireWriter } from "../../resp/mod.ts";

const FLAGS: readonly CommandFlag[] = ["pubsub", "noscript", "loading", "stale"];
const OPEN = { flags: FLAGS, isForSubscribers: true };
/** Every client listens at its own node, also to channels of shards. */
const LISTENING = { acrossNodes: "listen" } as const;
const SHARD = { ...OPEN, ...LISTENING, keys: [keyRange(1, -1, 1, "not_key")] };

/** The rows of these commands. */
// deno-fmt-ignore
export const SUBSCRIPTION_COMMANDS: readonly CommandSpec[] = defineCommands("pubsub", [
  { name: "subscribe", arity: -2, ...OPEN, ...LISTENING, run: subscriber("channel") },
  { name: "unsubscribe", arity: -1, ...OPEN, run: unsubscriber("channel") },
  { name: "psubscribe", arity: -2, ...OPEN, ...LISTENING, run: subscriber("pattern") },
  { name: "punsubscribe", arity: -1, ...OPEN, run: unsubscriber("pattern") },
  { name: "ssubscribe", arity: -2, ...SHARD, run: ssubscribe },
  { name: "sunsubscribe", arity: -1, ...SHARD, run: unsubscriber("shard") },
]);

/** The words of confirmations. */
const WORDS: Readonly<Record<TopicKind, readonly [begun: string, ended: string]>> = {
  channel: ["subscribe", "unsubscribe"],
  pattern: ["psubscribe", "punsubscribe"],
  shard: ["ssubscribe", "sunsubscribe"],
};

/** `SUBSCRIBE name [name ...]` → a confirmation for each name. */
function subscriber(kind: TopicKind): CommandHandler {
  return (context, args) => subscribe(context, args, kind);
}

/** `UNSUBSCRIBE [name ...]` → a confirmation for each name, or for each that the client listened to. */
function unsubscriber(kind: TopicKind): CommandHandler {
  return (context, args) => unsubscribe(context, args, kind);
}

/** `SSUBSCRIBE shardchannel [shardchannel ...]` → a confirmation for each; not within a transaction. */
function ssubscribe(context: CommandContext, args: Args): void {
  if (!context.mayBlock) throw SHARD_SUBSCRIPTION_DENIED;
  subscribe(context, args, "shard");
}

function subscribe(context: CommandContext, args: Args, kind: TopicKind): void {
  const { server, session } = context;
  confirming(context, (out) => {
    for (let index = 1; index < args.count; index++) {
      server.messages.subscribe(session, kind, args.at(index));
      confirm(context, out, WORDS[kind][0], kind, args.at(index));
    }
  });
}

function unsubscribe(context: CommandContext, args: Args, kind: TopicKind): void {
  const { server, session } = context;
  const leave = (out: ReplyWriter, name: ByteView) => {
    server.messages.unsubscribe(session, kind, name);
    confirm(context, out, WORDS[kind][1], kind, name);
  };
  confirming(context, (out) => {
    for (let index = 1; index < args.count; index++) leave(out, args.at(index));
    if (args.count > 1) return;
    const names = server.messages.namesOf(session, kind);
    for (const name of names) leave(out, name);
    if (names.length === 0) confirm(context, out, WORDS[kind][1], kind, undefined);
  });
}

/** Has confirmations written where they reach the client, whatever replies it wants. */
function confirming(context: CommandContext, write: (out: ReplyWriter) => void): void {
  const { session, reply } = context;
  if (!session.isMute) return write(reply);
  const out = new WireWriter();
  out.protocol = reply.protocol;
  write(out);
  session.connection.deliver(out.buffer.bytes, 0, out.buffer.length);
}

/** A confirmation: the word, the name, and how much the client listens to now. */
function confirm(
  { session }: CommandContext,
  out: ReplyWriter,
  word: string,
  kind: TopicKind,
  name: ByteView | undefined,
): void {
  const { channelCount = 0, patternCount = 0, shardChannelCount = 0 } = session.subscriber ?? {};
  out.push(3);
  out.bulkText(word);
  if (name === undefined) out.nil();
  else out.bulk(name);
  out.integer(kind === "shard" ? shardChannelCount : channelCount + patternCount);
}
