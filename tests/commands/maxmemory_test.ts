/**
 * `maxmemory` and `maxmemory-clients` as clients see them, on a clock that is turned by hand.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Client, ManualClock, RedisError, SeededRandom, startServer } from "../../src/mod.ts";

const OOM = "command not allowed when used memory > 'maxmemory'.";
const VALUE = "v".repeat(200);

/** A field of INFO. */
async function info(client: Client, name: string): Promise<string> {
  const text = await client.call("INFO") as string;
  return new RegExp(`^${name}:(.*)\r$`, "m").exec(text)![1];
}

async function fill(client: Client, keyCount: number): Promise<void> {
  const words = [];
  for (let index = 0; index < keyCount; index++) words.push(`key:${index}`, VALUE);
  await client.call("MSET", ...words);
}

/** Sets a limit so many bytes from what is in use. */
async function limit(client: Client, marginBytes: number): Promise<void> {
  const usedBytes = Number(await info(client, "used_memory"));
  await client.call("CONFIG", "SET", "maxmemory", usedBytes + marginBytes);
}

Deno.test("noeviction refuses what takes memory, and nothing else", async () => {
  await using server = await startServer({ port: "none" });
  await using client = server.client();
  await fill(client, 100);
  await limit(client, -5000);
  await assertRejects(() => client.call("SET", "key", "value"), RedisError, OOM);
  await assertRejects(() => client.call("APPEND", "key:1", "value"), RedisError, OOM);
  assertEquals(await client.call("GET", "key:1"), VALUE);
  assertEquals(await client.call("DBSIZE"), 100);
  assertEquals(await client.call("FLUSHALL"), "OK");
  assertEquals(await client.call("SET", "key", "value"), "OK");
});

Deno.test("volatile-lru refuses what takes memory once nothing that expires is left", async () => {
  await using server = await startServer({ port: "none" });
  await using client = server.client();
  await client.call("CONFIG", "SET", "maxmemory-policy", "volatile-lru");
  await fill(client, 100);
  for (let index = 0; index < 10; index++) await client.call("EXPIRE", `key:${index}`, 100);
  await limit(client, -10_000);
  await assertRejects(() => client.call("SET", "key", "value"), RedisError, OOM);
  assertEquals(await client.call("DBSIZE"), 90);
  assertEquals(await info(client, "evicted_keys"), "10");
});

Deno.test("allkeys-lru keeps memory under its limit, by the keys unused for longest", async () => {
  const clock = new ManualClock();
  await using server = await startServer({ port: "none", clock, random: new SeededRandom(1) });
  await using client = server.client();
  await client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory-samples", 64);
  await fill(client, 100);
  clock.advance(5000);
  for (let index = 0; index < 50; index++) await client.call("GET", `key:${index}`);
  await limit(client, 0);
  clock.advance(5000);
  for (let index = 0; index < 40; index++) await client.call("SET", `new:${index}`, VALUE);
  const usedBytes = Number(await info(client, "used_memory"));
  assert(usedBytes <= Number(await info(client, "maxmemory")));
  assertEquals(await client.call("EXISTS", ...keyNames(0, 50), ...newNames(40)), 90);
  assertEquals(
    Number(await info(client, "evicted_keys")),
    140 - Number(await client.call("DBSIZE")),
  );
});

Deno.test("CONFIG SET maxmemory warns, and evicts while nobody calls", async () => {
  const clock = new ManualClock();
  const lines: string[] = [];
  await using server = await startServer({
    port: "none",
    clock,
    log: { write: (bytes) => lines.push(new TextDecoder().decode(bytes)) },
  });
  await using client = server.client();
  await client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-random");
  await fill(client, 1000);
  await client.call("CONFIG", "SET", "maxmemory", 1);
  assertMatch(
    lines.join(""),
    /WARNING: the new maxmemory value set via CONFIG SET \(1\) is smaller than the current memory usage \(\d+\)\. This will result in key eviction and\/or the inability to accept new write commands depending on the maxmemory-policy\./,
  );
  clock.advance(10);
  await client.call("CONFIG", "SET", "maxmemory", 0);
  assertEquals(await client.call("DBSIZE"), 0);
  assertEquals(await info(client, "evicted_keys"), "1000");
});

Deno.test("maxmemory-clients closes the clients that hold most", async () => {
  await using server = await startServer({ port: "none" });
  await using control = server.client();
  await control.call("CLIENT", "NO-EVICT", "ON");
  await using small = server.client();
  await small.call("CLIENT", "SETNAME", "small");
  await control.call("SET", "key", "x".repeat(400_000));
  await control.call("CONFIG", "SET", "maxmemory-clients", 300_000);
  await using large = server.client();
  await large.call("CLIENT", "SETNAME", "large");
  await assertRejects(() => large.call("SET", "other", "x".repeat(500_000)));
  assertEquals(await small.call("CLIENT", "GETNAME"), "small");
  assertEquals(await info(control, "evicted_clients"), "1");
  assertEquals(await control.call("STRLEN", "key"), 400_000);
});

Deno.test("maxmemory-clients counts what a client listens to, watches and is told of", async () => {
  const requests: ((name: string) => [string, ...string[]])[] = [
    (name) => ["SUBSCRIBE", name],
    (name) => ["PSUBSCRIBE", name],
    (name) => ["WATCH", name],
    (name) => ["CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", name],
  ];
  for (const request of requests) {
    await using server = await startServer({ port: "none" });
    await using control = server.client();
    await control.call("CLIENT", "NO-EVICT", "ON");
    await control.call("CONFIG", "SET", "maxmemory-clients", 200_000);
    await using client = server.client();
    let count = 0;
    await assertRejects(async () => {
      while (count < 10_000) {
        await client.call(...request(`name ${String(count++).padStart(5, "0")}`));
      }
    });
    assert(count > 100 && count < 10_000, `${request("x")[0]}: ${count}`);
    assertEquals(await info(control, "evicted_clients"), "1");
  }
});

Deno.test("maxmemory-clients counts prefixes no more when tracking is off", async () => {
  await using server = await startServer({ port: "none" });
  await using client = server.client();
  const memoryBytes = async (): Promise<number> =>
    Number(/tot-mem=(\d+)/.exec(String(await client.call("CLIENT", "LIST")))![1]);
  await memoryBytes();
  const before = await memoryBytes();
  const prefixes = Array.from({ length: 10 }, (_, number) => ["PREFIX", `prefix ${number}`]).flat();
  await client.call("CLIENT", "TRACKING", "ON", "BCAST", ...prefixes);
  assert(await memoryBytes() >= before + 10 * "prefix 0".length);
  await client.call("CLIENT", "TRACKING", "OFF");
  assertEquals(await memoryBytes(), before);
});

function keyNames(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `key:${from + index}`);
}

function newNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `new:${index}`);
}
