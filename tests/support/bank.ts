/**
 * Bank: accounts at the nodes of a cluster, and customers who move money between them.
 *
 * The sum of all accounts is what it was at every moment, each transfer has happened as a whole or not at
 * all, what was acknowledged has happened, and every request is answered in time, if only with an error.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { SeededRandom } from "../../src/base/random.ts";
import { eventually } from "./poll.ts";
import { type PlainReply, ReplyError } from "./reply.ts";
import { DeadlineError, type RespClient } from "./resp_client.ts";

/** Nodes that accounts are made at. */
export const BANK_NODE_COUNT = 3;
const ACCOUNTS_PER_NODE = 4;
const BALANCE = 1000;
/** Nodes between which money goes. */
const PAIRS = [[0, 1], [0, 2], [1, 2]] as const;
/** The test machine may be slow; nothing is asserted about times. */
const PATIENCE = { deadlineMs: 120_000, pauseMs: 100 };

/** Where the accounts are. */
export interface BankNodes {
  /** A connection to a node, by its number. */
  connect(index: number): Promise<RespClient>;
  /** A key that a node has at first. */
  keyOf(index: number, prefix: string): string;
}

/** Account number `n` is at node `n % BANK_NODE_COUNT`. */
function accountsOf(bank: BankNodes): string[] {
  return Array.from(
    { length: BANK_NODE_COUNT * ACCOUNTS_PER_NODE },
    (_, number) =>
      bank.keyOf(number % BANK_NODE_COUNT, `account-${Math.floor(number / BANK_NODE_COUNT)}`),
  );
}

/** Somebody who moves money through whatever node answers. */
export class Customer {
  acknowledgedCount = 0;
  readCount = 0;
  /** For two nodes each, by their numbers, a key of either that counts what went between them. */
  readonly counters: ReadonlyMap<string, readonly [string, string]>;
  readonly #acknowledged = new Map<string, number>();
  readonly #bank: BankNodes;
  readonly #accounts: readonly string[];
  readonly #random: SeededRandom;
  #client: RespClient | undefined;

  constructor(bank: BankNodes, accounts: readonly string[], number: number, seed: number) {
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
          if (error instanceof BankError || error instanceof DeadlineError) throw error;
          if (error instanceof ReplyError) return false;
          this.#client = undefined; // the node is gone
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
    return this.#client = await this.#bank.connect(this.#random.below(BANK_NODE_COUNT));
  }

  async #move(): Promise<boolean> {
    const client = await this.#connected(), accounts = this.#accounts;
    const from = this.#random.below(accounts.length), to = this.#random.below(accounts.length);
    const pair = [from % BANK_NODE_COUNT, to % BANK_NODE_COUNT].sort().join("-");
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

/** Opens all accounts. */
export async function openBank(
  bank: BankNodes,
  customerCount: number,
  seed: number,
): Promise<readonly Customer[]> {
  const accounts = accountsOf(bank);
  const customers = Array.from(
    { length: customerCount },
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
  return customers;
}

/** Once all is well again everything can be read, and no account is locked; returns what customers did. */
export async function auditBank(
  bank: BankNodes,
  customers: readonly Customer[],
): Promise<{ transferCount: number; readCount: number }> {
  await using auditor = await bank.connect(0);
  for (const customer of customers) {
    await eventually(async () => {
      const values = await auditor.value("MGET", ...customer.keys) as PlainReply[];
      customer.check(values);
      return true;
    }, PATIENCE);
  }
  for (const key of accountsOf(bank)) {
    await eventually(
      async () => Number.isInteger(await auditor.value("INCRBY", key, "0")),
      PATIENCE,
    );
  }
  const sum = (count: (customer: Customer) => number) =>
    customers.reduce((total, customer) => total + count(customer), 0);
  return {
    transferCount: sum(({ acknowledgedCount }) => acknowledgedCount),
    readCount: sum(({ readCount }) => readCount),
  };
}

/** The books are wrong. */
class BankError extends Error {
  override readonly name = "BankError";
}
