/**
 * Client pool model: random callers who take, give back, give up and break connections, against what
 * a pool promises: nobody waits while there is room, no connection has two users, nothing is left.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ManualClock } from "../../src/base/clock.ts";
import { SeededRandom } from "../../src/base/random.ts";
import {
  ClientPool,
  type ClientTransport,
  type PeerAddress,
  type PooledClient,
} from "../../src/client/mod.ts";
import { MemoryTransport } from "../../src/net/mod.ts";
import { takeSeed } from "../support/seed.ts";

const ACTION_COUNT = 4000;
const CLIENT_COUNT_MAX = 3;
const IDLE_MS_MAX = 60;
const PEERS: readonly PeerAddress[] = [{ host: "a", port: 1 }, { host: "b", port: 2 }];

/** Somebody who has asked for a connection and has got no answer yet. */
interface Asker {
  readonly address: PeerAddress;
  readonly aborter: AbortController;
}

/** A connection that is being made. */
interface Connecting {
  readonly address: PeerAddress;
  readonly resolve: (transport: ClientTransport) => void;
  readonly reject: (error: Error) => void;
}

class PoolModel {
  readonly clock = new ManualClock();
  readonly askers = new Set<Asker>();
  readonly connecting = new Set<Connecting>();
  readonly held = new Map<PooledClient, MemoryTransport>();
  readonly pool = new ClientPool({
    clock: this.clock,
    clientCountMax: CLIENT_COUNT_MAX,
    idleCountMax: 2,
    idleMsMax: IDLE_MS_MAX,
    connect: (address, signal) =>
      new Promise((resolve, reject) => {
        const connecting = { address, resolve, reject };
        this.connecting.add(connecting);
        signal.addEventListener("abort", () => {
          this.connecting.delete(connecting);
          reject(signal.reason);
        });
      }),
  });
  isStopped = false;
  servedCount = 0;
  refusedCount = 0;

  readonly #random: SeededRandom;
  /** The other ends, the latest last. */
  readonly #ends: MemoryTransport[] = [];
  readonly #endOf = new Map<PooledClient, MemoryTransport>();

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  async run(): Promise<void> {
    for (let action = 0; action < ACTION_COUNT && !this.isStopped; action++) {
      const draw = this.#random.below(100);
      if (draw < 35) this.#ask();
      else if (draw < 55) this.#settleConnecting(draw < 50);
      else if (draw < 80) this.#giveBack();
      else if (draw < 86) this.#breakAny();
      else if (draw < 93) this.#giveUp();
      else this.clock.advance(this.#random.below(40));
      await settle();
      if (!this.isStopped) this.#check();
    }
  }

  /** Everybody gives back, and what is idle goes: nothing is left. */
  async drain(): Promise<void> {
    while (this.askers.size + this.connecting.size + this.held.size > 0) {
      this.#settleConnecting(true);
      this.#giveBack();
      await settle();
    }
    this.clock.advance(IDLE_MS_MAX);
    await settle();
    assertEquals(this.pool.clientCount, 0);
  }

  #ask(): void {
    const address = this.#one(PEERS)!, aborter = new AbortController();
    const asker = { address, aborter };
    this.askers.add(asker);
    const limits = { timeoutMs: 1 + this.#random.below(100), signal: aborter.signal };
    this.pool.acquire(address, limits).then((pooled) => {
      this.askers.delete(asker);
      this.servedCount++;
      assertEquals(pooled.address, address);
      assert(!this.held.has(pooled), "two have one connection");
      assert(this.isStopped || !pooled.client.isClosed, "a broken connection came back");
      if (!this.#endOf.has(pooled)) this.#endOf.set(pooled, this.#ends.pop()!);
      this.held.set(pooled, this.#endOf.get(pooled)!);
    }, () => {
      this.askers.delete(asker);
      this.refusedCount++;
    });
  }

  #settleConnecting(succeeds: boolean): void {
    const connecting = this.#one([...this.connecting]);
    if (connecting === undefined) return;
    this.connecting.delete(connecting);
    if (!succeeds) return connecting.reject(new Deno.errors.ConnectionRefused("by lot"));
    const [ours, theirs] = MemoryTransport.pair();
    this.#ends.push(theirs);
    connecting.resolve(ours);
  }

  #giveBack(): void {
    const pooled = this.#one([...this.held.keys()]);
    if (pooled === undefined) return;
    this.held.delete(pooled);
    const draw = this.#random.below(10);
    if (draw === 0) pooled.client.call("PING").catch(() => {}); // its reply will be missing
    if (draw < 2) this.pool.discard(pooled);
    else if (draw < 6) this.pool.release(pooled);
    else pooled[Symbol.dispose]();
  }

  #breakAny(): void {
    this.#one([...this.#endOf.values()])?.close();
  }

  #giveUp(): void {
    this.#one([...this.askers])?.aborter.abort();
  }

  #check(): void {
    for (const address of PEERS) {
      const isHere = (other: { address: PeerAddress }) => other.address === address;
      const heldCount = [...this.held.keys()].filter(isHere).length;
      const connectingCount = [...this.connecting].filter(isHere).length;
      const askerCount = [...this.askers].filter(isHere).length;
      const takenCount = heldCount + connectingCount;
      assert(takenCount <= CLIENT_COUNT_MAX, "more connections than there may be");
      const waitingCount = askerCount - connectingCount;
      assert(waitingCount <= 0 || takenCount === CLIENT_COUNT_MAX, "somebody waits in vain");
    }
  }

  #one<Element>(elements: readonly Element[]): Element | undefined {
    return elements.length === 0 ? undefined : elements[this.#random.below(elements.length)];
  }
}

/** Lets everything run that waits for nothing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await undefined;
}

Deno.test("ClientPool loses no wake-up and leaks nothing, whoever cancels, fails or breaks", async () => {
  const model = new PoolModel(new SeededRandom(takeSeed("client pool model")));
  await model.run();
  await model.drain();
  assert(model.servedCount > 100 && model.refusedCount > 100, "the run has come to little");
  await model.pool.close();
});

Deno.test("ClientPool.close at any moment ends everybody's wait", async () => {
  const random = new SeededRandom(takeSeed("client pool closing"));
  for (let round = 0; round < 50; round++) {
    const model = new PoolModel(random);
    const running = model.run();
    for (let turns = random.below(2000); turns > 0; turns--) await undefined;
    model.isStopped = true;
    await model.pool.close();
    await running;
    await settle();
    assertEquals(model.askers.size, 0);
    assertEquals(model.pool.clientCount, 0);
  }
});
