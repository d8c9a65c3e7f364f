/**
 * All keys: DBSIZE, KEYS, RANDOMKEY, FLUSHALL, FLUSHDB and SWAPDB over all nodes.
 *
 * They are not one moment: each node answers by itself, so of keys that are made and removed meanwhile
 * some are seen and others not. What was there throughout is.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { SWAPDB_WHILE_MOVING } from "../../errors/catalogue.ts";
import { bytesOfText, textOfBytes } from "../../base/byte_view.ts";
import type { FanOutRequest } from "./fan_out_request.ts";

/** The sum of what each node replies. */
export async function sumUp(request: FanOutRequest): Promise<void> {
  const counts = await request.askAll(request.words);
  request.reply.integer(counts.reduce<number>((sum, count) => sum + Number(count), 0));
}

/**
 * Each node does it.
 *
 * While slots are on their way, a key may go from a node that has not been flushed to one that has. It
 * goes only once, so all are flushed a second time. Databases are not exchanged meanwhile: a key could
 * end up in the other one.
 *
 * @throws {RedisError} When databases are to be exchanged and slots are on their way.
 */
export async function haveEach(request: FanOutRequest): Promise<void> {
  const { nodes, args, words, reply } = request;
  const wasMoving = nodes.isMoving;
  if (wasMoving && args.isWord(0, "swapdb")) throw SWAPDB_WHILE_MOVING;
  await request.askAll(words);
  const isToBeRepeated = (wasMoving || nodes.isMoving) && !args.isWord(0, "swapdb");
  if (isToBeRepeated) await request.askAll(words);
  reply.ok();
}

/**
 * The keys of all nodes.
 *
 * While slots are on their way, all are asked twice: a key that went from a node which was still to be
 * asked to one which had been stays there.
 */
export async function joinKeys(request: FanOutRequest): Promise<void> {
  const { nodes, words } = request;
  const wasMoving = nodes.isMoving;
  const lists = (await request.askAll(words)) as Uint8Array[][];
  if (!wasMoving && !nodes.isMoving) return replyKeys(request, lists.flat());
  lists.push(...(await request.askAll(words)) as Uint8Array[][]);
  replyKeys(request, distinctOf(lists));
}

/** All names of some lists, each once. */
export function distinctOf(lists: readonly Uint8Array[][]): Uint8Array[] {
  const byText = new Map(lists.flat().map((name) => [textOfBytes(name), name]));
  return [...byText.values()];
}

/** Replies an array of keys. */
export function replyKeys({ reply }: FanOutRequest, keys: readonly Uint8Array[]): void {
  reply.array(keys.length);
  for (const key of keys) reply.bulkBytes(key, 0, key.length);
}

/** A key, each as likely as any other: each node draws one, and the node is drawn by how many it has. */
export async function drawKey(request: FanOutRequest, random: Random): Promise<void> {
  const draws = await request.askAll(["PEER", "DRAW"]) as [number, Uint8Array | null][];
  const full = draws.filter(([, key]) => key !== null);
  let left = random.below(Math.max(1, full.reduce((sum, [keyCount]) => sum + keyCount, 0)));
  for (const [keyCount, key] of full) {
    left -= keyCount;
    if (left < 0) return request.reply.bulkBytes(key!, 0, key!.length);
  }
  request.reply.nil();
}

/** A number as a word of a request. */
export function wordOf(value: number): Uint8Array {
  return bytesOfText(String(value));
}
