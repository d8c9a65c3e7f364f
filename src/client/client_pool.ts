/**
 * Client pool: connections to other servers, made when needed and kept for a while.
 *
 * Who wants one gets it for itself, until it gives it back: what is selected, and who it is
 * authenticated as, belongs to the connection. Each peer has so many places for connections; who finds
 * all taken waits in a queue, as at a channel, and is handed what the one before gives back: the
 * connection itself, or, if that broke, the place to make another.
 *
 *   acquire ──> idle? ──> taken at once
 *          └──> a place free? ──> connect
 *          └──> queue <── release hands the connection over
 *                     <── discard hands the place over
 *
 * Always true: a peer has at most `clientCountMax` connections, those being made included; it has
 * idle ones only while nobody waits for one; a peer without connections is forgotten.
 * Not here: what is said over a connection.
 *
 * @module
 */

import type { Clock, Timer } from "../base/clock.ts";
import { Client, type ClientTransport, DisconnectedError } from "./client.ts";
import { type Connect, connectWithin, type PeerAddress } from "./connecting.ts";
import { within } from "./within.ts";

/** How a pool is to be. */
export interface ClientPoolOptions {
  readonly clock: Clock;
  /** Most connections to one peer. */
  readonly clientCountMax: number;
  /** Most connections that wait to be used again, all peers together. */
  readonly idleCountMax: number;
  /** How long one waits before it is closed. */
  readonly idleMsMax: number;
  /** @default a TCP connection */
  readonly connect?: Connect;
  /** Makes a new connection ready for its users; if it rejects, nobody gets it. */
  readonly prepare?: (client: Client, address: PeerAddress) => Promise<void>;
}

/** How long to wait for a connection. */
export interface AcquireLimits {
  /** How long altogether: for a place, and for the connection to be made. */
  readonly timeoutMs: number;
  /** Ends the wait before. */
  readonly signal?: AbortSignal;
}

/**
 * A connection of the pool, in one user's hands at a time. With `using` it goes back by itself, for
 * the next one if it can be used again, and is closed if it broke or a reply is missing.
 */
export interface PooledClient extends Disposable {
  readonly client: Client;
  readonly address: PeerAddress;
  /** The database that its users have selected; -1: not known. */
  databaseIndex: number;
}

/** Who waits: given a connection, or `undefined` for the place to make one. */
interface Waiter {
  resolve(pooled: PooledClient | undefined): void;
  reject(error: Error): void;
}

/** One peer's connections. */
interface Peer {
  readonly key: string;
  /** Places taken. */
  clientCount: number;
  readonly waiters: Set<Waiter>;
}

/** Connections that wait for their next use. */
interface Idle {
  readonly peer: Peer;
  readonly timer: Timer;
}

/** Pooled connections to any number of peers. */
export class ClientPool implements AsyncDisposable {
  readonly #options: ClientPoolOptions;
  readonly #peers = new Map<string, Peer>();
  readonly #clients = new Set<PooledClient>();
  /** In the order in which they were given back. */
  readonly #idle = new Map<PooledClient, Idle>();
  readonly #connecting = new Set<AbortController>();
  readonly #preparing = new Set<Client>();
  #isClosed = false;

  constructor(options: ClientPoolOptions) {
    this.#options = options;
  }

