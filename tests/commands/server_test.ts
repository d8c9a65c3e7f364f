/**
 * The server group where there is nothing to compare with: what a clock turned by hand, directives
 * set at the start, and memory given back show.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Client, ManualClock, RedisError, startServer } from "../../src/mod.ts";
import { eventually } from "../support/poll.ts";

/** The value of a field of INFO. */
async function field(client: Client, section: string, name: string): Promise<string> {
  const text = String(await client.call("INFO", section));
  const line = text.split("\r\n").find((line) => line.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`INFO ${section} has no field ${name}`);
  return line.slice(name.length + 1);
}

Deno.test("INFO keyspace tells the mean time to live", async () => {
  const clock = new ManualClock();
  await using server = await startServer({ clock });
  await using client = server.client();
  await client.call("SET", "soon", "value", "PX", 1000);
  await client.call("SET", "later", "value", "PX", 5000);
  await client.call("SET", "lasting", "value");
  assertEquals(await field(client, "keyspace", "db0"), "keys=3,expires=2,avg_ttl=3000");
  clock.advance(500);
  assertEquals(await field(client, "keyspace", "db0"), "keys=3,expires=2,avg_ttl=2500");
});

Deno.test("INFO server tells the age in seconds and days", async () => {
  const clock = new ManualClock();
  await using server = await startServer({ clock });
  await using client = server.client();
  clock.advance(2 * 86_400_000 + 1999);
  assertEquals(await field(client, "server", "uptime_in_seconds"), String(2 * 86_400 + 1));
  assertEquals(await field(client, "server", "uptime_in_days"), "2");
  assertEquals(await client.call("TIME"), [String(Math.floor(clock.nowMs() / 1000)), "999000"]);
});

Deno.test("INFO memory adds up", async () => {
  await using server = await startServer({ config: { "enable-debug-command": "yes" } });
  await using client = server.client();
  const numberOf = async (name: string) => Number(await field(client, "memory", name));
  const startupBytes = await numberOf("used_memory_startup");
  assert(startupBytes > 0 && startupBytes <= await numberOf("allocator_allocated") + 1024);
  await client.call("DEBUG", "POPULATE", 1000, "key", 100);
  const [usedBytes, overheadBytes, datasetBytes] = [
    await numberOf("used_memory"),
    await numberOf("used_memory_overhead"),
    await numberOf("used_memory_dataset"),
  ];
  assertEquals(overheadBytes + datasetBytes, usedBytes);
  assert(datasetBytes > 100_000 && datasetBytes < 200_000, `dataset of ${datasetBytes} bytes`);
  assert(await numberOf("used_memory_peak") >= usedBytes);
});

Deno.test("FLUSHALL ASYNC gives the memory back by and by", async () => {
  await using server = await startServer({ config: { "enable-debug-command": "yes" } });
  await using client = server.client();
  const numberOf = async (name: string) => Number(await field(client, "memory", name));
  const emptyBytes = await numberOf("allocator_allocated");
  await client.call("DEBUG", "POPULATE", 20_000);
  await client.call("FLUSHALL", "ASYNC");
  assertEquals(await client.call("DBSIZE"), 0);
  await eventually(async () => await numberOf("lazyfree_pending_objects") === 0);
  assertEquals(await numberOf("lazyfreed_objects"), 20_000);
  // The empty table goes a step later.
  await eventually(async () => await numberOf("allocator_allocated") === emptyBytes);
});

Deno.test("CONFIG SET changes protected directives where they are enabled", async () => {
  for (const permission of ["yes", "local"]) {
    await using server = await startServer({ config: { "enable-protected-configs": permission } });
    await using client = server.client();
    assertEquals(await client.call("CONFIG", "SET", "dbfilename", "other.rdb"), "OK");
  }
});

Deno.test("DEBUG is refused unless it is enabled", async () => {
  await using server = await startServer();
  await using client = server.client();
  await assertRejects(
    () => client.call("DEBUG", "SLEEP", 0),
    RedisError,
    "DEBUG command not allow",
  );
});

Deno.test("DEBUG PAUSE-CRON lets idle clients stay", async () => {
  const clock = new ManualClock();
  await using server = await startServer({
    clock,
    config: { "enable-debug-command": "yes", "timeout": "10" },
  });
  await using client = server.client();
  await client.call("DEBUG", "PAUSE-CRON", 1);
  clock.advance(60_000);
  await client.call("DEBUG", "PAUSE-CRON", 0);
  clock.advance(60_000);
  await assertRejects(() => client.call("PING"));
});

Deno.test("DEBUG OBJECT tells how long a value was not used", async () => {
  const clock = new ManualClock();
  await using server = await startServer({ clock, config: { "enable-debug-command": "yes" } });
  await using client = server.client();
  await client.call("SET", "key", "value");
  clock.advance(90_000);
  const text = String(await client.call("DEBUG", "OBJECT", "key"));
  assertEquals(/lru_seconds_idle:(\d+)/.exec(text)?.[1], "90");
});
