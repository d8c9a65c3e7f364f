/**
 * Moving bank: clients move money, and others move keys to another server and back, while nodes join and
 * leave, hang and are killed in the middle of it.
 *
 * The nodes are processes with append-only files, ended by kill -9 and started again, or stopped for so
 * long that others hold them for down. At every read the
 * sum of all accounts is what it was; at the end what was acknowledged has happened, no account is locked,
 * each key that MIGRATE carried is at one place at least, and the logs of all nodes agree on which
 * transactions have happened. `BANK_SECONDS=60` makes a longer run of it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import { auditBank, type BankNodes, openBank } from "../support/bank.ts";
import { wireReply } from "../support/cluster.ts";
import { eventually } from "../support/poll.ts";
import { ProcessCluster } from "../support/process_cluster.ts";
import { DeadlineError, RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";
import { startSubject, type Subject } from "../support/subject.ts";
import { wholeTransactions } from "../support/transaction_ledger.ts";

const CUSTOMER_COUNT = 6;
const CARRIED_PER_NODE = 3;
/** Where nodes are killed: those of the beginning, and the one that joins. */
const NODE_COUNT = 4;
/** Fewest that have slots. */
const RING_COUNT_MIN = 2;
const NODE_TIMEOUT_MS = 2000;
const RUN_SECONDS = Number(Deno.env.get("BANK_SECONDS") ?? 8);
const PATIENCE = { deadlineMs: 120_000, pauseMs: 100 };

/** Kills nodes and starts them again, and has them hang. */
class Killer {
  killCount = 0;
  hangCount = 0;
  readonly #cluster: ProcessCluster;
  readonly #down = new Set<number>();

  constructor(cluster: ProcessCluster) {
    this.#cluster = cluster;
  }

  async kill(index: number, downMs: number): Promise<void> {
    if (this.#down.has(index)) return;
    this.#down.add(index);
    this.killCount++;
    await this.#cluster.kill(index);
    await delay(downMs);
    await this.#cluster.start(index);
    this.#down.delete(index);
  }

  /** Stops a node in the middle of whatever it does, and lets it go on. */
  async hang(index: number, hangMs: number): Promise<void> {
    if (this.#down.has(index)) return;
    this.#down.add(index);
    this.hangCount++;
    this.#cluster.signal(index, "SIGSTOP");
    await delay(hangMs);
    this.#cluster.signal(index, "SIGCONT");
    this.#down.delete(index);
  }
}

/** Has nodes join and leave, one after the other. */
class Operator {
  changeCount = 0;
  readonly #cluster: ProcessCluster;
  readonly #random: Random;

  constructor(cluster: ProcessCluster, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
  }

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const isBegun = await this.#change().catch((error) => {
        requireAnswered(error);
        return false;
      });
      if (isBegun) this.changeCount++;
      else await delay(100); // a node is away, or slots are on their way
    }
  }

  /** Has the node among the others that was to join first, whether or not that had begun. */
  async end(): Promise<void> {
    await using client = await this.#cluster.connect(0);
    const words = ["MEET", "127.0.0.1", String(this.#cluster.ports[NODE_COUNT - 1])];
    await eventually(async () => await wireReply(client, "CLUSTER", ...words) === "+OK\r\n", {
      ...PATIENCE,
      what: "the last change of nodes",
    });
  }

  /** Begins a change; returns whether it has begun. */
  async #change(): Promise<boolean> {
    await using client = await this.#cluster.connect(this.#random.below(3));
    const info = String(await client.value("CLUSTER", "INFO"));
    if (info.includes("cluster_resharding_in_progress:1")) return false;
    const nodes = String(await client.value("CLUSTER", "NODES")).trimEnd().split("\n");
    const ring = this.#cluster.ports.map((port) =>
      nodes.some((line) => line.includes(`:${port}@`) && / connected \d/.test(line))
    );
    const index = this.changeCount === 0 ? NODE_COUNT - 1 : this.#random.below(NODE_COUNT);
    if (ring[index] && ring.filter((isIn) => isIn).length === RING_COUNT_MIN) return false;
    const words = ring[index]
      ? ["FORGET", `node${index}`]
      : ["MEET", "127.0.0.1", String(this.#cluster.ports[index])];
    return await wireReply(client, "CLUSTER", ...words) === "+OK\r\n";
  }
}

/** Carries keys to another server and back. */
class Carrier {
  carriedCount = 0;
  readonly #cluster: ProcessCluster;
  readonly #other: Subject;
  readonly #random: Random;
  readonly #keys: readonly string[];

  constructor(
    cluster: ProcessCluster,
    other: Subject,
    { random, keys }: { random: Random; keys: readonly string[] },
  ) {
    this.#cluster = cluster;
    this.#other = other;
    this.#random = random;
    this.#keys = keys;
  }

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const index = this.#random.below(3),
        keys = this.#keys.filter(() => this.#random.below(2) > 0);
      await using node = await this.#cluster.connect(index).catch(() => undefined);
      await using other = await RespClient.connect(this.#other);
      // Some may have stayed there the last time.
      const isThere = await this.#carry(node, this.#other.port, keys);
      const isBack = await this.#carry(other, this.#cluster.ports[index], keys);
      if (!isThere || !isBack) await delay(50); // a node is away
    }
  }

  async #carry(
    from: RespClient | undefined,
    port: number,
    keys: readonly string[],
  ): Promise<boolean> {
    if (from === undefined || keys.length === 0) return false;
    const words = ["127.0.0.1", String(port), "", "0", "2000", "REPLACE", "KEYS", ...keys];
    const reply = await wireReply(from, "MIGRATE", ...words).catch(requireAnswered);
    if (reply !== "+OK\r\n") return false;
    this.carriedCount++;
    return true;
  }
}

