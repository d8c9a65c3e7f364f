/**
 * Server cluster: the cluster as this node sees it: the map, and a link to each other node.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import {
  type AcquireLimits,
  ClientPool,
  DisconnectedError,
  type PeerAddress,
  type PooledClient,
} from "../client/mod.ts";
import type {
  Cluster,
  ClusterMode,
  ClusterNode,
  NodeStatus,
  OwnedRange,
  PeerConnection,
  PeerGreetings,
  ServerParts,
} from "../engine/mod.ts";
import { invariant } from "../base/invariant.ts";
import type { ClusterRegistry } from "./cluster_registry.ts";
import type { ClusterSettings } from "./cluster_settings.ts";
import type { ReplyValue, RequestWord } from "../resp/mod.ts";
import { KeyListeners } from "./fan_out/mod.ts";
import { type Asker, PeerError, PeerHandshake } from "./peer_handshake.ts";
import { PeerLink } from "./peer_link.ts";
import type { SlotMap } from "./slot_map.ts";

/** Connections to another node beside its link: how many, and how long they wait to be used again. */
const POOL_LIMITS = { clientCountMax: 64, idleCountMax: 64, idleMsMax: 10_000 };

/** One node's view. */
export class ServerCluster implements Cluster {
  readonly mode: ClusterMode;
  readonly greetings: PeerGreetings;
  readonly keyListeners: KeyListeners;

  readonly #server: ServerParts;
  readonly #selfName: string;
  readonly #handshake: PeerHandshake;
  readonly #pool: ClientPool;
  readonly #links = new Map<string, PeerLink>();
  readonly #closing = new Set<Promise<void>>();
  readonly #registry: ClusterRegistry;
  readonly #unwatch: () => void;
  /** Grows with each new map; 0: there never was another one. */
  mapVersion: number;
  readonly #statusListeners: (() => void)[] = [];
  #map: SlotMap;
  #self: ClusterNode;
  #isRunning = false;
  #isComplete = true;
  #needsAll = true;
  /** What links that are gone have sent and received. */
  #goneSentCount = 0;
  #goneReceivedCount = 0;

