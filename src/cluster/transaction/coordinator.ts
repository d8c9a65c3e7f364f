/**
 * Coordinator: runs requests over several nodes as one transaction.
 *
 *   lock      the nodes that have the keys, one after the other in the order of their names, lock
 *             them all and tell what is under them
 *   run       on copies, where nobody sees it; now the reply is known, and what changes
 *   prepare   each node promises to make the changes, and to keep the locks until it is told
 *   decide    a record, on the disk: from now on the transaction has happened
 *   confirm   each node makes its changes, in one turn, and unlocks
 *
 * Before the decision anything may go wrong, and then nothing has happened: the nodes are told so, or
 * find out by asking, as an id that is not open here is that of a transaction that was cancelled. Behind
 * it nothing can: a node that can't be reached is told again and again.
 *
 * A reader who finds one node's part done finds all others done or waits for them, since all of them
 * have prepared by then. Where nothing changes, two steps do: lock, and unlock if all locks still hold.
 *
 * Always true: a decision is on the disk before any node is told; an id is never used twice.
 * Idea: try-confirm-cancel, which is two-phase commit whose first phase finds out what to do, too.
 *
 * @module
 */

import type { Clock } from "../../base/clock.ts";
import { DisconnectedError, rest, TimeoutError, within } from "../../client/mod.ts";
import type { ClusterNode } from "../../engine/mod.ts";
import { TRANSACTION_KEY_UNNAMED, TRANSACTION_LOCKS_TIMED_OUT } from "../../errors/catalogue.ts";
import type { PlacedKey } from "./key_image.ts";
import type { ParticipantPort, TransactionOutcome } from "./participation.ts";
import { TransactionPlan } from "./transaction_plan.ts";
import type { TransactionRecords } from "./transaction_records.ts";
import {
  type KeyChange,
  type KeyEvent,
  NO_WORK,
  type TransactionWork,
} from "./transaction_work.ts";
import type { TrialInput, TrialKey, TrialOutcome, TrialRunner } from "./trial_run.ts";

/** How often a node that does not answer is told within the limit of a lock. */
const DELIVERIES_PER_LIMIT = 6;
const DELIVERY_PAUSE_MS_MIN = 20;
/** How much later than its own time is up a node's answer may come. */
const ANSWER_MS = 500;
/** Pause before a transaction is tried anew whose locks were lost, or whose nodes can't be reached. */
const RETRY_MS = 5;
const RECONNECTION_MS = 50;

/** What a coordinator needs. */
export interface CoordinatorOptions {
  readonly clock: Clock;
  /** Begins with the name of this node and a colon; nobody else's begins so, at no time. */
  readonly idPrefix: string;
  readonly records: TransactionRecords;
  readonly runner: TrialRunner;
  readonly databaseCount: number;
  readonly ownerOf: (slotIndex: number) => ClusterNode;
  /** How a node is asked; `undefined`: there is none of that name any more. */
  readonly portOf: (name: string) => ParticipantPort | undefined;
  /** Whether a node does not answer. */
  readonly isFailing: (node: ClusterNode) => boolean;
  /** What is recorded so far reaches the disk; `undefined`: it has. */
  readonly recorded: () => Promise<void> | undefined;
  /** `cluster-transaction-timeout`, in milliseconds, as it is now. */
  readonly limitMs: () => number;
}

/** What is to be run, and how. */
export interface TransactionInput extends Omit<TrialInput, "keys" | "answers"> {
  /** Asked when all keys are locked: whether it is still to be run. */
  readonly isStillWanted: () => boolean | Promise<boolean>;
  /** Keys that are locked with the others, as the answer to that depends on them. */
  readonly watchedKeys: readonly PlacedKey[];
}

/** What is known when all keys are locked. */
type LockedKeys = Pick<TrialInput, "keys" | "answers">;

/** Locks were lost before the decision: all of it is to be tried again. */
const AGAIN = "again";

/** It was not wanted any more. */
const UNWANTED = "unwanted";

