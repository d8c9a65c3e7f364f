/**
 * Resharding: nodes join and leave while clients use the cluster.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { ByteView } from "../../src/base/byte_view.ts";
import { slotOf } from "../../src/base/crc16.ts";
import { SlotMap } from "../../src/cluster/mod.ts";
import { startServer } from "../../src/mod.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { TestCluster, wireReply } from "../support/cluster.ts";
import { ClusterWriter } from "../support/cluster_writers.ts";
import { freePort } from "../support/free_port.ts";
import { eventually } from "../support/poll.ts";
import { wireOf } from "../support/reply.ts";
import { type Argument, RespClient } from "../support/resp_client.ts";

const DEADLINE = { deadlineMs: 120_000 };
/** Nodes that keep what they have, and have patience with a busy machine. */
const LOG = { appendonly: "yes", appendfsync: "everysec", "cluster-node-timeout": "10000" };

/** A client that goes where the nodes send it. */
class RedirectedClient implements AsyncDisposable {
  readonly #clients = new Map<number, RespClient>();
  #port: number;
  redirectCount = 0;

  constructor(port: number) {
    this.#port = port;
  }

  async call(...words: Argument[]): Promise<string> {
    let port = this.#port;
    for (;;) {
      const reply = await wireReply(await this.#clientOf(port), ...words);
      const [, next] = /^-MOVED \d+ 127\.0\.0\.1:(\d+)\r\n$/.exec(reply) ?? [];
      if (next === undefined) return reply;
      this.redirectCount++;
      port = Number(next);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients.values()) await client[Symbol.asyncDispose]();
  }

  async #clientOf(port: number): Promise<RespClient> {
    let client = this.#clients.get(port);
    if (client === undefined) {
      client = await RespClient.connect({ port });
      this.#clients.set(port, client);
    }
    return client;
  }
}

/** One line of CLUSTER INFO. */
async function infoOf(cluster: TestCluster, index: number, name: string): Promise<string> {
  await using client = await cluster.connect(index);
  const text = String(await client.value("CLUSTER", "INFO"));
  return new RegExp(`^${name}:(.*)\r$`, "m").exec(text)?.[1] ?? "";
}

/** Waits until no slot moves any more, as some nodes see it. */
async function settled(cluster: TestCluster, nodes: readonly number[], epoch: number) {
  await eventually(async () => {
    for (const index of nodes) {
      const isMoving = await infoOf(cluster, index, "cluster_resharding_in_progress");
      const current = Number(await infoOf(cluster, index, "cluster_current_epoch"));
      const known = Number(await infoOf(cluster, index, "cluster_known_nodes"));
      if (isMoving !== "0" || current - known !== epoch) return false;
    }
    return true;
  }, { ...DEADLINE, what: "all slots to have moved" });
}

async function slotCounts(cluster: TestCluster, index: number): Promise<number[]> {
  await using client = await cluster.connect(index);
  const counts = cluster.ports.map(() => 0);
  type Range = [number, number, [string, number]];
  for (const [first, last, [, port]] of await client.value("CLUSTER", "SLOTS") as Range[]) {
    counts[cluster.ports.indexOf(port)] += last - first + 1;
  }
  return counts;
}

Deno.test("a node joins and gets its share of the slots, with their keys", async () => {
  await using cluster = await TestCluster.start({ strangerCount: 1, config: LOG });
  await using client = new RedirectedClient(cluster.ports[0]);
  for (let number = 0; number < 2000; number++) {
    assertEquals(await client.call("SET", `key:${number}`, `v${number}`), "+OK\r\n");
  }
  await client.call("SET", "volatile", "v", "PX", "100000000");
  await client.call("RPUSH", "list", ..."abcdefgh");
  await client.call("XADD", "stream", "1-1", "f", "v");
  await client.call("XGROUP", "CREATE", "stream", "g", "0");
  await client.call("ZADD", "sorted", "1", "a", "2", "b");
  await cluster.startNode(3);
  await using operator = await cluster.connect(1);
  assertEquals(
    await wireReply(operator, "CLUSTER", "MEET", "127.0.0.1", String(cluster.ports[3])),
    "+OK\r\n",
  );
  await settled(cluster, [0, 1, 2, 3], 1);
  for (const index of cluster.ports.keys()) {
    const counts = await slotCounts(cluster, index);
    assert(counts.every((count) => count > 3600 && count < 4300), String(counts));
  }
  for (let number = 0; number < 2000; number++) {
    const value = `v${number}`;
    assertEquals(await client.call("GET", `key:${number}`), `$${value.length}\r\n${value}\r\n`);
  }
  assertMatch(await client.call("PTTL", "volatile"), /^:\d{7,9}\r\n/);
  assertEquals(await client.call("LLEN", "list"), ":8\r\n");
  assertEquals(await client.call("ZSCORE", "sorted", "b"), "$1\r\n2\r\n");
  assertMatch(await client.call("XINFO", "GROUPS", "stream"), /^\*1\r\n/);
  await eventually(async () => {
    let keyCount = 0;
    for (const index of cluster.ports.keys()) {
      await using each = await cluster.connect(index);
      const count = Number(await each.value("DBSIZE"));
      assert(count > 300, `node ${index} has ${count} keys`);
      keyCount += count;
    }
    return keyCount === 2004;
  }, { ...DEADLINE, what: "each key to be at one node" });
  assertMatch(await infoOf(cluster, 3, "cluster_resharding_keys_received"), /^[1-9]\d\d/);
});

