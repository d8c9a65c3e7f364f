/**
 * Server resharding: nodes come and go while the cluster is used.
 *
 * The node that is asked to (CLUSTER MEET, CLUSTER FORGET) has all others agree that nobody else is
 * about to change anything, then puts the change into force and tells the others; from there on each
 * node does its part (`SlotSource`, `SlotTarget`), and none is in charge.
 *
 *   a: MEET d ── PEER PROPOSE ──> b, c, d     everybody agrees, for a while
 *             ── PEER LEARN ────> d           so that it knows the others when they greet it
 *             (in a's file)
 *             ── PEER LEARN ────> b, c        or with the next heartbeat
 *
 * Two nodes that begin at once refuse each other: a node that has proposed something agrees to nothing
 * else, until the change is in its file, and then neither. So two changes never have one epoch.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import type { Timer } from "../../base/clock.ts";
import { within } from "../../client/mod.ts";
import type {
  ClusterNode,
  ImportedEntry,
  Resharding,
  ReshardingFacts,
  ServerParts,
  Session,
} from "../../engine/mod.ts";
import {
  CHANGE_IN_PROGRESS,
  INVALID_SLOT,
  LAST_NODE_WITH_SLOTS,
  mapNotLearned,
  MUST_BE_FORGOTTEN_ELSEWHERE,
  NODE_NOT_EMPTY,
  nodeNameTaken,
  nodeNotReached,
  nodeNotReady,
  SLOTS_ARE_MOVING,
  tooManyNodes,
  unknownNode,
} from "../../errors/catalogue.ts";
import { ConfigError } from "../../errors/config_error.ts";
import { RedisError } from "../../errors/redis_error.ts";
import { isPeerFailure } from "../peer_handshake.ts";
import { NODE_COUNT_MAX } from "../cluster_settings.ts";
import type { ServerCluster } from "../server_cluster.ts";
import { removeAllForeign } from "./foreign_keys.ts";
import type { ReshardingRegistry } from "./resharding_registry.ts";
import { SlotHold } from "./slot_hold.ts";
import { SlotSet } from "./slot_set.ts";
import { SlotSource } from "./slot_source.ts";
import { SlotTarget } from "./slot_target.ts";
import type { Topology } from "./topology.ts";

/** Pause before nodes that have no part in it are told that slots have moved; they soon ask anyway. */
const ANNOUNCE_MS = 100;

/** What it is made of. */
export interface ServerReshardingOptions {
  readonly server: ServerParts;
  readonly cluster: ServerCluster;
  readonly registry: ReshardingRegistry;
  /** Lets everything that is ready have its turn. */
  readonly nextTurn: () => Promise<void>;
}

/** One node's part in it. */
export class ServerResharding implements Resharding {
  /** Requests for slots that are just being handed over wait here. */
  readonly hold = new SlotHold();

  readonly #options: ServerReshardingOptions;
  readonly #source: SlotSource;
  readonly #target: SlotTarget;
  #starting: Promise<void> | undefined;
  /** When the others are told what has moved. */
  #announcing: Timer | undefined;
  #isStopped = false;
  /** Who is about to change the cluster, as far as this node has agreed, and until when. */
  #proposal: { readonly by: string; readonly untilUs: number } | undefined;

