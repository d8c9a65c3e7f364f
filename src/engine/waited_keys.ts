/**
 * Waited keys: which keys clients wait for, and who waits, in order of arrival.
 *
 * A key that is waited for by commands of different types (BLPOP and BZPOPMIN) has a queue for each,
 * as each is served by other values. XREADGROUP, which is told when the key is lost, has one apart
 * from XREAD's.
 *
 * Always true: a queue that is here has a waiter.
 * Cost: adding, removing and finding O(1); iterating tolerates removal of waiters.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import type { KeyLookAhead } from "../store/mod.ts";
import type { Demand, Waiter } from "./blocked_clients.ts";
import { KeyRecord, KeyRegistry } from "./key_registry.ts";

/** The clients that wait for the same of a key. */
export class WaitedKey extends KeyRecord<WaitedKey> {
  readonly databaseIndex: number;
  /** The key's bytes. */
  readonly view: ByteView;
  /** What they want has this type. */
  readonly type: Demand["type"];
  /** What they are told when the key is lost; `undefined`: nothing, they wait on. */
  readonly lostError: Demand["lostError"];
  /** Who, the first come first. */
  readonly waiters = new Set<Waiter>();
  /** Whether the key has changed and they are to be looked after. */
  isReady = false;

  constructor(databaseIndex: number, key: ByteView, hash: number, demand: Demand) {
    super(key.toText(), hash);
    this.databaseIndex = databaseIndex;
    this.view = new ByteView(key.copy());
    this.type = demand.type;
    this.lostError = demand.lostError;
  }
}

/** All queues of a server. */
export class WaitedKeys implements Iterable<WaitedKey> {
  readonly #queues: KeyRegistry<WaitedKey>;

  /** @param hashing Hashes keys. */
  constructor(hashing: KeyLookAhead) {
    this.#queues = new KeyRegistry(hashing);
  }

  /** The first queue of a key, in whatever database. */
  first(key: ByteView): WaitedKey | undefined {
    return this.#queues.first(key);
  }

  /** The next queue of the same key. */
  following(queue: WaitedKey): WaitedKey | undefined {
    return this.#queues.following(queue);
  }

  /** Lets a client wait for a key; returns the queue, in which it stands last. */
  add(waiter: Waiter, databaseIndex: number, key: ByteView): WaitedKey {
    const queues = this.#queues, { type, lostError } = waiter.demand;
    let queue = queues.first(key);
    while (queue !== undefined) {
      const isSame = queue.type === type && queue.lostError === lostError;
      if (isSame && queue.databaseIndex === databaseIndex) break;
      queue = queues.following(queue);
    }
    if (queue === undefined) {
      queue = new WaitedKey(databaseIndex, key, queues.hashOf(key), waiter.demand);
      queues.add(queue);
    }
    queue.waiters.add(waiter);
    return queue;
  }

  /** Takes a client off a queue. */
  remove(waiter: Waiter, queue: WaitedKey): void {
    queue.waiters.delete(waiter);
    if (queue.waiters.size === 0) this.#queues.remove(queue);
  }

  /** All queues. */
  [Symbol.iterator](): IterableIterator<WaitedKey> {
    return this.#queues[Symbol.iterator]();
  }
}
