/**
 * Each owner: a request whose last arguments are keys, of which each node runs the part that it has.
 *
 * Only for what promises nothing of its keys together: MIGRATE, which stops at the first that fails.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { Command } from "../../engine/mod.ts";
import { MOVED_CODE, SLOT_NOT_SERVED } from "../../errors/catalogue.ts";
import { RedisError } from "../../errors/redis_error.ts";
import type { FanOutRequest } from "./fan_out_request.ts";

/** Pause before it is looked again who has keys that have moved; each is twice as long as the one before. */
const PAUSE_MS_MIN = 5;
const PAUSE_MS_MAX = 160;

/**
 * Has the owners send their keys, one after the other; the reply is OK if one of them had any.
 *
 * @throws {RedisError} CLUSTERDOWN when the owners of a key send it to and fro all the time.
 */
export async function migrateFromEach(request: FanOutRequest, command: Command): Promise<void> {
  const { nodes, args, words, reply } = request;
  const first = command.keysOf(args)![0].argumentIndex;
  let left = words.slice(first), answer = "NOKEY", pausedMs = 0, pauseMs = PAUSE_MS_MIN;
  while (left.length > 0) {
    const owner = nodes.ownerOf(new ByteView(left[0]));
    const { its = [], others = [] } = Object.groupBy(
      left,
      (key) => nodes.ownerOf(new ByteView(key)).name === owner.name ? "its" : "others",
    );
    try {
      const theirs = await request.ask(owner, [...words.slice(0, first), ...its]);
      if (theirs === "OK") answer = theirs;
      left = others;
      pausedMs = 0;
      pauseMs = PAUSE_MS_MIN;
    } catch (error) {
      if (!(error instanceof RedisError) || error.code !== MOVED_CODE) throw error;
      if (pausedMs >= nodes.patienceMs) throw SLOT_NOT_SERVED;
      await nodes.pause(pauseMs);
      pausedMs += pauseMs;
      pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
    }
  }
  reply.simple(answer);
}
