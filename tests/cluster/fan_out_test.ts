/**
 * Fan-out: what any node answers for all nodes of a cluster that relays.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startServer } from "../../src/mod.ts";
import { NOTICING, TestCluster, wireReply } from "../support/cluster.ts";
import { freePort } from "../support/free_port.ts";
import { eventually } from "../support/poll.ts";
import { wireOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

const RELAY = { config: { "cluster-mode": "relay", "enable-debug-command": "yes" } };
const DOWN = "-CLUSTERDOWN The cluster is down\r\n";
const KEYS = Array.from({ length: 300 }, (_, index) => `key:${index}`);

/** A client of each node. */
async function clientsOf(
  cluster: TestCluster,
  protocol: 2 | 3 = 2,
): Promise<AsyncDisposable & { readonly all: RespClient[] }> {
  await using starting = new AsyncDisposableStack();
  const all: RespClient[] = [];
  for (const index of cluster.ports.keys()) {
    all.push(starting.use(await cluster.connect(index, protocol)));
  }
  const running = starting.move();
  return { all, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Sets keys at their owners. */
async function fill(cluster: TestCluster, clients: readonly RespClient[]): Promise<void> {
  for (const key of KEYS) await clients[cluster.ownerOf(key)].value("SET", key, "v");
}

/** All keys that SCAN returns, each step asked of the next node. */
async function scanAll(clients: readonly RespClient[], ...options: string[]): Promise<string[]> {
  const found: string[] = [];
  let cursor = "0", stepCount = 0;
  do {
    const client = clients[stepCount++ % clients.length];
    const [next, keys] = await client.value("SCAN", cursor, ...options) as [string, string[]];
    found.push(...keys);
    cursor = next;
  } while (cursor !== "0");
  return found.sort();
}

Deno.test("any node tells all keys, counts them and draws from them", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using clients = await clientsOf(cluster);
  assertEquals(await wireReply(clients.all[0], "RANDOMKEY"), "$-1\r\n");
  await fill(cluster, clients.all);
  for (const client of clients.all) {
    assertEquals(await client.value("DBSIZE"), KEYS.length);
    assertEquals((await client.value("KEYS", "*") as string[]).sort(), KEYS.toSorted());
    assertEquals(await client.value("KEYS", "key:17"), ["key:17"]);
    assert(KEYS.includes(String(await client.value("RANDOMKEY"))));
    assertMatch(String(await client.value("INFO")), /db0:keys=300,expires=0,avg_ttl=0\r\n/);
    assertStringIncludes(String(await client.value("INFO", "server")), "redis_mode:standalone");
  }
  assertEquals(await scanAll(clients.all), KEYS.toSorted());
  assertEquals(
    await scanAll(clients.all, "COUNT", "7", "MATCH", "key:*7*"),
    KEYS.filter((key) => key.includes("7")).toSorted(),
  );
  assertEquals(await scanAll(clients.all, "TYPE", "list"), []);
  assertEquals(await wireReply(clients.all[1], "SCAN", "x"), "-ERR invalid cursor\r\n");
  assertEquals(await wireReply(clients.all[1], "SCAN", "x", "COUNT"), "-ERR invalid cursor\r\n");
  assertEquals(await wireReply(clients.all[1], "SCAN", "0", "COUNT"), "-ERR syntax error\r\n");
  const [cursor, keys] = await clients.all[2].value("SCAN", "0", "COUNT", "1000") as [
    string,
    string[],
  ];
  assertEquals([cursor, keys.toSorted()], ["0", KEYS.toSorted()]);
  assertEquals(
    await clients.all[0].value("SCAN", "123456789"),
    await clients.all[0].value("SCAN", "0"),
  );
});

Deno.test("databases are emptied and exchanged at all nodes", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using clients = await clientsOf(cluster);
  const [first, second] = clients.all;
  await fill(cluster, clients.all);
  await second.value("SELECT", "1");
  assertEquals(await second.value("DBSIZE"), 0);
  assertEquals(await first.value("SWAPDB", "0", "1"), "OK");
  assertEquals(await second.value("DBSIZE"), KEYS.length);
  assertEquals(await first.value("DBSIZE"), 0);
  assertEquals(await first.value("FLUSHDB"), "OK");
  assertEquals(await second.value("DBSIZE"), KEYS.length);
  assertEquals(await wireReply(first, "FLUSHALL", "NOW"), "-ERR syntax error\r\n");
  assertEquals(await first.value("FLUSHALL"), "OK");
  assertEquals(await second.value("DBSIZE"), 0);
});

