/**
 * Eviction beside real Redis: the same keys of the same age, the same pressure, and then the count of
 * who kept how much of what was used last.
 *
 * Redis is given the age of each key (RESTORE ... IDLETIME), as it can't be given a clock; EasyRedis
 * gets them by turning its own. Then both are limited to what they use, and half as many keys are
 * added, so that about half of the old ones have to go. A perfect LRU keeps the younger ones: where an
 * older one stayed while a younger one went, it was misjudged. (How many went is not the same for both,
 * as their tables grow at different times.)
 *
 * @module
 */

import { assert } from "@std/assert";
import { ManualClock, SeededRandom, startServer } from "../../src/mod.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import { type Argument, RespClient } from "../support/resp_client.ts";
import { plainOf } from "../support/reply.ts";

const KEY_COUNT = 20_000;
const ADDED_COUNT = KEY_COUNT / 2;
const BATCH_COUNT = 500;
const SAMPLE_COUNT = 10;
/** What chance may make of it. */
const TOLERATED_COUNT = KEY_COUNT / 100;
const SECOND_MS = 1000;

/** Sends requests and reads their replies, some at a time. */
type Caller = (requests: readonly Argument[][]) => Promise<unknown[]>;

const POLICIES = ["allkeys-lru", "volatile-lru"];
const DIRECTIVES = [
  ["maxmemory-samples", String(SAMPLE_COUNT)],
  ["maxmemory-eviction-tenacity", "100"],
];
/** So all keys are volatile; far enough for none to expire. */
const EXPIRE_SECONDS = 10_000_000;

/** Adds keys under a limit; returns how many keys were misjudged. */
async function press(call: Caller): Promise<number> {
  const [text] = await call([["INFO", "memory"]]);
  const usedBytes = /used_memory:(\d+)/.exec(String(text))![1];
  await call([["CONFIG", "SET", "maxmemory", usedBytes]]);
  await call(requestsOf(ADDED_COUNT, (index) => setRequest(`new:${index}`, index)));
  await call([["CONFIG", "SET", "maxmemory", "0"]]);
  const found = await call(requestsOf(KEY_COUNT, (index) => ["EXISTS", keyOf(index)]));
  const half = KEY_COUNT / 2;
  const oldKeptCount = found.slice(0, half).filter((reply) => Number(reply) === 1).length;
  const youngLostCount = found.slice(half).filter((reply) => Number(reply) === 0).length;
  assert(oldKeptCount < half / 2, "the pressure was too low to tell");
  return Math.min(oldKeptCount, youngLostCount);
}

async function pressRedis(call: Caller, policy: string): Promise<number> {
  await call([["FLUSHALL"], ["CONFIG", "SET", "maxmemory-policy", policy]]);
  await call(DIRECTIVES.map((pair) => ["CONFIG", "SET", ...pair]));
  await call(requestsOf(KEY_COUNT, (index) => setRequest(keyOf(index), index)));
  const payloads = await call(requestsOf(KEY_COUNT, (index) => ["DUMP", keyOf(index)]));
  await call(requestsOf(KEY_COUNT, (index) => {
    const idleSeconds = String(KEY_COUNT - index);
    const payload = payloads[index] as Uint8Array;
    return [
      "RESTORE",
      keyOf(index),
      String(EXPIRE_SECONDS * SECOND_MS),
      payload,
      "REPLACE",
      "IDLETIME",
      idleSeconds,
    ];
  }));
  return await press(call);
}

for (const policy of POLICIES) {
  Deno.test({
    name: `${policy} keeps as much of what was used last as Redis does` +
      (redisVersion() === undefined ? " (ignored: no redis-server on PATH)" : ""),
    ignore: redisVersion() === undefined,
    fn: async () => {
      const ofRedis = await misjudgedByRedis(policy), ours = await misjudgedByUs(policy);
      assert(ours <= ofRedis + TOLERATED_COUNT, `misjudged: Redis ${ofRedis}, EasyRedis ${ours}`);
    },
  });
}

async function misjudgedByRedis(policy: string): Promise<number> {
  await using redis = await startRedisServer();
  await using connection = await RespClient.connect(redis!.address);
  return await pressRedis(async (requests) => {
    const replies = [];
    for (let from = 0; from < requests.length; from += BATCH_COUNT) {
      const batch = requests.slice(from, from + BATCH_COUNT);
      for (const reply of await connection.pipeline(batch)) replies.push(plainOf(reply));
    }
    return replies;
  }, policy);
}

async function misjudgedByUs(policy: string): Promise<number> {
  const clock = new ManualClock();
  await using server = await startServer({ port: "none", clock, random: new SeededRandom(7) });
  await using client = server.client();
  const call: Caller = (requests) =>
    Promise.all(requests.map((request) => client.call(...request as string[])));
  await call(
    [...DIRECTIVES, ["maxmemory-policy", policy]].map((pair) => ["CONFIG", "SET", ...pair]),
  );
  for (let index = 0; index < KEY_COUNT; index++) {
    await client.call(...setRequest(keyOf(index), index));
    clock.advance(SECOND_MS);
  }
  return await press(call);
}

function setRequest(key: string, index: number): string[] {
  return ["SET", key, `value ${index} `.padEnd(100, "x"), "EX", String(EXPIRE_SECONDS)];
}

function requestsOf(count: number, requestOf: (index: number) => Argument[]): Argument[][] {
  return Array.from({ length: count }, (_, index) => requestOf(index));
}

function keyOf(index: number): string {
  return `key:${index}`;
}
