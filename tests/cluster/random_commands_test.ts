/**
 * Random commands, each said to a random node of three, beside one real Redis: no reply differs, and in
 * the end neither does the data. Among them are transactions, and watches of what these change.
 *
 * @module
 */

import { type Random, SeededRandom } from "../../src/base/random.ts";
import { Both } from "../support/both.ts";
import { TestCluster } from "../support/cluster.ts";
import { ProcessCluster } from "../support/process_cluster.ts";
import { RANDOM_CONFIG, randomCommand } from "../support/random_commands.ts";
import { runRandomTransaction, sayBoth } from "../support/random_conversation.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import type { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";

/** How many are run over each protocol; `COMMANDS=` in the environment asks for more. */
const COMMAND_COUNT = Number(Deno.env.get("COMMANDS") ?? 2000);
/** Among so many commands there is one transaction, one that concerns all nodes, one that empties. */
const TRANSACTION_RARITY = 50;
const WHOLE_RARITY = 20;
const FLUSH_RARITY = 2000;
const DATABASES = ["0", "0", "0", "1", "2"] as const;
const KEY_PATTERNS = ["*", "?", "set:*", "*1", "[a-c]", "", "nothing*"] as const;
/** No node is down, however busy the machine. */
const NODE_TIMEOUT_MS = 60_000;
const NODE_CONFIG = { ...RANDOM_CONFIG, "cluster-mode": "relay", "enable-debug-command": "yes" };

/** Nodes of a cluster. */
interface Nodes extends AsyncDisposable {
  /** Of three nodes at least. */
  readonly ports: readonly number[];
}

/** What the nodes are. */
const KINDS: Readonly<Record<string, () => Promise<Nodes>>> = {
  "nodes": () =>
    TestCluster.start({
      config: { ...NODE_CONFIG, "cluster-node-timeout": String(NODE_TIMEOUT_MS) },
    }),
  "nodes that are processes": async () => {
    const cluster = new ProcessCluster({
      nodeTimeoutMs: NODE_TIMEOUT_MS,
      config: { ...NODE_CONFIG, "appendfsync": "everysec" },
    });
    for (const index of [0, 1, 2]) await cluster.start(index);
    await cluster.connected();
    return cluster;
  },
};

const isAbsent = redisVersion() === undefined;

for (const [kind, start] of Object.entries(KINDS)) {
  for (const protocol of [2, 3] as const) {
    const reason = isAbsent ? " (ignored: no redis-server on PATH)" : "";
    Deno.test({
      name:
        `random commands to random ${kind} get the replies of one Redis (RESP${protocol})${reason}`,
      ignore: isAbsent,
      fn: async () => {
        const random = new SeededRandom(takeSeed(`random ${kind}, RESP${protocol}`));
        await using cluster = await start();
        await using redis = (await startRedisServer({ config: RANDOM_CONFIG }))!;
        const easyredis = cluster.ports.slice(0, 3).map((port) => ({ port }));
        await using first = await Both.connect({
          redis: redis.address,
          easyredis: easyredis[0],
          protocol,
        });
        const nodes = [first];
        for (const address of easyredis.slice(1)) {
          nodes.push(await first.onSecondConnection(address));
        }
        await converse(nodes, random);
        await compareData(first);
      },
    });
  }
}

/** Says everything. @param nodes Conversations with one and the same Redis, and with a node each. */
async function converse(nodes: readonly Both[], random: Random): Promise<void> {
  const anyNode = () => nodes[random.below(nodes.length)];
  for (let count = 0; count < COMMAND_COUNT; count++) {
    if (random.below(TRANSACTION_RARITY) === 0) {
      const [both, watcher] = drawTwo(nodes, random);
      await runRandomTransaction(both, random, { mayHold, watcher });
    }
    if (random.below(WHOLE_RARITY) === 0) await askOfAll(anyNode(), random);
    if (random.below(FLUSH_RARITY) === 0) await anyNode().same("FLUSHDB");
    await sayBoth(anyNode(), randomCommand(random));
  }
}

/** Two different nodes; sometimes one, and none. */
function drawTwo(nodes: readonly Both[], random: Random): [Both, Both | undefined] {
  const index = random.below(nodes.length), other = random.below(nodes.length);
  return [nodes[index], index === other ? undefined : nodes[other]];
}

/** What is about the client, or answered by all nodes, is not part of a transaction with other nodes' keys. */
function mayHold([name]: readonly string[]): boolean {
  return name !== "DEBUG" && name !== "SELECT";
}

/** Something that concerns the keys of all nodes. */
async function askOfAll(both: Both, random: Random): Promise<void> {
  const database = () => DATABASES[random.below(DATABASES.length)];
  switch (random.below(7)) {
    case 0:
      await both.sameUnordered("KEYS", KEY_PATTERNS[random.below(KEY_PATTERNS.length)]);
      break;
    case 1:
      await both.sameShape("RANDOMKEY");
      break;
    case 2:
      await both.same("SELECT", database());
      break;
    case 3:
      await both.same("SWAPDB", database(), database());
      break;
    case 4:
      await both.sameOutcome("a walk by SCAN", (client) => walk(client, ["COUNT", "5"]));
      break;
    case 5:
      await both.sameOutcome("a walk by SCAN", (client) => walk(client, ["TYPE", "list"]));
      break;
    default:
      await compareData(both);
  }
}

/** The keys of the selected database, as SCAN tells them. */
async function walk(client: RespClient, options: readonly string[]): Promise<string[]> {
  const keys = new Set<string>();
  let cursor = "0";
  do {
    const [next, found] = await client.value("SCAN", cursor, ...options) as [string, string[]];
    for (const key of found) keys.add(key);
    cursor = next;
  } while (cursor !== "0");
  return [...keys].sort();
}

/** Redis removes a key whose time has come when SCAN comes to it, so all are scanned before. */
async function compareData(both: Both): Promise<void> {
  await both.same("SELECT", "1");
  for (const database of ["1", "2", "0"]) {
    await both.same("SELECT", database);
    const keys = await both.sameOutcome(
      "a walk by SCAN",
      (client) => walk(client, ["COUNT", "1000"]),
    );
    await both.same("DEBUG", "DIGEST-VALUE", ...keys);
    await both.same("DBSIZE");
  }
  await both.same("DEBUG", "DIGEST");
  await both.sameOutcome("INFO keyspace", async (client) => {
    const info = String(await client.value("INFO", "keyspace"));
    return info.replaceAll(/,avg_ttl=-?\d+/g, "");
  });
}
