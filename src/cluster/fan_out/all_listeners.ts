/**
 * All listeners: messages to those who listen at any node, and who they are.
 *
 * A client listens at the node that it is connected to, and a message goes to all nodes. One that is
 * down has no clients, so nothing here waits for it.
 *
 * @module
 */

import type { Messages } from "../../engine/mod.ts";
import { distinctOf, replyKeys } from "./all_keys.ts";
import type { FanOutRequest } from "./fan_out_request.ts";

/** A message to a channel, or to one of a shard; the reply is how many deliveries that were. */
export async function publishToAll(
  request: FanOutRequest,
  messages: Messages,
  isToShard: boolean,
): Promise<void> {
  const { args, words, reply } = request;
  // In the turn of the request: clients of this node have it in the order in which it was sent.
  const telling = request.tellPresent([
    "PEER",
    isToShard ? "SPUBLISH" : "PUBLISH",
    ...words.slice(1),
  ]);
  const own = isToShard
    ? messages.publishToShard(args.at(1), args.at(2))
    : messages.publish(args.at(1), args.at(2));
  const counts = await telling;
  reply.integer(counts.reduce<number>((sum, count) => sum + Number(count), own));
}

/** What somebody listens to, each name once. */
export async function joinNames(request: FanOutRequest): Promise<void> {
  replyKeys(request, distinctOf(await request.askPresent(request.words) as Uint8Array[][]));
}

/** How many patterns somebody listens to. */
export async function countPatterns(request: FanOutRequest): Promise<void> {
  const names = await request.askPresent(["PEER", "PATTERNS"]) as Uint8Array[][];
  request.reply.integer(distinctOf(names).length);
}

/** Each name that was asked for, and how many listen to it at all nodes together. */
export async function sumAudience(request: FanOutRequest): Promise<void> {
  const { words, reply } = request;
  const lists = await request.askPresent(words);
  const names = words.slice(2);
  reply.array(names.length * 2);
  names.forEach((name, index) => {
    reply.bulkBytes(name, 0, name.length);
    reply.integer((lists as number[][]).reduce((sum, list) => sum + list[index * 2 + 1], 0));
  });
}
