/**
 * Relay while slots move: what is under way goes to who has the keys by now, and keeps its order.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { TestCluster, wireReply } from "../support/cluster.ts";
import { eventually } from "../support/poll.ts";
import { wireOf } from "../support/reply.ts";

const CONFIG = { "cluster-mode": "relay", "cluster-node-timeout": "20000", appendonly: "yes" };
const KEY_COUNT = 200;

/** Pipelines of increments and transactions by one client, until it is told to stop. */
async function write(cluster: TestCluster, index: number, isOver: () => boolean): Promise<number> {
  await using client = await cluster.connect(index);
  let count = 0;
  while (!isOver()) {
    const requests: string[][] = [], expected: string[] = [];
    count++;
    for (let number = 0; number < KEY_COUNT; number++) {
      const key = `${index}:${number}`;
      requests.push(["INCR", key], ["GET", key]);
      expected.push(
        `:${2 * count - 1}\r\n`,
        `$${`${2 * count - 1}`.length}\r\n${2 * count - 1}\r\n`,
      );
      requests.push(["MULTI"], ["INCR", key], ["EXEC"]);
      expected.push("+OK\r\n", "+QUEUED\r\n", `*1\r\n:${2 * count}\r\n`);
    }
    assertEquals((await client.pipeline(requests)).map(wireOf), expected);
  }
  return count;
}

Deno.test("no request fails and none overtakes another while a node joins", async () => {
  await using cluster = await TestCluster.start({ strangerCount: 1, config: CONFIG });
  await cluster.startNode(3);
  await using waiting = await cluster.connect(0);
  await using operator = await cluster.connect(1);
  const lists = Array.from({ length: 40 }, (_, number) => `list:${number}`);
  const waiters = await Promise.all(lists.map(() => cluster.connect(2)));
  await Promise.all(waiters.map((client, number) => client.send("BLPOP", lists[number], "0")));
  let isOver = false;
  const writing = [0, 1, 2].map((index) => write(cluster, index, () => isOver));
  const reply = await wireReply(
    operator,
    ...["CLUSTER", "MEET", "127.0.0.1", String(cluster.ports[3])],
  );
  assertEquals(reply, "+OK\r\n");
  await eventually(async () => {
    const text = String(await operator.value("CLUSTER", "INFO"));
    return text.includes("cluster_known_nodes:4") &&
      text.includes("cluster_resharding_in_progress:0");
  }, { deadlineMs: 120_000, what: "all slots to have moved" });
  isOver = true;
  const counts = await Promise.all(writing);
  assert(counts.every((count) => count > 0));
  await using joined = await cluster.connect(3);
  for (const [index, count] of counts.entries()) {
    const key = `${index}:${KEY_COUNT - 1}`;
    assertEquals(await joined.value("GET", key), String(2 * count));
  }
  for (const list of lists) assertEquals(await wireReply(waiting, "RPUSH", list, "v"), ":1\r\n");
  for (const [number, client] of waiters.entries()) {
    const list = lists[number];
    assertEquals(wireOf(await client.receive()), `*2\r\n$${list.length}\r\n${list}\r\n$1\r\nv\r\n`);
    await client[Symbol.asyncDispose]();
  }
});
