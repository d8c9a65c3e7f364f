/**
 * Eviction: which key goes when memory is short.
 *
 * True LRU would link all keys in order of use: eight bytes a key, and two writes into other entries
 * at each use. Looking at a few keys drawn at random, and evicting the best of them, costs neither,
 * and with a pool that remembers good candidates the difference hardly shows.
 *
 * Each policy is a set and an order. The set is all keys, or the *volatile* ones, which have an expiry.
 * The order is a score, higher goes first:
 *
 *   lru   the longer ago the last use    lfu      255 - uses, on a logarithmic scale
 *   ttl   the sooner the expiry          random   no score: one draw decides
 *
 * Scores are moments where they can be, not spans, so that candidates of different samples compare.
 *
 * Samples are taken from every database, whatever its size, as Redis does. A candidate that was used
 * after it came into the pool has a lower score now, and is passed over: Redis, which does not look
 * again, evicts it.
 *
 * Cost: as many entries looked at as are sampled, for each database with keys, each a wait for memory.
 * Behaviour: Redis' `maxmemory-policy`. Not here: when memory is short (`MemoryLimit`).
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import type { StoreEnvironment } from "./environment.ts";
import { EvictionPool } from "./eviction_pool.ts";
import type { Keyspace } from "./keyspace.ts";
import type { Ref } from "./memory/mod.ts";

/** Which of the keys goes first. */
type EvictionOrder = "lru" | "lfu" | "ttl" | "random";

/** More would make each choice a walk, and none a better one. */
const SAMPLE_COUNT_MAX = 1024;
const COUNTER_MAX = 255;
const SECOND_MS = 1000;

/** Chooses and removes keys by a policy. */
export class Evictor {
  readonly #databases: readonly Keyspace[];
  readonly #environment: StoreEnvironment;
  readonly #pool = new EvictionPool();
  readonly #keyView = new ByteView();
  #order: EvictionOrder | undefined;
  #isVolatileOnly = false;
  #refs = new Int32Array(1);
  #hashes = new Int32Array(1);
  /** Where the last random choice was made. */
  #lastIndex = 0;

  /** @param databases By number; their order may change. */
  constructor(databases: readonly Keyspace[], environment: StoreEnvironment) {
    this.#databases = databases;
    this.#environment = environment;
  }

  /** Whether the policy spares keys without an expiry. */
  get isVolatileOnly(): boolean {
    return this.#isVolatileOnly;
  }

  /** Changes the policy. @param name As `maxmemory-policy` has it: `allkeys-lru`, `noeviction` ... */
  setPolicy(name: string): void {
    const [keys, order] = name.split("-");
    this.#order = order as EvictionOrder | undefined;
    this.#isVolatileOnly = keys === "volatile";
    this.#pool.clear();
  }

  /** Changes how many keys of each database are looked at for each choice; at most 1024. */
  setSampleCount(count: number): void {
    this.#refs = new Int32Array(Math.min(count, SAMPLE_COUNT_MAX));
    this.#hashes = new Int32Array(this.#refs.length);
  }

  /** Removes the key that the policy would have go first; returns whether there was one. */
  evictOne(): boolean {
    if (this.#order === undefined) return false;
    return this.#order === "random" ? this.#evictAny() : this.#evictBest();
  }

  /** Evicts any key of the next database that has some. */
  #evictAny(): boolean {
    const databases = this.#databases;
    for (let step = 0; step < databases.length; step++) {
      this.#lastIndex = (this.#lastIndex + 1) % databases.length;
      const keyspace = databases[this.#lastIndex];
      if (keyspace.sample(this.#isVolatileOnly, this.#refs, this.#hashes, 1) === 0) continue;
      this.#evict(keyspace, this.#refs[0]);
      return true;
    }
    return false;
  }

  #evictBest(): boolean {
    while (this.#sampleAll()) {
      for (;;) {
        const candidate = this.#pool.take();
        if (candidate === undefined) break;
        const { ref, hash, score } = candidate, keyspace = candidate.keyspace!;
        if (!keyspace.holds(hash, ref) || !this.#isInSet(ref) || this.#scoreOf(ref) < score) {
          continue;
        }
        this.#evict(keyspace, ref);
        return true;
      }
    }
    return false;
  }

  /** Brings samples of every database into the pool; returns whether any has keys to evict. */
  #sampleAll(): boolean {
    const refs = this.#refs, hashes = this.#hashes;
    let isAny = false;
    for (let place = 0; place < this.#databases.length; place++) {
      const keyspace = this.#databases[place];
      if (keyspace.count === 0) continue;
      const count = keyspace.sample(this.#isVolatileOnly, refs, hashes, refs.length);
      this.#environment.arena.touch(refs, count);
      for (let index = 0; index < count; index++) {
        this.#pool.add(keyspace, refs[index], hashes[index], this.#scoreOf(refs[index]));
      }
      isAny ||= count > 0;
    }
    return isAny;
  }

  #isInSet(ref: Ref): boolean {
    return !this.#isVolatileOnly || this.#environment.entries.expires(ref);
  }

  #scoreOf(ref: Ref): number {
    const environment = this.#environment, entries = environment.entries;
    if (this.#order === "ttl") return -entries.dueMsOf(ref);
    const access = entries.accessOf(ref);
    const frequency = environment.frequency;
    if (frequency === undefined) {
      return environment.idleSecondsOf(access) - Math.floor(environment.nowMs / SECOND_MS);
    }
    return COUNTER_MAX - frequency.counterOf(access, environment.nowMs);
  }

  #evict(keyspace: Keyspace, ref: Ref): void {
    const environment = this.#environment;
    environment.counters.evictedKeys++;
    environment.listener.evicted(
      keyspace.index,
      environment.entries.keyView(ref, this.#keyView),
    );
    keyspace.removeEntry(ref, environment.lazyFree.isForEvicted);
  }
}
