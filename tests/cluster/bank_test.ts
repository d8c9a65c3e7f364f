/**
 * Bank: clients move money between accounts of all nodes while nodes are killed and links are cut.
 *
 * The nodes are processes with append-only files, ended by kill -9 and started again; they reach each
 * other through proxies that the test cuts. At every read the sum of all accounts is what it was, each
 * transfer has happened as a whole or not at all, and at the end what was acknowledged has happened and
 * no account is locked. `BANK_SECONDS=60` makes a longer run of it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { SeededRandom } from "../../src/base/random.ts";
import { SlotMap } from "../../src/cluster/mod.ts";
import { slotOf } from "../../src/base/crc16.ts";
import { ByteView } from "../../src/base/byte_view.ts";
import { startEasyRedisProcess } from "../support/easyredis_process.ts";
import { freePort } from "../support/free_port.ts";
import { LinkProxy } from "../support/link_proxy.ts";
import { eventually } from "../support/poll.ts";
import { type PlainReply, ReplyError } from "../support/reply.ts";
import { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";
import type { ServerProcess } from "../support/server_process.ts";

const NODE_COUNT = 3;
const ACCOUNTS_PER_NODE = 4;
const CLIENT_COUNT = 8;
const BALANCE = 1000;
/** Nodes between which money goes. */
const PAIRS = [[0, 1], [0, 2], [1, 2]] as const;
const RUN_SECONDS = Number(Deno.env.get("BANK_SECONDS") ?? 8);
/** The test machine may be slow; nothing is asserted about times. */
const PATIENCE = { deadlineMs: 120_000, pauseMs: 100 };

/** Nodes that die and come back. */
class Bank implements AsyncDisposable {
  readonly #ports = Array.from({ length: NODE_COUNT }, () => freePort());
  readonly #proxies = this.#ports.map((port) => new LinkProxy(port));
  readonly #directories = this.#ports.map(() => Deno.makeTempDirSync({ prefix: "bank-" }));
  readonly #nodes: (ServerProcess | undefined)[] = this.#ports.map(() => undefined);
  readonly #map = new SlotMap(this.#peers);
  killCount = 0;
  cutCount = 0;

