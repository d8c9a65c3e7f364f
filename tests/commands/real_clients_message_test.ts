/**
 * Real clients' messages: libraries that people use, unchanged, listen to channels and to what becomes
 * of keys.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { eventually } from "../support/poll.ts";
import { startSubject } from "../support/subject.ts";

/** Connections that listen to something, by the server's list. */
async function subscribersOf(client: Redis): Promise<string[]> {
  const list = String(await client.client("LIST", "TYPE", "PUBSUB"));
  return list.split("\n").filter((line) => / sub=1 psub=1 /.test(line))
    .map((line) => /^id=(\d+) /.exec(line)![1]);
}

Deno.test("an ioredis subscriber that is killed comes back and subscribes again by itself", async () => {
  await using subject = await startSubject();
  const publisher = new Redis(subject.port, "127.0.0.1");
  const subscriber = new Redis(subject.port, "127.0.0.1", { retryStrategy: () => 1 });
  const heard: string[] = [];
  subscriber.on("message", (channel, text) => heard.push(`${channel} ${text}`));
  subscriber.on(
    "pmessage",
    (pattern, channel, text) => heard.push(`${pattern} ${channel} ${text}`),
  );
  await subscriber.subscribe("news");
  await subscriber.psubscribe("w?ather");
  await publisher.publish("news", "1");
  await eventually(() => heard.length === 1, { what: "the first message" });
  for (let round = 2; round <= 4; round++) {
    const [id] = await subscribersOf(publisher);
    assertEquals(await publisher.client("KILL", "ID", id), 1);
    await eventually(async () => {
      const [next] = await subscribersOf(publisher);
      return next !== undefined && next !== id;
    }, { what: "the subscriber to come back" });
    assertEquals(await publisher.publish("news", String(round)), 1);
    assertEquals(await publisher.publish("weather", String(round)), 1);
    await eventually(() => heard.length === 2 * round - 1, { what: `messages ${round}` });
  }
  const rounds = ["2", "3", "4"].flatMap((text) => [`news ${text}`, `w?ather weather ${text}`]);
  assertEquals(heard, ["news 1", ...rounds]);
  await subscriber.quit();
  await publisher.quit();
});

Deno.test("ioredis hears that a key has expired, though nobody looks at it", async () => {
  await using subject = await startSubject({ config: { "notify-keyspace-events": "Ex" } });
  const client = new Redis(subject.port, "127.0.0.1");
  const subscriber = new Redis(subject.port, "127.0.0.1");
  const heard: string[] = [];
  subscriber.on("message", (channel, key) => heard.push(`${channel} ${key}`));
  await subscriber.subscribe("__keyevent@0__:expired");
  await client.set("session", "alice", "PX", 20);
  await eventually(() => heard.length > 0, { what: "the event" });
  assertEquals(heard, ["__keyevent@0__:expired session"]);
  await subscriber.quit();
  await client.quit();
});

Deno.test("node-redis hears of keys over RESP3, on a connection that runs commands too", async () => {
  await using subject = await startSubject({ config: { "notify-keyspace-events": "KEA" } });
  const url = `redis://127.0.0.1:${subject.port}`;
  const client = await createClient({ url, RESP: 3 }).connect();
  const heard: string[] = [];
  await client.pSubscribe("__key*__:*", (message, channel) => heard.push(`${channel} ${message}`));
  await client.set("key", "value", { expiration: { type: "EX", value: 100 } });
  assertEquals(await client.get("key"), "value");
  await client.del("key");
  await eventually(() => heard.length >= 6, { what: "the events" });
  assertEquals(heard, [
    "__keyspace@0__:key set",
    "__keyevent@0__:set key",
    "__keyspace@0__:key expire",
    "__keyevent@0__:expire key",
    "__keyspace@0__:key del",
    "__keyevent@0__:del key",
  ]);
  await client.close();
});