/** Something that clients do all the time. */
interface Work {
  run(isOver: () => boolean): Promise<void>;
}

/** Clients are at work while a fourth node joins and the first one leaves. */
async function reshardMeanwhile(cluster: TestCluster, works: readonly Work[]): Promise<void> {
  let isOver = false;
  const running = Promise.all(works.map((work) => work.run(() => isOver)));
  running.catch(() => isOver = true);
  await cluster.startNode(3);
  await using operator = await cluster.connect(1);
  await operator.value("CLUSTER", "MEET", "127.0.0.1", cluster.ports[3]);
  await settled(cluster, [0, 1, 2, 3], 1);
  // Another node may begin the next change as soon as the last one is through.
  await using another = await cluster.connect(2);
  assertEquals(await wireReply(another, "CLUSTER", "FORGET", "node0"), "+OK\r\n");
  await settled(cluster, [0, 1, 2, 3], 2);
  isOver = true;
  await running;
  const [first, ...others] = await slotCounts(cluster, 2);
  assertEquals(first, 0);
  assert(others.every((count) => count > 5000), String(others));
}

async function writeMeanwhile(
  cluster: TestCluster,
  writers: readonly ClusterWriter[],
): Promise<void> {
  await reshardMeanwhile(cluster, writers);
  for (const writer of writers) {
    assertEquals(writer.lostCount, 0);
    assert(writer.rightCount > 0);
    await writer.check();
  }
}

Deno.test("a node joins and leaves while clients write that go where they are sent", async () => {
  await using cluster = await TestCluster.start({ strangerCount: 1, config: LOG });
  await using clients = new AsyncDisposableStack();
  const writers = [0, 1, 2, 0, 1, 2].map((index, number) => {
    const client = clients.use(new RedirectedClient(cluster.ports[index]));
    return new ClusterWriter(`w${number}`, (...words) => client.call(...words), number);
  });
  await writeMeanwhile(cluster, writers);
  await using left = await cluster.connect(0);
  await eventually(async () => await left.value("DBSIZE") === 0, { what: "it to have no keys" });
});

Deno.test("a node joins and leaves while clients write that know one node only", async () => {
  await using cluster = await TestCluster.start({
    strangerCount: 1,
    config: { ...LOG, "cluster-mode": "relay" },
  });
  await using clients = new AsyncDisposableStack();
  const writers: ClusterWriter[] = [];
  for (const [number, index] of [0, 1, 2, 0, 1, 2].entries()) {
    const client = clients.use(await cluster.connect(index));
    const ask = (...words: Argument[]) => wireReply(client, ...words);
    writers.push(new ClusterWriter(`w${number}`, ask, number));
  }
  await writeMeanwhile(cluster, writers);
});

/** Counts up many keys, again and again, through somebody's client. */
class Counting implements Work {
  readonly counts = new Map<string, number>();
  readonly #increment: (key: string) => Promise<number>;

  /** @param prefix Of the keys' names. */
  constructor(prefix: string, increment: (key: string) => Promise<number>) {
    for (let number = 0; number < 200; number++) this.counts.set(`${prefix}:${number}`, 0);
    this.#increment = increment;
  }