  get #peers(): { name: string; host: string; port: number }[] {
    return this.#proxies.map(({ port }, index) => {
      return { name: `node${index}`, host: "127.0.0.1", port };
    });
  }

  async start(index: number): Promise<void> {
    this.#nodes[index] = await startEasyRedisProcess({
      port: this.#ports[index],
      config: {
        "dir": this.#directories[index],
        "save": "",
        "appendonly": "yes",
        "cluster-mode": "relay",
        "peers": this.#peers.map(({ name, host, port }) => `${name}@${host}:${port}`).join(" "),
        "self": `node${index}`,
        "cluster-secret": "of the bank",
        "cluster-node-timeout": "2000",
        "cluster-transaction-timeout": "1000",
      },
    });
  }

  /** Kills a node, and starts it again. */
  async kill(index: number, downMs: number): Promise<void> {
    const node = this.#nodes[index];
    if (node === undefined) return;
    this.#nodes[index] = undefined;
    this.killCount++;
    await node.kill();
    await delay(downMs);
    await this.start(index);
  }

  /** Cuts the way of the others to a node for some time. */
  async cut(index: number, cutMs: number): Promise<void> {
    this.cutCount++;
    this.#proxies[index].cut();
    await delay(cutMs);
    this.#proxies[index].mend();
  }

  /** Begins to rewrite a node's log. */
  async rewriteLog(index: number): Promise<void> {
    await using client = await this.connect(index).catch(() => undefined);
    await client?.value("BGREWRITEAOF").catch(() => {}); // it is being rewritten, or gone
  }

  connect(index: number): Promise<RespClient> {
    return RespClient.connect({ port: this.#ports[index] });
  }

  /** A key of a node. */
  keyOf(index: number, prefix: string): string {
    for (let number = 0;; number++) {
      const key = `${prefix}:${number}`;
      if (this.#map.ownerOf(slotOf(ByteView.ofText(key))).name === `node${index}`) return key;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.#nodes) await node?.kill();
    for (const proxy of this.#proxies) await proxy[Symbol.asyncDispose]();
    for (const path of this.#directories) await Deno.remove(path, { recursive: true });
  }
}

/** Account number `n` is at node `n % NODE_COUNT`. */
function accountsOf(bank: Bank): string[] {
  return Array.from(
    { length: NODE_COUNT * ACCOUNTS_PER_NODE },
    (_, number) => bank.keyOf(number % NODE_COUNT, `account-${Math.floor(number / NODE_COUNT)}`),
  );
}

/** Somebody who moves money through whatever node answers. */
class Customer {
  acknowledgedCount = 0;
  readCount = 0;
  /** For two nodes each, by their numbers, a key of either that counts what went between them. */
  readonly counters: ReadonlyMap<string, readonly [string, string]>;
  readonly #acknowledged = new Map<string, number>();
  readonly #bank: Bank;
  readonly #accounts: readonly string[];
  readonly #random: SeededRandom;
  #client: RespClient | undefined;

  constructor(bank: Bank, accounts: readonly string[], number: number, seed: number) {
    this.#bank = bank;
    this.#accounts = accounts;
    this.#random = new SeededRandom(seed);
    this.counters = new Map(PAIRS.map(([first, second]) => {
      const pair = `${first}-${second}`;
      const keyOf = (index: number) => bank.keyOf(index, `customer-${number}-${pair}`);
      return [pair, [keyOf(first), keyOf(second)]];
    }));
  }

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const isDone = await (this.#random.below(4) === 0 ? this.#look() : this.#move())
        .catch((error) => {
          if (error instanceof BankError) throw error;
          if (error instanceof ReplyError) return false;
          this.#client = undefined; // the node is gone, or does not answer
          return false;
        });
      if (!isDone) await delay(20 + this.#random.below(50));
    }
    await this.#client?.[Symbol.asyncDispose]();
  }

  /** Looks at what there is at one moment. */
  check(values: readonly PlainReply[]): void {
    const numbers = values.map(Number), accountCount = this.#accounts.length;
    const sum = numbers.slice(0, accountCount).reduce((sum, value) => sum + value, 0);
    assertEquals(sum, BALANCE * accountCount, `the sum is wrong: ${values}`);
    const counts = numbers.slice(accountCount);
    [...this.counters.keys()].forEach((pair, index) => {
      const [one, other] = counts.slice(index * 2), least = this.#acknowledged.get(pair) ?? 0;
      assertEquals(one, other, `half a transfer between ${pair}: ${counts}`);
      assert(one >= least, `transfers between ${pair} are gone: ${one} of ${least}`);
    });
  }

  /** Keys of everything that `check` looks at. */
  get keys(): readonly string[] {
    return [...this.#accounts, ...[...this.counters.values()].flat()];
  }

  async #connected(): Promise<RespClient> {
    if (this.#client !== undefined && !this.#client.isClosed) return this.#client;
    return this.#client = await this.#bank.connect(this.#random.below(NODE_COUNT));
  }

  async #move(): Promise<boolean> {
    const client = await this.#connected(), accounts = this.#accounts;
    const from = this.#random.below(accounts.length), to = this.#random.below(accounts.length);
    const pair = [from % NODE_COUNT, to % NODE_COUNT].sort().join("-");
    const amount = String(1 + this.#random.below(10));
    await client.value("MULTI");
    await client.value("DECRBY", accounts[from], amount);
    await client.value("INCRBY", accounts[to], amount);
    for (const key of this.counters.get(pair) ?? []) await client.value("INCR", key);
    await client.value("EXEC");
    this.acknowledgedCount++;
    this.#acknowledged.set(pair, (this.#acknowledged.get(pair) ?? 0) + 1);
    return true;
  }

  async #look(): Promise<boolean> {
    const client = await this.#connected();
    const values = await client.value("MGET", ...this.keys) as PlainReply[];
    this.readCount++;
    try {
      this.check(values);
    } catch (error) {
      throw new BankError((error as Error).message);
    }
    return true;
  }
}

/** The books are wrong. */
class BankError extends Error {
  override readonly name = "BankError";
}

Deno.test("money is neither made nor lost while nodes are killed and links are cut", async () => {
  const seed = takeSeed("bank"), random = new SeededRandom(seed);
  await using bank = new Bank();
  for (let index = 0; index < NODE_COUNT; index++) await bank.start(index);
  const accounts = accountsOf(bank);
  const customers = Array.from(
    { length: CLIENT_COUNT },
    (_, number) => new Customer(bank, accounts, number, seed + number),
  );
  await using manager = await bank.connect(0);
  const opening = [
    ...accounts.flatMap((key) => [key, String(BALANCE)]),
    ...customers.flatMap(({ counters }) =>
      [...counters.values()].flat().flatMap((key) => [key, "0"])
    ),
  ];
  await eventually(async () => await manager.value("MSET", ...opening) === "OK", PATIENCE);

  let isOver = false, failure: Error | undefined;
  const running = customers.map((customer) =>
    customer.run(() => isOver || failure !== undefined).catch((error) => failure ??= error)
  );
  const endMs = performance.now() + RUN_SECONDS * 1000;
  const troubles: Promise<void>[] = [];
  while (performance.now() < endMs && failure === undefined) {
    const index = random.below(NODE_COUNT), ms = 100 + random.below(900);
    const kind = random.below(3);
    if (kind === 2) troubles.push(bank.rewriteLog(index));
    else if (kind === 1) troubles.push(bank.cut(index, ms));
    else troubles.push(bank.kill(index, ms));
    if (random.below(3) > 0) await Promise.all(troubles);
    await delay(200 + random.below(500));
  }
  await Promise.all(troubles);
  isOver = true;
  await Promise.all(running);
  if (failure !== undefined) throw failure;

  // All is well again: everything can be read, and no account is locked.
  await using auditor = await bank.connect(0);
  for (const customer of customers) {
    await eventually(async () => {
      const values = await auditor.value("MGET", ...customer.keys) as PlainReply[];
      customer.check(values);
      return true;
    }, PATIENCE);
  }
  for (const key of accounts) {
    await eventually(
      async () => Number.isInteger(await auditor.value("INCRBY", key, "0")),
      PATIENCE,
    );
  }
  const sum = (count: (customer: Customer) => number) =>
    customers.reduce((total, customer) => total + count(customer), 0);
  console.log(
    `bank: ${sum(({ acknowledgedCount }) => acknowledgedCount)} transfers, ${
      sum(({ readCount }) => readCount)
    } reads, ${bank.killCount} kills, ${bank.cutCount} cuts`,
  );
});
