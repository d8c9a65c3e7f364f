/**
 * Blocking pops and moves of lists: what logs and replicas get, the events, and timeouts on a clock.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { RedisError } from "../../../../src/errors/redis_error.ts";
import { eventually } from "../../../support/poll.ts";
import { BlockingServer } from "../../engine/blocking_server.ts";

/** A form of each command, with its reply and effect when `k` holds a, b and c. */
const CASES = [
  ["BLPOP k 0", ["k", "a"], "LPOP k"],
  ["BRPOP x k 0", ["k", "c"], "RPOP k"],
  ["BLMPOP 0 1 k LEFT", ["k", ["a"]], "LPOP k 1"],
  ["BLMPOP 0 2 x k RIGHT COUNT 2", ["k", ["c", "b"]], "RPOP k 2"],
  ["BLMPOP 0 1 k LEFT COUNT 9", ["k", ["a", "b", "c"]], "LPOP k 3"],
  ["BLMOVE k t LEFT RIGHT 0", "a", "LMOVE k t LEFT RIGHT"],
  ["BRPOPLPUSH k t 0", "c", "RPOPLPUSH k t"],
] as const;

Deno.test("a blocking pop or move leaves as what it was, at once or later", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  for (const [line, expected, effect] of CASES) {
    await client.call("RPUSH", "k", "a", "b", "c");
    fixture.effects.length = 0;
    assertEquals(await client.call(...line.split(" ")), expected);
    assertEquals(fixture.effects, [effect], line);
    await client.call("DEL", "k", "t");

    fixture.effects.length = 0;
    const { reply } = await fixture.block(fixture.client(), line);
    assertEquals(await client.call("RPUSH", "k", "a", "b", "c"), 3);
    assertEquals(await reply, expected);
    assertEquals(fixture.effects, ["RPUSH k a b c", effect], line);
    await client.call("DEL", "k", "t");
  }
});

Deno.test("a served move notes its events in order, and those of who it serves", async () => {
  await using fixture = new BlockingServer();
  const events: string[] = [];
  fixture.server.changeListeners.add({
    changed: (_, key, event) => events.push(`${event} ${key.toText()}`),
    flushed: () => {},
  });
  const move = await fixture.block(fixture.client(), "BLMOVE k t LEFT RIGHT 0");
  const pop = await fixture.block(fixture.client(), "BRPOP t 0");
  await fixture.client().call("RPUSH", "k", "a");
  await move.reply;
  await pop.reply;
  assertEquals(events, ["rpush k", "rpush t", "lpop k", "del k", "rpop t", "del t"]);
});

Deno.test("a move that fails when it is served changes nothing and leaves nothing", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  await client.call("SET", "t", "x");
  fixture.effects.length = 0;
  const { reply } = await fixture.block(fixture.client(), "BLMOVE k t LEFT RIGHT 0");
  await client.call("RPUSH", "k", "a");
  await assertRejects(() => reply, RedisError, "WRONGTYPE");
  assertEquals(fixture.effects, ["RPUSH k a"]);
  assertEquals(await client.call("LRANGE", "k", "0", "-1"), ["a"]);
});

Deno.test("a blocking pop's or move's time is up to the millisecond", async () => {
  await using fixture = new BlockingServer();
  const lines = [
    "BLPOP k 0.25",
    "BRPOP k 0.2499",
    "BLMPOP 0.25 1 k LEFT",
    "BLMOVE k t LEFT LEFT 0.25",
    "BRPOPLPUSH k t 0.25",
  ];
  for (const line of lines) {
    const { reply } = await fixture.block(fixture.client(), line);
    fixture.clock.advance(249);
    assertEquals(fixture.blockedCount, 1);
    fixture.clock.advance(1);
    assertEquals(await reply, null);
  }
});

Deno.test("a list of long elements feeds a thousand waiters, each with its own", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  const waits = Array.from({ length: 1000 }, (_, index) => {
    return fixture.client().call(index % 2 === 0 ? "BLPOP" : "BRPOP", "k", "0");
  });
  await eventually(() => fixture.blockedCount === waits.length, { what: "all to be blocked" });
  const elements = waits.map((_, index) => `${index}:${"x".repeat(index)}`);
  assertEquals(await client.call("RPUSH", "k", ...elements), 1000);
  const taken = await Promise.all(waits);
  assertEquals(taken.map((reply) => (reply as string[])[1]).sort(), elements.sort());
  assertEquals(await client.call("EXISTS", "k"), 0);
});
