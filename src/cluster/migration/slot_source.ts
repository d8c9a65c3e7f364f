/**
 * Slot source: hands over the slots that another node is to have, while clients use them.
 *
 * A batch of slots at a time. Their keys are sent while they are used; those that change meanwhile are
 * sent again. Then, for the few milliseconds that the rest takes, requests for these slots wait
 * (`SlotHold`): what changed last is sent, the target has it all on its disk, and this node notes in its
 * file that the slots have moved. That is the moment from which the target has them. It is told, and
 * requests go on, to it; then the keys here go.
 *
 *   used     ████████████████████░░░░░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒   █ here  ░ waiting  ▒ at the target
 *   sent     all keys ── again ─ the rest ─ on its disk ┃ told
 *                                                 moved, by the file
 *
 * Whatever fails before that moment, this node still has everything, and the batch begins anew; after
 * it, the target has everything, and learns that it is to answer, from here or from others, whenever it
 * can be reached. If this node dies in between, its file says which it was.
 *
 * The names of the keys that move are in memory while they do; so a pass takes up only so many, and a
 * pass for the others follows.
 *
 * Always true: a slot is noted as moved only when the target has on its disk what is here.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { SLOT_COUNT, slotOf } from "../../base/crc16.ts";
import { DisconnectedError, rest, within } from "../../client/mod.ts";
import type { ClusterNode, ServerParts } from "../../engine/mod.ts";
import { ConfigError } from "../../errors/config_error.ts";
import { isPeerFailure } from "../peer_handshake.ts";
import type { ServerCluster } from "../server_cluster.ts";
import { removeForeign } from "./foreign_keys.ts";
import type { ReshardingRegistry } from "./resharding_registry.ts";
import type { SlotHold } from "./slot_hold.ts";
import { SlotIndex, walkSlots, type WalkSurroundings } from "./slot_index.ts";
import { SlotSending } from "./slot_sending.ts";
import { SlotSet } from "./slot_set.ts";

/** Keys whose names one pass knows, but for a single slot that has more. */
const PASS_KEYS_MAX = 200_000;
/** Slots and keys that are handed over together, but for a single slot that has more. */
const BATCH_SLOTS_MAX = 256;
const BATCH_KEYS_MAX = 1000;
/** Rounds in which changed keys are sent again before requests must wait; fewer keys end them early. */
const ROUND_COUNT_MAX = 4;
const LAST_ROUND_KEYS = 32;
/** How many of the longest holds there are in `cluster-node-timeout`. */
const HOLDS_PER_TIMEOUT = 4;
/** Pauses behind a failure, and while keys are held by others. */
const RETRY_MS = 200;
const HELD_MS = 2;

/** What a source belongs to. */
export interface SlotSourceOptions extends WalkSurroundings {
  readonly server: ServerParts;
  readonly cluster: ServerCluster;
  readonly registry: ReshardingRegistry;
  readonly hold: SlotHold;
  /** Tells all other nodes what is known here; nobody waits for that. */
  readonly announce: () => void;
}

/** Something that others have prevents a step; it is tried again. */
class Obstacle extends Error {
  override readonly name = "Obstacle";
}

/** The slots that leave one node. */
export class SlotSource {
  /** Keys and bytes that were sent so far. */
  keyCount = 0;
  byteCount = 0;
  /** Why the last attempt failed; empty: it did not. */
  lastFailure = "";

  readonly #options: SlotSourceOptions;
  #unwatch: () => void = () => {};
  #running: Promise<void> | undefined;
  readonly #aborter = new AbortController();

  constructor(options: SlotSourceOptions) {
    this.#options = options;
  }

  /** Begins with what there is to do, and goes on with whatever there will be. */
  start(): void {
    this.#unwatch = this.#options.registry.watch(() => this.#begin());
    this.#begin();
  }

