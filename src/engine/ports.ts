/**
 * Ports: what the engine and the commands need from what is built around them.
 *
 * Each interface here is implemented above and handed over by `server/`, so that a command can ask
 * for a shutdown without knowing the server.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { ClientPool } from "../client/mod.ts";
import type { Config } from "../config/mod.ts";
import type { LatencyMonitor, Log, ServerStats, SlowLog } from "../observability/mod.ts";
import type { Authenticator } from "../security/mod.ts";
import type { Args } from "../resp/mod.ts";
import type { Keyspace, Ref, Store } from "../store/mod.ts";
import type { BlockedClients } from "./blocked_clients.ts";
import type { ChangeListeners } from "./change_listeners.ts";
import type { ClientRegistry } from "./client_registry.ts";
import type { Cluster, PeerTransactions } from "./cluster_ports.ts";
import type { Command } from "./command.ts";
import type { CommandTable } from "./command_table.ts";
import type { CommandContext } from "./context.ts";
import type { Effects } from "./effects.ts";
import type { PauseGate } from "./gates.ts";
import type { HeldKeys } from "./held_keys.ts";
import type { MemoryLimit } from "./memory_limit.ts";
import type { Messages } from "./message_ports.ts";
import type { Monitors } from "./monitors.ts";
import type { Resharding } from "./resharding_ports.ts";
import type { Session } from "./session.ts";
import type { CommandFlag } from "./spec.ts";
import type { Tracking } from "./tracking_ports.ts";

/** The parts of one server, as commands see them. */
export interface ServerParts {
  readonly config: Config;
  readonly store: Store;
  readonly clients: ClientRegistry;
  readonly commands: CommandTable;
  readonly authenticator: Authenticator;
  readonly stats: ServerStats;
  readonly slowLog: SlowLog;
  readonly latency: LatencyMonitor;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly effects: Effects;
  readonly pause: PauseGate;
  readonly blocked: BlockedClients;
  readonly monitors: Monitors;
  readonly memoryLimit: MemoryLimit;
  readonly heldKeys: HeldKeys;
  /** Connections to other servers. */
  readonly peers: ClientPool;
  readonly payloads: PayloadCodec;
  readonly transactions: Transactions;
  readonly tracking: Tracking;
  readonly messages: Messages;
  /** The cluster that it is a node of; `undefined`: it is a single server. */
  readonly cluster: Cluster | undefined;
  /** How slots move between its nodes; `undefined` like the cluster. */
  readonly resharding: Resharding | undefined;
  /** Transactions over several nodes; `undefined`: there are none. */
  readonly peerTransactions: PeerTransactions | undefined;
  readonly appendOnly: AppendOnly;
  readonly identity: ServerIdentity;
  readonly lifecycle: Lifecycle;
  readonly persistence: Persistence;
  readonly process: ProcessProbe;
  /** Told of every change of a key. */
  readonly changeListeners: ChangeListeners;
  /** 40 hexadecimal digits that name the history of the data (`master_replid`). */
  replicationId: string;
  /** Whether keys expire without being looked at (DEBUG SET-ACTIVE-EXPIRE). */
  isExpiringActively: boolean;
  /** Whether rates, idle clients and spare memory are left alone meanwhile (DEBUG PAUSE-CRON). */
  isPulsePaused: boolean;
}

/** Makes values into bytes for other servers, and back. */
export interface PayloadCodec {
  /** Whether checksums of payloads and files are looked at (DEBUG SET-SKIP-CHECKSUM-VALIDATION). */
  isChecksumChecked: boolean;
  /**
   * Points a view at an entry's value as a payload; borrowed until the next call.
   *
   * @param isCompressing Whether long strings are compressed.
   */
  dump(ref: Ref, isCompressing: boolean, into: ByteView): ByteView;
  /** Bytes that an entry's value takes in an RDB file. */
  valueBytesOf(ref: Ref, isCompressing: boolean): number;
  /**
   * Puts a payload's value under a key; what was there is removed before.
   *
   * @throws {RedisError} When it is no payload or a damaged one; nothing has changed then.
   */
  restore(payload: ByteView, keyspace: Keyspace, key: ByteView): void;
  /**
   * The same, but a collection that is not packed in the payload stays so, however small it is: what
   * nobody is to notice. Packed scores have no -0, for instance.
   *
   * @param encoding That of the entry the payload was made of; of a string it does not tell that.
   */
  restoreAsIs(payload: ByteView, keyspace: Keyspace, key: ByteView, encoding: number): void;
  /** Reads a payload and forgets it. @throws {RedisError} When it is none or a damaged one. */
  check(payload: ByteView): void;
}

