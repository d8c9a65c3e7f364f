/**
 * Tracking over nodes: clients of any node keep what they read, whichever node has it, and are told.
 *
 * The caches here are as simple as can be: what a reply brings is kept, what an invalidation names is
 * dropped, in the order in which both come. So an invalidation that overtook the reply of the read before
 * it would leave a value that is wrong for good.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import { PeerHandshake } from "../../src/cluster/peer_handshake.ts";
import { ReshardingRegistry, type TopologyFile } from "../../src/cluster/mod.ts";
import type { ReplyValue } from "../../src/resp/mod.ts";
import { CLUSTER_SECRET, TestCluster, wireReply } from "../support/cluster.ts";
import { eventually } from "../support/poll.ts";
import { plainOf, type PlainReply, wireOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";
import { cachedKeys, END, TRACKING_MODES } from "../support/tracking.ts";

const RELAY = {
  "cluster-mode": "relay",
  "cluster-node-timeout": "20000",
  "cluster-require-full-coverage": "no",
};
const KEYS = cachedKeys(30);

/** Where no topology is kept. */
class NoFile implements TopologyFile {
  read(): undefined {}

  write(): void {}
}

/** What a client of RESP3 has been told so far: keys, `all`, each message a string. */
async function toldSoFar(client: RespClient): Promise<string[]> {
  await client.send("PING", END);
  const told: string[] = [];
  for (;;) {
    const reply = await client.receive();
    if (reply.kind === "push") told.push(keysIn(plainOf(reply)).join(" "));
    else if (wireOf(reply).includes(END)) return told;
    else told.push(wireOf(reply));
  }
}

/** Waits until a client has been told of keys; each may come by itself or with others. */
async function untilTold(client: RespClient, keys: readonly string[]): Promise<void> {
  const told: string[] = [];
  await eventually(async () => {
    for (const message of await toldSoFar(client)) told.push(...message.split(" "));
    return told.length >= keys.length;
  }, { what: `being told of ${keys}` });
  assertEquals(told.sort(), [...keys].sort());
}

function keysIn(message: PlainReply): string[] {
  const [kind, keys] = message as [string, string[] | null];
  assertEquals(kind, "invalidate");
  return keys ?? ["all"];
}

Deno.test("a client is told of changes of what it has read, whichever node has it", async () => {
  await using cluster = await TestCluster.start({ config: RELAY });
  await using client = await cluster.connect(0, 3);
  const keys = [0, 1, 2].map((index) => cluster.keyOf(index));
  assertEquals(await wireReply(client, "CLIENT", "TRACKING", "ON"), "+OK\r\n");
  for (let writerIndex = 0; writerIndex < 3; writerIndex++) {
    await using writer = await cluster.connect(writerIndex);
    for (const key of keys) await client.value("GET", key);
    for (const key of keys) await writer.value("SET", key, "1");
    await untilTold(client, keys);
    for (const key of keys) await writer.value("SET", key, "2"); // it has them no more
    await client.value("MGET", ...keys);
    await writer.value("MSET", ...keys.flatMap((key) => [key, "3"]));
    await untilTold(client, keys);
    await client.value("MULTI");
    await client.value("GET", keys[1]);
    await client.value("EXEC");
    await writer.value("DEL", keys[1]);
    await untilTold(client, [keys[1]]);
    await client.value("MULTI");
    for (const key of keys) await client.value("GET", key);
    await client.value("EXEC");
    await writer.value("DEL", ...keys);
    await untilTold(client, [keys[0], keys[2]]);
    assertEquals(await client.value("XREAD", "BLOCK", "1", "STREAMS", keys[2], "$"), null);
    await writer.value("XADD", keys[2], "1-1", "f", "v");
    await untilTold(client, [keys[2]]);
    await writer.value("DEL", keys[2]);
  }
  await client.value("GET", keys[1]);
  await client.value("SET", keys[1], "own");
  await untilTold(client, [keys[1]]);
  await client.value("CLIENT", "TRACKING", "OFF");
  await client.value("GET", keys[1]);
  await client.value("SET", keys[1], "own");
  assertEquals(await toldSoFar(client), []);
});

