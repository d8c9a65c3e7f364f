/**
 * Notifications of keys that vanish by themselves, on a clock that is turned by hand.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Client, ManualClock, startServer } from "../../src/mod.ts";
import { eventually } from "../support/poll.ts";

/** A server with the events of keys that vanish, and what a subscriber is told of them. */
async function startTold(config: Record<string, string> = {}) {
  const clock = new ManualClock();
  const server = await startServer({
    port: "none",
    clock,
    config: { "notify-keyspace-events": "Exe", ...config },
  });
  const told: string[] = [];
  const subscriber = new Client(server.connect(), {
    receivePush: (push) => {
      const [kind, , channel, key] = push as string[];
      if (kind === "pmessage") told.push(`${channel} ${key}`);
    },
  });
  await subscriber.call("PSUBSCRIBE", "__key*__:*");
  const client = server.client();
  return {
    clock,
    told,
    client,
    async [Symbol.asyncDispose]() {
      await subscriber[Symbol.asyncDispose]();
      await client[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

Deno.test("an expired key is told of in its millisecond, though nobody touches it", async () => {
  await using fixture = await startTold();
  const { clock, told, client } = fixture;
  await client.call("SET", "a", "1", "PX", 100);
  await client.call("SET", "b", "1", "PX", 5000);
  clock.advance(99);
  await client.call("PING");
  assertEquals(told, []);
  clock.advance(1);
  await eventually(() => told.length > 0);
  assertEquals(told, ["__keyevent@0__:expired a"]);
});

Deno.test("an expired key is told of by the next request, where the timer is late", async () => {
  await using fixture = await startTold();
  const { clock, told, client } = fixture;
  for (const key of ["a", "b"]) await client.call("SET", key, "1", "PX", 100);
  clock.set(clock.nowMs() + 200); // no timer runs
  assertEquals(await client.call("DBSIZE"), 0);
  await eventually(() => told.length === 2);
  assertEquals(told, ["__keyevent@0__:expired a", "__keyevent@0__:expired b"]);
});

Deno.test("each evicted key is told of", async () => {
  await using fixture = await startTold({ "maxmemory-policy": "allkeys-lru" });
  const { told, client } = fixture;
  for (let index = 0; index < 50; index++) {
    await client.call("SET", `key:${index}`, "v".repeat(1000));
  }
  const usedBytes = Number(/used_memory:(\d+)/.exec(await client.call("INFO") as string)![1]);
  await client.call("CONFIG", "SET", "maxmemory", usedBytes - 10_000);
  await client.call("SET", "key:50", "1");
  const left = await client.call("KEYS", "*") as string[];
  assert(left.length < 51, "Nothing was evicted");
  await eventually(() => told.length === 51 - left.length);
  const gone = told.map((line) => line.replace("__keyevent@0__:evicted ", ""));
  assertEquals([...left, ...gone].sort(), Array.from({ length: 51 }, (_, i) => `key:${i}`).sort());
});