/** The append-only file. */
export interface AppendOnly {
  /** What INFO tells of it. */
  readonly facts: AppendOnlyFacts;
  /** What the system said of the last write, if that failed: commands that write are refused then. */
  readonly writeError: string | undefined;
  /** What replies wait for: the arrival of the effects so far; `undefined`: nothing. */
  readonly clearance: Promise<void> | undefined;
  /** How long the server stands still before it writes, in microseconds (DEBUG AOF-FLUSH-SLEEP). */
  flushDelayUs: number;
  /**
   * Rewrites it in the background (BGREWRITEAOF).
   *
   * @param isWithinTransaction Whether the running command is part of one, whose effects belong together.
   * @throws {RedisError} When that is not possible, or it is being rewritten.
   */
  rewrite(isWithinTransaction: boolean): "started" | "scheduled";
  /** Writes all effects so far to the file, at once. @returns Whether that could be done. */
  writeOut(): boolean;
  /** Has all effects so far reach the disk, at once, whatever the policy. @returns Whether they have. */
  drain(): boolean;
  /** Loads it anew, at once, in place of what is in the store (DEBUG LOADAOF). */
  reload(): void;
  /** Does what is due; to be called several times a second. */
  attend(): void;
}

/** Figures of the append-only file. */
export interface AppendOnlyFacts {
  readonly isEnabled: boolean;
  readonly isRewriting: boolean;
  readonly isRewriteScheduled: boolean;
  /** -1: there was none. */
  readonly lastRewriteSeconds: number;
  /** -1: none is under way. */
  readonly currentRewriteSeconds: number;
  readonly isLastRewriteOk: boolean;
  readonly isLastWriteOk: boolean;
  /** Bytes of all its files, and what they were when it was rewritten last. */
  readonly currentBytes: number;
  readonly baseBytes: number;
  /** Bytes that are not written yet, and the room that there is for such. */
  readonly bufferBytes: number;
  readonly bufferRoomBytes: number;
  readonly pendingSyncs: number;
}

/** What does not change while the server runs. */
export interface ServerIdentity {
  /** 40 hexadecimal digits, new at each start. */
  readonly runId: string;
  readonly startedAtMs: number;
  readonly pid: number;
  /** Path of the running program. */
  readonly executablePath: string;
  /** Absolute path of the configuration file; empty without one. */
  readonly configPath: string;
  /** The port of TCP clients, 0 without one; known once the server listens. */
  readonly port: number;
  /** `uname` of the machine. */
  readonly operatingSystem: string;
}

/** Keeps the data in files. */
export interface Persistence {
  /** How saving goes. */
  readonly saving: SavingFacts;
  /** How loading goes; `undefined` while nothing is loaded. */
  readonly loading: LoadingProgress | undefined;
  /** What came in the last time. */
  readonly lastLoad: LoadCounts;
  /**
   * Writes a snapshot while everybody waits (SAVE).
   *
   * @throws {RedisError} When that failed, or another is on its way.
   */
  save(): void;
  /**
   * Begins a snapshot between commands (BGSAVE).
   *
   * @param mayWait Whether it may begin later when it can't now.
   * @param mustWait Whether it must not begin at once (in a transaction).
   * @throws {RedisError} When it can't be begun.
   */
  backgroundSave(mayWait: boolean, mustWait: boolean): "begun" | "scheduled";
  /**
   * All data were removed at a client's wish: a snapshot on its way is broken off, and where there are
   * save points the file is emptied too.
   *
   * @returns Whether the file was.
   */
  allFlushed(): boolean;
  /**
   * Loads the last snapshot again (DEBUG RELOAD).
   *
   * @throws {RedisError} When that failed.
   */
  reload(options: ReloadOptions): void;
}

/** What INFO tells of saving. */
export interface SavingFacts {
  /** When the data were last in the file as a whole, in unix seconds; at first the start. */
  readonly lastSaveSeconds: number;
  /** Whether the last snapshot came through. */
  readonly isLastGood: boolean;
  /** How long the last one between commands took; -1 without one. */
  readonly lastDurationSeconds: number;
  /** How long the present one takes so far; -1 without one. */
  readonly currentDurationSeconds: number;
  /** Whether one is on its way. */
  readonly isRunning: boolean;
  /** Keys that the present one has saved, and has to save. */
  readonly savedKeyCount: number;
  readonly keyCount: number;
  /** Bytes of the present one that wait for the disk; the most so far; the most in the last one. */
  readonly waitingBytes: number;
  readonly waitingBytesPeak: number;
  readonly lastPeakBytes: number;
}

/** How far loading is. */
export interface LoadingProgress {
  readonly startSeconds: number;
  readonly totalBytes: number;
  readonly loadedBytes: number;
}

/** How many keys came out of a file. */
export interface LoadCounts {
  readonly loadedKeyCount: number;
  /** Those that were not taken, as their time was over. */
  readonly expiredKeyCount: number;
}