Deno.test("NOLOOP, OPTIN and OPTOUT count for keys of other nodes", async () => {
  await using cluster = await TestCluster.start({ config: RELAY, nodeCount: 2 });
  await using client = await cluster.connect(0, 3);
  await using writer = await cluster.connect(1);
  await using sameNode = await cluster.connect(0);
  const key = cluster.keyOf(1), other = cluster.keyOf(1, "other");
  await client.value("CLIENT", "TRACKING", "ON", "NOLOOP");
  for (const mode of ["", "BCAST"]) {
    if (mode !== "") await client.value("CLIENT", "TRACKING", "OFF");
    await client.value("CLIENT", "TRACKING", "ON", "NOLOOP", ...mode === "" ? [] : [mode]);
    await client.pipeline([["GET", key], ["GET", other], ["SET", key, "1"]]);
    await sameNode.value("SET", other, "2");
    await untilTold(client, [other]);
    await client.value("GET", other);
    await writer.value("SET", other, "3");
    await untilTold(client, [other]);
  }
  await client.value("CLIENT", "TRACKING", "OFF");
  await client.value("CLIENT", "TRACKING", "ON", "OPTIN");
  await client.pipeline([["GET", key], ["CLIENT", "CACHING", "YES"], ["GET", other], ["GET", key]]);
  await writer.pipeline([["SET", key, "4"], ["SET", other, "4"]]);
  await untilTold(client, [other]);
  await client.pipeline([
    ["CLIENT", "CACHING", "YES"],
    ["MULTI"],
    ["GET", key],
    ["EXEC"],
    ["GET", other],
  ]);
  await writer.pipeline([["SET", other, "5"], ["SET", key, "5"]]);
  await untilTold(client, [key]);
  await client.value("CLIENT", "TRACKING", "OFF");
  await client.value("CLIENT", "TRACKING", "ON", "OPTOUT");
  await client.pipeline([["CLIENT", "CACHING", "NO"], ["GET", key], ["GET", other]]);
  await writer.pipeline([["SET", key, "6"], ["SET", other, "6"]]);
  await untilTold(client, [other]);
});