  async run(isOver: () => boolean): Promise<void> {
    do {
      await Promise.all(Array.from(this.counts, async ([key, count]) => {
        assertEquals(await this.#increment(key), count + 1, key);
        this.counts.set(key, count + 1);
      }));
    } while (!isOver());
  }
}

Deno.test("client libraries that know clusters count on while a node joins and leaves", async () => {
  await using cluster = await TestCluster.start({ strangerCount: 1, config: LOG });
  const ioredis = new Cluster([{ host: "127.0.0.1", port: cluster.ports[0] }]);
  const nodeRedis = createCluster({
    rootNodes: [{ url: `redis://127.0.0.1:${cluster.ports[1]}` }],
  });
  try {
    await nodeRedis.connect();
    await reshardMeanwhile(cluster, [
      new Counting("ioredis", (key) => ioredis.incr(key)),
      new Counting("node-redis", (key) => nodeRedis.incr(key)),
    ]);
  } finally {
    ioredis.disconnect();
    nodeRedis.destroy();
  }
});

/** A key of the first of three nodes that is the fourth's when that has joined. */
function movingKey(): string {
  const mapOf = (names: readonly string[]) =>
    new SlotMap(names.map((name) => ({ name, host: "", port: 0 })));
  const names = ["node0", "node1", "node2", "node3"];
  const before = mapOf(names.slice(0, 3)), after = mapOf(names);
  for (let number = 0;; number++) {
    const slotIndex = slotOf(ByteView.ofText(`moving:${number}`));
    const owners = [before, after].map((map) => map.ownerOf(slotIndex).name);
    if (owners[0] === "node0" && owners[1] === "node3") return `moving:${number}`;
  }
}

Deno.test("who watches a key that moves, or waits for it, hears that it is elsewhere", async () => {
  await using cluster = await TestCluster.start({ strangerCount: 1, config: LOG });
  const key = movingKey();
  await using watcher = await cluster.connect(0);
  await watcher.value("WATCH", key);
  await using waiter = await cluster.connect(0);
  const waiting = wireReply(waiter, "BLPOP", key, "0");
  await cluster.startNode(3);
  await using operator = await cluster.connect(1);
  await operator.value("CLUSTER", "MEET", "127.0.0.1", cluster.ports[3]);
  assertMatch(await waiting, new RegExp(`^-MOVED \\d+ 127\\.0\\.0\\.1:${cluster.ports[3]}\r\n`));
  await watcher.value("MULTI");
  await watcher.value("PING");
  assertEquals(await wireReply(watcher, "EXEC"), "*-1\r\n");
  await settled(cluster, [0, 1, 2, 3], 1);
});

const ACCOUNT_COUNT = 12;
const ACCOUNTS = Array.from({ length: ACCOUNT_COUNT }, (_, number) => `account:${number}`);
const BALANCE = 100;

/** Moves money between accounts by transactions, and looks whether any is lost. */
class Teller implements Work {
  transferCount = 0;
  readonly #client: RespClient;
  readonly #random: SeededRandom;

  constructor(client: RespClient, seed: number) {
    this.#client = client;
    this.#random = new SeededRandom(seed);
  }

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (this.#random.below(3) === 0) await this.check();
      else await this.#transfer();
    }
  }

  /** Rejects when the accounts do not add up. */
  async check(): Promise<void> {
    const balances = await this.#client.value("MGET", ...ACCOUNTS) as string[];
    const total = balances.reduce((sum, balance) => sum + Number(balance), 0);
    assertEquals(total, ACCOUNT_COUNT * BALANCE, balances.join(" "));
  }

  async #transfer(): Promise<void> {
    const from = this.#random.below(ACCOUNT_COUNT), amount = String(1 + this.#random.below(9));
    const to = (from + 1 + this.#random.below(ACCOUNT_COUNT - 1)) % ACCOUNT_COUNT;
    const replies = await this.#client.pipeline([
      ["MULTI"],
      ["DECRBY", ACCOUNTS[from], amount],
      ["INCRBY", ACCOUNTS[to], amount],
      ["EXEC"],
    ]);
    assertMatch(wireOf(replies[3]), /^\*2\r\n:-?\d+\r\n:-?\d+\r\n$/);
    this.transferCount++;
  }
}

Deno.test("a node joins and leaves while transactions over several nodes run", async () => {
  await using cluster = await TestCluster.start({
    strangerCount: 1,
    config: { ...LOG, "cluster-mode": "relay" },
  });
  await using clients = new AsyncDisposableStack();
  const tellers: Teller[] = [];
  for (const [number, index] of [0, 1, 2, 0].entries()) {
    tellers.push(new Teller(clients.use(await cluster.connect(index)), number));
  }
  await using client = await cluster.connect(0);
  for (const account of ACCOUNTS) await client.value("SET", account, BALANCE);
  await reshardMeanwhile(cluster, tellers);
  for (const teller of tellers) {
    assert(teller.transferCount > 0);
    await teller.check();
  }
});

