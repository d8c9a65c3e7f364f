/**
 * Heartbeat: what the server does by itself, in small bits between its clients' commands.
 *
 * Three pulses. The regular one, `hz` times a second, samples rates, closes idle clients, gives spare
 * memory back, begins snapshots that are due, and ends the server if a signal has asked for that. Expiry has no pulse at all: a timer is set for the
 * moment when the next key is due, so that an idle server sleeps and a key goes on time. Lazy freeing,
 * eviction and the index of volatile keys run while there is something to do. All but the first work in
 * slices of two milliseconds with a gap in between, in which commands run.
 *
 * @module
 */

import type { Clock, Timer } from "../base/clock.ts";
import type { ServerParts } from "../engine/mod.ts";
import type { ServerPersistence } from "../persistence/mod.ts";
import type { ClientHost } from "./client_host.ts";
import { Defragmentation } from "./defragmentation.ts";

/** Longest piece of work without a gap. */
const SLICE_US = 2000;
/** Removals between two looks at the clock. */
const STEPS_PER_LOOK = 32;
/** Gap between two slices. */
const GAP_MS = 1;
/** Pause before looking for expired keys again while that is switched off. */
const SUSPENDED_MS = 100;
const SECOND_MS = 1000;
/** Between two looks at clients that do not read their replies, at least. */
const UNREAD_MS = 50;

/** What has a heartbeat. */
export interface BeatingServer extends ServerParts {
  readonly persistence: ServerPersistence;
  /** Begins a shutdown that a signal has asked for. */
  endIfAsked(): void;
}

/** Runs a server's chores on its clock. */
export class Heartbeat {
  readonly #server: BeatingServer;
  readonly #host: ClientHost;
  readonly #persistence: ServerPersistence;
  readonly #clock: Clock;
  #pulse: Timer | undefined;
  #expiry: Timer | undefined;
  #freeing: Timer | undefined;
  #evicting: Timer | undefined;
  #indexing: Timer | undefined;
  #trimming: Timer | undefined;
  #lastSecondMs = 0;
  #lastUnreadMs = 0;
  #isStopped = false;
  readonly #defragmentation: Defragmentation;

  constructor(server: BeatingServer, host: ClientHost) {
    this.#server = server;
    this.#host = host;
    this.#persistence = server.persistence;
    this.#clock = server.clock;
    this.#defragmentation = new Defragmentation(server);
    this.#beat();
  }

  /** Stops all pulses. */
  stop(): void {
    this.#isStopped = true;
    this.#pulse?.cancel();
    this.#expiry?.cancel();
    this.#freeing?.cancel();
    this.#evicting?.cancel();
    this.#indexing?.cancel();
    this.#trimming?.cancel();
    this.#defragmentation.stop();
  }

  /** Looks for expired keys at a moment, given in unix milliseconds. */
  expireAt(dueMs: number): void {
    if (this.#isStopped) return;
    this.#expiry?.cancel();
    const delayMs = Math.max(GAP_MS, dueMs - this.#clock.nowMs());
    this.#expiry = this.#clock.setTimer(delayMs, () => this.#expire());
  }

  /** Removes expired keys, in place of the timer for it. */
  expireNow(): void {
    if (this.#isStopped) return;
    this.#expiry?.cancel();
    this.#expire();
  }

  /** Frees what was deleted lazily. */
  freeLazily(): void {
    if (this.#isStopped) return;
    this.#freeing ??= this.#clock.setTimer(GAP_MS, () => this.#free());
  }

  /** Makes room, as far as memory is over its limit. */
  evict(): void {
    if (this.#isStopped) return;
    this.#evicting ??= this.#clock.setTimer(GAP_MS, () => {
      this.#evicting = undefined;
      this.#server.store.environment.refreshTime();
      const mayGoOn = this.#sliceFrom(this.#clock.monotonicUs(), 1);
      while (this.#server.memoryLimit.makeRoom() === "growing" && mayGoOn());
      this.#server.blocked.serveReady();
    });
  }

  /** Indexes volatile keys. */
  index(): void {
    if (this.#isStopped) return;
    this.#indexing ??= this.#clock.setTimer(GAP_MS, () => this.#index());
  }

  #beat(): void {
    if (!this.#server.isPulsePaused) this.#doChores();
    if (this.#isStopped) return;
    const intervalMs = SECOND_MS / this.#server.config.number("hz");
    this.#pulse = this.#clock.setTimer(intervalMs, () => this.#beat());
  }

  #doChores(): void {
    this.#server.endIfAsked();
    if (this.#isStopped) return;
    const nowMs = this.#clock.nowMs();
    this.#server.appendOnly.attend();
    this.#server.tracking.attend();
    this.#server.stats.sample(nowMs);
    this.#persistence.beat();
    if (Math.abs(nowMs - this.#lastUnreadMs) >= UNREAD_MS) {
      this.#lastUnreadMs = nowMs;
      this.#host.attendUnread();
    }
    if (Math.abs(nowMs - this.#lastSecondMs) < SECOND_MS) return;
    this.#lastSecondMs = nowMs;
    this.#host.closeOverdue();
    this.#defragmentation.check();
    // What becomes free while data are loaded is wanted again at once.
    if (this.#trimming === undefined && !this.#persistence.isLoading) this.#trim();
  }

  #expire(): void {
    const { store, pause, stats, blocked } = this.#server;
    const environment = store.environment;
    const isSuspended = pause.isInForce || environment.isKeepingExpired;
    if (!this.#server.isExpiringActively || isSuspended) {
      environment.wakeAtMs = this.#clock.nowMs() + SUSPENDED_MS;
      return this.expireAt(environment.wakeAtMs);
    }
    environment.refreshTime();
    const startUs = this.#clock.monotonicUs();
    const isDone = store.expireDue(this.#sliceFrom(startUs));
    const durationUs = this.#clock.monotonicUs() - startUs;
    stats.expireCycleUs += durationUs;
    if (!isDone) stats.expireTimeCapReached++;
    this.#server.latency.record("expire-cycle", durationUs / 1000);
    blocked.serveReady();
    environment.wakeAtMs = isDone ? store.nextExpiryMs : this.#clock.nowMs() + GAP_MS;
    if (environment.wakeAtMs < Infinity) this.expireAt(environment.wakeAtMs);
  }

  #free(): void {
    this.#freeing = undefined;
    const mayGoOn = this.#sliceFrom(this.#clock.monotonicUs(), 1);
    let isMore = true;
    while (isMore && mayGoOn()) isMore = this.#server.store.environment.lazyFree.freeSome();
    if (isMore) this.freeLazily();
  }

  #index(): void {
    this.#indexing = undefined;
    const mayGoOn = this.#sliceFrom(this.#clock.monotonicUs(), 1);
    let isMore = true;
    while (isMore && mayGoOn()) isMore = this.#server.store.indexSome();
    if (isMore) this.index();
  }

  /** Gives memory that nothing uses back to the system, one step at a time. */
  #trim(): void {
    this.#trimming = undefined;
    if (!this.#server.store.environment.arena.trim(true) || this.#isStopped) return;
    this.#trimming = this.#clock.setTimer(GAP_MS, () => this.#trim());
  }

  /** Says whether a slice that began at a time may go on. */
  #sliceFrom(startUs: number, stepsPerLook = STEPS_PER_LOOK): () => boolean {
    let steps = 0;
    return () => ++steps % stepsPerLook !== 0 || this.#clock.monotonicUs() - startUs < SLICE_US;
  }
}
