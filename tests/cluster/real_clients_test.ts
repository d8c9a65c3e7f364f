/**
 * Real clients that know clusters, unchanged, against three processes.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { clusterDirectives } from "../support/cluster.ts";
import { startEasyRedisProcess } from "../support/easyredis_process.ts";
import { freePort } from "../support/free_port.ts";
import { eventually } from "../support/poll.ts";
import { redisVersion } from "../support/redis_server.ts";
import { RespClient } from "../support/resp_client.ts";

const KEY_COUNT = 300;
const KEYS = Array.from({ length: KEY_COUNT }, (_, index) => `key:${index}`);

/** Starts three processes that are nodes of one cluster. */
async function startProcesses(): Promise<AsyncDisposable & { ports: readonly number[] }> {
  await using starting = new AsyncDisposableStack();
  const ports = [freePort(), freePort(), freePort()];
  const config = { save: "", "cluster-require-full-coverage": "no" };
  const processes = await Promise.all(ports.map((port, index) =>
    startEasyRedisProcess({
      port,
      config: { ...config, ...clusterDirectives(ports, index) },
    })
  ));
  for (const process of processes) starting.use(process);
  const running = starting.move();
  return { ports, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Keys of each node. */
async function keyCounts(ports: readonly number[]): Promise<number[]> {
  return await Promise.all(ports.map(async (port) => {
    await using client = await RespClient.connect({ port });
    return await client.value("DBSIZE") as number;
  }));
}

Deno.test("clients that know clusters use all nodes", async (test) => {
  await using nodes = await startProcesses();

  await test.step("ioredis Cluster", async () => {
    const cluster = new Cluster([{ host: "127.0.0.1", port: nodes.ports[0] }]);
    try {
      await Promise.all(KEYS.map((key) => cluster.set(key, `value of ${key}`)));
      const values = await Promise.all(KEYS.map((key) => cluster.get(key)));
      assertEquals(values, KEYS.map((key) => `value of ${key}`));
      await cluster.mset("{user}:name", "ann", "{user}:mail", "a@b");
      assertEquals(await cluster.mget("{user}:name", "{user}:mail"), ["ann", "a@b"]);
      const outcome = await cluster.multi().incr("{user}:count").incr("{user}:count").exec();
      assertEquals(outcome, [[null, 1], [null, 2]]);
      const error = await cluster.mget("key:1", "key:2").catch((error: Error) => error);
      assert(error instanceof Error && error.message.startsWith("CROSSSLOT"));
    } finally {
      cluster.disconnect();
    }
    const counts = await keyCounts(nodes.ports);
    assertEquals(counts.reduce((sum, count) => sum + count), KEY_COUNT + 3);
    for (const count of counts) assert(count > KEY_COUNT / 5, `unevenly spread: ${counts}`);
  });

  await test.step("node-redis createCluster", async () => {
    const cluster = createCluster({
      rootNodes: [{ url: `redis://127.0.0.1:${nodes.ports[1]}` }],
    });
    await cluster.connect();
    try {
      const values = await Promise.all(KEYS.map((key) => cluster.get(key)));
      assertEquals(values, KEYS.map((key) => `value of ${key}`));
      const messages: string[] = [];
      await cluster.sSubscribe("shard:news", (message) => void messages.push(message));
      await eventually(async () => await cluster.sPublish("shard:news", "hello") > 0, {
        what: "the subscription to reach its shard",
      });
      await eventually(() => messages.includes("hello"), { what: "the message" });
      await cluster.sUnsubscribe("shard:news");
    } finally {
      await cluster.close();
    }
  });

  const isAbsent = redisVersion() === undefined;
  await test.step({
    name: `redis-cli -c${isAbsent ? " (ignored: not on PATH)" : ""}`,
    ignore: isAbsent,
    fn: async () => {
      const child = new Deno.Command("redis-cli", {
        args: ["-c", "-p", String(nodes.ports[2])],
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(KEYS.map((key) => `GET ${key}\n`).join("")));
      await writer.close();
      const { stdout } = await child.output();
      const lines = new TextDecoder().decode(stdout).trim().split("\n");
      const replies = lines.filter((line) => !line.startsWith("-> Redirected"));
      assertEquals(replies, KEYS.map((key) => `value of ${key}`));
      const check = await new Deno.Command("redis-cli", {
        args: ["--cluster", "check", `127.0.0.1:${nodes.ports[0]}`],
      }).output();
      const text = new TextDecoder().decode(check.stdout);
      assert(text.includes("All nodes agree about slots configuration"), text);
      assert(text.includes("All 16384 slots covered"), text);
    },
  });
});
