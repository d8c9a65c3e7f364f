/**
 * Resharding crash: nodes join and leave, and one is killed in the middle. Each is a process.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { wireReply } from "../support/cluster.ts";
import { ClusterWriter } from "../support/cluster_writers.ts";
import { eventually } from "../support/poll.ts";
import { ProcessCluster } from "../support/process_cluster.ts";
import type { Argument, RespClient } from "../support/resp_client.ts";

const DEADLINE = { deadlineMs: 120_000 };
/** Pause of a client whose node is away. */
const RETRY_MS = 50;
const KEY_COUNT = 6000;

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
  await cluster.connected();
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
