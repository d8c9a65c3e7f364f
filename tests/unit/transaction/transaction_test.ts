/**
 * Transactions on a server in memory: what leaves for logs, who listens, what is kept.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { DisconnectedError } from "../../../src/client/mod.ts";
import { bytesOfText, textOfBytes } from "../../../src/base/byte_view.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { startServer } from "../../../src/mod.ts";
import { eventually } from "../../support/poll.ts";
import { BlockingServer } from "../engine/blocking_server.ts";

Deno.test("a transaction's effects leave as one, without those of commands that changed nothing", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  for (const line of ["MULTI", "SET a 1", "GET a", "LPUSH a x", "DEL nothing", "EXPIRE a 10"]) {
    await client.call(...line.split(" "));
  }
  const [, , failure] = await client.call("EXEC") as unknown[];
  assert(failure instanceof RedisError);
  const dueMs = fixture.clock.nowMs() + 10_000;
  assertEquals(fixture.effects, ["MULTI", "SET a 1", `PEXPIREAT a ${dueMs}`, "EXEC"]);
});

Deno.test("a transaction that changed nothing leaves no trace, one change no frame", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  for (const line of ["MULTI", "GET a", "EXEC", "MULTI", "SET a 1", "EXEC", "MULTI", "EXEC"]) {
    await client.call(...line.split(" "));
  }
  for (const line of ["MULTI", "SET a 1", "DISCARD"]) await client.call(...line.split(" "));
  assertEquals(fixture.effects, ["SET a 1"]);
});

Deno.test("who waits is served behind the transaction, as an effect of its own", async () => {
  await using fixture = new BlockingServer();
  const { reply } = await fixture.block(fixture.client(), "TAKE k 0");
  const client = fixture.client();
  for (const line of ["MULTI", "APPEND k abc", "APPEND k d", "EXEC"]) {
    await client.call(...line.split(" "));
  }
  assertEquals(await reply, ["k", "a"]);
  assertEquals(fixture.effects, ["MULTI", "APPEND k abc", "APPEND k d", "EXEC", "TAKE k 0"]);
});

Deno.test("changes are listened to only while somebody watches", async () => {
  await using fixture = new BlockingServer();
  const { server } = fixture;
  const first = fixture.client(), second = fixture.client();
  await first.call("WATCH", "a", "b");
  await second.call("WATCH", "a");
  assertEquals(server.changeListeners.count, 1);
  await first.call("SET", "a", "1");
  await first.call("UNWATCH");
  assertEquals(server.changeListeners.count, 1);
  await second.call("MULTI");
  assertEquals(await second.call("EXEC"), null);
  assertEquals(server.changeListeners.count, 0);
});

Deno.test("a client that leaves watches no more", async () => {
  await using fixture = new BlockingServer();
  const leaver = fixture.client();
  await leaver.call("WATCH", "a");
  await leaver.call("MULTI");
  await leaver.call("SET", "a", "1");
  await leaver[Symbol.asyncDispose]();
  await eventually(() => fixture.server.changeListeners.count === 0, { pauseMs: 0 });
  assertEquals(fixture.effects, []);
});

Deno.test("a key that expires unnoticed breaks its watch, and stays where it is", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  fixture.server.isExpiringActively = false;
  await client.call("SET", "a", "1", "PX", "50");
  await client.call("WATCH", "a");
  await client.call("MULTI");
  fixture.clock.advance(60);
  assertEquals(await client.call("EXEC"), null);
  assertEquals(fixture.server.store.databases[0].count, 1);
  assertEquals(fixture.server.stats.expiredKeys, 0);
});

Deno.test("large transactions are whole, and what they held is let go", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client();
  const value = "v".repeat(10_000);
  for (let round = 0; round < 3; round++) {
    await client.call("MULTI");
    for (let index = 0; index < 50; index++) await client.call("SET", `k${index}`, value + index);
    const [session] = fixture.server.clients;
    assert(session.connection.queuedBytes > 50 * value.length);
    assertEquals((await client.call("EXEC") as unknown[]).length, 50);
    assertEquals(session.connection.queuedBytes, 0);
    assertEquals(await client.call("GET", "k49"), value + "49");
  }
});

Deno.test("a queue that comes in pieces, cut anywhere, runs as it was sent", async () => {
  await using server = await startServer({ port: "none" });
  const connection = server.connect();
  const request = "MULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\n10\r\nINCR a\r\n" +
    "*3\r\n$6\r\nAPPEND\r\n$1\r\na\r\n$2\r\nxy\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\nEXEC\r\n";
  const reply = "+OK\r\n" + "+QUEUED\r\n".repeat(4) + "*4\r\n+OK\r\n:11\r\n:4\r\n$4\r\n11xy\r\n";
  const bytes = bytesOfText(request) as Uint8Array<ArrayBuffer>;
  const got = new Uint8Array(reply.length);
  for (let cut = 1; cut < bytes.length; cut++) {
    await connection.write(bytes.slice(0, cut));
    await connection.write(bytes.slice(cut)); // when the server has read what came before
    for (let at = 0; at < got.length;) at += (await connection.read(got.subarray(at)))!;
    assertEquals(textOfBytes(got), reply, `cut at ${cut}`);
  }
  connection.close();
});

Deno.test("two open transactions of two clients don't mix", async () => {
  await using fixture = new BlockingServer();
  const first = fixture.client(), second = fixture.client();
  for (const client of [first, second, first, second]) {
    await client.call("MULTI");
    await client.call("SET", client === first ? "a" : "b", "1");
    if (client === first) await second.call("PING");
    await client.call("EXEC");
    await assertRejects(() => client.call("EXEC"), RedisError, "ERR EXEC without MULTI");
  }
  await first.call("MULTI");
  await second.call("MULTI");
  await first.call("SET", "a", "2");
  await second.call("SET", "b", "2");
  await second.call("EXEC");
  await first.call("EXEC");
  assertEquals(await first.call("MGET", "a", "b"), ["2", "2"]);
});

Deno.test("a client that kills itself in a transaction does not stop it", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client(), other = fixture.client();
  const id = await client.call("CLIENT", "ID");
  await client.call("MULTI");
  await client.call("CLIENT", "KILL", "ID", String(id), "SKIPME", "no");
  await client.call("SET", "a", "1");
  await client.call("EXEC").catch(() => {});
  assertEquals(await other.call("GET", "a"), "1");
});

Deno.test("a client that queues more than clients may hold is closed", async () => {
  await using fixture = new BlockingServer();
  const client = fixture.client(), other = fixture.client();
  await other.call("CLIENT", "NO-EVICT", "ON");
  await other.call("CONFIG", "SET", "maxmemory-clients", "1mb");
  await client.call("MULTI");
  const queueMany = async () => {
    for (let count = 0; count < 20; count++) await client.call("SET", "k", "v".repeat(100_000));
  };
  await assertRejects(queueMany, DisconnectedError);
  assertEquals(fixture.server.stats.evictedClients, 1);
  assertEquals([...fixture.server.clients].length, 1);
  assertEquals(await other.call("GET", "k"), null);
});
