/**
 * Waited keys: which keys clients wait for, and who waits, in order of arrival.
 *
 * While anybody waits, every change of any key asks here whether it concerns somebody, so the
 * question must cost little: the key's hash, which is often known already, leads to the few keys
 * that share it, and no string is made of the key.
 *
 * A key that is waited for by commands of different types (BLPOP and BZPOPMIN) has a queue for each,
 * as each is served by other values. XREADGROUP, which is told when the key is lost, has one apart
 * from XREAD's.
 *
 * Always true: a queue that is here has a waiter.
 * Cost: adding, removing and finding O(1); iterating tolerates removal.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import type { KeyLookAhead } from "../store/mod.ts";
import type { Demand, Waiter } from "./blocked_clients.ts";

/** The clients that wait for the same of a key. */
export class WaitedKey {
  readonly databaseIndex: number;
  /** Its own copy. */
  readonly key: ByteView;
  readonly hash: number;
  /** What they want has this type. */
  readonly type: Demand["type"];
  /** What they are told when the key is lost; `undefined`: nothing, they wait on. */
  readonly lostError: Demand["lostError"];
  /** Who, the first come first. */
  readonly waiters = new Set<Waiter>();
  /** Whether the key has changed and they are to be looked after. */
  isReady = false;
  /** The next queue whose key has the same hash. */
  next: WaitedKey | undefined;

  constructor(databaseIndex: number, key: Uint8Array, hash: number, demand: Demand) {
    this.databaseIndex = databaseIndex;
    this.key = new ByteView(key);
    this.hash = hash;
    this.type = demand.type;
    this.lostError = demand.lostError;
  }

  /** Whether this is about a key. */
  isOf(databaseIndex: number, key: ByteView): boolean {
    return this.databaseIndex === databaseIndex && this.key.equals(key);
  }
}

/** All queues of a server. */
export class WaitedKeys implements Iterable<WaitedKey> {
  readonly #hashing: KeyLookAhead;
  /** The first queue of each hash. */
  readonly #queues = new Map<number, WaitedKey>();

  /** @param hashing Hashes keys. */
  constructor(hashing: KeyLookAhead) {
    this.#hashing = hashing;
  }

  /** The first of the queues, linked by `next`, that may be about a key: see `WaitedKey.isOf`. */
  candidates(key: ByteView): WaitedKey | undefined {
    return this.#queues.get(this.#hashing.hashOf(key));
  }

  /** Lets a client wait for a key; returns the queue, in which it stands last. */
  add(waiter: Waiter, databaseIndex: number, key: ByteView): WaitedKey {
    const { type, lostError } = waiter.demand;
    const hash = this.#hashing.hashOf(key);
    const first = this.#queues.get(hash);
    let queue = first;
    while (queue !== undefined) {
      const isSame = queue.type === type && queue.lostError === lostError;
      if (isSame && queue.isOf(databaseIndex, key)) break;
      queue = queue.next;
    }
    if (queue === undefined) {
      queue = new WaitedKey(databaseIndex, key.copy(), hash, waiter.demand);
      queue.next = first;
      this.#queues.set(hash, queue);
    }
    queue.waiters.add(waiter);
    return queue;
  }

  /** Takes a client off a queue. */
  remove(waiter: Waiter, queue: WaitedKey): void {
    queue.waiters.delete(waiter);
    if (queue.waiters.size > 0) return;
    const first = this.#queues.get(queue.hash)!;
    if (first !== queue) {
      let previous = first;
      while (previous.next !== queue) previous = previous.next!;
      previous.next = queue.next;
    } else if (queue.next !== undefined) {
      this.#queues.set(queue.hash, queue.next);
    } else {
      this.#queues.delete(queue.hash);
    }
  }

  /** All queues. */
  *[Symbol.iterator](): IterableIterator<WaitedKey> {
    for (const first of this.#queues.values()) {
      for (let queue: WaitedKey | undefined = first; queue !== undefined; queue = queue.next) {
        yield queue;
      }
    }
  }
}
