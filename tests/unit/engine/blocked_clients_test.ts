/**
 * Blocked clients: who waits, who is served and when, and what is left of a wait.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DisconnectedError } from "../../../src/client/mod.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { eventually } from "../../support/poll.ts";
import { BlockingServer } from "./blocking_server.ts";

/** The field of an INFO section. */
function fieldOf(info: unknown, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\r?$`, "m").exec(String(info))?.[1];
}

Deno.test("takeOrBlock serves at once from the first key that has something", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  await client.call("MSET", "b", "xy", "c", "z");
  assertEquals(await client.call("TAKE", "a", "b", "c", "0"), ["b", "x"]);
  assertEquals(fixture.effects, ["MSET b xy c z", "TAKE b 0"]);
  assertEquals(fixture.server.changeListeners.count, 0);
});

Deno.test("a blocked client is served behind the command that fed it, as an effect of its own", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  const { reply } = await fixture.block(fixture.client(), "TAKE k 0");
  assertEquals(await feeder.call("APPEND", "k", "abc"), 3);
  assertEquals(await reply, ["k", "a"]);
  assertEquals(await feeder.call("GET", "k"), "bc");
  assertEquals(fixture.effects, ["APPEND k abc", "TAKE k 0"]);
  assertEquals(fixture.blockedCount, 0);
  assertEquals(fixture.server.changeListeners.count, 0);
});

Deno.test("waiters of a key are served in order of arrival, as far as it goes", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  const waits = [];
  for (let index = 0; index < 4; index++) {
    waits.push(await fixture.block(fixture.client(), "TAKE k 0"));
  }
  await feeder.call("SET", "k", "abc");
  assertEquals(
    await Promise.all(waits.slice(0, 3).map(({ reply }) => reply)),
    [["k", "a"], ["k", "b"], ["k", "c"]],
  );
  assertEquals(fixture.blockedCount, 1);
  await feeder.call("SET", "k", "d");
  assertEquals(await waits[3].reply, ["k", "d"]);
});

Deno.test("keys are served in the order in which they changed", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  const { reply } = await fixture.block(fixture.client(), "TAKE a b a 0");
  await feeder.call("MSET", "other", "1", "b", "2", "a", "3");
  assertEquals(await reply, ["b", "2"]);
  assertEquals(await feeder.call("GET", "a"), "3");
});

Deno.test("what a served client changes serves others, in a chain", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  const taken = await fixture.block(fixture.client(), "TAKE c 0");
  const second = await fixture.block(fixture.client(), "PASS b c 0");
  const first = await fixture.block(fixture.client(), "PASS a b 0");
  assertEquals(await feeder.call("SET", "a", "x"), "OK");
  assertEquals(await first.reply, "x");
  assertEquals(await second.reply, "x");
  assertEquals(await taken.reply, ["c", "x"]);
  assertEquals(fixture.effects, ["SET a x", "PASS a b 0", "PASS b c 0", "TAKE c 0"]);
});

Deno.test("an error while it is served ends a client's wait, and takes nothing from others", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  const failing = await fixture.block(fixture.client(), "PASS k z 0");
  const waiting = await fixture.block(fixture.client(), "TAKE k 0");
  await feeder.call("SET", "k", "x");
  await assertRejects(() => failing.reply, RedisError, "ERR forbidden");
  assertEquals(await waiting.reply, ["k", "x"]);
  const stats = await feeder.call("INFO", "commandstats");
  assertMatch(fieldOf(stats, "cmdstat_pass")!, /^calls=1,.*rejected_calls=0,failed_calls=1$/);
  assertMatch(fieldOf(stats, "cmdstat_take")!, /^calls=1,.*rejected_calls=0,failed_calls=0$/);
  assertEquals(fieldOf(await feeder.call("INFO", "errorstats"), "errorstat_ERR"), "count=1");
});

Deno.test("a timeout is kept to the millisecond; 0 is for ever", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  const timed = await fixture.block(fixture.client(), "TAKE k 100");
  const endless = await fixture.block(fixture.client(), "TAKE k 0");
  const info = await client.call("INFO", "clients");
  assertEquals(fieldOf(info, "blocked_clients"), "2");
  assertEquals(fieldOf(info, "clients_in_timeout_table"), "1");
  fixture.clock.advance(99);
  assertEquals(fixture.blockedCount, 2);
  fixture.clock.advance(1);
  assertEquals(await timed.reply, null);
  fixture.clock.advance(1_000_000);
  assertEquals(fixture.blockedCount, 1);
  await client.call("SET", "k", "x");
  assertEquals(await endless.reply, ["k", "x"]);
});

Deno.test("a served client's timeout never comes", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client(), client = fixture.client();
  const { reply } = await fixture.block(client, "TAKE k 100");
  const before = fixture.clock.timerCount;
  await feeder.call("SET", "k", "x");
  assertEquals(await reply, ["k", "x"]);
  assertEquals(fixture.clock.timerCount, before - 1);
  const again = await fixture.block(client, "TAKE k 100");
  fixture.clock.advance(100);
  assertEquals(await again.reply, null);
});

Deno.test("where nothing may wait, a command's time is up at once", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  assertEquals(await client.call("TAKEN", "k", "0"), null);
  await client.call("SET", "k", "x");
  assertEquals(await client.call("TAKEN", "k", "0"), ["k", "x"]);
});

Deno.test("requests behind a blocked one wait for it and run afterwards, in order", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client(), client = fixture.client();
  const first = client.call("TAKE", "k", "0");
  const rest = [client.call("ECHO", "1"), client.call("TAKE", "k", "0"), client.call("ECHO", "2")];
  await eventually(() => fixture.blockedCount === 1, { pauseMs: 0 });
  await feeder.call("SET", "k", "x");
  assertEquals(await first, ["k", "x"]);
  assertEquals(await rest[0], "1");
  await eventually(() => fixture.blockedCount === 1, { pauseMs: 0 });
  await feeder.call("SET", "k", "y");
  assertEquals(await Promise.all(rest), ["1", ["k", "y"], "2"]);
});

Deno.test("requests that arrive while their client is blocked run afterwards, whatever their size", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client(), client = fixture.client();
  const { reply } = await fixture.block(client, "TAKE k 0");
  const long = "v".repeat(200_000);
  const rest = [client.call("SET", "long", long), client.call("GET", "long"), client.call("PING")];
  await feeder.call("PING");
  await feeder.call("SET", "k", "x");
  assertEquals(await reply, ["k", "x"]);
  assertEquals(await Promise.all(rest), ["OK", long, "PONG"]);
});

Deno.test("CLIENT UNBLOCK ends a wait as a timeout or with an error", async () => {
  await using fixture = new BlockingServer();
  const admin = fixture.client(), client = fixture.client();
  const id = String(await client.call("CLIENT", "ID"));
  assertEquals(await admin.call("CLIENT", "UNBLOCK", id), 0);
  for (const reason of [[], ["TIMEOUT"]]) {
    const { reply } = await fixture.block(client, "TAKE k 0");
    assertEquals(await admin.call("CLIENT", "UNBLOCK", id, ...reason), 1);
    assertEquals(await reply, null);
  }
  const { reply } = await fixture.block(client, "TAKE k 0");
  assertMatch(String(await admin.call("CLIENT", "LIST", "ID", id)), / flags=b .* cmd=take /);
  assertEquals(await admin.call("CLIENT", "UNBLOCK", id, "ERROR"), 1);
  await assertRejects(() => reply, RedisError, "UNBLOCKED client unblocked via CLIENT UNBLOCK");
  assertEquals(await admin.call("CLIENT", "UNBLOCK", id), 0);
  assertMatch(String(await admin.call("CLIENT", "LIST", "ID", id)), / flags=N /);
  const stats = await admin.call("INFO", "commandstats");
  assertMatch(fieldOf(stats, "cmdstat_take")!, /^calls=3,.*failed_calls=3$/);
  assertEquals(fieldOf(await admin.call("INFO", "errorstats"), "errorstat_UNBLOCKED"), "count=1");
});

Deno.test("a client that is gone or killed waits no longer", async () => {
  await using fixture = new BlockingServer();
  const admin = fixture.client();
  const gone = fixture.client(), killed = fixture.client();
  const id = String(await killed.call("CLIENT", "ID"));
  await fixture.block(gone, "TAKE k l 100");
  const { reply } = await fixture.block(killed, "TAKE k 0");
  const timerCount = fixture.clock.timerCount;
  await gone.close();
  await eventually(() => fixture.blockedCount === 1, { pauseMs: 0 });
  assertEquals(fixture.clock.timerCount, timerCount - 1);
  assertEquals(await admin.call("CLIENT", "KILL", "ID", id), 1);
  await assertRejects(() => reply, DisconnectedError);
  assertEquals(fixture.blockedCount, 0);
  assertEquals(fixture.server.changeListeners.count, 0);
  await admin.call("SET", "k", "x");
  assertEquals(await admin.call("GET", "k"), "x");
});

Deno.test("a paused command serves nobody until the pause ends; timeouts run on", async () => {
  await using fixture = new BlockingServer();
  const admin = fixture.client(), feeder = fixture.client();
  const timed = await fixture.block(fixture.client(), "TAKE k 10");
  const endless = await fixture.block(fixture.client(), "TAKE k 0");
  await admin.call("CLIENT", "PAUSE", "1000", "WRITE");
  const setting = await fixture.block(feeder, "SET k x");
  assertEquals(await admin.call("CLIENT", "UNBLOCK", String(await admin.call("CLIENT", "ID"))), 0);
  fixture.clock.advance(10);
  assertEquals(await timed.reply, null);
  await admin.call("CLIENT", "UNPAUSE");
  assertEquals(await setting.reply, "OK");
  assertEquals(await endless.reply, ["k", "x"]);
});

Deno.test("RENAME, COPY, MOVE and SWAPDB onto a key serve its waiters", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  for (const line of ["RENAME from k", "COPY from k", "RENAMENX from k"]) {
    const { reply } = await fixture.block(fixture.client(), "TAKE k 0");
    await feeder.call("SET", "from", "x");
    await feeder.call(...line.split(" "));
    assertEquals(await reply, ["k", "x"], line);
  }
  for (const line of ["MOVE k 0", "SWAPDB 0 1"]) {
    const { reply } = await fixture.block(fixture.client(), "TAKE k 0");
    await feeder.call("SELECT", "1");
    await feeder.call("SET", "k", "x");
    assertEquals(fixture.blockedCount, 1, "the same key of another database");
    await feeder.call(...line.split(" "));
    assertEquals(await reply, ["k", "x"], line);
    await feeder.call("FLUSHALL");
  }
});

Deno.test("a key that has expired by the time its waiters are tried serves nobody, and goes", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  fixture.server.isExpiringActively = false;
  await feeder.call("SELECT", "1");
  await feeder.call("SET", "k", "x", "PX", "100");
  await fixture.block(fixture.client(), "TAKE k 0");
  fixture.clock.advance(101);
  fixture.effects.length = 0;
  await feeder.call("SWAPDB", "0", "1");
  assertEquals(fixture.blockedCount, 1);
  assertEquals(fixture.effects, ["SWAPDB 0 1", "DEL k"]);
});

Deno.test("who wants to know is told when the key is lost, however it was", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  for (const line of ["DEL k", "RENAME k other", "FLUSHALL", "FLUSHDB ASYNC", "SWAPDB 0 1"]) {
    await feeder.call("SET", "k", "?");
    const { reply } = await fixture.block(fixture.client(), "GUARD k 0");
    await feeder.call("APPEND", "k", "?");
    assertEquals(fixture.blockedCount, 1);
    await feeder.call(...line.split(" "));
    await assertRejects(() => reply, RedisError, "UNBLOCKED the key is lost", line);
  }
  await feeder.call("SET", "k", "?", "PX", "50");
  const { reply } = await fixture.block(fixture.client(), "GUARD k 0");
  fixture.clock.advance(51);
  await assertRejects(() => reply, RedisError, "UNBLOCKED the key is lost");
});

Deno.test("a key that expires is lost at the look that finds it expired", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  fixture.server.isExpiringActively = false;
  await feeder.call("SET", "k", "?", "PX", "50");
  const { reply } = await fixture.block(fixture.client(), "GUARD k 0");
  fixture.clock.advance(51);
  assertEquals(fixture.blockedCount, 1);
  assertEquals(await feeder.call("GET", "k"), null);
  await assertRejects(() => reply, RedisError, "UNBLOCKED the key is lost");
});

Deno.test("a reply that its client muted is not sent, and CLIENT REPLY SKIP is over with it", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client(), client = fixture.client();
  // Neither CLIENT REPLY SKIP nor the skipped command is answered: the first reply is ECHO's.
  const replies = [
    client.call("CLIENT", "REPLY", "SKIP"),
    client.call("TAKE", "k", "0"),
    client.call("ECHO", "seen"),
  ];
  replies.forEach((reply) => reply.catch(() => {}));
  await eventually(() => fixture.blockedCount === 1, { pauseMs: 0 });
  await feeder.call("SET", "k", "x");
  assertEquals(await replies[0], "seen");
  assertEquals(await feeder.call("EXISTS", "k"), 0);
});

Deno.test("a thousand waiters of one key are served one by one", async () => {
  await using fixture = new BlockingServer();
  const feeder = fixture.client();
  const count = 1000, waits = [];
  for (let index = 0; index < count; index++) {
    waits.push(fixture.client().call("TAKE", "k", `k${index % 10}`, "0"));
  }
  await eventually(() => fixture.blockedCount === count);
  const feeds = waits.map((_, index) => feeder.call("SET", "k", String(index % 10)));
  await Promise.all(feeds);
  const taken = await Promise.all(waits);
  assert(taken.every((reply, index) => (reply as string[])[1] === String(index % 10)));
  assertEquals(fixture.server.changeListeners.count, 0);
});
