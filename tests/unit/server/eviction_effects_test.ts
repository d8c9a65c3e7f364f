/**
 * What leaves a server when a key is evicted: the effect for logs and replicas, and the event.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/clock.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { Client } from "../../../src/client/mod.ts";
import { Config } from "../../../src/config/mod.ts";
import { makeLog, newIdentity, Server, SilentSink } from "../../../src/server/mod.ts";

function startServer(clock: ManualClock): Server {
  const config = new Config();
  const identity = newIdentity(clock, "");
  return new Server({
    config,
    clock,
    random: new SeededRandom(1),
    log: makeLog(config, clock, identity.pid, new SilentSink()),
    identity,
    rewriteConfig: () => {},
    exit: () => {},
  });
}

for (const [isLazy, verb] of [["no", "DEL"], ["yes", "UNLINK"]] as const) {
  Deno.test(`an evicted key leaves as ${verb} with lazyfree-lazy-eviction ${isLazy}`, async () => {
    const clock = new ManualClock();
    await using server = startServer(clock);
    const effects: string[] = [], events: string[] = [];
    server.effects.addSink({
      append: (databaseIndex, args) => effects.push([databaseIndex, ...args.texts(0)].join(" ")),
    });
    server.changeListeners.add({
      changed: (databaseIndex, key, event) =>
        events.push(`${event} ${key.toText()} in ${databaseIndex}`),
      flushed: () => {},
    });
    await using client = new Client(server.connect());
    await client.call("SELECT", 3);
    await client.call("SET", "key", "value");
    await client.call("CONFIG", "SET", "lazyfree-lazy-eviction", isLazy);
    await client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", 1);
    clock.advance(2);
    assertEquals(effects, ["3 SET key value", `3 ${verb} key`]);
    assertEquals(events, ["set key in 3", "evicted key in 3"]);
    assertEquals(server.stats.evictedKeys, 1);
  });
}

Deno.test("nothing is evicted while clients are paused", async () => {
  const clock = new ManualClock();
  await using server = startServer(clock);
  await using client = new Client(server.connect());
  await client.call("SET", "key", "value");
  await client.call("CLIENT", "PAUSE", 1000, "WRITE");
  await client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", 1);
  clock.advance(500);
  assertEquals(await client.call("GET", "key"), "value");
  clock.advance(1000);
  assertEquals(await client.call("GET", "key"), null);
});