Deno.test("DEBUG DIGEST is that of one server with all keys", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using single = await TestCluster.start({ ...RELAY, nodeCount: 1 });
  await using clients = await clientsOf(cluster);
  await using whole = await single.connect(0);
  for (const database of ["0", "5"]) {
    for (const client of [...clients.all, whole]) await client.value("SELECT", database);
    await fill(cluster, clients.all);
    for (const key of KEYS) await whole.value("SET", key, "v");
  }
  const digest = await whole.value("DEBUG", "DIGEST");
  assertMatch(String(digest), /^[0-9a-f]{40}$/);
  for (const client of clients.all) assertEquals(await client.value("DEBUG", "DIGEST"), digest);
});

Deno.test("a message reaches whoever listens at any node, and its reply counts them", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using listeners = await clientsOf(cluster, 3);
  await using clients = await clientsOf(cluster);
  for (const [index, listener] of listeners.all.entries()) {
    assertMatch(await wireReply(listener, "SUBSCRIBE", "news"), /subscribe/);
    assertMatch(await wireReply(listener, "PSUBSCRIBE", index === 0 ? "n*" : "*s"), /psubscribe/);
    assertMatch(await wireReply(listener, "SSUBSCRIBE", `shard:${index}`), /ssubscribe/);
  }
  for (const client of clients.all) {
    assertEquals(await client.value("PUBLISH", "news", "\xff"), 6);
    for (const listener of listeners.all) {
      const pushes = [wireOf(await listener.receive()), wireOf(await listener.receive())];
      assertMatch(pushes[0], /^>3\r\n\$7\r\nmessage\r\n\$4\r\nnews\r\n\$1\r\n\xff/);
      assertMatch(pushes[1], /^>4\r\n\$8\r\npmessage/);
    }
    assertEquals(await client.value("SPUBLISH", "shard:2", "m"), 1);
    assertMatch(wireOf(await listeners.all[2].receive()), /smessage/);
    assertEquals(await client.value("PUBSUB", "CHANNELS"), ["news"]);
    assertEquals(await client.value("PUBSUB", "CHANNELS", "x*"), []);
    assertEquals(await client.value("PUBSUB", "NUMSUB", "news", "old"), ["news", 3, "old", 0]);
    assertEquals(await client.value("PUBSUB", "NUMPAT"), 2);
    const shards = await client.value("PUBSUB", "SHARDCHANNELS") as string[];
    assertEquals(shards.sort(), ["shard:0", "shard:1", "shard:2"]);
    assertEquals(await client.value("PUBSUB", "SHARDNUMSUB", "shard:1"), ["shard:1", 1]);
  }
});

Deno.test("replies keep the order of a pipeline, and CLIENT REPLY is heeded", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using clients = await clientsOf(cluster);
  await fill(cluster, clients.all);
  const replies = await clients.all[0].pipeline([
    ["ECHO", "1"],
    ["DBSIZE"],
    ["ECHO", "2"],
    ["PUBLISH", "c", "m"],
    ["DBSIZE"],
    ["PING"],
  ]);
  assertEquals(
    replies.map(wireOf).join(""),
    "$1\r\n1\r\n:300\r\n$1\r\n2\r\n:0\r\n:300\r\n+PONG\r\n",
  );
  await clients.all[1].send("CLIENT", "REPLY", "SKIP");
  await clients.all[1].send("DBSIZE");
  assertEquals(await wireReply(clients.all[1], "DBSIZE"), ":300\r\n");
});

