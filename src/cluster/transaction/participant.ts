/**
 * Participant: one node's part in transactions over several nodes.
 *
 *   lock ──> waiting ──> locked ──> prepared ──> confirmed: the work is done, all in one turn
 *               └───────────┴──────────┴───────> cancelled: nothing has happened
 *
 * Until it has prepared, a node may end its part by itself, and does so when the time is up: who
 * coordinates will find that the locks are gone. From then on it may not: it has promised to do the
 * work, which it has recorded, and only the decision ends it. If that does not come, it asks: who
 * coordinates, for an id that is unknown there was cancelled; and when that one is away, the other
 * nodes that take part.
 *
 * Always true: no lock makes anybody wait for longer than its limit. One that is prepared stays, as
 * nobody knows what is under its keys, but requests for them are told so at once.
 * Idea: two-phase commit with presumed abort; Mohan, Lindsay, Obermarck 1986 (R*).
 * Not here: how nodes talk.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import type { Timer } from "../../base/clock.ts";
import type { Hold, ServerParts } from "../../engine/mod.ts";
import {
  appendOnlyFails,
  OUT_OF_MEMORY,
  TRANSACTION_LOCKS_TIMED_OUT,
  TRANSACTION_UNDECIDED,
} from "../../errors/catalogue.ts";
import { imageOf, putImage } from "./key_image.ts";
import type { LockAnswer, LockRequest, OwnerReader, TransactionOutcome } from "./participation.ts";
import type { TransactionRecords } from "./transaction_records.ts";
import { MISSED_KEY, NEW_KEY, type TransactionWork } from "./transaction_work.ts";

/** How often it asks for a decision within the limit of a lock. */
const QUESTIONS_PER_LIMIT = 6;
const QUESTION_MS_MIN = 20;
/** Outcomes that are remembered for nodes that ask. */
const OUTCOME_COUNT_MAX = 10_000;

/** One transaction here. */
interface Part {
  readonly id: string;
  readonly hold: Hold;
  state: "waiting" | "locked" | "prepared";
  /** What is to be done, once it is prepared. */
  work: TransactionWork | undefined;
  /** Names of all nodes that have work. */
  participants: readonly string[];
  /** What there is under the keys, until the coordinator fetches it. */
  kept: LockAnswer | undefined;
  /** Ends the wait, then the lock. */
  limit: Timer | undefined;
  question: Timer | undefined;
}

/** What a participant needs. */
export interface ParticipantOptions {
  readonly server: ServerParts;
  readonly records: TransactionRecords;
  readonly reader: OwnerReader;
  /** Whether a slot is this node's, and not just being handed over. */
  readonly owns: (slotIndex: number) => boolean;
  /** `cluster-transaction-timeout`, in milliseconds, as it is now. */
  readonly limitMs: () => number;
  /**
   * Asks a node what has become of a transaction; rejects when it can't be asked.
   *
   * @param role As who it is asked.
   */
  readonly ask: (node: string, role: "coordinator" | "participant", id: string) => Promise<
    TransactionOutcome
  >;
}

/** The transactions that one node takes part in. */
export class Participant {
  readonly #options: ParticipantOptions;
  readonly #parts = new Map<string, Part>();
  readonly #outcomes = new Map<string, TransactionOutcome>();
  #isStopped = false;

  constructor(options: ParticipantOptions) {
    this.#options = options;
  }

  /** How many transactions take part here that are neither confirmed nor cancelled. */
  get openCount(): number {
    return this.#parts.size;
  }

  /** Those that are prepared: the id, the nodes, and the work, to be recorded anew. */
  *prepared(): IterableIterator<{
    id: string;
    participants: readonly string[];
    work: TransactionWork;
  }> {
    for (const { id, participants, work, state } of this.#parts.values()) {
      if (state === "prepared" && work!.changes.length > 0) {
        yield { id, participants, work: work! };
      }
    }
  }

