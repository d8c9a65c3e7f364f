/**
 * Relay: plain clients that use the keys of all nodes through any of them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { TestCluster, wireReply } from "../support/cluster.ts";

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
