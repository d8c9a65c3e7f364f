/**
 * Resharding crash: nodes join and leave, and one is killed in the middle. Each is a process.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { clusterDirectives, wireReply } from "../support/cluster.ts";
import { ClusterWriter } from "../support/cluster_writers.ts";
import { startEasyRedisProcess } from "../support/easyredis_process.ts";
import { freePort } from "../support/free_port.ts";
import { eventually } from "../support/poll.ts";
import { type Argument, RespClient } from "../support/resp_client.ts";
import type { ServerProcess } from "../support/server_process.ts";

const DEADLINE = { deadlineMs: 120_000 };
const NODE_COUNT = 3;
/** Pause of a client whose node is away. */
const RETRY_MS = 50;
const KEY_COUNT = 6000;

/** Three nodes and one that is none yet. */
class ProcessCluster implements AsyncDisposable {
  readonly ports = Array.from({ length: NODE_COUNT + 1 }, () => freePort());
  readonly #directory = Deno.makeTempDirSync({ prefix: "easyredis-nodes-" });
  readonly #servers: (ServerProcess | undefined)[] = [];

  async start(index: number): Promise<void> {
    const dir = `${this.#directory}/${index}`;
    Deno.mkdirSync(dir, { recursive: true });
    const isStranger = index === NODE_COUNT;
    const peers = this.ports.map((port, other) =>
      (isStranger ? other === index : other < NODE_COUNT) ? port : undefined
    );
    this.#servers[index] = await startEasyRedisProcess({
      port: this.ports[index],
      config: {
        ...clusterDirectives(peers, index),
        ...{ dir, save: "", "cluster-mode": "relay", "cluster-require-full-coverage": "no" },
        ...{ "cluster-node-timeout": "5000", appendonly: "yes", appendfsync: "always" },
      },
    });
  }

  async kill(index: number): Promise<void> {
    await this.#servers[index]!.kill();
    this.#servers[index] = undefined;
  }

  connect(index: number): Promise<RespClient> {
    return RespClient.connect({ port: this.ports[index] });
  }

  /** One line of CLUSTER INFO. */
  async info(index: number, name: string): Promise<string> {
    await using client = await this.connect(index);
    const text = String(await client.value("CLUSTER", "INFO"));
    return new RegExp(`^${name}:(.*)\r$`, "m").exec(text)?.[1] ?? "";
  }

  /** Waits until no slot moves any more. */
  async settled(): Promise<void> {
    await eventually(async () => {
      for (const index of this.ports.keys()) {
        if (await this.info(index, "cluster_resharding_in_progress") !== "0") return false;
      }
      return true;
    }, { ...DEADLINE, what: "all slots to have moved" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server?.kill()));
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

/** A client of one node that connects again when that has been away. */
class PatientClient implements AsyncDisposable {
  readonly #connect: () => Promise<RespClient>;
  #client: RespClient | undefined;

  constructor(connect: () => Promise<RespClient>) {
    this.#connect = connect;
  }

  async ask(...words: Argument[]): Promise<string> {
    try {
      this.#client ??= await this.#connect();
      return await wireReply(this.#client, ...words);
    } catch (error) {
      await this.#client?.[Symbol.asyncDispose]();
      this.#client = undefined;
      await delay(RETRY_MS); // the node is away; nothing is waited for that could be polled
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.[Symbol.asyncDispose]();
  }
}

Deno.test("nothing is lost when a node is killed while slots move to and from it", async () => {
  await using cluster = new ProcessCluster();
  for (const index of cluster.ports.keys()) await cluster.start(index);
  await using clients = new AsyncDisposableStack();
  await using operator = await cluster.connect(1);
  await eventually(async () => {
    const nodes = String(await operator.value("CLUSTER", "NODES"));
    return nodes.match(/ connected/g)?.length === NODE_COUNT;
  }, { ...DEADLINE, what: "the nodes to be connected" });
  const fixed = Array.from({ length: KEY_COUNT }, (_, number) => `fixed:${number}`);
  for (let first = 0; first < KEY_COUNT; first += 1000) {
    const requests = fixed.slice(first, first + 1000).map((key) => ["SET", key, `of ${key}`]);
    await operator.pipeline(requests);
  }
  const writers = [0, 1, 2, 0, 1, 2].map((index, number) => {
    const client = clients.use(new PatientClient(() => cluster.connect(index)));
    return new ClusterWriter(`w${number}`, (...words) => client.ask(...words), number);
  });
  let isOver = false;
  const running = Promise.all(writers.map((writer) => writer.run(() => isOver)));
  running.catch(() => isOver = true);

  // One of those that hand slots over to the new node.
  assertEquals(
    await wireReply(operator, "CLUSTER", "MEET", "127.0.0.1", String(cluster.ports[3])),
    "+OK\r\n",
  );
  await cluster.kill(2);
  await cluster.start(2);
  await cluster.settled();
  // The one that gets most of those of another that leaves.
  await eventually(async () => {
    const reply = await wireReply(operator, "CLUSTER", "FORGET", "node0");
    if (reply !== "+OK\r\n") assertMatch(reply, /not ready|Another node is about/);
    return reply === "+OK\r\n";
  }, { ...DEADLINE, what: "all nodes to be ready for a change" });
  await cluster.kill(3);
  await cluster.start(3);
  await cluster.settled();

  isOver = true;
  await running;
  for (const writer of writers) {
    assert(writer.rightCount > 0);
    await writer.check();
  }
  for (let first = 0; first < KEY_COUNT; first += 1000) {
    const keys = fixed.slice(first, first + 1000);
    const values = await operator.value("MGET", ...keys) as string[];
    assertEquals(values, keys.map((key) => `of ${key}`));
  }
  assertEquals(await cluster.info(0, "cluster_size"), "3");
});