  /** Locks keys. @param answer Called once, perhaps at once. */
  lock(request: LockRequest, answer: (answer: LockAnswer) => void): void {
    const { id, demands, waitMs } = request;
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) return answer(refusal);
    const { server, limitMs } = this.#options;
    const grant = () => {
      part.state = "locked";
      part.limit?.cancel();
      part.limit = server.clock.setTimer(limitMs(), () => this.#passLimit(part));
      answer(this.#moved(request) ?? this.#granted(request));
    };
    const part: Part = {
      id,
      hold: server.heldKeys.acquire(demands, grant),
      state: "waiting",
      work: undefined,
      participants: [],
      kept: undefined,
      limit: undefined,
      question: undefined,
    };
    this.#parts.set(id, part);
    if (part.hold.isGranted) return grant();
    part.limit = server.clock.setTimer(waitMs, () => {
      this.#drop(part);
      answer({ status: "refused", error: TRANSACTION_LOCKS_TIMED_OUT });
    });
  }

  /** Keeps the answer to a lock to be fetched. */
  keep(id: string, answer: LockAnswer): void {
    const part = this.#parts.get(id);
    if (part !== undefined) part.kept = answer;
  }

  /** What was kept; the locks may be gone meanwhile. */
  fetch(id: string): LockAnswer {
    const part = this.#parts.get(id);
    const kept = part?.kept ?? { status: "moved" };
    if (part !== undefined) part.kept = undefined;
    return kept;
  }

  /** Makes ready to do the work. @returns Whether it is; if not, the locks are gone. */
  prepare(id: string, participants: readonly string[], work: TransactionWork): boolean {
    const part = this.#parts.get(id);
    if (part === undefined || part.state === "waiting") return false;
    if (part.state === "prepared") return true;
    if (part.hold.hasChanges) {
      this.#drop(part);
      return false;
    }
    const { server, records } = this.#options;
    if (work.changes.length > 0) {
      server.heldKeys.makeExclusive(part.hold);
      records.prepared(id, participants, work);
      if (records.writeOut() !== undefined) {
        records.ended(id, "cancelled");
        this.#drop(part);
        return false;
      }
    }
    this.#becomePrepared(part, participants, work);
    return true;
  }

  /** Takes up a promise of before the start. */
  recallPrepared(id: string, participants: readonly string[], work: TransactionWork): void {
    if (this.#parts.has(id)) return;
    const { server, limitMs } = this.#options;
    const part: Part = {
      id,
      hold: server.heldKeys.hold(work.changes.map(({ key }) => key)),
      state: "locked",
      work: undefined,
      participants: [],
      kept: undefined,
      limit: undefined,
      question: undefined,
    };
    part.limit = server.clock.setTimer(limitMs(), () => this.#passLimit(part));
    this.#parts.set(id, part);
    this.#becomePrepared(part, participants, work);
  }

  /** It is recorded that a transaction has ended here; what it changed is, too. */
  recallEnded(id: string, outcome: TransactionOutcome): void {
    const part = this.#parts.get(id);
    if (part !== undefined) this.#drop(part, outcome);
    else this.#remember(id, outcome);
  }

  /**
   * Does the work, if that has not been done, and ends.
   *
   * @throws {RedisError} Why the log does not hold it yet: who has decided must not forget it, and ask again.
   */
  confirm(id: string): void {
    const part = this.#parts.get(id);
    if (part !== undefined) this.#fulfil(part);
    const refusal = this.#options.records.writeOut();
    if (refusal !== undefined) throw refusal;
  }

  /** Ends without a trace. */
  cancel(id: string): void {
    const part = this.#parts.get(id);
    if (part === undefined) return;
    if (part.work !== undefined && part.work.changes.length > 0) {
      this.#options.records.ended(id, "cancelled");
    }
    this.#drop(part);
  }

  /** Ends a part by itself, unless it has promised anything: then nothing but the decision ends it. */
  giveUp(id: string): void {
    const part = this.#parts.get(id);
    if (part !== undefined && part.state !== "prepared") this.#drop(part);
  }

  /** Ends a transaction that has no work; returns whether its locks held until now. */
  unlock(id: string): boolean {
    const part = this.#parts.get(id);
    if (part === undefined) return false;
    this.#drop(part);
    return part.state !== "waiting" && !part.hold.hasChanges;
  }

  /**
   * What has become of a transaction, for another node that takes part: if this one has not promised
   * anything yet, it never will.
   */
  outcomeOf(id: string): TransactionOutcome {
    this.giveUp(id);
    return this.#outcomes.get(id) ?? "open";
  }

  /** Asks nobody any more. */
  stop(): void {
    this.#isStopped = true;
    for (const part of this.#parts.values()) {
      part.limit?.cancel();
      part.question?.cancel();
    }
  }

  #refusalOf({ id, demands, mayGrow }: LockRequest): LockAnswer | undefined {
    const { appendOnly, memoryLimit } = this.#options.server;
    if (this.#parts.has(id) || this.#outcomes.has(id)) {
      return { status: "refused", error: TRANSACTION_LOCKS_TIMED_OUT };
    }
    if (mayGrow && memoryLimit.makeRoom() === "none") {
      return { status: "refused", error: OUT_OF_MEMORY };
    }
    if (appendOnly.writeError !== undefined && demands.some(({ mode }) => mode === "write")) {
      return { status: "refused", error: appendOnlyFails(appendOnly.writeError) };
    }
    return undefined;
  }

  /** The keys may have gone to another node while this waited for them. */
  #moved({ id, demands }: LockRequest): LockAnswer | undefined {
    if (demands.every(({ key }) => this.#options.owns(slotOf(new ByteView(key))))) return undefined;
    this.#drop(this.#parts.get(id)!);
    return { status: "moved" };
  }

  #granted({ demands, reads, protocol }: LockRequest): LockAnswer {
    const { reader, server: { payloads, store } } = this.#options;
    store.environment.refreshTime();
    const images = demands.map((demand) => {
      const { databaseIndex, key, mode, need } = demand;
      const image = imageOf(payloads, store.databases[databaseIndex], demand);
      const isMiss = image === undefined && mode === "read" && need !== "presence";
      if (isMiss) store.environment.observer?.missed(databaseIndex, new ByteView(key));
      return image;
    });
    const replies = reads.length === 0 ? [] : reader.read(reads, protocol);
    return { status: "granted", images, replies };
  }

  #becomePrepared(part: Part, participants: readonly string[], work: TransactionWork): void {
    part.state = "prepared";
    part.work = work;
    part.participants = participants;
    if (work.changes.length > 0) this.#askLater(part);
  }

  #passLimit(part: Part): void {
    const { heldKeys, log } = this.#options.server;
    if (part.state !== "prepared") return this.#drop(part);
    if (part.work!.changes.length === 0) return this.#drop(part, "open"); // it may be confirmed yet
    log.warning(`The outcome of transaction ${part.id} is not known: its keys answer TRYAGAIN`);
    heldKeys.refuse(part.hold, TRANSACTION_UNDECIDED);
  }