  /** Ends; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#aborter.abort(new DisconnectedError("Disconnected: the server ends"));
    this.#unwatch();
    await this.#running;
  }

  get #isStopped(): boolean {
    return this.#aborter.signal.aborted;
  }

  get #leaving(): SlotSet {
    const { registry, cluster } = this.#options;
    return registry.topology.leaving(cluster.self.name);
  }

  #begin(): void {
    if (this.#running !== undefined || this.#isStopped || !this.#hasWork) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#begin();
    });
  }

  get #hasWork(): boolean {
    return this.#options.registry.topology.isMoving && this.#leaving.count > 0;
  }

  async #run(): Promise<void> {
    await this.#options.nextTurn(); // not within the change that there is work
    while (!this.#isStopped && this.#hasWork) {
      try {
        await this.#pass();
        this.lastFailure = "";
      } catch (error) {
        this.#noteFailure(error);
        await this.#rest(RETRY_MS);
      }
    }
  }

  /** Hands over as many slots as have few enough keys. */
  async #pass(): Promise<void> {
    const leaving = this.#leaving;
    const slots = await this.#slotsOfPass(leaving);
    using index = new SlotIndex(this.#options, slots);
    await index.build();
    for (const batch of this.#batches(slots, index)) {
      if (this.#isStopped || index.isStale) return;
      await this.#handOver(batch, index);
    }
  }

  async #slotsOfPass(leaving: SlotSet): Promise<SlotSet> {
    const keyCounts = new Uint32Array(SLOT_COUNT);
    await walkSlots(this.#options, leaving, (slotIndex) => keyCounts[slotIndex]++);
    const slots = new SlotSet();
    let keyCount = 0;
    for (const slotIndex of leaving) {
      keyCount += keyCounts[slotIndex];
      if (keyCount > PASS_KEYS_MAX && slots.count > 0) break;
      slots.add(slotIndex);
    }
    return slots;
  }

  /** Cuts slots into batches, each of one target. */
  #batches(slots: SlotSet, index: SlotIndex): SlotSet[] {
    const { topology } = this.#options.registry;
    const open = new Map<string, { batch: SlotSet; keyCount: number }>();
    const batches: SlotSet[] = [];
    for (const slotIndex of slots) {
      const target = topology.targetOf(slotIndex), keyCount = index.keyCountOf(slotIndex);
      const last = open.get(target);
      const fits = last !== undefined && last.batch.count < BATCH_SLOTS_MAX &&
        last.keyCount + keyCount <= BATCH_KEYS_MAX;
      if (fits) {
        last.batch.add(slotIndex);
        last.keyCount += keyCount;
      } else {
        const batch = new SlotSet([slotIndex]);
        open.set(target, { batch, keyCount });
        batches.push(batch);
      }
    }
    return batches;
  }

  /** Hands a batch over. Rejects when that failed, with everything as it was. */
  async #handOver(slots: SlotSet, index: SlotIndex): Promise<void> {
    const { server, cluster, hold, registry, announce } = this.#options;
    const { topology } = registry, [first] = slots;
    const target = topology.find(topology.targetOf(first))!, timeoutMs = this.#timeoutMs;
    const { signal } = this.#aborter;
    const pooled = await cluster.acquire(target, { timeoutMs, signal });
    const sending = new SlotSending({ server, client: pooled.client, timeoutMs, signal, index });
    let isThrough = false;
    try {
      await sending.ask("PEER", "CLEAR", slots.toText());
      await this.#sendUsed(slots, index, sending);
      hold.hold(slots);
      try {
        await within(this.#sendRest(slots, index, sending), this.#holdMsMax, server);
        if (index.hasChanged(slots)) throw new Obstacle("Keys have changed at the last moment");
        this.#note(slots, topology.epoch);
        server.tracking.keysLeave(); // before anybody can change them elsewhere
        await this.#tell(target);
        this.#sendAway(slots);
      } finally {
        hold.release();
      }
      announce();
      isThrough = true;
      await this.#remove(slots, index);
    } finally {
      this.keyCount += sending.keyCount;
      this.byteCount += sending.byteCount;
      if (!isThrough) pooled.client.close(); // so that what it has not brought yet comes no more
      pooled[Symbol.dispose]();
    }
  }