Deno.test("what happens to a key at any node is told to who listens at any", async () => {
  await using cluster = await TestCluster.start({
    config: { ...RELAY.config, "notify-keyspace-events": "KEA" },
  });
  await using clients = await clientsOf(cluster);
  await using listener = await cluster.connect(0, 3);
  await using other = await cluster.connect(1, 3);
  assertMatch(await wireReply(listener, "SUBSCRIBE", "__keyevent@0__:set"), /subscribe/);
  assertMatch(await wireReply(other, "PSUBSCRIBE", "__keyspace@*"), /psubscribe/);
  // Whoever has been told of the subscription tells everything behind it.
  for (const [index, client] of clients.all.entries()) {
    const key = cluster.keyOf(index, "\xff");
    await client.value("SET", key, "v");
    assertStringIncludes(wireOf(await listener.receive()), `\r\n${key}\r\n`);
    assertMatch(wireOf(await other.receive()), /pmessage/);
    await client.value("MULTI");
    for (let count = 0; count < 5; count++) await client.value("SET", key, "v");
    await client.value("EXEC");
    for (let count = 0; count < 5; count++) {
      assertStringIncludes(wireOf(await listener.receive()), `\r\n${key}\r\n`);
      assertMatch(wireOf(await other.receive()), /pmessage/);
    }
  }
  // A node that comes back learns that somebody listens, and one that goes is no longer told.
  await cluster.stopNode(2);
  await cluster.startNode(2);
  await cluster.connected();
  await using again = await cluster.connect(2);
  await again.value("SET", cluster.keyOf(2), "v");
  assertStringIncludes(wireOf(await listener.receive()), cluster.keyOf(2));
  listener.close();
  await other.value("PUNSUBSCRIBE");
  await eventually(async () => await again.value("PUBSUB", "NUMPAT") === 0, { what: "the end" });
  await again.value("SET", cluster.keyOf(2), "v");
  await using late = await cluster.connect(1, 3);
  assertMatch(await wireReply(late, "SUBSCRIBE", "__keyevent@0__:del"), /subscribe/);
  await again.value("DEL", cluster.keyOf(2));
  assertStringIncludes(wireOf(await late.receive()), cluster.keyOf(2));
});

Deno.test("channels of shards are those of the whole cluster, whoever would have their slots", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using listener = await cluster.connect(0, 3);
  const names = [0, 1, 2].map((index) => cluster.keyOf(index, "shard"));
  for (const name of names) {
    assertMatch(await wireReply(listener, "SSUBSCRIBE", name), /ssubscribe/);
  }
  await using client = await cluster.connect(1);
  for (const name of names) {
    assertEquals(await client.value("SPUBLISH", name, "m"), 1);
    assertMatch(wireOf(await listener.receive()), /smessage/);
  }
  await client.value("MULTI");
  await client.value("SPUBLISH", cluster.keyOf(1, "shard"), "m");
  await client.value("EXEC");
  assertMatch(wireOf(await listener.receive()), /smessage/);
  assertMatch(await wireReply(listener, "SUNSUBSCRIBE", ...names), /sunsubscribe/);
});

Deno.test("a transaction sends messages, and does nothing that concerns all nodes", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using listener = await cluster.connect(2, 3);
  await listener.value("SUBSCRIBE", "news");
  await using client = await cluster.connect(0);
  const mine = cluster.keyOf(0);
  for (const writes of [[], [["SET", mine, "v"]], [["SET", cluster.keyOf(1), "v"]]]) {
    await client.value("MULTI");
    for (const words of [...writes, ["PUBLISH", "news", "m"]]) await client.value(...words);
    await client.value("PUBSUB", "NUMSUB", "news");
    assertEquals(await client.value("EXEC"), [...writes.map(() => "OK"), 1, ["news", 1]]);
    assertMatch(wireOf(await listener.receive()), /message.*news.*m/s);
  }
  for (const words of [["DBSIZE"], ["FLUSHALL"], ["SWAPDB", "0", "1"]]) {
    await client.value("MULTI");
    await client.value("SET", mine, "other");
    assertEquals(await wireReply(client, ...words), "+QUEUED\r\n");
    assertMatch(await wireReply(client, "EXEC"), /^-EXECABORT .* can't be part of a transaction/);
  }
  assertEquals(await client.value("GET", mine), "v");
});