  constructor(options: ServerReshardingOptions) {
    this.#options = options;
    const { server, cluster, registry, nextTurn } = options;
    let { epoch } = registry.topology;
    registry.watch(() => {
      // What was proposed has begun.
      if (registry.topology.epoch !== epoch) this.#proposal = undefined;
      epoch = registry.topology.epoch;
    });
    this.#target = new SlotTarget({ server, registry, nextTurn, self: cluster.self.name });
    this.#source = new SlotSource({
      ...{ server, cluster, registry, nextTurn, hold: this.hold },
      announce: () => this.#announceSoon(),
    });
  }

  get facts(): ReshardingFacts {
    const { registry: { topology }, cluster } = this.#options, name = cluster.self.name;
    const source = this.#source, target = this.#target;
    return {
      epoch: topology.epoch,
      isMoving: topology.isMoving,
      movingCount: topology.movingCount,
      movedCount: topology.moved.count,
      leavingCount: topology.isMoving ? topology.leaving(name).count : 0,
      comingCount: topology.isMoving ? topology.coming(name).count : 0,
      sentKeys: source.keyCount,
      sentBytes: source.byteCount,
      receivedKeys: target.keyCount,
      receivedBytes: target.byteCount,
      lastFailure: source.lastFailure,
    };
  }

  /** Goes on, once the data are loaded, with what a former server was at. */
  start(): void {
    this.#starting = this.#begin();
  }

  async #begin(): Promise<void> {
    const { registry, cluster, server, nextTurn } = this.#options;
    await nextTurn(); // loading begins in the turn in which the server does
    while (server.persistence.loading !== undefined && !this.#isStopped) await nextTurn();
    if (registry.topology.epoch > 0 && !this.#isStopped) {
      await removeAllForeign({ ...this.#options, self: cluster.self.name });
    }
    this.#source.start();
  }

  /** Ends it; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#starting;
    await this.#source.stop();
    this.#announcing?.cancel();
    this.#target.stop();
  }

  isHeld(slotIndex: number): boolean {
    return this.hold.isHeld(slotIndex);
  }

  async meet(host: string, port: number): Promise<void> {
    const { server, cluster, registry } = this.#options;
    const timeoutMs = this.#timeoutMs;
    const inTime = <Answer>(answer: Promise<Answer>) => within(answer, timeoutMs, server);
    await this.#change(async () => {
      const pooled = await server.peers.acquire({ host, port }, { timeoutMs });
      try {
        const name = await inTime(cluster.meet(pooled.client)), node = { name, host, port };
        const known = registry.topology.find(name);
        if (known !== undefined && (known.host !== host || known.port !== port)) {
          throw nodeNameTaken(name);
        }
        if (registry.topology.ring.includes(name)) return;
        const isFull = registry.topology.nodes.length >= NODE_COUNT_MAX;
        if (known === undefined && isFull) throw tooManyNodes(NODE_COUNT_MAX);
        const ours = await this.#agree([name]);
        const epoch = Math.max(ours, Number(await inTime(pooled.client.call("PEER", "PROPOSE"))));
        const next = registry.topology.joinedBy(node, epoch + 1);
        await inTime(pooled.client.call("PEER", "LEARN", next.toText()));
        this.#put(next);
      } finally {
        server.peers.discard(pooled);
      }
    });
  }

  async forget(nameOrId: string): Promise<void> {
    const { registry, cluster } = this.#options;
    await this.#change(async () => {
      const { topology } = registry;
      const node = topology.nodes.find(({ name, id }) => name === nameOrId || id === nameOrId);
      if (node === undefined) throw unknownNode(nameOrId);
      if (topology.ring.includes(node.name)) {
        if (topology.ring.length === 1) throw LAST_NODE_WITH_SLOTS;
        const epoch = await this.#agree([]);
        return this.#put(topology.leftBy(node.name, epoch + 1));
      }
      if (node === cluster.self) throw MUST_BE_FORGOTTEN_ELSEWHERE;
      const epoch = await this.#agree([node.name]);
      this.#put(topology.forgetting(node.name, epoch + 1));
    });
  }

  propose(session: Session): number {
    const { server, registry: { topology } } = this.#options;
    const by = session.peer!.name, proposer = topology.find(by);
    const isNewcomer = this.#isNewcomer();
    if (topology.isMoving && !(isNewcomer && this.#isInvitedAgain(proposer))) {
      throw SLOTS_ARE_MOVING;
    }
    this.#requireNoOther(by);
    if (!isNewcomer && !this.#isMember(proposer)) throw NODE_NOT_EMPTY;
    this.#proposal = {
      by,
      untilUs: server.clock.monotonicUs() + this.#timeoutMs * 1000,
    };
    return topology.epoch;
  }

  withdraw(session: Session): void {
    if (this.#proposal?.by === session.peer!.name) this.#proposal = undefined;
  }

  async clear(session: Session, slotsText: string): Promise<void> {
    const slots = SlotSet.parse(slotsText);
    if (slots === undefined) throw INVALID_SLOT;
    await this.#target.clear(session, slots);
  }

  import(session: Session, entry: ImportedEntry): void {
    this.#target.import(session, entry);
  }

  drop(session: Session, databaseIndex: number, key: ByteView): void {
    this.#target.drop(session, databaseIndex, key);
  }

  seal(session: Session): void {
    this.#target.seal(session);
  }

  get #timeoutMs(): number {
    return this.#options.server.config.number("cluster-node-timeout");
  }

  /** Whether this node, invited to another cluster, would bring nothing with it: no keys and no nodes. */
  #isNewcomer(): boolean {
    const { server, cluster, registry } = this.#options;
    const isAlone = registry.topology.nodes.every((node) => {
      const { isSelf, isConnected } = cluster.statusOf(node);
      return isSelf || !isConnected;
    });
    return isAlone && server.store.databases.every(({ count }) => count === 0);
  }

  /**
   * Whether who proposes has invited this node before, and did not come to begin that: as all others have
   * to agree to it, nobody has begun.
   */
  #isInvitedAgain(proposer: ClusterNode | undefined): boolean {
    const { cluster, registry } = this.#options;
    return proposer !== undefined && !registry.topology.ring.includes(cluster.self.name);
  }

  /** Whether who proposes is of this node's cluster. */
  #isMember(proposer: ClusterNode | undefined): boolean {
    const { cluster, registry } = this.#options;
    return proposer !== undefined && registry.topology.nodes.length > 1 &&
      cluster.statusOf(proposer).isConnected;
  }

  /** @throws {RedisError} When somebody else is about to change something. */
  #requireNoOther(by: string): void {
    const proposal = this.#proposal;
    if (proposal === undefined || proposal.by === by) return;
    if (this.#options.server.clock.monotonicUs() < proposal.untilUs) throw CHANGE_IN_PROGRESS;
  }

  /** Makes a change while this node agrees to no other. @throws {RedisError} Why that can't be. */
  async #change(make: () => Promise<void>): Promise<void> {
    const { cluster, registry } = this.#options;
    if (registry.topology.isMoving) throw SLOTS_ARE_MOVING;
    this.#requireNoOther("");
    const proposal = this.#proposal = { by: cluster.self.name, untilUs: Infinity };
    try {
      await make();
    } catch (error) {
      this.#tellOthers("WITHDRAW");
      if (error instanceof RedisError) throw error;
      if (error instanceof ConfigError) throw mapNotLearned(error.message);
      throw isPeerFailure(error) ? nodeNotReached(error.message) : error;
    } finally {
      if (this.#proposal === proposal) this.#proposal = undefined;
    }
  }

  /**
   * Has all other nodes agree.
   *
   * @param excepted Names of those that need not.
   * @returns The number of the last change that one of them knows.
   * @throws {RedisError} When one does not.
   */
  async #agree(excepted: readonly string[]): Promise<number> {
    const { cluster, registry: { topology } } = this.#options;
    const others = topology.nodes.filter((node) =>
      node !== cluster.self && !excepted.includes(node.name)
    );
    const epochs = await Promise.all(others.map((node) => this.#proposeTo(node)));
    return Math.max(topology.epoch, ...epochs);
  }

  async #proposeTo(node: ClusterNode): Promise<number> {
    try {
      return Number(await this.#options.cluster.call(node, "PEER", "PROPOSE"));
    } catch (error) {
      if (!isPeerFailure(error)) throw error;
      throw nodeNotReady(node.name, error.message);
    }
  }

  /** Begins a change. @throws {ConfigError} When it can't be kept. */
  #put(topology: Topology): void {
    const { registry, server } = this.#options;
    registry.put(topology);
    server.log.notice(
      `The cluster changes: nodes with slots will be ${
        (topology.target ?? topology.ring).join(", ")
      }; ${topology.movingCount} slots move.`,
    );
    this.#announce();
  }

  /** The same, together with what happens soon. */
  #announceSoon(): void {
    if (!this.#options.registry.topology.isMoving) return this.#announce();
    this.#announcing ??= this.#options.server.clock.setTimer(ANNOUNCE_MS, () => this.#announce());
  }

  /** Tells the others what is known here; who does not hear it now will with a heartbeat. */
  #announce(): void {
    this.#announcing?.cancel();
    this.#announcing = undefined;
    this.#tellOthers("LEARN", this.#options.registry.text);
  }

  /** Tells all other nodes something, which may get lost. */
  #tellOthers(...words: readonly string[]): void {
    const { cluster } = this.#options;
    for (const node of cluster.nodes) {
      if (node === cluster.self) continue;
      cluster.call(node, "PEER", ...words).catch((error) => {
        if (!isPeerFailure(error)) throw error;
      });
    }
  }
}