Deno.test("a node joins or leaves only where that makes sense", async () => {
  await using cluster = await TestCluster.start({ strangerCount: 1, config: LOG });
  await using client = await cluster.connect(0);
  const meet = (...words: string[]) => wireReply(client, "CLUSTER", "MEET", ...words);
  const [, port1, , port3] = cluster.ports.map(String);
  assertEquals(await meet("127.0.0.1", "x"), "-ERR Invalid TCP base port specified: x\r\n");
  assertEquals(
    await meet("127.0.0.1", "70000"),
    "-ERR Invalid node address specified: 127.0.0.1:70000\r\n",
  );
  assertEquals(
    await meet("127.0.0.1", port3, "1"),
    "-ERR Invalid TCP bus port specified: 1\r\n",
  );
  assertMatch(await meet("127.0.0.1", port3), /^-ERR Can't talk to that node/); // nobody is there
  await cluster.startNode(3, { "cluster-secret": "another" });
  assertMatch(await meet("127.0.0.1", port3), /^-ERR Can't talk to that node.*cluster-secret/);
  await cluster.stopNode(3);
  await cluster.startNode(3);
  await using stranger = await cluster.connect(3);
  assertMatch(await wireReply(stranger, "CLUSTER", "FORGET", "node3"), /^-ERR The last node/);
  await stranger.value("SET", "key", "v");
  assertMatch(await meet("127.0.0.1", port3), /^-ERR The node has keys/);
  await stranger.value("DEL", "key");
  assertEquals(await meet("127.0.0.1", port1), "+OK\r\n"); // it is there already
  assertMatch(await meet("127.0.0.1", String(cluster.ports[0])), /^-ERR A node is no other/);
  assertMatch(await wireReply(client, "CLUSTER", "FORGET", "nobody"), /^-ERR Unknown node nobody/);
  assertEquals(await infoOf(cluster, 0, "cluster_resharding_in_progress"), "");
  // With one that is down nothing begins.
  await cluster.stopNode(2);
  assertMatch(await meet("127.0.0.1", port3), /^-ERR Node 'node2' is not ready/);
  assertMatch(
    await wireReply(client, "CLUSTER", "FORGET", "node1"),
    /^-ERR Node 'node2' is not ready/,
  );
  // What does not begin is in nobody's way.
  await cluster.startNode(2);
  await using other = await cluster.connect(1);
  await eventually(async () => {
    const reply = await wireReply(other, "CLUSTER", "MEET", "127.0.0.1", port3);
    return reply === "+OK\r\n";
  }, { ...DEADLINE, what: "another node to begin a change" });
  await settled(cluster, [0, 1, 2, 3], 1);
});

Deno.test("a node that was invited by who died before it began the change can be invited again", async () => {
  await using cluster = await TestCluster.start({ strangerCount: 1, config: LOG });
  const nodes = cluster.ports.map((port, index) => `node${index}@127.0.0.1:${port}`);
  await Deno.writeTextFile(
    `${cluster.directoryOf(3)}/nodes.conf`,
    ["self node3", "easyredis-topology 1", "epoch 1", `nodes ${nodes.join(" ")}`]
      .concat("ring node0 node1 node2", "target node0 node1 node2 node3", "moved ", "end", "")
      .join("\n"),
  );
  await cluster.startNode(3);
  assertEquals(await infoOf(cluster, 3, "cluster_resharding_in_progress"), "1");
  await using client = await cluster.connect(1);
  const port = String(cluster.ports[3]);
  assertEquals(await wireReply(client, "CLUSTER", "MEET", "127.0.0.1", port), "+OK\r\n");
  await settled(cluster, [0, 1, 2, 3], 2);
  assertEquals(await infoOf(cluster, 3, "cluster_size"), "4");
});

Deno.test("what takes a connection and says nothing is no node, and in nobody's way", async () => {
  await using cluster = await TestCluster.start({
    nodeCount: 2,
    config: { ...LOG, "cluster-node-timeout": "1000" },
    strangerCount: 1,
  });
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using client = await cluster.connect(0);
  const meet = (port: number) => wireReply(client, "CLUSTER", "MEET", "127.0.0.1", port);
  assertMatch(await meet(silent.addr.port), /^-ERR Can't talk to that node/);
  await cluster.startNode(2);
  assertEquals(await meet(cluster.ports[2]), "+OK\r\n");
});

Deno.test("a cluster that has as many nodes as it may takes in no other", async () => {
  const [port, strangersPort] = [freePort(), freePort()];
  const absent = Array.from({ length: 255 }, (_, index) => `x${index}@127.0.0.1:${index + 1}`);
  const common = { "cluster-secret": "s", "cluster-mode": "relay", self: "node" };
  const directory = Deno.makeTempDirSync({ prefix: "easyredis-full-" });
  {
    await using _full = await startServer({
      port,
      config: { ...common, dir: directory, peers: [`node@127.0.0.1:${port}`, ...absent].join(" ") },
    });
    await using _stranger = await startServer({
      port: strangersPort,
      config: {
        ...common,
        dir: directory,
        self: "stranger",
        peers: `stranger@127.0.0.1:${strangersPort}`,
      },
    });
    await using client = await RespClient.connect({ port });
    assertMatch(
      await wireReply(client, "CLUSTER", "MEET", "127.0.0.1", String(strangersPort)),
      /^-ERR The cluster has 256 nodes already/,
    );
  }
  Deno.removeSync(directory, { recursive: true });
});