  #doWork(id: string, work: TransactionWork): void {
    const { server, records } = this.#options;
    const { changeListeners, payloads, stats, store } = server;
    store.environment.refreshTime();
    store.environment.unobserved(() => {
      for (const { databaseIndex, key, image } of work.changes) {
        putImage(payloads, store.databases[databaseIndex], key, image);
      }
    });
    if (work.changes.length > 0) records.done(id, work);
    stats.changesSinceSave += work.changes.length;
    for (const { databaseIndex, key, event } of work.events) {
      const view = new ByteView(key);
      if (event === NEW_KEY) store.environment.observer?.appeared(databaseIndex, view);
      else if (event === MISSED_KEY) store.environment.observer?.missed(databaseIndex, view);
      else changeListeners.changed(databaseIndex, view, event);
    }
  }

  #drop(part: Part, outcome: TransactionOutcome = "cancelled"): void {
    part.limit?.cancel();
    part.question?.cancel();
    this.#parts.delete(part.id);
    if (outcome !== "open") this.#remember(part.id, outcome);
    this.#options.server.heldKeys.release(part.hold);
  }

  #remember(id: string, outcome: TransactionOutcome): void {
    this.#outcomes.set(id, outcome);
    if (this.#outcomes.size <= OUTCOME_COUNT_MAX) return;
    const [oldest] = this.#outcomes.keys();
    this.#outcomes.delete(oldest);
  }

  #askLater(part: Part): void {
    if (this.#isStopped) return;
    const { server, limitMs } = this.#options;
    const pauseMs = Math.max(QUESTION_MS_MIN, limitMs() / QUESTIONS_PER_LIMIT);
    part.question = server.clock.setTimer(pauseMs, () => {
      if (server.persistence.loading !== undefined) return this.#askLater(part);
      this.#ask(part).then((outcome) => {
        if (this.#parts.get(part.id) !== part || this.#isStopped) return;
        if (outcome === "open") this.#askLater(part);
        else this.#end(part, outcome);
      });
    });
  }

  #end(part: Part, outcome: "confirmed" | "cancelled"): void {
    this.#options.server.log.notice(`Transaction ${part.id} was found to be ${outcome}`);
    if (outcome === "confirmed") this.#fulfil(part);
    else this.cancel(part.id);
  }

  #fulfil(part: Part): void {
    if (part.state === "prepared") this.#doWork(part.id, part.work!);
    this.#drop(part, "confirmed");
    this.#options.server.blocked.serveReady();
  }

  /** Asks who coordinates, and if that one is away, the others. */
  async #ask({ id, participants }: Part): Promise<TransactionOutcome> {
    const { ask } = this.#options;
    try {
      return await ask(coordinatorOf(id), "coordinator", id);
    } catch {
      for (const name of participants) {
        const outcome = await ask(name, "participant", id).catch(() => "open" as const);
        if (outcome !== "open") return outcome;
      }
      return "open";
    }
  }
}

/** The node that coordinates a transaction. */
function coordinatorOf(id: string): string {
  return id.slice(0, id.indexOf(":"));
}