/** A node may be gone, but none that is there leaves a request unanswered. */
function requireAnswered(error: unknown): void {
  if (error instanceof DeadlineError || !(error instanceof Error)) throw error;
}

Deno.test("money is neither made nor lost while nodes join, leave, hang and die, and keys migrate", async () => {
  const seed = takeSeed("moving bank"), random = new SeededRandom(seed);
  await using cluster = new ProcessCluster({
    nodeTimeoutMs: NODE_TIMEOUT_MS,
    config: { "cluster-transaction-timeout": "1000" },
  });
  for (let index = 0; index < NODE_COUNT; index++) await cluster.start(index);
  await cluster.connected();
  await using other = await startSubject();
  const bank: BankNodes = cluster;
  const customers = await openBank(bank, CUSTOMER_COUNT, seed);
  const carried = [0, 1, 2].flatMap((index) =>
    Array.from(
      { length: CARRIED_PER_NODE },
      (_, number) => cluster.keyOf(index, `carried-${number}`),
    )
  );
  await using auditor = await cluster.connect(0);
  await auditor.value("MSET", ...carried.flatMap((key) => [key, `value of ${key}`]));

  const killer = new Killer(cluster), operator = new Operator(cluster, new SeededRandom(seed + 1));
  const carrier = new Carrier(cluster, other, {
    random: new SeededRandom(seed + 2),
    keys: carried,
  });
  let isOver = false, failure: Error | undefined;
  const running = [...customers, operator, carrier].map((each) =>
    each.run(() => isOver || failure !== undefined).catch((error) => failure ??= error)
  );
  const endMs = performance.now() + RUN_SECONDS * 1000;
  const troubles: Promise<void>[] = [];
  while (performance.now() < endMs && failure === undefined) {
    await delay(300 + random.below(700));
    const index = random.below(NODE_COUNT);
    if (random.below(4) === 0) troubles.push(killer.hang(index, random.below(2 * NODE_TIMEOUT_MS)));
    else troubles.push(killer.kill(index, 100 + random.below(900)));
    if (random.below(3) > 0) await Promise.all(troubles);
  }
  await Promise.all(troubles);
  isOver = true;
  await Promise.all(running);
  if (failure !== undefined) throw failure;

  await operator.end();
  await cluster.settled();
  const { transferCount, readCount } = await auditBank(bank, customers);
  await using node = await cluster.connect(1);
  await using taken = await RespClient.connect(other);
  for (const key of carried) {
    const values = [await node.value("GET", key), await taken.value("GET", key)];
    const found = values.filter((value) => value !== null);
    assertEquals(new Set(found), new Set([`value of ${key}`]), `${key} is lost: ${values}`);
  }
  const directories = Array.from({ length: NODE_COUNT }, (_, index) => {
    return [`node${index}`, cluster.directoryOf(index)] as const;
  });
  const decidedCount = await wholeTransactions(new Map(directories));
  console.log(
    `moving bank: ${transferCount} transfers, ${decidedCount} over nodes, ${readCount} reads, ${killer.killCount} kills, ` +
      `${killer.hangCount} hangs, ${operator.changeCount} changes of nodes, ${carrier.carriedCount} times MIGRATE`,
  );
});