  /** Sends keys that are used, until few have changed since. */
  async #sendUsed(slots: SlotSet, index: SlotIndex, sending: SlotSending): Promise<void> {
    index.takeChanged(slots);
    for (const slotIndex of slots) await sending.send(index.keysOf(slotIndex));
    for (let round = 0; round < ROUND_COUNT_MAX; round++) {
      const changed = index.takeChanged(slots);
      await sending.send(changed);
      if (changed.length < LAST_ROUND_KEYS) return;
    }
  }

  /** Sends what has changed last, while nobody uses it. */
  async #sendRest(slots: SlotSet, index: SlotIndex, sending: SlotSending): Promise<void> {
    await this.#untilUnclaimed(slots);
    sending.isLast = true;
    do {
      await sending.send(index.takeChanged(slots));
      await sending.ask("PEER", "SEAL");
    } while (index.hasChanged(slots));
    if (index.isStale) throw new Obstacle("Databases were emptied or exchanged");
    if (this.#isStopped) throw new Obstacle("The server ends");
  }

  /** From now on they are the target's. */
  #note(slots: SlotSet, epoch: number): void {
    const { registry } = this.#options, leaving = this.#leaving;
    const isStillSo = registry.topology.epoch === epoch &&
      [...slots].every((slot) => leaving.has(slot));
    if (!isStillSo) throw new Obstacle("The cluster has changed");
    registry.put(registry.topology.withMoved(slots));
  }

  /** Has the target know that it is to answer; if it does not hear it now, it will with a heartbeat. */
  async #tell(target: ClusterNode): Promise<void> {
    const { cluster, registry, server } = this.#options;
    try {
      const telling = cluster.call(target, "PEER", "LEARN", registry.text);
      await within(telling, this.#holdMsMax, server);
    } catch (error) {
      if (!isPeerFailure(error)) throw error;
      server.log.verbose(`Node '${target.name}' was not told of its slots: ${error.message}`);
    }
  }

  /** Who waits for keys, or watches some, would not hear of them here any more. */
  #sendAway(slots: SlotSet): void {
    const { blocked, transactions } = this.#options.server;
    blocked.restartWaiters((key) => slots.has(slotOf(key)));
    transactions.breakWatches((key) => slots.has(slotOf(key)));
  }

  async #remove(slots: SlotSet, index: SlotIndex): Promise<void> {
    const options = { ...this.#options, self: this.#options.cluster.self.name };
    for (const slotIndex of slots) await removeForeign(options, index.keysOf(slotIndex));
    index.drop(slots);
  }

  /** Waits until no key of slots is held by a transaction over several nodes, or by MIGRATE. */
  async #untilUnclaimed(slots: SlotSet): Promise<void> {
    const { server } = this.#options;
    const endUs = server.clock.monotonicUs() + this.#holdMsMax * 1000;
    const isClaimed = () =>
      server.heldKeys.someClaimed((key) => slots.has(slotOf(ByteView.ofText(key))));
    while (isClaimed()) {
      if (this.#isStopped || server.clock.monotonicUs() > endUs) {
        throw new Obstacle("Keys are held by others");
      }
      await this.#rest(HELD_MS);
    }
  }

  get #timeoutMs(): number {
    return this.#options.server.config.number("cluster-node-timeout");
  }

  /** How long requests wait at most: others may be behind them, on their way from the same node. */
  get #holdMsMax(): number {
    return this.#timeoutMs / HOLDS_PER_TIMEOUT;
  }

  /** @throws What is a bug of ours. */
  #noteFailure(error: unknown): void {
    if (!isPeerFailure(error) && !(error instanceof Obstacle || error instanceof ConfigError)) {
      throw error;
    }
    if (this.lastFailure === error.message || this.#isStopped) return;
    this.lastFailure = error.message;
    this.#options.server.log.warning(`Slots can't be handed over yet: ${error.message}`);
  }

  /** Waits for some time, or for the end. */
  #rest(milliseconds: number): Promise<void> {
    const { clock } = this.#options.server;
    return rest(milliseconds, { clock, signal: this.#aborter.signal });
  }
}
