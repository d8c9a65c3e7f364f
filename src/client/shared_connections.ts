/**
 * Shared connections: a few connections of a pool that any number of callers use at once.
 *
 * Who has a connection alone waits for each reply with nothing else under way on it, so fifty callers
 * on four connections mostly queue. Here a call joins the connection on which the fewest wait, and what
 * is called in one turn of the loop goes out in one write. That is for commands that leave nothing
 * behind on a connection and hold up nobody: no SELECT, no MULTI, nothing that blocks.
 *
 *   callers   1 2 3 4 5 6 7 8 9          each reply goes to its call, in order
 *              \|/   \|/   \|/
 *   pool        a     b     c      given back when the last caller has its reply
 *
 * Always true: a connection is taken from the pool exactly while a caller waits on it, so under a steady
 * load nobody else gets it; a pool with more places than these has some left for others.
 *
 * @module
 */

import type { ReplyValue, RequestWord } from "../resp/mod.ts";
import type { Client } from "./client.ts";
import type { ClientPool, PooledClient } from "./client_pool.ts";
import type { PeerAddress } from "./connecting.ts";

/** How connections are shared. */
export interface SharedConnectionsOptions {
  /** Most connections at once. */
  readonly connectionCountMax: number;
  /** How long a call waits for a connection, in milliseconds. */
  readonly timeoutMs: number;
}

/** A connection, being made or there, and how many wait on it. */
interface SharedConnection {
  readonly pooled: Promise<PooledClient>;
  callerCount: number;
}

/** Connections to one peer for all who want to call it. */
export class SharedConnections {
  readonly #pool: ClientPool;
  readonly #address: PeerAddress;
  readonly #options: SharedConnectionsOptions;
  readonly #connections = new Set<SharedConnection>();

  /** @param pool Where connections come from and go back to. */
  constructor(pool: ClientPool, address: PeerAddress, options: SharedConnectionsOptions) {
    this.#pool = pool;
    this.#address = address;
    this.#options = options;
  }

  /**
   * Runs a command; see `Client.call`.
   *
   * @throws {RedisError} What the server refuses it with.
   * @throws {TimeoutError} When there is no connection in time.
   * @throws {DisconnectedError} When there can be none, or it breaks before the reply.
   */
  async call(...words: RequestWord[]): Promise<ReplyValue> {
    const connection = this.#join();
    let client: Client | undefined;
    try {
      ({ client } = await connection.pooled);
      return await client.call(...words);
    } finally {
      if (client?.isClosed) this.#connections.delete(connection); // nobody joins it any more
      this.#leave(connection);
    }
  }

  /** A connection of one's own while there may be more, else the one on which the fewest wait. */
  #join(): SharedConnection {
    const { connectionCountMax, timeoutMs } = this.#options;
    let joined: SharedConnection | undefined;
    if (this.#connections.size < connectionCountMax) {
      joined = { pooled: this.#pool.acquire(this.#address, { timeoutMs }), callerCount: 0 };
      this.#connections.add(joined);
    } else {
      for (const connection of this.#connections) {
        if (joined === undefined || connection.callerCount < joined.callerCount) {
          joined = connection;
        }
      }
    }
    joined!.callerCount++;
    return joined!;
  }

  #leave(connection: SharedConnection): void {
    if (--connection.callerCount > 0) return;
    this.#connections.delete(connection);
    // Where there is none, its callers have been told.
    connection.pooled.then((pooled) => this.#pool.release(pooled), () => {});
  }
}
