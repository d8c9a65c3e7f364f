/**
 * Stopped node: one that hangs, one that is killed while it is asked, one that has forgotten the cluster.
 *
 * Each node is a process.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { slotOf } from "../../src/base/crc16.ts";
import { SlotMap } from "../../src/cluster/mod.ts";
import { wireReply } from "../support/cluster.ts";
import { eventually } from "../support/poll.ts";
import { ProcessCluster } from "../support/process_cluster.ts";
import { wireOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

const DEADLINE = { deadlineMs: 60_000 };

/** A key that a node has. */
function keyOf({ ports }: ProcessCluster, nodeIndex: number): string {
  const nodes = ports.slice(0, 3).map((port, index) => ({
    name: `node${index}`,
    host: "127.0.0.1",
    port,
  }));
  const map = new SlotMap(nodes);
  for (let number = 0;; number++) {
    const key = `key:${number}`;
    if (map.ownerOf(slotOf(ByteView.ofText(key))).name === `node${nodeIndex}`) return key;
  }
}

async function startThree(nodeTimeoutMs: number): Promise<ProcessCluster> {
  const cluster = new ProcessCluster({ nodeTimeoutMs });
  for (let index = 0; index < 3; index++) await cluster.start(index);
  await cluster.connected();
  return cluster;
}

/** Waits until a node has sent on what some clients of it have asked. */
async function sentOn(node: RespClient, commandNames: readonly string[]): Promise<void> {
  await eventually(async () => {
    const list = String(await node.value("CLIENT", "LIST"));
    return commandNames.every((name) => list.includes(` cmd=${name} `));
  }, { what: "requests to be sent on" });
}

Deno.test("a node that hangs is done without, and used again by itself", async () => {
  await using cluster = await startThree(3000);
  await using client = await cluster.connect(0);
  await using reader = await cluster.connect(0);
  await using writer = await cluster.connect(0);
  const [mine, theirs, hanging] = [0, 1, 2].map((index) => keyOf(cluster, index));
  for (const key of [mine, theirs, hanging]) await client.value("SET", key, "before");
  cluster.signal(2, "SIGSTOP");
  await reader.send("GET", hanging);
  await writer.send("APPEND", hanging, "+");
  await sentOn(client, ["get", "append"]);
  for (const key of [mine, theirs]) {
    assertEquals(await wireReply(client, "SET", key, "meanwhile"), "+OK\r\n");
  }
  assertMatch(wireOf(await reader.receive()), /^-CLUSTERDOWN /);
  assertMatch(wireOf(await writer.receive()), /^-NODELOST /); // it may run yet
  for (const words of [["GET", hanging], ["SET", hanging, "v"], ["MGET", mine, hanging]]) {
    assertMatch(await wireReply(client, ...words), /^-CLUSTERDOWN /);
  }
  assertEquals(await client.value("MGET", mine, theirs), ["meanwhile", "meanwhile"]);
  cluster.signal(2, "SIGCONT");
  await eventually(
    async () => /^\$/.test(await wireReply(client, "GET", hanging)),
    { ...DEADLINE, what: "the node to be used again" },
  );
  assertMatch(String(await client.value("GET", hanging)), /^before\+?$/);
  assertEquals(await client.value("MGET", mine, theirs), ["meanwhile", "meanwhile"]);
});

Deno.test("what was sent to a node that is killed is read again, and not written again", async () => {
  await using cluster = await startThree(30_000);
  await using client = await cluster.connect(0);
  await using reader = await cluster.connect(0);
  await using writer = await cluster.connect(0);
  const key = keyOf(cluster, 2);
  await client.value("SET", key, "5");
  cluster.signal(2, "SIGSTOP");
  await reader.send("GET", key);
  await writer.send("INCR", key);
  await sentOn(client, ["get", "incr"]);
  await cluster.kill(2);
  assertMatch(wireOf(await writer.receive()), /^-NODELOST /);
  const [read] = await Promise.all([reader.receive(), cluster.start(2)]);
  assertEquals(wireOf(read), "$1\r\n5\r\n");
  assertEquals(await wireReply(client, "GET", key), "$1\r\n5\r\n");
});

Deno.test("a node that has lost its cluster-config-file learns from the others", async () => {
  await using cluster = await startThree(5000);
  await using client = await cluster.connect(0);
  const keys = Array.from({ length: 300 }, (_, number) => `key:${number}`);
  for (const key of keys) await client.value("SET", key, `of ${key}`);
  await cluster.start(3);
  await client.value("CLUSTER", "MEET", "127.0.0.1", cluster.ports[3]);
  await cluster.settled();
  await cluster.kill(2);
  Deno.removeSync(`${cluster.directoryOf(2)}/nodes.conf`);
  await cluster.start(2);
  for (const index of [0, 2, 3]) {
    await using each = await cluster.connect(index);
    await eventually(async () => {
      const values = await each.value("MGET", ...keys) as string[];
      return values.every((value, number) => value === `of ${keys[number]}`);
    }, { ...DEADLINE, what: `all keys to be read through node ${index}` });
  }
  assert(Number(await cluster.info(2, "cluster_known_nodes")) === 4);
});
