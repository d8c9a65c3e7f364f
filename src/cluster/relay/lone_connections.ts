/**
 * Lone connections: connections to other nodes that one client at a time has for itself.
 *
 * What waits (BLPOP) must not hold up the requests of others, and what a connection remembers (WATCH)
 * belongs to one client. Such a connection is made when it is needed and kept afterwards for the next
 * one; whoever is done with it has left nothing on it. If the client goes in the middle, it is closed,
 * and the node there forgets what it waited for.
 *
 * Always true: those that are kept are open, and nothing is missing on them.
 *
 * @module
 */

import { textOfBytes } from "../../base/byte_view.ts";
import { DisconnectedError } from "../../client/mod.ts";
import type { ClusterNode } from "../../engine/mod.ts";
import type { RequestWord } from "../../resp/mod.ts";
import type { ConnectionListener, RelayConnection } from "./relay_connection.ts";
import { RequestChunk, type RequestRun } from "./request_chunk.ts";

/** Connections to one node that are kept. */
const KEPT_COUNT_MAX = 16;

/** Makes a connection on which both sides have shown who they are. */
export type OpenConnection = (
  node: ClusterNode,
  told: ConnectionListener,
) => Promise<RelayConnection>;

/** Who waits for the answers. */
interface Pending {
  /** What another node is to answer; `undefined`: nothing. */
  moved?: RequestRun;
  resolve?: () => void;
  reject?: (error: Error) => void;
}

/** What a connection in one client's hands is made of. */
interface LoneParts {
  readonly node: ClusterNode;
  readonly clientId: number;
  readonly connection: RelayConnection;
  readonly pending: Pending;
}

/** A connection in one client's hands. */
export class LoneConnection {
  readonly node: ClusterNode;
  /** Who this is for the other node (CLIENT ID). */
  readonly clientId: number;
  isBroken = false;
  readonly #connection: RelayConnection;
  readonly #pending: Pending;

  private constructor({ node, clientId, connection, pending }: LoneParts) {
    this.node = node;
    this.clientId = clientId;
    this.#connection = connection;
    this.#pending = pending;
  }

  /** Makes one. @param ended Told when it is gone. */
  static async open(
    node: ClusterNode,
    open: OpenConnection,
    ended: (connection: LoneConnection) => void,
  ): Promise<LoneConnection> {
    const pending: Pending = {};
    const connection = await open(node, {
      answered: () => queueMicrotask(() => pending.resolve?.()), // behind `moved`
      moved: (run) => pending.moved = run,
    });
    try {
      const clientId = Number(await connection.call("CLIENT", "ID"));
      const lone = new LoneConnection({ node, clientId, connection, pending });
      connection.run().catch((error) => {
        lone.close();
        pending.reject?.(error);
        ended(lone);
      });
      return lone;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /**
   * Sends requests, whose replies go to where they wait for them; one chunk at a time.
   *
   * @returns What another node is to answer.
   * @throws {DisconnectedError} When it breaks before all is answered.
   */
  async run(chunk: RequestChunk): Promise<RequestRun | undefined> {
    if (this.isBroken) throw new DisconnectedError("Disconnected: the connection broke before");
    const answered = new Promise<void>((resolve, reject) => {
      this.#pending.resolve = resolve;
      this.#pending.reject = reject;
    });
    this.#connection.send(chunk).catch(() => this.close()); // reading ends by that
    this.#pending.moved = undefined;
    await answered;
    return this.#pending.moved;
  }

  /** Whether replies are missing. */
  get isBusy(): boolean {
    return !this.#connection.isIdle;
  }

  /**
   * Asks something for the client, in a database.
   *
   * @returns The reply as it came; empty when another node has the keys by now.
   * @throws {DisconnectedError} When it breaks before all is answered.
   */
  async ask(databaseIndex: number, words: readonly RequestWord[]): Promise<string> {
    let text = "";
    const chunk = new RequestChunk();
    chunk.beginOwn(databaseIndex, {
      add: (bytes, start, end) => text += textOfBytes(bytes, start, end),
      end: () => {},
    });
    chunk.addWords(...words);
    await this.run(chunk);
    return text;
  }

  /** Closes it at once. */
  close(): void {
    this.isBroken = true;
    this.#connection.close();
  }
}

/** All that are kept. */
export class LoneConnections {
  readonly #open: OpenConnection;
  readonly #kept = new Map<string, LoneConnection[]>();
  readonly #all = new Set<LoneConnection>();
  #isClosed = false;

  constructor(open: OpenConnection) {
    this.#open = open;
  }

  /**
   * Gets one for oneself.
   *
   * @throws {DisconnectedError} When the node can't be reached.
   * @throws {TimeoutError} When that takes too long.
   */
  async acquire(node: ClusterNode): Promise<LoneConnection> {
    const kept = this.#kept.get(node.name)?.pop();
    if (kept !== undefined && !kept.isBroken) return kept;
    const lone = await LoneConnection.open(node, this.#open, (ended) => this.#forget(ended));
    this.#all.add(lone);
    if (this.#isClosed) lone.close();
    return lone;
  }

  /** Gives one back on which nothing is missing and nothing remembered. */
  release(lone: LoneConnection): void {
    if (lone.isBroken) return;
    let kept = this.#kept.get(lone.node.name);
    if (kept === undefined) this.#kept.set(lone.node.name, kept = []);
    if (kept.length < KEPT_COUNT_MAX) kept.push(lone);
    else lone.close();
  }

  /** Closes those to a node: it is failing. */
  closeTo({ name }: ClusterNode): void {
    for (const lone of this.#all) if (lone.node.name === name) lone.close();
  }

  /** Closes all. */
  close(): void {
    this.#isClosed = true;
    for (const lone of this.#all) lone.close();
  }

  #forget(lone: LoneConnection): void {
    this.#all.delete(lone);
    const kept = this.#kept.get(lone.node.name) ?? [];
    if (kept.includes(lone)) kept.splice(kept.indexOf(lone), 1);
  }
}
