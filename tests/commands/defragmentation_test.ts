/**
 * `activedefrag` as clients see it, on a clock that is turned by hand.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Client, ManualClock, startServer } from "../../src/mod.ts";

const KEY_COUNT = 40_000;
const VALUE = "v".repeat(300);

async function info(client: Client, name: string): Promise<number> {
  const text = await client.call("INFO") as string;
  return Number(new RegExp(`^${name}:(.*)\r$`, "m").exec(text)![1]);
}

/** Stores many keys of one size, and removes three of four. */
async function thinOut(client: Client): Promise<void> {
  const keys = Array.from({ length: KEY_COUNT }, (_, index) => `key:${index}`);
  await client.call("MSET", ...keys.flatMap((key) => [key, VALUE + key]));
  await client.call("DEL", ...keys.filter((_, index) => index % 4 !== 0));
}

Deno.test("activedefrag moves blocks together, and says what it did", async () => {
  const clock = new ManualClock();
  const lines: string[] = [];
  await using server = await startServer({
    port: "none",
    clock,
    config: { "loglevel": "verbose", "active-defrag-ignore-bytes": "100kb" },
    log: { write: (bytes) => lines.push(new TextDecoder().decode(bytes)) },
  });
  await using client = server.client();
  await thinOut(client);
  clock.advance(2000);
  const thinBytes = await info(client, "allocator_active");
  assertEquals(await info(client, "active_defrag_hits"), 0);

  await client.call("CONFIG", "SET", "activedefrag", "yes");
  clock.advance(5000);
  assert(await info(client, "allocator_active") < 0.6 * thinBytes);
  assert(await info(client, "active_defrag_hits") > KEY_COUNT / 8);
  assert(await info(client, "active_defrag_misses") > 0);
  assert(await info(client, "active_defrag_key_hits") > KEY_COUNT / 8);
  assertEquals(await info(client, "active_defrag_running"), 0);
  for (let index = 0; index < KEY_COUNT; index += 4) {
    assertEquals(await client.call("GET", `key:${index}`), `${VALUE}key:${index}`);
  }
  const log = lines.join("");
  assertMatch(log, /Starting active defrag, frag=\d+%, frag_bytes=\d+, cpu=25%/);
  assertMatch(log, /Active defrag done in \d+ms, reallocated=\d+, frag=\d+%, frag_bytes=\d+/);
});

Deno.test("activedefrag leaves alone what is too little, and stops when it is switched off", async () => {
  const clock = new ManualClock();
  await using server = await startServer({
    port: "none",
    clock,
    config: { "activedefrag": "yes", "active-defrag-cycle-max": "1" },
  });
  await using client = server.client();
  await thinOut(client);
  clock.advance(3000);
  assertEquals(await info(client, "active_defrag_running"), 0);
  await client.call("CONFIG", "SET", "active-defrag-ignore-bytes", "100kb");
  clock.advance(1000);
  assertEquals(await info(client, "active_defrag_running"), 1);
  await client.call("CONFIG", "SET", "activedefrag", "no");
  clock.advance(1000);
  assertEquals(await info(client, "active_defrag_running"), 0);
  assert(await info(client, "total_active_defrag_time") >= 0);
  assertEquals(await client.call("DBSIZE"), KEY_COUNT / 4);
});
