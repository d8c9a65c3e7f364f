/**
 * Real clients' transactions: libraries that people use, unchanged, against the server.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Redis } from "ioredis";
import { createClient, WatchError } from "redis";
import { startSubject } from "../support/subject.ts";

const RACER_COUNT = 5;
const ROUND_COUNT = 20;

Deno.test("ioredis runs a transaction, and gets the error of one of its commands", async () => {
  await using subject = await startSubject();
  const client = new Redis(subject.port, "127.0.0.1");
  const replies = await client.multi().set("word", "text").incr("word").get("word").exec();
  assertEquals(replies?.map(([, reply]) => reply), ["OK", undefined, "text"]);
  assertMatch(String(replies?.[1][0]), /not an integer/);
  await client.quit();
});

Deno.test("ioredis racers that watch, read, write and retry lose no increment", async () => {
  await using subject = await startSubject();
  const racers = Array.from({ length: RACER_COUNT }, () => new Redis(subject.port, "127.0.0.1"));
  await Promise.all(racers.map(async (client) => {
    for (let done = 0; done < ROUND_COUNT;) {
      await client.watch("counter");
      const value = Number(await client.get("counter") ?? 0);
      const replies = await client.multi().set("counter", value + 1).exec();
      if (replies !== null) done++;
    }
  }));
  assertEquals(await racers[0].get("counter"), String(RACER_COUNT * ROUND_COUNT));
  for (const client of racers) await client.quit();
});

Deno.test("node-redis is told over RESP3 that a watched key has changed", async () => {
  await using subject = await startSubject();
  const url = `redis://127.0.0.1:${subject.port}`;
  const client = await createClient({ url, RESP: 3 }).connect();
  const other = await createClient({ url }).connect();
  await client.watch("key");
  await other.set("key", "theirs");
  await assertRejects(() => client.multi().set("key", "ours").exec(), WatchError);
  await client.watch("key");
  const replies = await client.multi().set("key", "ours").hSet("hash", "field", "1").hGetAll("hash")
    .exec();
  assertEquals(JSON.parse(JSON.stringify(replies)), ["OK", 1, { field: "1" }]);
  assertEquals(await other.get("key"), "ours");
  await client.close();
  await other.close();
});
