/**
 * Bank: clients move money between accounts of all nodes while nodes are killed and links are cut.
 *
 * The nodes are processes with append-only files, ended by kill -9 and started again; they reach each
 * other through proxies that the test cuts. At every read the sum of all accounts is what it was, each
 * transfer has happened as a whole or not at all, and at the end what was acknowledged has happened,
 * no account is locked, and the logs of all nodes agree on which transactions have happened.
 * `BANK_SECONDS=60` makes a longer run of it.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { SeededRandom } from "../../src/base/random.ts";
import { SlotMap } from "../../src/cluster/mod.ts";
import { slotOf } from "../../src/base/crc16.ts";
import { ByteView } from "../../src/base/byte_view.ts";
import { auditBank, BANK_NODE_COUNT, type BankNodes, openBank } from "../support/bank.ts";
import { CLUSTER_SECRET } from "../support/cluster.ts";
import { startEasyRedisProcess } from "../support/easyredis_process.ts";
import { freePort } from "../support/free_port.ts";
import { LinkProxy } from "../support/link_proxy.ts";
import { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { wholeTransactions } from "../support/transaction_ledger.ts";

const CLIENT_COUNT = 8;
const RUN_SECONDS = Number(Deno.env.get("BANK_SECONDS") ?? 8);

/** Nodes that die and come back. */
class Bank implements BankNodes, AsyncDisposable {
  readonly #ports = Array.from({ length: BANK_NODE_COUNT }, () => freePort());
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
        "aof-disable-auto-gc": "yes", // all that ever was in a log is looked at
        "cluster-mode": "relay",
        "peers": this.#peers.map(({ name, host, port }) => `${name}@${host}:${port}`).join(" "),
        "self": `node${index}`,
        "cluster-secret": CLUSTER_SECRET,
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

  /** Where nodes keep their files, by their names. */
  get directories(): ReadonlyMap<string, string> {
    return new Map(this.#directories.map((path, index) => [`node${index}`, path]));
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

Deno.test("money is neither made nor lost while nodes are killed and links are cut", async () => {
  const seed = takeSeed("bank"), random = new SeededRandom(seed);
  await using bank = new Bank();
  for (let index = 0; index < BANK_NODE_COUNT; index++) await bank.start(index);
  const customers = await openBank(bank, CLIENT_COUNT, seed);

  let isOver = false, failure: Error | undefined;
  const running = customers.map((customer) =>
    customer.run(() => isOver || failure !== undefined).catch((error) => failure ??= error)
  );
  const endMs = performance.now() + RUN_SECONDS * 1000;
  const troubles: Promise<void>[] = [];
  while (performance.now() < endMs && failure === undefined) {
    const index = random.below(BANK_NODE_COUNT), ms = 100 + random.below(900);
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

  const { transferCount, readCount } = await auditBank(bank, customers);
  const decidedCount = await wholeTransactions(bank.directories);
  console.log(
    `bank: ${transferCount} transfers, ${decidedCount} over nodes, ${readCount} reads, ${bank.killCount} kills, ${bank.cutCount} cuts`,
  );
});