/** The transactions that one node coordinates. */
export class Coordinator {
  readonly #options: CoordinatorOptions;
  /** Those that are not over. */
  readonly #open = new Map<string, "open" | "confirmed">();
  /** Confirmed ones, with the nodes that have not done their work yet. */
  readonly #undelivered = new Map<string, Set<string>>();
  readonly #aborter = new AbortController();
  #idCount = 0;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
  }

  /** Those that are confirmed and not done everywhere: id and nodes, to be recorded anew. */
  get undelivered(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#undelivered;
  }

  /** What has become of a transaction of this node. */
  outcomeOf(id: string): TransactionOutcome {
    return this.#open.get(id) ?? "cancelled";
  }

  /**
   * Runs requests, all or none of them. As long as nothing has happened, it is tried again when a
   * connection breaks or locks are lost.
   *
   * @returns `undefined`: they were not wanted any more, and have not run.
   * @throws {RedisError} Why they can't be; nothing has changed then.
   * @throws {DisconnectedError | TimeoutError} When a node can't be reached; nothing has changed then.
   */
  async run(input: TransactionInput): Promise<TrialOutcome | undefined> {
    const { clock, databaseCount, limitMs, ownerOf } = this.#options;
    const { databaseIndex, requests, watchedKeys, way } = input;
    // What may be undone by one that fails must all be in one place, and so must replies whose protocol changes.
    const ownersMayRead = way === "exec" &&
      !requests.some(({ command }) => command.spec.setsProtocol === true);
    const endUs = clock.monotonicUs() + limitMs() * 1000;
    const derivedKeys: PlacedKey[] = [];
    const surroundings = {
      ...{ databaseIndex, databaseCount, ownersMayRead, derivedKeys, watchedKeys, ownerOf },
    };
    for (;;) {
      const plan = new TransactionPlan(requests, surroundings);
      let reason: Error = TRANSACTION_LOCKS_TIMED_OUT, pauseMs = RETRY_MS;
      try {
        const outcome = await this.#attempt(input, plan, endUs);
        if (outcome === UNWANTED) return undefined;
        if (outcome !== AGAIN && outcome.missing.length === 0) return outcome;
        if (outcome !== AGAIN) derivedKeys.push(...outcome.missing);
      } catch (error) {
        if (!(error instanceof DisconnectedError || error instanceof TimeoutError)) throw error;
        reason = error;
        pauseMs = RECONNECTION_MS;
      }
      if (clock.monotonicUs() >= endUs || this.#isHopeless(plan)) throw reason;
      await this.#pause(pauseMs);
    }
  }

  /** A decision of before the start, which nodes are to be told. */
  recallDecided(id: string, participants: readonly string[]): void {
    if (this.#open.has(id)) return;
    this.#open.set(id, "confirmed");
    this.#undelivered.set(id, new Set(participants));
  }

  /** One of them that was over. */
  recallSettled(id: string): void {
    this.#open.delete(id);
    this.#undelivered.delete(id);
  }

  /** Tells the nodes what was decided before the start. */
  resume(): void {
    for (const [id, names] of this.#undelivered) this.#deliverAll(id, [...names]);
  }

  /** Tells nobody anything any more. */
  stop(): void {
    this.#aborter.abort(new DisconnectedError("Disconnected: the server ends"));
  }

  async #attempt(
    input: TransactionInput,
    plan: TransactionPlan,
    endUs: number,
  ): Promise<TrialOutcome | typeof AGAIN | typeof UNWANTED> {
    const id = `${this.#options.idPrefix}${++this.#idCount}`;
    const asked: string[] = [];
    this.#open.set(id, "open");
    try {
      const { protocol } = input;
      const locked = await this.#lock(id, plan, { endUs, asked, protocol });
      if (locked === AGAIN) return AGAIN;
      if (!(await input.isStillWanted())) return UNWANTED;
      const outcome = this.#options.runner.run({ ...input, ...locked });
      if (outcome.missing.length > 0) return outcome;
      const isOver = outcome.changes.length === 0 && outcome.events.length === 0
        ? await this.#unlock(id, asked)
        : await this.#commit(id, asked, this.#divide(plan, outcome));
      return isOver ? outcome : AGAIN;
    } finally {
      if (this.#open.get(id) === "open") {
        this.#open.delete(id);
        for (const name of asked) this.#cancel(id, name);
      }
    }
  }

  /** Whether it makes no sense to try again. */
  #isHopeless({ nodes }: TransactionPlan): boolean {
    return this.#isStopped || nodes.some(({ node }) => this.#options.isFailing(node));
  }

  /** Locks all keys; returns what is under them, and what their nodes reply. */
  async #lock(
    id: string,
    { nodes, mayGrow }: TransactionPlan,
    { endUs, asked, protocol }: { endUs: number; asked: string[]; protocol: 2 | 3 },
  ): Promise<LockedKeys | typeof AGAIN> {
    const { clock } = this.#options, { signal } = this.#aborter;
    const keys: TrialKey[] = [], answers = new Map<number, Uint8Array>();
    for (const { node, demands, reads } of nodes) {
      const waitMs = Math.max(0, (endUs - clock.monotonicUs()) / 1000);
      if (waitMs === 0) throw TRANSACTION_LOCKS_TIMED_OUT;
      asked.push(node.name);
      const request = { id, demands, reads, protocol, mayGrow, waitMs: Math.ceil(waitMs) };
      const locking = this.#portOf(node.name).lock(request);
      const answer = await within(locking, waitMs + ANSWER_MS, { clock, signal });
      if (answer.status === "refused") throw answer.error;
      if (answer.status === "moved") return AGAIN;
      demands.forEach(({ databaseIndex, key, mode }, index) => {
        keys.push({ databaseIndex, key, mode, image: answer.images[index] });
      });
      reads.forEach(({ requestIndex }, index) => answers.set(requestIndex, answer.replies[index]));
    }
    return { keys, answers };
  }

  /** Ends a transaction that changes nothing; returns whether all locks held to the end. */
  async #unlock(id: string, names: readonly string[]): Promise<boolean> {
    const held = await this.#withinLimit(names.map((name) => this.#portOf(name).unlock(id)));
    this.#open.delete(id);
    return held.every((isHeld) => isHeld);
  }

  /** Prepares, decides and confirms; returns whether it came to that. */
  async #commit(
    id: string,
    names: readonly string[],
    works: ReadonlyMap<string, TransactionWork>,
  ): Promise<boolean> {
    const { records, recorded } = this.#options;
    const participants = [...works.keys()];
    const ready = await this.#withinLimit(
      names.map((name) => this.#portOf(name).prepare(id, participants, works.get(name) ?? NO_WORK)),
    );
    if (!ready.every((isReady) => isReady)) return false;
    records.decided(id, participants);
    const refusal = records.writeOut();
    if (refusal !== undefined) {
      records.settled(id);
      throw refusal;
    }
    this.#open.set(id, "confirmed");
    this.#undelivered.set(id, new Set(participants));
    await recorded();
    this.#aborter.signal.throwIfAborted();
    const idle = names.filter((name) => !works.has(name));
    for (const name of idle) this.#portOf(name).confirm(id).catch(() => {}); // its locks will lapse
    await this.#withinLimit([this.#deliverAll(id, participants)]).catch(() => {}); // it goes on
    return true;
  }

  /** Which node has to do what. */
  #divide(plan: TransactionPlan, { changes, events }: TrialOutcome): Map<string, TransactionWork> {
    const works = new Map<string, { changes: KeyChange[]; events: KeyEvent[] }>();
    // By the map that the locks were taken by, whatever has become of that since.
    const workOf = (key: PlacedKey): { changes: KeyChange[]; events: KeyEvent[] } => {
      const owner = plan.ownerOfChanged(key);
      if (owner === undefined) throw TRANSACTION_KEY_UNNAMED;
      const work = works.get(owner.name) ?? { changes: [], events: [] };
      works.set(owner.name, work);
      return work;
    };
    for (const change of changes) workOf(change).changes.push(change);
    for (const event of events) workOf(event).events.push(event);
    return works;
  }

  /** Tells nodes that a transaction is confirmed, until all have done their work. */
  async #deliverAll(id: string, names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#deliver(id, name)));
    if (this.#isStopped || !this.#undelivered.delete(id)) return;
    this.#open.delete(id);
    this.#options.records.settled(id);
  }

  async #deliver(id: string, name: string): Promise<void> {
    const { limitMs, portOf } = this.#options;
    while (!this.#isStopped) {
      try {
        await portOf(name)?.confirm(id);
        this.#undelivered.get(id)?.delete(name);
        return;
      } catch {
        await this.#pause(Math.max(DELIVERY_PAUSE_MS_MIN, limitMs() / DELIVERIES_PER_LIMIT));
      }
    }
  }

  /** Tells a node that nothing has happened; if it does not hear, it will ask. */
  #cancel(id: string, name: string): void {
    this.#options.portOf(name)?.cancel(id).catch(() => {});
  }

  #portOf(name: string): ParticipantPort {
    return this.#options.portOf(name) ?? UNKNOWN_NODE;
  }

  get #isStopped(): boolean {
    return this.#aborter.signal.aborted;
  }

  /** @throws {TimeoutError} When that takes longer than a lock is held. */
  #withinLimit<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
    const { clock, limitMs } = this.#options;
    return within(Promise.all(promises), limitMs(), { clock, signal: this.#aborter.signal });
  }

  /** Waits for some time, or for the end of the server. */
  #pause(milliseconds: number): Promise<void> {
    return rest(milliseconds, { clock: this.#options.clock, signal: this.#aborter.signal });
  }
}

/** Stands for a node that has left the cluster meanwhile: the keys are elsewhere. */
const UNKNOWN_NODE: ParticipantPort = {
  lock: () => Promise.resolve({ status: "moved" }),
  prepare: () => Promise.resolve(false),
  confirm: () => Promise.resolve(),
  cancel: () => Promise.resolve(),
  unlock: () => Promise.resolve(false),
};
