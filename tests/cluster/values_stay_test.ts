/**
 * Values stay: what a request over several nodes does not need of a value does not travel between them.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestCluster, wireReply } from "../support/cluster.ts";
import type { RespClient } from "../support/resp_client.ts";

/** Bytes that a node has sent so far. */
async function sentBytes(node: RespClient): Promise<number> {
  const [, digits] = /total_net_output_bytes:(\d+)/.exec(
    String(await node.value("INFO", "stats")),
  )!;
  return Number(digits);
}

Deno.test("where values don't matter they stay where they are", async () => {
  await using cluster = await TestCluster.start({
    config: {
      "cluster-mode": "relay",
      "maxmemory-policy": "allkeys-lfu",
      "lfu-log-factor": "0", // each use counts
      "lfu-decay-time": "0",
    },
  });
  await using client = await cluster.connect(0);
  await using owner = await cluster.connect(1);
  const mine = cluster.keyOf(0), theirs = cluster.keyOf(1), absent = cluster.keyOf(2);
  await client.value("SET", mine, "v");
  await client.value("SET", theirs, "v".repeat(2_000_000), "EX", "1000");
  const useCount = async () => Number(await owner.value("OBJECT", "FREQ", theirs));
  const before = { sentBytes: await sentBytes(owner), useCount: await useCount() };
  assertEquals(await wireReply(client, "EXISTS", mine, theirs, absent, theirs), ":3\r\n");
  assertEquals(await useCount(), before.useCount);
  assertEquals(await wireReply(client, "TOUCH", mine, theirs, absent), ":2\r\n");
  assertEquals(await useCount(), before.useCount + 1);
  await client.value("MULTI");
  await client.value("EXISTS", absent, mine);
  await client.value("TTL", theirs);
  await client.value("EXPIRETIME", mine);
  assertMatch(await wireReply(client, "EXEC"), /^\*3\r\n:1\r\n:(1000|9\d\d)\r\n:-1\r\n$/);
  await client.value("WATCH", theirs);
  await client.value("MULTI");
  await client.value("EXISTS", mine, absent);
  await client.value("DEL", theirs);
  assertEquals(await wireReply(client, "EXEC"), "*2\r\n:1\r\n:1\r\n");
  assert(await sentBytes(owner) - before.sentBytes < 100_000);
});

Deno.test("what only reads within a transaction is answered where its keys are", async () => {
  await using cluster = await TestCluster.start({ config: { "cluster-mode": "relay" } });
  await using client = await cluster.connect(0);
  await using owner = await cluster.connect(1);
  const keyOf = (name: string) => cluster.keyOf(1, name), mine = cluster.keyOf(0);
  const [text, hash, list] = ["text", "hash", "list"].map(keyOf);
  await client.value("SET", text, "v".repeat(2_000_000));
  await client.value("HSET", hash, "small", "1", "large", "v".repeat(2_000_000));
  for (let count = 0; count < 4; count++) {
    await client.value("RPUSH", list, "v".repeat(500_000));
  }
  const callsOf = async (name: string) =>
    /calls=(\d+)/.exec(String(await owner.value("INFO", "commandstats")).split(`_${name}:`)[1])
      ?.[1];
  const before = await sentBytes(owner);
  const requests = [
    ["STRLEN", text],
    ["GETRANGE", text, "0", "2"],
    ["SET", mine, "1"],
    ["TYPE", hash],
    ["HGET", hash, "small"],
    ["HLEN", hash],
    ["LLEN", list],
    ["LLEN", hash],
    ["OBJECT", "ENCODING", list],
    ["SELECT", "1"],
    ["STRLEN", text],
    ["INCR", mine],
  ];
  await client.value("MULTI");
  for (const words of requests) await client.value(...words);
  assertEquals(
    await wireReply(client, "EXEC"),
    "*12\r\n:2000000\r\n$3\r\nvvv\r\n+OK\r\n+hash\r\n$1\r\n1\r\n:2\r\n:4\r\n" +
      "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n" +
      "$9\r\nquicklist\r\n+OK\r\n:0\r\n:1\r\n",
  );
  await client.value("SELECT", "0");
  assert(await sentBytes(owner) - before < 100_000);
  assertEquals(await callsOf("strlen"), "2");
  // A key that something else takes along is read there, too; so is what must be undone together.
  await client.value("MULTI");
  for (const words of [["APPEND", list, "v"], ["LLEN", list], ["STRLEN", text], ["INCR", mine]]) {
    await client.value(...words);
  }
  assertMatch(
    await wireReply(client, "EXEC"),
    /^\*4\r\n-WRONGTYPE .*\r\n:4\r\n:2000000\r\n:2\r\n$/,
  );
  await client.value("MULTI");
  for (const words of [["INCR", mine], ["STRLEN", list]]) await client.value(...words);
  assertMatch(await wireReply(client, "EXEC", "ROLLBACK"), /^-EXECABORT .*command 2 'strlen'/);
  assertEquals(await client.value("GET", mine), "2");
});
