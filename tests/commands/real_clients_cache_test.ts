/**
 * Real clients' caches: node-redis keeps what it read, unchanged, and is told when that is no longer so.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createClient } from "redis";
import { eventually } from "../support/poll.ts";
import { startSubject } from "../support/subject.ts";

const KEY_COUNT = 200;

/** How often the server ran GET, by its own count. */
async function getCount(client: { info(section: string): Promise<unknown> }): Promise<number> {
  const text = String(await client.info("commandstats"));
  return Number(/^cmdstat_get:calls=(\d+)/m.exec(text)?.[1] ?? 0);
}

Deno.test("node-redis reads from its cache until somebody changes the key", async () => {
  await using subject = await startSubject();
  const url = `redis://127.0.0.1:${subject.port}`;
  const cached = await createClient({
    url,
    RESP: 3,
    clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: "LRU" },
  }).connect();
  const other = await createClient({ url }).connect();
  for (let index = 0; index < KEY_COUNT; index++) await other.set(`key:${index}`, "old");
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < KEY_COUNT; index++) {
      assertEquals(await cached.get(`key:${index}`), "old");
    }
  }
  assertEquals(await getCount(other), KEY_COUNT); // the rest came from the cache

  await other.set("key:0", "new");
  await other.del("key:1");
  await other.expire("key:2", -1);
  await eventually(async () => await cached.get("key:0") === "new");
  await eventually(async () => await cached.get("key:1") === null);
  await eventually(async () => await cached.get("key:2") === null);
  assertEquals(await cached.get("key:3"), "old");
  assertEquals(await getCount(other), KEY_COUNT + 3);

  await other.flushAll();
  await eventually(async () => await cached.get("key:3") === null);
  await cached.close();
  await other.close();
});

Deno.test("node-redis' cache learns of a key that expires, and survives the loss of its connection", async () => {
  await using subject = await startSubject();
  const url = `redis://127.0.0.1:${subject.port}`;
  const cached = await createClient({
    url,
    RESP: 3,
    clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: "LRU" },
    socket: { reconnectStrategy: 1 },
  }).connect();
  cached.on("error", () => {}); // the connection is killed below
  const other = await createClient({ url }).connect();
  await other.set("session", "alice", { expiration: { type: "PX", value: 500 } });
  assertEquals(await cached.get("session"), "alice");
  await eventually(async () => await cached.get("session") === null);

  await other.set("key", "old");
  assertEquals(await cached.get("key"), "old");
  await other.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
  await other.set("key", "new"); // nobody is there to be told
  await eventually(async () => await cached.get("key") === "new");
  await other.set("key", "newer");
  await eventually(async () => await cached.get("key") === "newer");
  await cached.close();
  await other.close();
});
