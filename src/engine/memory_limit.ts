/**
 * Memory limit: keeps what is stored under `maxmemory`, or says that it can't.
 *
 * It is asked before each command. While there is room that is one comparison. Else it makes room,
 * but only for so long as `maxmemory-eviction-tenacity` allows, half a millisecond by default: a
 * limit that was lowered by gigabytes is reached in the background, and meanwhile clients are served.
 *
 * What was deleted but not freed yet (see `LazyFree`) is room already, so it is freed before
 * any key has to go. In Redis another thread does that, and evictions may run ahead of it.
 *
 * Counted are the blocks of the arena, the buffers of clients and what is known of their caches, but not what replicas and the
 * append-only file have yet to take: evicting makes that grow, so to count it would be a loop.
 *
 * Behaviour: Redis' `evict.c`. Not here: which key goes (`Evictor`).
 *
 * @module
 */

import type { ServerParts } from "./ports.ts";

/** What became of an attempt to get under the limit. */
export type RoomState =
  /** Memory is under the limit, or nothing may be evicted at the moment. */
  | "enough"
  /** It is not, but more is being freed in the background. */
  | "growing"
  /** It is not, and there is nothing to evict. */
  | "none";

/** Keys evicted between two looks at the clock. */
const KEYS_PER_LOOK = 16;
/** Up to this tenacity the time grows by 50 microseconds a step, above by 15 per cent. */
const LINEAR_TENACITY_MAX = 10;
const LINEAR_STEP_US = 50;
const GROWTH = 1.15;
const TENACITY_MAX = 100;

/** Watches over the memory of one server. */
export class MemoryLimit {
  /** The limit in bytes; 0 for none. */
  bytesMax = 0;
  /** Longest time in microseconds that one attempt takes. */
  durationUsMax = 0;
  /** Bytes of buffers for replicas and the append-only file, which are not counted. */
  uncountedBytes = 0;

  readonly #server: ServerParts;
  readonly #goOnLater: () => void;

  /** @param goOnLater Has `makeRoom` called again soon. */
  constructor(server: ServerParts, goOnLater: () => void) {
    this.#server = server;
    this.#goOnLater = goOnLater;
  }

  /** Bytes that count against the limit. */
  get countedBytes(): number {
    const { store, clients, tracking } = this.#server;
    return store.usedBytes + clients.memoryBytes + tracking.memoryBytes - this.uncountedBytes;
  }

  /** Gets under the limit, or as far as time allows. */
  makeRoom(): RoomState {
    if (!this.#isOver()) return this.#note("enough");
    if (this.#server.pause.isInForce) return "enough"; // a paused data set must not change
    const { clock, latency } = this.#server;
    const startUs = clock.monotonicUs();
    const state = this.#evict(startUs);
    latency.record("eviction-cycle", (clock.monotonicUs() - startUs) / 1000);
    return this.#note(state);
  }

  #isOver(): boolean {
    return this.bytesMax > 0 && this.countedBytes > this.bytesMax;
  }

  #evict(startUs: number): RoomState {
    const { clock } = this.#server;
    const { lazyFree } = this.#server.store.environment;
    let stepCount = 0;
    do {
      const isFreeing = lazyFree.isPending;
      if (isFreeing) lazyFree.freeSome();
      else if (!this.#evictOne()) return "none";
      if (!isFreeing && ++stepCount % KEYS_PER_LOOK !== 0) continue;
      if (clock.monotonicUs() - startUs > this.durationUsMax && this.#isOver()) {
        this.#goOnLater();
        return "growing";
      }
    } while (this.#isOver());
    return "enough";
  }

  #evictOne(): boolean {
    const { clock, latency, store } = this.#server;
    if (latency.thresholdMs === 0) return store.evictor.evictOne();
    const startUs = clock.monotonicUs();
    const isEvicted = store.evictor.evictOne();
    if (isEvicted) latency.record("eviction-del", (clock.monotonicUs() - startUs) / 1000);
    return isEvicted;
  }

  /** Notes since when memory is over the limit. */
  #note(state: RoomState): RoomState {
    const exceeded = this.#server.stats.evictionExceeded;
    if (state !== "enough") exceeded.begin(this.#server.clock.monotonicUs());
    else if (exceeded.isRunning) exceeded.end(this.#server.clock.monotonicUs());
    return state;
  }
}

/**
 * The time that an attempt may take.
 *
 * @param tenacity From 0 to 100, of `maxmemory-eviction-tenacity`.
 * @returns Microseconds; `Infinity` for 100.
 */
export function evictionDurationUs(tenacity: number): number {
  if (tenacity <= LINEAR_TENACITY_MAX) return LINEAR_STEP_US * tenacity;
  if (tenacity === TENACITY_MAX) return Infinity;
  return LINEAR_STEP_US * LINEAR_TENACITY_MAX * GROWTH ** (tenacity - LINEAR_TENACITY_MAX);
}