Deno.test("messages of one client come in their order, those of its transactions too", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using listener = await cluster.connect(2);
  await listener.value("SUBSCRIBE", "news");
  await using client = await cluster.connect(0);
  const theirs = cluster.keyOf(1), count = 50;
  for (let number = 0; number < count; number += 2) {
    await client.value("MULTI");
    await client.value("PUBLISH", "news", `${number}`);
    await client.value("SET", theirs, `${number}`);
    await client.value("EXEC");
    await client.value("PUBLISH", "news", `${number + 1}`);
  }
  for (let number = 0; number < count; number++) {
    assertMatch(wireOf(await listener.receive()), new RegExp(`\r\n${number}\r\n$`));
  }
});

Deno.test("MIGRATE takes keys from all nodes", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using target = await startServer({ port: freePort() });
  await using taken = target.client();
  await using client = await cluster.connect(0);
  const keys = [0, 1, 2].map((index) => cluster.keyOf(index)), absent = cluster.keyOf(1, "absent");
  const migrate = (...words: string[]) =>
    wireReply(client, "MIGRATE", "127.0.0.1", `${target.port}`, "", "0", "5000", ...words);
  await client.value("MSET", ...keys.flatMap((key) => [key, `value of ${key}`]));
  assertEquals(await migrate("COPY", "KEYS", ...keys, absent), "+OK\r\n");
  assertEquals(await taken.call("MGET", ...keys), keys.map((key) => `value of ${key}`));
  assertEquals(await client.value("EXISTS", ...keys), 3);
  assertMatch(await migrate("KEYS", ...keys), /^-ERR Target instance .*BUSYKEY/);
  assertEquals(await migrate("REPLACE", "KEYS", ...keys), "+OK\r\n");
  assertEquals(await client.value("EXISTS", ...keys), 0);
  assertEquals(await migrate("KEYS", ...keys, absent), "+NOKEY\r\n");
  assertMatch(await migrate("BADLY", "KEYS", ...keys), /^-ERR syntax error/);
});

Deno.test("while a node is down what needs all keys is refused, and what is about clients goes on", async () => {
  await using cluster = await TestCluster.start({ config: { ...RELAY.config, ...NOTICING } });
  await using client = await cluster.connect(0);
  await client.value("SET", cluster.keyOf(0), "v");
  await cluster.stopNode(1);
  // Even before anybody knows that it is down.
  assertEquals(await wireReply(client, "DBSIZE"), DOWN);
  await eventually(async () => String(await client.value("CLUSTER", "INFO")).includes("fail:5"), {
    what: "the node to be failing",
  });
  for (const words of [["DBSIZE"], ["KEYS", "*"], ["FLUSHALL"], ["RANDOMKEY"], ["SCAN", "0"]]) {
    assertEquals(await wireReply(client, ...words), DOWN);
  }
  assertEquals(await client.value("PUBLISH", "c", "m"), 0);
  assertEquals(await client.value("PUBSUB", "NUMSUB", "c"), ["c", 0]);
  assertMatch(String(await client.value("INFO", "keyspace")), /db0:keys=1,/);
  await cluster.startNode(1);
  await cluster.connected();
  await eventually(async () => await wireReply(client, "DBSIZE") === ":1\r\n", {
    what: "the node to be asked again",
  });
});

Deno.test("a client can't say what nodes say of their data and listeners", async () => {
  await using cluster = await TestCluster.start({ ...RELAY, nodeCount: 1 });
  await using client = await cluster.connect(0);
  const requests = [
    ["DIGEST"],
    ["DRAW"],
    ["KEYSPACE"],
    ["LISTEN", "1"],
    ["PATTERNS"],
    ["PUBLISH", "c", "m"],
    ["SPUBLISH", "c", "m"],
  ];
  for (const words of requests) {
    assertMatch(await wireReply(client, "PEER", ...words), /^-PEERDENIED Only nodes/);
  }
});