  constructor(server: ServerParts, registry: ClusterRegistry, settings: ClusterSettings) {
    this.#server = server;
    this.mode = settings.mode;
    this.#selfName = settings.self;
    this.#registry = registry;
    this.#map = registry.map;
    this.#self = selfIn(this.#map, settings.self);
    this.#handshake = new PeerHandshake({
      random: server.random,
      self: settings.self,
      secret: settings.secret,
      map: () => this.#map,
      agreement: registry.agreement,
      refused: (name, { text }) =>
        server.log.warning(`Node '${name}' is refused as a peer: ${text}`),
    });
    this.greetings = this.#handshake;
    this.keyListeners = new KeyListeners({
      links: () => this.#links.values(),
      lost: (name, reason) => server.log.verbose(`Events for node '${name}' were lost: ${reason}`),
    });
    this.#pool = new ClientPool({
      clock: server.clock,
      ...POOL_LIMITS,
      prepare: (client, address) => this.#handshake.introduce(client, this.#nodeAt(address)),
    });
    this.mapVersion = registry.hasChanged ? 1 : 0;
    this.#unwatch = registry.watch((map) => {
      this.mapVersion++;
      this.#follow(map);
    });
    const { config } = server;
    const refresh = () => this.#needsAll = config.boolean("cluster-require-full-coverage");
    config.onApply("cluster-require-full-coverage", refresh);
    refresh();
  }

  get nodes(): readonly ClusterNode[] {
    return this.#map.nodes;
  }

  get self(): ClusterNode {
    return this.#self;
  }

  get ranges(): readonly OwnedRange[] {
    return this.#map.ranges;
  }

  /** Whether slots are on their way to other nodes. */
  get isMoving(): boolean {
    return this.#registry.isMoving;
  }

  /** Rises whenever slots begin to get other owners, and when all have; the same at all nodes. */
  get layoutMark(): number {
    return this.#registry.epoch * 2 + (this.isMoving ? 0 : 1);
  }

  get isOk(): boolean {
    return this.#isComplete || !this.#needsAll;
  }

  get sentCount(): number {
    return this.#sum(({ sentCount }) => sentCount) + this.#goneSentCount;
  }

  get receivedCount(): number {
    return this.#sum(({ receivedCount }) => receivedCount) + this.#goneReceivedCount;
  }

  /** Connects to the other nodes. */
  start(): void {
    this.#isRunning = true;
    this.#follow(this.#map);
  }

  /** Closes all links; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#unwatch();
    for (const name of [...this.#links.keys()]) this.#unlink(name);
    await Promise.all([...this.#closing, this.#pool.close()]);
  }

  /**
   * Asks another node something that it answers at once; see `PeerLink.call`.
   *
   * @throws {RedisError} What it refuses that with.
   * @throws {DisconnectedError} When it can't be asked, or is gone before its answer.
   * @throws {TimeoutError} When the answer takes too long.
   */
  call(node: ClusterNode, ...words: RequestWord[]): Promise<ReplyValue> {
    return this.#links.get(node.name)?.call(...words) ?? Promise.reject(noLink(node));
  }

  /** The same; strings of bytes come as `Uint8Array`. */
  callBytes(node: ClusterNode, ...words: RequestWord[]): Promise<ReplyValue<Uint8Array>> {
    return this.#links.get(node.name)?.callBytes(...words) ?? Promise.reject(noLink(node));
  }

  /**
   * Gets a connection to another node for oneself, for what is long or large; see `ClientPool`. Both
   * sides have shown who they are.
   *
   * @throws {DisconnectedError} When the node can't be reached.
   * @throws {TimeoutError} When that takes too long.
   */
  acquire(node: ClusterNode, limits: AcquireLimits): Promise<PooledClient> {
    return this.#pool.acquire(node, limits);
  }

  /**
   * Introduces this node to another over a new connection; see `PeerHandshake`.
   *
   * @throws {PeerError} When the other side does not know the secret.
   * @throws {RedisError} When the other side refuses this one.
   */
  introduce(asker: Asker, node: ClusterNode): Promise<void> {
    return this.#handshake.introduce(asker, node);
  }

  /** Has it told when a node begins or ceases to be failing, and of each new map. */
  onStatusChange(changed: () => void): void {
    this.#statusListeners.push(changed);
  }

  /**
   * Introduces this node to one that need not be of the cluster.
   *
   * @returns Its name.
   * @throws {PeerError} When it is no node, or does not know the secret.
   * @throws {RedisError} When it refuses this one.
   */
  meet(client: Asker): Promise<string> {
    return this.#handshake.meet(client);
  }

  ownerOf(slotIndex: number): ClusterNode {
    return this.#map.ownerOf(slotIndex);
  }

  /** Whether a node has any slot. */
  hasSlots(node: ClusterNode): boolean {
    return this.#map.hasSlots(node);
  }

  /** Whether a node does not answer. */
  isFailing(node: ClusterNode): boolean {
    return this.#links.get(node.name)?.isFailing ?? false;
  }

  statusOf(node: ClusterNode): NodeStatus {
    const isSelf = node.name === this.#selfName;
    const { isConnected = isSelf, isFailing = false, askedMs = 0, heardMs = 0 } =
      this.#links.get(node.name) ?? {};
    return { isSelf, isConnected, isFailing, askedMs, heardMs };
  }

  connections(): PeerConnection[] {
    const connections: PeerConnection[] = [];
    for (const { node, isConnected, sinceMs } of this.#links.values()) {
      if (isConnected) connections.push({ node, isInbound: false, sinceMs, waitingBytes: 0 });
    }
    for (const { peer, connection, createdAtMs } of this.#server.clients) {
      if (peer === undefined) continue;
      connections.push({
        node: peer,
        isInbound: true,
        sinceMs: createdAtMs,
        waitingBytes: connection.outputBytes,
      });
    }
    return connections;
  }

  spread(channel: ByteView, message: ByteView, isToShard: boolean): void {
    for (const link of this.#links.values()) {
      if (link.isConnected) link.publish(channel, message, isToShard);
    }
  }

  /** Puts a map into force: links to new nodes are made, those to others end. */
  #follow(map: SlotMap): void {
    this.#self = selfIn(map, this.#selfName);
    this.#map = map;
    if (!this.#isRunning) return;
    for (const [name, { node }] of this.#links) {
      const now = map.find(name);
      if (now?.host !== node.host || now.port !== node.port) this.#unlink(name);
    }
    for (const node of map.nodes) {
      if (node.name !== this.#selfName && !this.#links.has(node.name)) this.#link(node);
    }
    this.#look();
  }

  #nodeAt({ host, port }: PeerAddress): ClusterNode {
    const node = this.nodes.find((node) => node.host === host && node.port === port);
    if (node === undefined) throw new PeerError(`No node is at ${host}:${port} any more`);
    return node;
  }

  #link(node: ClusterNode): void {
    const { clock, random, log, config } = this.#server;
    this.#links.set(
      node.name,
      new PeerLink(node, {
        clock,
        random,
        log,
        handshake: this.#handshake,
        nodeTimeoutMs: () => config.number("cluster-node-timeout"),
        changed: () => this.#look(),
        greeting: () => this.keyListeners.greeting,
      }),
    );
  }

  #unlink(name: string): void {
    const link = this.#links.get(name)!;
    this.#links.delete(name);
    this.#goneSentCount += link.sentCount;
    this.#goneReceivedCount += link.receivedCount;
    const closing = link.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** Looks whether all nodes are there that have slots. */
  #look(): void {
    for (const changed of this.#statusListeners) changed();
    const wasOk = this.isOk;
    this.#isComplete = [...this.#links.values()].every(({ node, isFailing }) =>
      !isFailing || !this.#map.hasSlots(node)
    );
    if (this.isOk === wasOk) return;
    this.#server.log.warning(`Cluster state changed: ${this.isOk ? "ok" : "fail"}`);
  }

  #sum(countOf: (link: PeerLink) => number): number {
    let sum = 0;
    for (const link of this.#links.values()) sum += countOf(link);
    return sum;
  }
}

function noLink({ name }: ClusterNode): DisconnectedError {
  return new DisconnectedError(`Disconnected: node '${name}' is not linked`);
}

function selfIn(map: SlotMap, name: string): ClusterNode {
  const self = map.find(name);
  invariant(self !== undefined, `This node is not in its cluster: ${name}`);
  return self;
}