/** How DEBUG RELOAD goes about it. */
export interface ReloadOptions {
  /** Whether the data are saved before. */
  readonly savesFirst: boolean;
  /** Whether they are removed before. */
  readonly flushesFirst: boolean;
  /** Whether keys that are there are replaced; if not, the file must have none of them. */
  readonly replacesKeys: boolean;
}

/** How the server is to end. */
export interface ShutdownWay {
  /** Whether a snapshot is written: `default`, if there are save points. */
  readonly saves: "default" | "always" | "never";
  /** Whether it ends even when that fails. */
  readonly isForced: boolean;
}

/** Ends the server, and what else concerns it as a whole. */
export interface Lifecycle {
  /**
   * Begins an orderly shutdown; replies that are written still go out.
   *
   * @returns Whether it has begun; if not, the log says why.
   */
  shutdown(way: ShutdownWay): boolean;
  /** Takes back a shutdown that was asked for and has not begun. @returns Whether there was one. */
  abortShutdown(): boolean;
  /** Stops at once, as if killed. @param exitCode Of the process. */
  exit(exitCode: number): void;
  /** Blocks the whole server (DEBUG SLEEP). */
  sleep(milliseconds: number): void;
  /**
   * Rewrites the configuration file with the values in force.
   *
   * @param hasDefaults Whether it is to hold the directives too that are at their defaults.
   * @throws {ConfigError} With the system's reason.
   */
  rewriteConfig(hasDefaults: boolean): void;
}

/** What the operating system says of the process. */
export interface ProcessProbe {
  /** Resident memory in bytes. */
  residentBytes(): number;
  /** Memory of the machine in bytes. */
  systemMemoryBytes(): number;
  /** JavaScript heap in use and reserved, in bytes. */
  heapBytes(): { usedBytes: number; totalBytes: number };
  /** Processor time of all threads so far, in seconds. */
  processorSeconds(): { user: number; system: number };
  /** Processor time of the thread that runs the commands so far, in seconds. */
  threadSeconds(): { user: number; system: number };
  /** Asks the engine to collect garbage, if it can be asked. */
  collectGarbage(): void;
}

/** Opens transactions and watches keys for them. */
export interface Transactions {
  /** Opens one for a client that has none (MULTI). */
  begin(session: Session): void;
  /** Whether every transaction of which a command fails is rolled back. */
  readonly isRollingBack: boolean;
  /** Has no transaction run whose client watches one of some keys, which are another node's now. */
  breakWatches(concerns: (key: ByteView) => boolean): void;
  /** Watches a key for a client (WATCH). @param key Copied. */
  watch(session: Session, keyspace: Keyspace, key: ByteView): void;
}

/** The commands that a client has queued since MULTI. */
export interface OpenTransaction {
  /** How many are queued. */
  readonly commandCount: number;
  /** Bytes that their arguments take, as Redis counts; found by a look at all. */
  readonly argumentBytes: number;
  /** Whether a request was refused meanwhile, so that none may run. */
  readonly hasFailed: boolean;
  /** Whether all that is queued is brief, and little: to run it takes microseconds whatever the data. */
  readonly isBrief: boolean;
  /** Queues a request. @param args Borrowed until `settle`. */
  queue(command: Command, args: Args): void;
  /** Copies what it borrows; to be called before the bytes change that requests lie in. */
  settle(): void;
  /** Notes that a request was refused. */
  fail(): void;
  /** Whether a queued command has a flag. */
  has(flag: CommandFlag): boolean;
  /** Whether something is so for a queued request. @param test Given it, borrowed during the call. */
  some(test: (command: Command, args: Args) => boolean): boolean;
  /** Runs what is queued, replies an array of the replies, and ends the transaction. */
  execute(context: CommandContext): void;
  /**
   * The same, but if a command fails, all are as if none had run.
   *
   * @throws {RedisError} EXECABORT when one failed, or can't be rolled back.
   */
  executeOrRollBack(context: CommandContext): void;
  /** Forgets everything. */
  release(): void;
}

/** What a client watches, by WATCH. */
export interface KeyWatch {
  /** Whether a key has changed since. */
  readonly isBroken: boolean;
  /** Whether a key's time has come since, though it is still there. */
  hasExpired(): boolean;
  /** Ends it. */
  release(): void;
}

/** Told of changes; transactions, blocked clients, tracking and notifications listen here. */
export interface ChangeListener {
  /**
   * A key was changed, or is about to vanish because it expired.
   *
   * @param event Name of the keyspace event: `set`, `del`, `expire` ...; empty where nobody is to be
   *   notified though the value changed (PFCOUNT notes its result).
   * @param key Borrowed during the call.
   */
  changed(databaseIndex: number, key: ByteView, event: string): void;
  /** All keys of databases are gone, or have changed places. */
  flushed(databases: readonly Keyspace[]): void;
}
