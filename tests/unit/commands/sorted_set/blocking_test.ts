/**
 * Blocking pops of sorted sets: what logs and replicas get, the events, and timeouts on a clock.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { BlockingServer } from "../../engine/blocking_server.ts";

/** A form of each command, with its reply and effect when `k` holds a, b and c. */
const CASES = [
  ["BZPOPMIN k 0", ["k", "a", "1"], "ZPOPMIN k"],
  ["BZPOPMAX x k 0", ["k", "c", "3"], "ZPOPMAX k"],
  ["BZMPOP 0 1 k MIN", ["k", [["a", "1"]]], "ZPOPMIN k 1"],
  ["BZMPOP 0 2 x k MAX COUNT 2", ["k", [["c", "3"], ["b", "2"]]], "ZPOPMAX k 2"],
  ["BZMPOP 0 1 k MIN COUNT 9", ["k", [["a", "1"], ["b", "2"], ["c", "3"]]], "ZPOPMIN k 3"],
] as const;

Deno.test("a blocking pop leaves as the pop that it was, at once or later", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  const add = ["ZADD", "k", "1", "a", "2", "b", "3", "c"];
  for (const [line, expected, effect] of CASES) {
    await client.call(...add);
    fixture.effects.length = 0;
    assertEquals(await client.call(...line.split(" ")), expected);
    assertEquals(fixture.effects, [effect], line);
    await client.call("DEL", "k");

    fixture.effects.length = 0;
    const { reply } = await fixture.block(fixture.client(), line);
    await client.call(...add);
    assertEquals(await reply, expected);
    assertEquals(fixture.effects, [add.join(" "), effect], line);
    await client.call("DEL", "k");
  }
});

Deno.test("a served pop notes its events, with the end of the key", async () => {
  await using fixture = new BlockingServer();
  const events: string[] = [];
  fixture.server.changeListeners.add({
    changed: (_, key, event) => events.push(`${event} ${key.toText()}`),
    flushed: () => {},
  });
  const { reply } = await fixture.block(fixture.client(), "BZPOPMIN k 0");
  await fixture.client().call("ZADD", "k", "1", "a");
  await reply;
  assertEquals(events, ["zadd k", "zpopmin k", "del k"]);
});

Deno.test("a blocking pop's time is up to the millisecond", async () => {
  await using fixture = new BlockingServer();
  for (const line of ["BZPOPMIN k 0.25", "BZPOPMAX k 0.2499", "BZMPOP 0.25 1 k MIN"]) {
    const { reply } = await fixture.block(fixture.client(), line);
    fixture.clock.advance(249);
    assertEquals(fixture.blockedCount, 1);
    fixture.clock.advance(1);
    assertEquals(await reply, null);
  }
});
