/**
 * Real clients: libraries that people use, unchanged, against the server.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { Redis } from "ioredis";
import { createClient, RESP_TYPES } from "redis";
import { startSubject } from "../support/subject.ts";

/** Every byte value, so that nothing on the way may take it for text. */
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, value) => value);
const PIPELINE_LENGTH = 5000;

Deno.test("ioredis sets, gets and expires over RESP2", async () => {
  await using subject = await startSubject();
  const client = new Redis(subject.port, "127.0.0.1");
  assertEquals(await client.set("key", "value", "EX", 100), "OK");
  assertEquals(await client.get("key"), "value");
  assertEquals(await client.ttl("key"), 100);
  assertEquals(await client.mget("key", "absent"), ["value", null]);
  await assertRejects(() => client.call("incr", "key"), Error, "not an integer");
  await client.quit();
});

Deno.test("ioredis pipelines thousands of commands and gets each reply in order", async () => {
  await using subject = await startSubject();
  const client = new Redis(subject.port, "127.0.0.1");
  const pipeline = client.pipeline();
  for (let index = 0; index < PIPELINE_LENGTH; index++) {
    pipeline.set(`key:${index}`, index).get(`key:${index}`);
  }
  const replies = await pipeline.exec();
  assertEquals(replies?.length, PIPELINE_LENGTH * 2);
  for (let index = 0; index < PIPELINE_LENGTH; index++) {
    assertEquals(replies?.[index * 2 + 1], [null, String(index)]);
  }
  assertEquals(await client.dbsize(), PIPELINE_LENGTH);
  await client.quit();
});

Deno.test("ioredis carries binary keys and values", async () => {
  await using subject = await startSubject();
  const client = new Redis(subject.port, "127.0.0.1");
  const key = Buffer.from(ALL_BYTES), value = Buffer.from(ALL_BYTES.toReversed());
  await client.set(key, value);
  assertEquals(await client.getBuffer(key), value);
  assertEquals(await client.keys("*").then((keys) => keys.length), 1);
  await client.quit();
});

Deno.test("ioredis walks all keys with a scan stream", async () => {
  await using subject = await startSubject();
  const client = new Redis(subject.port, "127.0.0.1", { db: 3 });
  await client.mset(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key:${i}`, i])));
  const found = new Set<string>();
  for await (const keys of client.scanStream({ match: "key:*", count: 50 })) {
    for (const key of keys as string[]) found.add(key);
  }
  assertEquals(found.size, 1000);
  await client.quit();
});

Deno.test("node-redis speaks RESP3", async () => {
  await using subject = await startSubject();
  const client = await createClient({
    url: `redis://127.0.0.1:${subject.port}`,
    RESP: 3,
    name: "tester",
  }).connect();
  assertEquals(await client.set("key", "value"), "OK");
  assertEquals(await client.get("key"), "value");
  assertEquals(await client.configGet("maxclients"), { maxclients: "10000" });
  assertEquals(await client.clientGetName(), "tester");
  const hello = await client.sendCommand(["HELLO"]) as unknown as Record<string, unknown>;
  assertEquals(hello.proto, 3);
  await client.close();
});

Deno.test("node-redis carries binary values and pipelines of one turn", async () => {
  await using subject = await startSubject();
  const client = await createClient({ url: `redis://127.0.0.1:${subject.port}` }).connect();
  await client.set("bytes", Buffer.from(ALL_BYTES));
  const asBuffers = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  assertEquals(await asBuffers.get("bytes"), Buffer.from(ALL_BYTES));
  const counts = await Promise.all(
    Array.from({ length: 1000 }, () => client.incr("counter")),
  );
  assertEquals(counts, Array.from({ length: 1000 }, (_, index) => index + 1));
  await client.close();
});

Deno.test("both clients authenticate, and are refused without the password", async () => {
  await using subject = await startSubject({ config: { requirepass: "secret" } });
  const ioredis = new Redis(subject.port, "127.0.0.1", { password: "secret" });
  assertEquals(await ioredis.set("key", "value"), "OK");
  await ioredis.quit();
  const nodeRedis = await createClient({
    url: `redis://default:secret@127.0.0.1:${subject.port}`,
    RESP: 3,
  }).connect();
  assertEquals(await nodeRedis.get("key"), "value");
  await nodeRedis.close();
  const stranger = new Redis(subject.port, "127.0.0.1", { lazyConnect: true });
  stranger.on("error", () => {});
  await assertRejects(() => stranger.get("key"), Error, "NOAUTH");
  stranger.disconnect();
});