Deno.test("prefixes are told of from all nodes, from the client's OK on", async () => {
  await using cluster = await TestCluster.start({ config: RELAY });
  await using client = await cluster.connect(0, 3);
  await using second = await cluster.connect(0, 3);
  await using writer = await cluster.connect(1);
  const keys = [0, 1, 2].map((index) => cluster.keyOf(index, "user"));
  const others = [0, 1, 2].map((index) => cluster.keyOf(index, "item"));
  await client.value("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "user:");
  for (const key of [...keys, ...others]) await writer.value("SET", key, "1");
  await untilTold(client, keys);
  await second.value("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "user:", "PREFIX", "item:");
  await writer.value("MSET", ...[...keys, ...others].flatMap((key) => [key, "2"]));
  await untilTold(client, keys);
  await untilTold(second, [...keys, ...others]);
  await client.value("CLIENT", "TRACKING", "OFF");
  for (const key of keys) await writer.value("SET", key, "3");
  await untilTold(second, keys);
  assertEquals(await toldSoFar(client), []);
  second.close();
  for (const index of [1, 2]) {
    await using node = await cluster.connect(index);
    await eventually(
      async () => String(await node.value("INFO")).includes("tracking_total_prefixes:0\r\n"),
      { what: "nobody to want prefixes" },
    );
  }
});

Deno.test("tracking begins within a transaction, too, wherever its keys are", async () => {
  await using cluster = await TestCluster.start({ config: RELAY, nodeCount: 2 });
  await using client = await cluster.connect(0, 3);
  await using writer = await cluster.connect(1);
  for (const [index, mode] of [[], ["BCAST"], []].entries()) {
    const key = cluster.keyOf(index % 2, `${index}`);
    await client.value("CLIENT", "TRACKING", "OFF");
    await client.value("MULTI");
    await client.value("CLIENT", "TRACKING", "ON", ...mode);
    await client.value("GET", key);
    assertEquals(await wireReply(client, "EXEC"), "*2\r\n+OK\r\n_\r\n");
    await client.value("GET", key);
    await eventually(async () => {
      await writer.value("SET", key, "1");
      return (await toldSoFar(client)).includes(key);
    }, { what: "the client to be told" });
  }
});

Deno.test("another client of RESP2 is told in the place of one that reads elsewhere", async () => {
  await using cluster = await TestCluster.start({ config: RELAY, nodeCount: 2 });
  await using client = await cluster.connect(0);
  await using listener = await cluster.connect(0);
  await using writer = await cluster.connect(1);
  const key = cluster.keyOf(1), id = Number(await listener.value("CLIENT", "ID"));
  await listener.value("SUBSCRIBE", "__redis__:invalidate");
  await client.value("CLIENT", "TRACKING", "ON", "REDIRECT", id);
  await client.value("GET", key);
  await writer.value("SET", key, "1");
  assertEquals(plainOf(await listener.receive()), ["message", "__redis__:invalidate", [key]]);
});

Deno.test("a client is told that all may have changed when a node is gone", async () => {
  await using cluster = await TestCluster.start({ config: RELAY });
  await using client = await cluster.connect(0, 3);
  await using wide = await cluster.connect(0, 3);
  const key = cluster.keyOf(2);
  await client.value("CLIENT", "TRACKING", "ON");
  await wide.value("CLIENT", "TRACKING", "ON", "BCAST");
  await client.value("GET", key);
  await cluster.stopNode(2);
  await untilTold(client, ["all"]);
  await untilTold(wide, ["all"]);
  await cluster.startNode(2);
  // Nothing is asked for at this node, but what changes there is heard of again.
  await using writer = await cluster.connect(2);
  await eventually(async () => {
    await writer.value("SET", key, "1");
    return (await toldSoFar(wide)).includes(key);
  }, { what: "prefixes to be known again" });
  await client.value("GET", key);
  await writer.value("SET", key, "2");
  await untilTold(client, [key]);
});

Deno.test("who has slots says that their keys may have changed before another node answers for them", async () => {
  await using cluster = await TestCluster.start({ config: RELAY, strangerCount: 1 });
  await cluster.startNode(3);
  const [, self] = cluster.nodes, absent = cluster.keyOf(2, "absent");
  // What node 1 would ask of node 2 for a client; but no map comes this way, nor is a key removed.
  await using asking = await cluster.connect(2);
  const registry = new ReshardingRegistry(new NoFile(), {
    ...{ mode: "relay", peers: cluster.nodes, self: self.name, secret: CLUSTER_SECRET },
  });
  const handshake = new PeerHandshake({
    ...{ random: new SeededRandom(1), self: self.name, secret: CLUSTER_SECRET },
    ...{ map: () => registry.map, agreement: registry.agreement, refused: () => {} },
  });
  await handshake.introduce({
    call: async (...words) => await asking.value(...words.map(String)) as ReplyValue,
  }, registry.map.find("node2")!);
  assertEquals(await wireReply(asking, "PEER", "TRACK", absent), "+OK\r\n");
  await using operator = await cluster.connect(0);
  await operator.value("CLUSTER", "MEET", "127.0.0.1", cluster.ports[3]);
  assertEquals(plainOf(await asking.receive()), ["invalidate", null, 0]);
});

/** A client that keeps what it reads, in the order in which replies and messages come. */
class CachingClient {
  readonly cache = new Map<string, PlainReply>();
  readonly #client: RespClient;
  readonly #random: Random;
  readonly #mode: readonly string[];

  constructor(client: RespClient, random: Random, mode: readonly string[]) {
    this.#client = client;
    this.#random = random;
    this.#mode = mode;
  }

  async begin(): Promise<void> {
    await this.#client.send("CLIENT", "TRACKING", "ON", ...this.#mode);
    assertEquals(await this.#nextReply(), "OK");
  }

  /** Sends some requests, and takes their replies and whatever else comes. */
  async act(): Promise<void> {
    const requests = Array.from({ length: 1 + this.#random.below(8) }, () => this.#someRequest());
    const sent = requests.map(({ words }) => this.#client.send(...words));
    for (const { take } of requests) take(await this.#nextReply());
    await Promise.all(sent);
  }

  /** Takes what has come by itself. */
  async catchUp(): Promise<void> {
    for (const message of await toldSoFar(this.#client)) this.#drop(message.split(" "));
  }

  #someRequest(): { words: string[]; take: (reply: PlainReply) => void } {
    const random = this.#random, key = this.#someKey(), value = String(random.below(1000));
    const write = (keys: string[], ...words: string[]) => ({ words, take: () => this.#drop(keys) });
    switch (random.below(12)) {
      case 0:
        return write([key], "SET", key, value, "PX", String(1 + random.below(50)));
      case 1:
      case 2:
        return write([key], "SET", key, value);
      case 3: {
        const keys = [key, this.#someKey()];
        return write(keys, "DEL", ...keys);
      }
      case 4: {
        const other = this.#someKey();
        return write([key, other], "MSET", key, value, other, value);
      }
      case 5: {
        const keys = [key, this.#someKey(), this.#someKey()];
        return {
          words: ["MGET", ...keys],
          take: (reply) =>
            keys.forEach((key, index) => this.#keep(key, (reply as PlainReply[])[index])),
        };
      }
      default:
        return { words: ["GET", key], take: (reply) => this.#keep(key, reply) };
    }
  }

  #someKey(): string {
    return KEYS[this.#random.below(KEYS.length)];
  }

  async #nextReply(): Promise<PlainReply> {
    for (;;) {
      const reply = await this.#client.receive();
      if (reply.kind !== "push") return plainOf(reply);
      this.#drop(keysIn(plainOf(reply)));
    }
  }

  #keep(key: string, value: PlainReply): void {
    if (this.#mode.includes("OPTIN")) return; // it never asks for that
    const isTold = !this.#mode.includes("PREFIX") || key.startsWith("a:") || key.startsWith("b");
    if (isTold) this.cache.set(key, value);
  }

  #drop(keys: readonly string[]): void {
    for (const key of keys) {
      if (key === "all") this.cache.clear();
      else this.cache.delete(key);
    }
  }
}

/** Clients of all nodes read and write, and soon after each round no cache has what is not so. */
async function runCaches(
  cluster: TestCluster,
  name: string,
  isOver: (round: number) => boolean,
): Promise<void> {
  const random = new SeededRandom(takeSeed(name));
  await using stack = new AsyncDisposableStack();
  const control = stack.use(await cluster.connect(0));
  const clients: CachingClient[] = [];
  for (const [index, mode] of TRACKING_MODES.entries()) {
    const connection = stack.use(await cluster.connect(index % 3, 3));
    const client = new CachingClient(connection, random, mode);
    await client.begin();
    clients.push(client);
  }
  let keptCount = 0;
  for (let round = 0; !isOver(round); round++) {
    await Promise.all(clients.map((client) => client.act()));
    await eventually(async () => {
      for (const client of clients) await client.catchUp();
      const values = await control.value("MGET", ...KEYS) as PlainReply[];
      for (const [index, { cache }] of clients.entries()) {
        for (const [key, value] of cache) {
          const mode = TRACKING_MODES[index].join(" ");
          assertEquals(
            value,
            values[KEYS.indexOf(key)],
            `${key}, in round ${round}, as a client of node ${index % 3} keeps it: ${mode}`,
          );
        }
      }
      return true;
    }, { deadlineMs: 20_000, what: "caches to be right" });
    for (const { cache } of clients) keptCount += cache.size;
  }
  assert(keptCount > 200, `only ${keptCount} values were kept`);
}

Deno.test("no client of any node keeps a value that is another by now", async () => {
  await using cluster = await TestCluster.start({ config: RELAY });
  await runCaches(cluster, "tracking over nodes", (round) => round === 150);
});

Deno.test("nor does one whose keys move to another node", async () => {
  await using cluster = await TestCluster.start({ config: RELAY, strangerCount: 1 });
  await cluster.startNode(3);
  await using operator = await cluster.connect(1);
  await using reader = await cluster.connect(1, 3);
  await reader.value("CLIENT", "TRACKING", "ON");
  assertEquals(await reader.value("GET", cluster.keyOf(2, "absent")), null);
  let isMoved = false;
  const moving = (async () => {
    await operator.value("CLUSTER", "MEET", "127.0.0.1", cluster.ports[3]);
    await eventually(async () => {
      const info = String(await operator.value("CLUSTER", "INFO"));
      return info.includes("cluster_resharding_in_progress:0");
    }, { deadlineMs: 120_000, what: "all slots to have moved" });
    isMoved = true;
  })();
  await runCaches(cluster, "tracking while slots move", (round) => isMoved && round > 50);
  await moving;
  // Nothing was removed that it has read, and the new node of the key knows nothing of it.
  assert((await toldSoFar(reader)).includes("all"));
});