  /** How many connections there are, used or not. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /**
   * Gets a connection for oneself; to be given back by `using`, `release` or `discard`.
   *
   * @throws {TimeoutError} When that takes too long; what the signal says, when it does.
   * @throws {DisconnectedError} When the peer can't be reached; `cause` is the system's reason.
   * @throws What `prepare` rejects with.
   */
  async acquire(address: PeerAddress, limits: AcquireLimits): Promise<PooledClient> {
    limits.signal?.throwIfAborted();
    if (this.#isClosed) throw closedError();
    const peer = this.#peerOf(address);
    const idle = this.#takeIdle(peer);
    if (idle !== undefined) return idle;
    const clock = this.#options.clock;
    const endUs = clock.monotonicUs() + limits.timeoutMs * 1000;
    if (peer.clientCount >= this.#options.clientCountMax) {
      const handed = await this.#wait(peer, limits);
      if (handed !== undefined && !handed.client.isClosed) return handed;
      // It broke on the way: its place is ours, unless closing the pool has taken that too.
      if (handed !== undefined && !this.#clients.delete(handed)) throw closedError();
    } else {
      peer.clientCount++;
    }
    const timeoutMs = Math.max(0, (endUs - clock.monotonicUs()) / 1000);
    try {
      if (this.#isClosed) throw closedError();
      const client = await this.#make(address, { ...limits, timeoutMs });
      if (!this.#isClosed) return this.#add(client, address);
      client.close(); // never rejects
      throw closedError();
    } catch (error) {
      this.#vacate(peer);
      throw error;
    }
  }

  /** Gives a connection back; one that broke, or that owes a reply, is nobody's any more. */
  release(pooled: PooledClient): void {
    if (!this.#clients.has(pooled) || this.#idle.has(pooled)) return;
    if (this.#isClosed || pooled.client.isClosed || !pooled.client.isIdle) {
      return this.discard(pooled);
    }
    const peer = this.#peerOf(pooled.address);
    const waiter = takeFirst(peer.waiters);
    if (waiter !== undefined) return waiter.resolve(pooled);
    const { clock, idleMsMax, idleCountMax } = this.#options;
    const timer = clock.setTimer(idleMsMax, () => this.discard(pooled));
    this.#idle.set(pooled, { peer, timer });
    if (this.#idle.size <= idleCountMax) return;
    for (const oldest of this.#idle.keys()) return this.discard(oldest);
  }

  /** Closes a connection for good. */
  discard(pooled: PooledClient): void {
    this.#idle.get(pooled)?.timer.cancel();
    this.#idle.delete(pooled);
    if (!this.#clients.delete(pooled)) return;
    pooled.client.close(); // never rejects
    this.#vacate(this.#peerOf(pooled.address));
  }

  /** Closes all connections, those in use too. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const peer of this.#peers.values()) {
      for (const waiter of peer.waiters) {
        waiter.reject(closedError());
      }
      peer.waiters.clear();
    }
    for (const aborter of this.#connecting) aborter.abort(closedError());
    const clients = [...this.#clients].map(({ client }) => client).concat([...this.#preparing]);
    for (const pooled of [...this.#clients]) this.discard(pooled);
    await Promise.all(clients.map((client) => client.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #peerOf({ host, port }: PeerAddress): Peer {
    const key = `${host}:${port}`;
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      peer = { key, clientCount: 0, waiters: new Set() };
      this.#peers.set(key, peer);
    }
    return peer;
  }

  /** The one used last: the others may be closed for idleness. */
  #takeIdle(peer: Peer): PooledClient | undefined {
    let found: PooledClient | undefined;
    for (const [pooled, idle] of this.#idle) {
      if (idle.peer !== peer) continue;
      if (pooled.client.isClosed) this.discard(pooled);
      else found = pooled;
    }
    if (found === undefined) {
      this.#peers.set(peer.key, peer); // closing the last one may have forgotten it
      return undefined;
    }
    this.#idle.get(found)!.timer.cancel();
    this.#idle.delete(found);
    return found;
  }

  #add(client: Client, address: PeerAddress): PooledClient {
    const pooled = {
      client,
      address,
      databaseIndex: -1,
      [Symbol.dispose]: () => this.release(pooled),
    };
    this.#clients.add(pooled);
    return pooled;
  }

  /** Makes a connection that is ready. */
  async #make(address: PeerAddress, limits: AcquireLimits): Promise<Client> {
    const { clock, prepare } = this.#options;
    const endUs = clock.monotonicUs() + limits.timeoutMs * 1000;
    const client = new Client(await this.#connect(address, limits));
    try {
      if (this.#isClosed) throw closedError();
      if (prepare === undefined) return client;
      this.#preparing.add(client);
      const timeoutMs = Math.max(0, (endUs - clock.monotonicUs()) / 1000);
      await within(prepare(client, address), timeoutMs, { clock, signal: limits.signal });
      return client;
    } catch (error) {
      client.close(); // never rejects
      throw error;
    } finally {
      this.#preparing.delete(client);
    }
  }

  /** Queues; gives a connection, or a place that has become free. */
  async #wait(
    peer: Peer,
    { timeoutMs, signal }: AcquireLimits,
  ): Promise<PooledClient | undefined> {
    let waiter!: Waiter;
    const handed = new Promise<PooledClient | undefined>((resolve, reject) => {
      waiter = { resolve, reject };
      peer.waiters.add(waiter);
    });
    try {
      return await within(handed, timeoutMs, { clock: this.#options.clock, signal });
    } catch (error) {
      // It may have been handed something just when its time was up.
      if (!peer.waiters.delete(waiter)) {
        handed.then(
          (late) => late === undefined ? this.#vacate(peer) : this.release(late),
          () => {},
        );
      }
      throw error;
    }
  }

  async #connect(address: PeerAddress, limits: AcquireLimits): Promise<ClientTransport> {
    const { clock, connect } = this.#options;
    const aborter = new AbortController();
    const abort = () => aborter.abort(limits.signal!.reason);
    this.#connecting.add(aborter);
    limits.signal?.addEventListener("abort", abort);
    if (limits.signal?.aborted) abort();
    try {
      const { timeoutMs } = limits;
      return await connectWithin(address, { clock, timeoutMs, signal: aborter.signal, connect });
    } catch (error) {
      throw aborter.signal.aborted ? aborter.signal.reason : error;
    } finally {
      this.#connecting.delete(aborter);
      limits.signal?.removeEventListener("abort", abort);
    }
  }

  /** A place is free: it goes to who waits, or is given up. */
  #vacate(peer: Peer): void {
    const waiter = takeFirst(peer.waiters);
    if (waiter !== undefined) return waiter.resolve(undefined);
    if (--peer.clientCount === 0) this.#peers.delete(peer.key);
  }
}

function closedError(): DisconnectedError {
  return new DisconnectedError("Cannot connect: the pool was closed");
}

function takeFirst<Element>(elements: Set<Element>): Element | undefined {
  for (const first of elements) {
    elements.delete(first);
    return first;
  }
  return undefined;
}
