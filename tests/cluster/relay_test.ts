/**
 * Relay: plain clients that use the keys of all nodes through any of them.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { TestCluster, wireReply } from "../support/cluster.ts";
import { wireOf } from "../support/reply.ts";
import { takeSeed } from "../support/seed.ts";

const RELAY = { config: { "cluster-mode": "relay" } };

Deno.test("a node that relays looks like a single server", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0);
  const mine = cluster.keyOf(0, "a"), alsoMine = cluster.keyOf(0, "b");
  assertEquals(await wireReply(client, "MSET", mine, "1", alsoMine, "2"), "+OK\r\n");
  assertEquals(await wireReply(client, "MGET", mine, alsoMine), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  assertEquals(await wireReply(client, "SELECT", "1"), "+OK\r\n");
  assertEquals(await wireReply(client, "GET", mine), "$-1\r\n");
  assertEquals(await wireReply(client, "MOVE", mine, "0"), ":0\r\n");
});

Deno.test("a key is used through any node, in the client's database and protocol", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using first = await cluster.connect(0);
  await using second = await cluster.connect(0, 3);
  const key = cluster.keyOf(1);
  assertEquals(await wireReply(first, "SET", key, "v"), "+OK\r\n");
  assertEquals(await wireReply(second, "GET", key), "$1\r\nv\r\n");
  assertEquals(await wireReply(second, "HGETALL", cluster.keyOf(2)), "%0\r\n");
  assertEquals(await wireReply(first, "HGETALL", cluster.keyOf(2)), "*0\r\n");
  assertEquals(await wireReply(first, "SELECT", "3"), "+OK\r\n");
  assertEquals(await wireReply(first, "GET", key), "$-1\r\n");
  assertEquals(await wireReply(second, "GET", key), "$1\r\nv\r\n");
  assertMatch(await wireReply(first, "SET", key), /^-ERR wrong number/);
  assertMatch(await wireReply(second, "LPUSH", key, "v"), /^-WRONGTYPE/);
  for (const index of [1, 2]) {
    await using other = await cluster.connect(index);
    assertEquals(await wireReply(other, "GET", key), "$1\r\nv\r\n");
  }
});

Deno.test("a pipeline over all nodes is answered in order", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0);
  const random = new SeededRandom(takeSeed("pipeline over all nodes"));
  const counts = new Map<string, number>();
  const words: string[][] = [], expected: string[] = [];
  let databaseIndex = 0;
  for (let step = 0; step < 5000; step++) {
    const key = `key:${random.below(100)}`, name = `${databaseIndex} ${key}`;
    const count = counts.get(name) ?? 0;
    switch (random.below(8)) {
      case 0:
        words.push(["GET", key]);
        expected.push(count === 0 ? "$-1\r\n" : `$${`${count}`.length}\r\n${count}\r\n`);
        break;
      case 1:
        words.push(["PING"]);
        expected.push("+PONG\r\n");
        break;
      case 2:
        words.push(["CONFIG", "GET", "databases"]); // waits for the replies before
        expected.push("*2\r\n$9\r\ndatabases\r\n$2\r\n16\r\n");
        break;
      case 3:
        databaseIndex = random.below(3);
        words.push(["SELECT", `${databaseIndex}`]);
        expected.push("+OK\r\n");
        break;
      case 4:
        words.push(["ECHO", key]);
        expected.push(`$${key.length}\r\n${key}\r\n`);
        break;
      case 5:
        words.push(["MULTI"], ["INCR", key], ["GET", key], ["EXEC"]);
        counts.set(name, count + 1);
        expected.push("+OK\r\n", "+QUEUED\r\n", "+QUEUED\r\n");
        expected.push(`*2\r\n:${count + 1}\r\n$${`${count + 1}`.length}\r\n${count + 1}\r\n`);
        break;
      default:
        words.push(["INCR", key]);
        counts.set(name, count + 1);
        expected.push(`:${count + 1}\r\n`);
    }
  }
  const replies = await client.pipeline(words);
  assertEquals(replies.map(wireOf), expected);
});

Deno.test("replies that a client does not want are not sent, wherever they come from", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0);
  const theirs = cluster.keyOf(1);
  client.send("CLIENT", "REPLY", "OFF");
  client.send("SET", theirs, "1");
  client.send("INCR", theirs);
  client.send("CLIENT", "REPLY", "ON");
  assertEquals(wireOf(await client.receive()), "+OK\r\n");
  client.send("CLIENT", "REPLY", "SKIP");
  client.send("INCR", theirs);
  assertEquals(await wireReply(client, "GET", theirs), "$1\r\n3\r\n");
});

Deno.test("a client that sends no more still gets all replies", async () => {
  await using cluster = await TestCluster.start(RELAY);
  using connection = await Deno.connect({ port: cluster.ports[0] });
  const key = cluster.keyOf(1);
  await connection.write(
    new TextEncoder().encode(`SET ${key} v\r\nCONFIG GET port\r\nGET ${key}\r\n`),
  );
  await connection.closeWrite();
  const text = await new Response(connection.readable).text();
  assertMatch(text, /^\+OK\r\n\*2\r\n\$4\r\nport\r\n\$\d+\r\n\d+\r\n\$1\r\nv\r\n$/);
});

Deno.test("a long reply and a long argument pass through", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0);
  const key = cluster.keyOf(1), value = "x".repeat(3_000_000);
  assertEquals(await wireReply(client, "SET", key, value), "+OK\r\n");
  assertEquals(await client.value("GET", key), value);
  assertEquals(await client.value("STRLEN", key), value.length);
});

Deno.test("a broken request ends the connection behind the replies to those before it", async () => {
  await using cluster = await TestCluster.start(RELAY);
  using connection = await Deno.connect({ port: cluster.ports[0] });
  await connection.write(new TextEncoder().encode(`SET ${cluster.keyOf(1)} v\r\n*1\r\n!\r\n`));
  const text = await new Response(connection.readable).text();
  assertMatch(text, /^\+OK\r\n-ERR Protocol error: [^\r]*\r\n$/);
});
