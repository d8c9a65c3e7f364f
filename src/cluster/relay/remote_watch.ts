/**
 * Remote watch: what a client watches (WATCH) when some of the keys are at other nodes.
 *
 * Each of those nodes watches its keys for a connection that this client has for itself, and is asked in
 * EXEC whether they are as they were. Then they are locked, so that nothing changes between that answer
 * and the end of the transaction. A connection that broke, or a slot that has moved, counts as a change.
 *
 * Always true: nobody else uses the connections until `release`.
 *
 * @module
 */

import { slotOf } from "../../base/crc16.ts";
import { ByteView } from "../../base/byte_view.ts";
import type { ClusterNode, KeyWatch } from "../../engine/mod.ts";
import type { LoneConnection, LoneConnections } from "./lone_connections.ts";

/** A key that is watched. */
export interface WatchedKey {
  readonly databaseIndex: number;
  readonly key: Uint8Array;
}

/** What it needs. */
export interface RemoteWatchParts {
  readonly connections: LoneConnections;
  /** The node that has a slot; `undefined`: this one. */
  readonly ownerOf: (slotIndex: number) => ClusterNode | undefined;
}

/** What one client watches. */
export class RemoteWatch implements KeyWatch {
  /** The keys that are here; `undefined`: none was ever. */
  here: KeyWatch | undefined;
  /** All of them. */
  readonly keys: WatchedKey[] = [];
  readonly #parts: RemoteWatchParts;
  readonly #lones = new Map<string, LoneConnection>();
  #isLost = false;
  #isReleased = false;

  constructor(parts: RemoteWatchParts) {
    this.#parts = parts;
  }

  get isBroken(): boolean {
    const isGone = [...this.#lones.values()].some(({ isBroken }) => isBroken);
    return this.#isLost || isGone || this.here?.isBroken === true;
  }

  /** Whether all keys are at this node. */
  get isHere(): boolean {
    return this.#lones.size === 0 && !this.#isLost;
  }

  hasExpired(): boolean {
    return this.here?.hasExpired() === true;
  }

  /**
   * Watches keys at other nodes too.
   *
   * @throws {DisconnectedError | TimeoutError} When a node can't be reached.
   */
  async add(keys: readonly WatchedKey[]): Promise<void> {
    const byOwner = Map.groupBy(keys, ({ key }) => this.#parts.ownerOf(slotOf(new ByteView(key))));
    this.keys.push(...keys);
    for (const [owner, its] of byOwner) {
      if (owner === undefined) continue;
      const [{ databaseIndex }] = its;
      const words = ["WATCH", ...its.map(({ key }) => key)];
      const reply = await (await this.#loneTo(owner)).ask(databaseIndex, words);
      if (reply !== "+OK\r\n") this.#isLost = true;
    }
  }

  /** Whether all keys are as they were; to be asked once nobody else can change them. */
  async isIntact(): Promise<boolean> {
    if (this.isBroken || this.hasExpired()) return false;
    const asking = [...this.#lones.values()].map((lone) => lone.ask(0, ["PEER", "INTACT"]));
    const replies = await Promise.allSettled(asking);
    return replies.every((reply) => reply.status === "fulfilled" && reply.value === ":1\r\n");
  }

  release(): void {
    this.#isReleased = true;
    this.here?.release();
    for (const lone of this.#lones.values()) this.#giveBack(lone);
    this.#lones.clear();
  }

  async #loneTo(node: ClusterNode): Promise<LoneConnection> {
    const known = this.#lones.get(node.name);
    if (known !== undefined) return known;
    const lone = await this.#parts.connections.acquire(node);
    if (this.#isReleased) this.#giveBack(lone);
    else this.#lones.set(node.name, lone);
    return lone;
  }

  /** Gives a connection back on which nothing is remembered any more. */
  #giveBack(lone: LoneConnection): void {
    if (lone.isBusy) return lone.close();
    lone.ask(0, ["UNWATCH"]).then(
      () => this.#parts.connections.release(lone),
      () => lone.close(),
    );
  }
}
