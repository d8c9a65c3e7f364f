/**
 * Redirection: what nodes answer to clients that know clusters.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { NOTICING, TestCluster, wireReply } from "../support/cluster.ts";
import { eventually } from "../support/poll.ts";
import { wireOf } from "../support/reply.ts";
import { RespClient } from "../support/resp_client.ts";

const CROSS_SLOT = "-CROSSSLOT Keys in request don't hash to the same slot\r\n";
const NOT_SERVED = "-CLUSTERDOWN Hash slot not served\r\n";
const DOWN = "-CLUSTERDOWN The cluster is down\r\n";

Deno.test("a node serves its keys and names the owner of others", async () => {
  await using cluster = await TestCluster.start();
  await using client = await cluster.connect(0);
  const mine = cluster.keyOf(0), theirs = cluster.keyOf(1);
  assertEquals(await wireReply(client, "SET", mine, "v"), "+OK\r\n");
  assertEquals(await wireReply(client, "GET", mine), "$1\r\nv\r\n");
  for (const words of [["GET", theirs], ["SET", theirs, "v"], ["LPUSH", theirs, "v"]]) {
    assertEquals(await wireReply(client, ...words), cluster.movedReply(theirs));
  }
  await using owner = await cluster.connect(1);
  assertEquals(await wireReply(owner, "SET", theirs, "v"), "+OK\r\n");
  const tagged = `{${theirs}}.other`;
  assertEquals(await wireReply(owner, "MSET", theirs, "1", tagged, "2"), "+OK\r\n");
  assertEquals(await wireReply(client, "MGET", theirs, tagged), cluster.movedReply(theirs));
});

Deno.test("keys of several slots are refused, whoever has them and however they are named", async () => {
  await using cluster = await TestCluster.start();
  await using client = await cluster.connect(0);
  const [a, b] = [cluster.keyOf(0, "a"), cluster.keyOf(0, "b")], c = cluster.keyOf(1);
  const requests = [
    ["MGET", a, b],
    ["MSET", a, "1", c, "2"],
    ["DEL", c, a],
    ["RENAME", a, b],
    ["SUNIONSTORE", a, a, b],
    ["ZUNIONSTORE", a, "1", b],
    ["ZUNION", "2", a, b],
    ["XREAD", "STREAMS", a, b, "0", "0"],
    ["SORT", a, "STORE", b],
    ["LMPOP", "2", a, b, "LEFT"],
    ["BLPOP", a, b, "0"],
    ["OBJECT", "ENCODING", c, b],
  ].slice(0, -1);
  for (const words of requests) {
    assertEquals(await wireReply(client, ...words), CROSS_SLOT, words.join(" "));
  }
  assertEquals(await wireReply(client, "MGET", a, a), "*2\r\n$-1\r\n$-1\r\n");
  assertEquals(await wireReply(client, "OBJECT", "ENCODING", c), cluster.movedReply(c));
});

Deno.test("requests without keys run at any node, those with wrong arguments too", async () => {
  await using cluster = await TestCluster.start();
  await using client = await cluster.connect(2);
  for (const words of [["PING"], ["DBSIZE"], ["KEYS", "*"], ["PUBLISH", "c", "m"], ["INFO"]]) {
    assert(!(await wireReply(client, ...words)).startsWith("-"), words.join(" "));
  }
  assertMatch(await wireReply(client, "GET"), /^-ERR wrong number/);
  assertMatch(await wireReply(client, "ZUNION", "nonsense", cluster.keyOf(0)), /^-ERR/);
  assertEquals(
    await wireReply(client, "SUNSUBSCRIBE"),
    "*3\r\n$12\r\nsunsubscribe\r\n$-1\r\n:0\r\n",
  );
});

Deno.test("a transaction has its keys in one slot of the node", async () => {
  await using cluster = await TestCluster.start();
  await using client = await cluster.connect(0);
  const a = cluster.keyOf(0, "a"), b = cluster.keyOf(0, "b"), theirs = cluster.keyOf(1);
  await client.value("MULTI");
  assertEquals(await wireReply(client, "SET", a, "1"), "+QUEUED\r\n");
  assertEquals(await wireReply(client, "INCR", a), "+QUEUED\r\n");
  assertEquals(await wireReply(client, "EXEC"), "*2\r\n+OK\r\n:2\r\n");
  // Each by itself is this node's; together they are not.
  await client.value("MULTI");
  assertEquals(await wireReply(client, "INCR", a), "+QUEUED\r\n");
  assertEquals(await wireReply(client, "INCR", b), "+QUEUED\r\n");
  assertEquals(await wireReply(client, "EXEC"), CROSS_SLOT);
  assertEquals(await wireReply(client, "EXEC"), "-ERR EXEC without MULTI\r\n");
  // What is refused when it is queued ends the transaction as ever.
  await client.value("MULTI");
  assertEquals(await wireReply(client, "GET", theirs), cluster.movedReply(theirs));
  assertMatch(await wireReply(client, "EXEC"), /^-EXECABORT/);
  assertEquals(await wireReply(client, "WATCH", theirs), cluster.movedReply(theirs));
  assertEquals(await wireReply(client, "GET", a), "$1\r\n2\r\n");
});

Deno.test("channels of shards are in slots, other channels are not", async () => {
  await using cluster = await TestCluster.start();
  await using client = await cluster.connect(0);
  const mine = cluster.keyOf(0, "mine"), theirs = cluster.keyOf(1);
  assertEquals(await wireReply(client, "SSUBSCRIBE", theirs), cluster.movedReply(theirs));
  assertEquals(await wireReply(client, "SPUBLISH", theirs, "m"), cluster.movedReply(theirs));
  assertEquals(await wireReply(client, "SSUBSCRIBE", mine, cluster.keyOf(0, "b")), CROSS_SLOT);
  assertMatch(await wireReply(client, "SSUBSCRIBE", mine), /^\*3\r\n\$10\r\nssubscribe/);
  await using sender = await cluster.connect(0);
  assertEquals(await wireReply(sender, "SPUBLISH", mine, "m"), ":1\r\n");
  assertMatch(await wireReply(client, "SUBSCRIBE", theirs), /smessage|subscribe/);
});

Deno.test("a message reaches who listens at any node", async () => {
  await using cluster = await TestCluster.start();
  await using first = await cluster.connect(0, 3);
  await using second = await cluster.connect(1, 3);
  for (
    const [client, verb, name] of [[first, "SUBSCRIBE", "news"], [
      second,
      "PSUBSCRIBE",
      "n*",
    ]] as const
  ) {
    assertMatch(await wireReply(client, verb, name), /subscribe/);
  }
  await using sender = await cluster.connect(2);
  assertEquals(await wireReply(sender, "PUBLISH", "news", "\xff\r\n"), ":0\r\n");
  assertEquals(
    wireOf(await first.receive()),
    ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$3\r\n\xff\r\n\r\n",
  );
  assertMatch(wireOf(await second.receive()), /pmessage.*\xff/s);
  // Once, and each in its turn.
  await sender.value("PUBLISH", "news", "next");
  assertMatch(wireOf(await first.receive()), /next/);
  assertMatch(wireOf(await second.receive()), /next/);
  await using stranger = await cluster.connect(0);
  assertMatch(await wireReply(stranger, "PEER", "PUBLISH", "news", "m"), /^-PEERDENIED/);
});

Deno.test("nodes tell the same of the cluster, each from its own place", async () => {
  await using cluster = await TestCluster.start();
  const slots = new Set<string>(), ids = new Set<string>();
  for (const index of cluster.ports.keys()) {
    await using client = await cluster.connect(index);
    slots.add(await wireReply(client, "CLUSTER", "SLOTS"));
    const id = String(await client.value("CLUSTER", "MYID"));
    ids.add(id);
    const lines = String(await client.value("CLUSTER", "NODES")).trimEnd().split("\n");
    assertEquals(lines.length, 3);
    assertStringIncludes(lines[index], `${id} 127.0.0.1:${cluster.ports[index]}@`);
    assertStringIncludes(lines[index], " myself,master - 0 0 ");
    assertStringIncludes(String(await client.value("INFO")), "cluster_enabled:1\r\n");
    assertStringIncludes(String(await client.value("INFO")), "redis_mode:cluster\r\n");
    assertEquals(await client.value("CONFIG", "GET", "cluster-enabled"), [
      "cluster-enabled",
      "yes",
    ]);
    const links = await client.value("CLUSTER", "LINKS") as string[][];
    assertEquals(links.map(([, direction]) => direction).sort(), ["from", "from", "to", "to"]);
  }
  assertEquals(slots.size, 1);
  assertEquals(ids.size, 3);
});

Deno.test("CLUSTER COUNTKEYSINSLOT and GETKEYSINSLOT tell the keys of a slot that are here", async () => {
  await using cluster = await TestCluster.start({ nodeCount: 1 });
  await using client = await cluster.connect(0);
  const slot = await client.value("CLUSTER", "KEYSLOT", "{tag}") as number;
  assertEquals(await client.value("CLUSTER", "COUNTKEYSINSLOT", slot), 0);
  const keys = Array.from({ length: 1000 }, (_, index) => `{tag}:${index}`);
  for (const key of keys) await client.value("SET", key, "v");
  for (let index = 0; index < 1000; index++) await client.value("SET", `other:${index}`, "v");
  assertEquals(await client.value("CLUSTER", "COUNTKEYSINSLOT", slot), 1000);
  const some = await client.value("CLUSTER", "GETKEYSINSLOT", slot, 10) as string[];
  assertEquals(new Set(some).size, 10);
  for (const key of some) assert(key.startsWith("{tag}"));
  const all = await client.value("CLUSTER", "GETKEYSINSLOT", slot, 5000) as string[];
  assertEquals(all.toSorted(), keys.toSorted());
  assertEquals(await client.value("CLUSTER", "GETKEYSINSLOT", slot, 0), []);
});

Deno.test("a node that is down is noticed, its slots are not served, and it comes back", async () => {
  await using cluster = await TestCluster.start({ config: NOTICING });
  const [mine, theirs] = [cluster.keyOf(0), cluster.keyOf(1)];
  await using client = await cluster.connect(0);
  await client.value("SET", mine, "v");
  await cluster.stopNode(1);
  await eventually(async () => await wireReply(client, "GET", theirs) === NOT_SERVED, {
    what: "the node to be failing",
  });
  assertEquals(await wireReply(client, "GET", mine), "$1\r\nv\r\n");
  const info = String(await client.value("CLUSTER", "INFO"));
  assertStringIncludes(info, "cluster_state:ok\r\n");
  assertMatch(info, /cluster_slots_fail:[1-9]/);
  assertMatch(
    String(await client.value("CLUSTER", "NODES")),
    / master,fail - \d+ \d+ 2 disconnected/,
  );
  await cluster.startNode(1);
  await eventually(
    async () => await wireReply(client, "GET", theirs) === cluster.movedReply(theirs),
    { what: "the node to be back" },
  );
  await cluster.connected();
});

Deno.test("with cluster-require-full-coverage nothing is served while a node is down", async () => {
  await using cluster = await TestCluster.start({
    nodeCount: 2,
    config: { ...NOTICING, "cluster-require-full-coverage": "yes" },
  });
  const mine = cluster.keyOf(0);
  await using client = await cluster.connect(0);
  await client.value("SET", mine, "v");
  await cluster.stopNode(1);
  await eventually(async () => await wireReply(client, "GET", mine) === DOWN, {
    what: "the cluster to be down",
  });
  assertStringIncludes(String(await client.value("CLUSTER", "INFO")), "cluster_state:fail\r\n");
  assertMatch(await wireReply(client, "SPUBLISH", mine, "m"), /^:0/);
  await client.value("CONFIG", "SET", "cluster-allow-reads-when-down", "yes");
  assertEquals(await wireReply(client, "GET", mine), "$1\r\nv\r\n");
  assertMatch(await wireReply(client, "SET", mine, "w"), /^-CLUSTERDOWN .* only accepts read/);
  await client.value("CONFIG", "SET", "cluster-allow-pubsubshard-when-down", "no");
  assertEquals(await wireReply(client, "SPUBLISH", mine, "m"), DOWN);
  await client.value("CONFIG", "SET", "cluster-require-full-coverage", "no");
  assertEquals(await wireReply(client, "SET", mine, "w"), "+OK\r\n");
});

Deno.test("a single server has neither the gate nor what nodes say", async () => {
  const { startSubject } = await import("../support/subject.ts");
  await using subject = await startSubject();
  await using client = await RespClient.connect(subject);
  assertMatch(await wireReply(client, "PEER", "GREET", "a", "b"), /^-ERR unknown command 'PEER'/);
  assertEquals(await wireReply(client, "MSET", "a", "1", "b", "2"), "+OK\r\n");
});
