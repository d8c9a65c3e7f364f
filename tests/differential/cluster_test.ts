/**
 * Cluster commands against real Redis: a single server, and a cluster of one node.
 *
 * What may differ: identities, addresses, times and epochs.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { clusterDirectives } from "../support/cluster.ts";
import { differential, holdTranscript, type Transcript } from "../support/differential.ts";
import { freePort } from "../support/free_port.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import { RespClient } from "../support/resp_client.ts";
import { startSubject } from "../support/subject.ts";

differential("without a cluster the commands about it are refused", async (both) => {
  for (
    const words of [
      ["CLUSTER", "INFO"],
      ["CLUSTER", "SLOTS"],
      ["CLUSTER", "KEYSLOT", "a"],
      ["CLUSTER", "COUNTKEYSINSLOT", "nonsense"],
      ["CLUSTER", "HELP"],
      ["READONLY"],
      ["READWRITE"],
      ["ASKING"],
    ]
  ) {
    await both.bothRefuse("ERR This instance has cluster support disabled", ...words);
  }
  await both.bothRefuse("ERR unknown subcommand", "CLUSTER", "NONSENSE");
  await both.bothRefuse("ERR wrong number", "CLUSTER");
  await both.bothRefuse("ERR wrong number", "CLUSTER", "KEYSLOT");
});

/** Conversations with a node that has all slots. */
const IN_CLUSTER: Readonly<Record<string, Transcript>> = {
  "the slot of a key": async (both) => {
    for (
      const key of ["", "a", "{a}b", "{}a", "a{b}c{d}", "}{a", "{a", "\0\xff", "x".repeat(1000)]
    ) {
      await both.same("CLUSTER", "KEYSLOT", key);
    }
  },
  "the keys of a slot": async (both) => {
    for (let index = 0; index < 20; index++) await both.same("SET", `{a}:${index}`, "v");
    await both.same("CLUSTER", "COUNTKEYSINSLOT", "15495");
    await both.same("CLUSTER", "COUNTKEYSINSLOT", "0");
    await both.sameUnordered("CLUSTER", "GETKEYSINSLOT", "15495", "100");
    await both.sameShape("CLUSTER", "GETKEYSINSLOT", "15495", "0");
    for (const slot of ["-1", "16384", "nonsense", ""]) {
      await both.same("CLUSTER", "COUNTKEYSINSLOT", slot);
      await both.same("CLUSTER", "GETKEYSINSLOT", slot, "1");
    }
    await both.same("CLUSTER", "GETKEYSINSLOT", "1", "-1");
    await both.same("CLUSTER", "GETKEYSINSLOT", "1", "x");
  },
  "the shape of what is told of nodes and slots": async (both) => {
    await both.sameShape("CLUSTER", "SLOTS");
    await both.sameShape("CLUSTER", "SHARDS");
    await both.sameShape("CLUSTER", "LINKS");
    await both.sameShape("CLUSTER", "MYID");
    for (const subcommand of ["INFO", "NODES"]) {
      await both.sameOutcome(`CLUSTER ${subcommand}`, async (client) => {
        const text = String(await client.value("CLUSTER", subcommand));
        return text.replace(/[0-9a-f]{40} \S*:\d+@\d+/g, "ID ADDRESS")
          .replace(/epoch:\d+/g, "epoch:N").replace(/ - 0 0 \d+ /g, " - 0 0 N ");
      });
    }
  },
  "keys of several slots": async (both) => {
    await both.bothRefuse("CROSSSLOT", "MGET", "a", "b");
    await both.bothRefuse("CROSSSLOT", "MSET", "a", "1", "b", "2");
    await both.bothRefuse("CROSSSLOT", "MSET", "a", "1", "b");
    await both.bothRefuse("CROSSSLOT", "ZUNIONSTORE", "a", "1", "b");
    await both.bothRefuse("CROSSSLOT", "SORT", "a", "STORE", "b");
    await both.bothRefuse("CROSSSLOT", "SSUBSCRIBE", "a", "b");
    await both.bothRefuse("CROSSSLOT", "XREAD", "STREAMS", "a", "b", "0", "0");
    await both.bothRefuse("ERR", "ZUNION", "nonsense", "a", "b");
    await both.same("MGET", "a", "a");
    await both.same("MSET", "{t}a", "1", "{t}b", "2");
  },
  "transactions": async (both) => {
    await both.same("MULTI");
    await both.same("SET", "a", "1");
    await both.same("SET", "b", "2");
    await both.bothRefuse("CROSSSLOT", "EXEC");
    await both.bothRefuse("ERR EXEC without MULTI", "EXEC");
    await both.same("MULTI");
    await both.bothRefuse("CROSSSLOT", "MGET", "a", "b");
    await both.bothRefuse("EXECABORT", "EXEC");
    await both.same("MULTI");
    await both.same("SET", "{a}1", "1");
    await both.same("PING");
    await both.same("GET", "{a}1");
    await both.same("EXEC");
  },
  "one database": async (both) => {
    await both.same("SELECT", "0");
    for (const index of ["1", "99", "-1", "nonsense"]) await both.same("SELECT", index);
    await both.same("SET", "a", "1");
    await both.bothRefuse("ERR MOVE is not allowed", "MOVE", "a", "1");
    await both.bothRefuse("ERR MOVE is not allowed", "MOVE", "a", "nonsense");
    await both.bothRefuse("ERR SWAPDB is not allowed", "SWAPDB", "0", "1");
    await both.bothRefuse("ERR Copying to another", "COPY", "a", "{a}b", "DB", "1");
    await both.same("COPY", "a", "{a}b", "DB", "0");
    await both.same("RPUSH", "l", "2", "1");
    await both.bothRefuse("ERR BY option", "SORT", "l", "BY", "w_*");
    await both.bothRefuse("ERR GET option", "SORT", "l", "GET", "#");
    await both.same("SORT", "l", "BY", "nosort");
    await both.same("SORT", "l");
  },
  "the modes of a client": async (both) => {
    for (const verb of ["READONLY", "READWRITE", "ASKING"]) {
      await both.same(verb);
      await both.sameOutcome(`flags after ${verb}`, async (client) => {
        return /flags=(\S+)/.exec(String(await client.value("CLIENT", "INFO")))?.[1];
      });
      await both.same("READONLY");
    }
    await both.same("RESET");
  },
  "what the server is": async (both) => {
    await both.sameShape("HELLO");
    await both.sameOutcome("the mode", async (client) => {
      const mode = /redis_mode:\w+/.exec(String(await client.value("INFO", "server")))?.[0];
      return [mode, await client.value("INFO", "cluster")];
    });
    await both.same("CONFIG", "GET", "cluster-enabled");
  },
};

const isAbsent = redisVersion() === undefined;

Deno.test({
  name: `differential, in clusters of one node${isAbsent ? " (ignored: no redis-server)" : ""}`,
  ignore: isAbsent,
  fn: async (test) => {
    await using redis = await startRedisServer({ config: { "cluster-enabled": "yes" } });
    await using subject = await startSubject({ config: clusterDirectives([freePort()], 0) });
    await giveAllSlots(redis!);
    const servers = {
      redis: redis!.address,
      easyredis: { port: subject.port },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    for (const [name, transcript] of Object.entries(IN_CLUSTER)) {
      for (const protocol of [2, 3] as const) {
        await test.step({
          name: `${name} (RESP${protocol})`,
          sanitizeOps: false,
          sanitizeResources: false,
          fn: () => holdTranscript(servers, transcript, { protocol }),
        });
      }
    }
  },
});

async function giveAllSlots(redis: { port: number }): Promise<void> {
  await using client = await RespClient.connect(redis);
  assertEquals(await client.value("CLUSTER", "ADDSLOTSRANGE", "0", "16383"), "OK");
  while (!String(await client.value("CLUSTER", "INFO")).includes("cluster_state:ok")) {
    await client.value("PING");
  }
}
