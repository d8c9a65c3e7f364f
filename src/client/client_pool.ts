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
import { TimeoutError, within } from "./within.ts";

/** Where a server listens. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** How a pool is to be. */
export interface ClientPoolOptions {
  readonly clock: Clock;
  /** Most connections to one peer. */
  readonly clientCountMax: number;
  /** Most connections that wait to be used again, all peers together. */
  readonly idleCountMax: number;
  /** How long one waits before it is closed. */
  readonly idleMsMax: number;
  /** Connects to a peer; gives that up when the signal says so. @default a TCP connection */
  readonly connect?: (address: PeerAddress, signal: AbortSignal) => Promise<ClientTransport>;
}

/** A connection of the pool, in one user's hands at a time. */
export interface PooledClient {
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
  #isClosed = false;

  constructor(options: ClientPoolOptions) {
    this.#options = options;
  }

  /** How many connections there are, used or not. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /**
   * Gets a connection for oneself; to be given back by `release` or `discard`.
   *
   * @param timeoutMs How long to wait for a place, and how long for the connection.
   * @throws {TimeoutError} When that takes too long.
   * @throws {DisconnectedError} When the peer can't be reached; `cause` is the system's reason.
   */
  async acquire(address: PeerAddress, timeoutMs: number): Promise<PooledClient> {
    if (this.#isClosed) throw new DisconnectedError("Cannot connect: the pool was closed");
    const peer = this.#peerOf(address);
    const idle = this.#takeIdle(peer);
    if (idle !== undefined) return idle;
    if (peer.clientCount >= this.#options.clientCountMax) {
      const handed = await this.#wait(peer, timeoutMs);
      if (handed !== undefined) return handed;
    } else {
      peer.clientCount++;
    }
    try {
      const client = new Client(await this.#connect(address, timeoutMs));
      const pooled = { client, address, databaseIndex: -1 };
      this.#clients.add(pooled);
      return pooled;
    } catch (error) {
      this.#vacate(peer);
      throw error;
    }
  }

  /** Gives a connection back that can be used again: no reply to anything is missing. */
  release(pooled: PooledClient): void {
    if (this.#isClosed || pooled.client.isClosed) return this.discard(pooled);
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
        waiter.reject(new DisconnectedError("Cannot connect: the pool was closed"));
      }
    }
    for (const aborter of this.#connecting) aborter.abort();
    const clients = [...this.#clients];
    for (const pooled of clients) this.discard(pooled);
    await Promise.all(clients.map(({ client }) => client.close()));
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

  /** Queues; gives a connection, or a place that has become free. */
  async #wait(peer: Peer, timeoutMs: number): Promise<PooledClient | undefined> {
    let waiter!: Waiter;
    const handed = new Promise<PooledClient | undefined>((resolve, reject) => {
      waiter = { resolve, reject };
      peer.waiters.add(waiter);
    });
    try {
      return await within(handed, timeoutMs, this.#options.clock);
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

  async #connect(address: PeerAddress, timeoutMs: number): Promise<ClientTransport> {
    const { clock, connect = connectTcp } = this.#options;
    const aborter = new AbortController();
    this.#connecting.add(aborter);
    const connecting = connect(address, aborter.signal).then((transport) => {
      if (!aborter.signal.aborted) return transport;
      transport.close();
      throw new DisconnectedError("Connected in vain: nobody waits any more");
    });
    try {
      return await within(connecting, timeoutMs, clock);
    } catch (error) {
      aborter.abort();
      if (error instanceof TimeoutError || error instanceof DisconnectedError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new DisconnectedError(`Cannot connect: ${reason}`, { cause: error });
    } finally {
      this.#connecting.delete(aborter);
    }
  }

  /** A place is free: it goes to who waits, or is given up. */
  #vacate(peer: Peer): void {
    const waiter = takeFirst(peer.waiters);
    if (waiter !== undefined) return waiter.resolve(undefined);
    if (--peer.clientCount === 0) this.#peers.delete(peer.key);
  }
}

async function connectTcp(
  { host, port }: PeerAddress,
  signal: AbortSignal,
): Promise<ClientTransport> {
  const connection = await Deno.connect({ hostname: host, port, signal });
  connection.setNoDelay(true);
  return connection;
}

function takeFirst<Element>(elements: Set<Element>): Element | undefined {
  for (const first of elements) {
    elements.delete(first);
    return first;
  }
  return undefined;
}
