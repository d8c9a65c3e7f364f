/**
 * Peers: how nodes come together, and who is none of them.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { clusterDirectives, NOTICING, TestCluster, wireReply } from "../support/cluster.ts";
import { eventually } from "../support/poll.ts";

Deno.test("a client can't say what nodes say", async () => {
  await using cluster = await TestCluster.start({ nodeCount: 2 });
  await using client = await cluster.connect(0);
  assertMatch(await wireReply(client, "PEER", "BEAT", "0"), /^-PEERDENIED Only nodes/);
  await using second = await cluster.connect(0);
  assertMatch(await wireReply(second, "PEER", "PROVE", "0", "0"), /^-PEERDENIED Only nodes/);
  await using third = await cluster.connect(0);
  assertMatch(await wireReply(third, "PEER", "GREET", "stranger", "0"), /^-PEERDENIED No node/);
  assertMatch(await wireReply(third, "PEER", "GREET", "node0", "0"), /^-PEERDENIED No node/);
  // Even with a name: what it would have to prove, it can only send back.
  const [proof] = await third.value("PEER", "GREET", "node1", "0") as string[];
  assertMatch(
    await wireReply(third, "PEER", "PROVE", proof, "0"),
    /^-PEERDENIED The proof is wrong/,
  );
  assertEquals(await third.readToEnd(), "");
  assertStringIncludes(cluster.logs[0], "Node 'node1' is refused as a peer: PEERDENIED The proof");
});

Deno.test("a client can't move slots by what nodes say", async () => {
  await using cluster = await TestCluster.start({ nodeCount: 2 });
  await using client = await cluster.connect(0);
  for (
    const words of [
      ["CLEAR", "0-16383"],
      ["IMPORT", "0", "key", "0", "0", "0", "payload"],
      ["DROP", "0", "key"],
      ["SEAL"],
      ["LEARN", "easyredis-topology 1"],
      ["PROPOSE"],
      ["WITHDRAW"],
    ]
  ) {
    assertMatch(await wireReply(client, "PEER", ...words), /^-PEERDENIED Only nodes/, words[0]);
  }
  // A node that is not known may say who it is, but has to prove it like any other.
  assertMatch(await wireReply(client, "PEER", "MEET", "stranger", "0"), /^\*3\r\n\$5\r\nnode0/);
  assertMatch(
    await wireReply(client, "PEER", "PROVE", "0", "0"),
    /^-PEERDENIED The proof is wrong/,
  );
});

Deno.test("nodes come together though clients need a password", async () => {
  await using cluster = await TestCluster.start({
    nodeCount: 2,
    config: { requirepass: "for clients" },
  });
  await using client = await cluster.connect(0);
  assertMatch(await wireReply(client, "GET", cluster.keyOf(1)), /^-NOAUTH/);
});

Deno.test("a node that was told another secret is refused, and says why", async () => {
  await using cluster = await TestCluster.start({ nodeCount: 2, config: NOTICING });
  await cluster.stopNode(1);
  await cluster.startNode(1, { "cluster-secret": "another" });
  await eventually(
    () => cluster.logs.every((log) => log.includes("is cluster-secret the same on both nodes")),
    { what: "both to say why" },
  );
  await using client = await cluster.connect(0);
  await eventually(
    async () => String(await client.value("CLUSTER", "NODES")).includes("master,fail"),
    { what: "the node to be failing" },
  );
});

Deno.test("a node that was told of other nodes is refused, and says why", async () => {
  await using cluster = await TestCluster.start({ nodeCount: 2 });
  await cluster.stopNode(1);
  const { peers } = clusterDirectives([...cluster.ports, 1], 1);
  await cluster.startNode(1, { peers });
  await eventually(
    () => cluster.logs.every((log) => log.includes("PEERMAP The nodes have different maps")),
    { what: "both to say why" },
  );
  await cluster.stopNode(1);
  await cluster.startNode(1);
  await cluster.connected();
});
