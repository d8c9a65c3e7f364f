/**
 * Remote call: a command of a client that waits at another node (BLPOP), over a connection of its own.
 *
 * CLIENT UNBLOCK is passed on to where the command waits. When the client goes, the connection is closed,
 * and the command waits no more.
 *
 * @module
 */

import type { RemoteWait } from "../../engine/mod.ts";
import type { LoneConnection, LoneConnections } from "./lone_connections.ts";
import type { RequestChunk, RequestRun } from "./request_chunk.ts";

/** What a call needs. */
export interface RemoteCallParts {
  readonly connections: LoneConnections;
  /** Has another connection end the wait of a client there. */
  readonly unblock: (waiting: LoneConnection, how: "timeout" | "error") => void;
}

/** One call. */
export class RemoteCall implements RemoteWait {
  readonly #parts: RemoteCallParts;
  #lone: LoneConnection | undefined;
  #isAbandoned = false;

  constructor(parts: RemoteCallParts) {
    this.#parts = parts;
  }

  /**
   * Runs it; resolves when all is answered or nobody is there any more to hear that, or with what another
   * node is to answer.
   *
   * @param acquire Gets the connection.
   * @throws {DisconnectedError} When the connection breaks before.
   * @throws {TimeoutError} When the node can't be reached in time.
   */
  async run(
    chunk: RequestChunk,
    acquire: () => Promise<LoneConnection>,
  ): Promise<RequestRun | undefined> {
    const lone = await acquire();
    if (this.#isAbandoned) {
      this.#parts.connections.release(lone);
      return undefined;
    }
    this.#lone = lone;
    try {
      const moved = await lone.run(chunk);
      this.#parts.connections.release(lone);
      return moved;
    } catch (error) {
      if (!this.#isAbandoned) throw error;
      return undefined;
    } finally {
      this.#lone = undefined;
    }
  }

  unblock(how: "timeout" | "error"): void {
    if (this.#lone !== undefined) this.#parts.unblock(this.#lone, how);
  }

  abandon(): void {
    this.#isAbandoned = true;
    this.#lone?.close();
  }
}
