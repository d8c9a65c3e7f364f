/**
 * Tracking on a server in memory: who listens to changes, what the table takes, what is told together.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Client } from "../../../src/client/mod.ts";
import { eventually } from "../../support/poll.ts";
import { BlockingServer } from "../engine/blocking_server.ts";

/** A client over RESP3 that keeps what it is told, each message as text. */
async function listener(
  fixture: BlockingServer,
  ...mode: string[]
): Promise<{ client: Client; told: string[] }> {
  const told: string[] = [];
  const client = new Client(fixture.server.connect(), {
    receivePush: (push) => void told.push(JSON.stringify(push)),
  });
  await client.hello(3);
  await client.call("CLIENT", "TRACKING", "ON", ...mode);
  return { client, told };
}

Deno.test("changes are listened to only while a client is connected that has tracked", async () => {
  await using fixture = new BlockingServer();
  const { changeListeners, tracking } = fixture.server;
  assertEquals(changeListeners.count, 0);
  const first = await listener(fixture), second = await listener(fixture, "BCAST");
  await first.client.call("GET", "k");
  assertEquals(changeListeners.count, 1);
  await second.client[Symbol.asyncDispose]();
  await eventually(() => tracking.prefixCount === 0);
  assertEquals([changeListeners.count, tracking.clientCount, tracking.keyCount], [1, 1, 1]);
  await first.client.call("CLIENT", "TRACKING", "OFF");
  assertEquals([changeListeners.count, tracking.clientCount, tracking.keyCount], [1, 0, 1]);
  await first.client[Symbol.asyncDispose]();
  await eventually(() => changeListeners.count === 0);
  assertEquals([tracking.clientCount, tracking.keyCount, tracking.memoryBytes], [0, 0, 0]);
});

Deno.test("what is known of caches counts as memory in use, and is let go with the keys", async () => {
  await using fixture = new BlockingServer();
  const { tracking, memoryLimit } = fixture.server;
  const { client } = await listener(fixture), other = await listener(fixture);
  const keys = Array.from({ length: 1000 }, (_, number) => `key:${number}`);
  const before = memoryLimit.countedBytes;
  await client.call("MGET", ...keys);
  const bytesOfOne = tracking.memoryBytes;
  assert(bytesOfOne > 50 * keys.length && bytesOfOne < 200 * keys.length, `${bytesOfOne}`);
  await other.client.call("MGET", ...keys);
  assertEquals([tracking.keyCount, tracking.itemCount], [1000, 2000]);
  assert(tracking.memoryBytes > bytesOfOne);
  assert(memoryLimit.countedBytes >= before + tracking.memoryBytes);
  await fixture.client().call("DEL", ...keys);
  assertEquals(tracking.keyCount, 1000); // nothing was deleted, so nothing has changed
  await fixture.client().call("MSET", ...keys.flatMap((key) => [key, "1"]));
  assertEquals([tracking.keyCount, tracking.itemCount, tracking.memoryBytes], [0, 0, 0]);
  for (const { client: each } of [{ client }, other]) await each[Symbol.asyncDispose]();
});

Deno.test("a prefix is told of all keys that a pipeline changed, once and in order", async () => {
  await using fixture = new BlockingServer();
  const all = await listener(fixture, "BCAST", "PREFIX", "b", "PREFIX", "a:");
  const own = await listener(fixture, "BCAST", "NOLOOP");
  const writer = fixture.client();
  await Promise.all(["b2", "a:1", "b1", "c", "b2", "a"].map((key) => writer.call("SET", key, "1")));
  await all.client.call("PING");
  assertEquals(all.told, ['["invalidate",["a:1"]]', '["invalidate",["b1","b2"]]']);
  await Promise.all([own.client.call("SET", "b1", "2"), own.client.call("PING")]);
  assertEquals(own.told, ['["invalidate",["a","a:1","b1","b2","c"]]']);
  for (const { client } of [all, own]) await client[Symbol.asyncDispose]();
});

Deno.test("a full table loses keys by lot, in steps, and tells their clients", async () => {
  await using fixture = new BlockingServer();
  const { tracking } = fixture.server;
  const { client, told } = await listener(fixture, "NOLOOP");
  await client.call("MGET", ...Array.from({ length: 350 }, (_, number) => `key:${number}`));
  await client.call("CONFIG", "SET", "tracking-table-max-keys", "10");
  await client.call("PING");
  assertEquals([tracking.keyCount, told.length], [10, 340]);
  assertEquals(new Set(told).size, 340);
  await client[Symbol.asyncDispose]();
});

Deno.test("a transaction that is rolled back is told to nobody, one that counts to everybody", async () => {
  await using fixture = new BlockingServer();
  const own = await listener(fixture), other = await listener(fixture);
  const broadcast = await listener(fixture, "BCAST");
  const clients = [own, other, broadcast];
  for (const failing of [["LPUSH", "k", "x"], []]) {
    await Promise.all(clients.map(({ client }) => client.call("MGET", "k", "l")));
    const transaction = [["MULTI"], ["SET", "k", "1"], failing, ["SET", "l", "1"]];
    for (const words of transaction) if (words.length > 0) await own.client.call(...words);
    await own.client.call("EXEC", "ROLLBACK").catch(() => {});
    await Promise.all(clients.map(({ client }) => client.call("PING")));
    const isRolledBack = failing.length > 0;
    const each = ['["invalidate",["k"]]', '["invalidate",["l"]]'];
    assertEquals(own.told, isRolledBack ? [] : each);
    assertEquals(other.told, isRolledBack ? [] : each);
    assertEquals(broadcast.told, isRolledBack ? [] : ['["invalidate",["k","l"]]']);
  }
  for (const { client } of clients) await client[Symbol.asyncDispose]();
});
