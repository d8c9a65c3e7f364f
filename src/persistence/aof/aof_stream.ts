/**
 * AOF stream: effects on their way to the end of an append-only file, and when they have arrived.
 *
 * What one turn of the event loop executed is collected and written by one write, behind all of the
 * turn's commands and before any of their replies leaves: a group. With `appendfsync always` the group
 * is forced to the disk, too, and while that goes on, the next one is collected; so fifty clients that
 * write share one fdatasync. With `everysec` the disk is told once a second, by another thread.
 *
 *   append, append | turn's end: write | replies            everysec, no
 *   append, append | turn's end: write, fdatasync ~~~~ | replies          always
 *                                  append, append       | write, fdatasync ~~~~ | replies
 *
 * Where the disk answers at once, so does an fdatasync of `always`: see `SHORT_SYNC_US`. Nothing is
 * collected then while it goes on. So the group waits for one more turn, in which those come along whose
 * commands have arrived and not been read: of fifty clients, which answer the replies of the group before
 * one after the other, a fifth would miss it.
 *
 * A write may wait for an fdatasync of the same file. So under `everysec`, while one is under way,
 * writes are put off, for two seconds at most: replies go out meanwhile, as Redis' do. Not in a cluster:
 * what a node has promised to others must be in the file when it is killed, or half a transaction is lost.
 *
 * Always true: bytes are written in the order of their effects, and stay in the buffer until they are;
 * a part of a write that failed is taken back. Failure: under `always` the server ends, as no reply
 * may tell of what is not on the disk; otherwise writes are refused until it works again.
 * Behaviour: Redis 7.0 `flushAppendOnlyFile`.
 *
 * @module
 */

import type { Clock, Timer } from "../../base/clock.ts";
import { systemReasonOf } from "../../errors/system_reason.ts";
import type { LatencyMonitor, Log, ServerStats } from "../../observability/mod.ts";
import { OutputBuffer } from "../../resp/mod.ts";
import { isSystemError } from "../disk_failure.ts";
import { writeAll } from "../durable_files.ts";
import type { LogFile } from "./aof_directory.ts";

/** When effects are forced to the disk. */
export type SyncPolicy = "always" | "everysec" | "no";

/** Longest time that a write waits for an fdatasync. */
const POSTPONED_MS_MAX = 2000;
/**
 * An fdatasync that usually takes less is done at once: to have another thread do it, and to hear of
 * it, would take longer than the wait.
 */
const SHORT_SYNC_US = 2000;
const SYNC_SAMPLE_COUNT = 8;
/** One that takes less is not worth a turn's wait for more effects to share it. */
const SHARED_SYNC_US = 100;
const SECOND_MS = 1000;
/** An error that goes on is logged this often. */
const ERROR_LOG_INTERVAL_MS = 30_000;
/** A buffer up to this size is kept. */
const KEPT_BYTES = 1024 * 1024;

/** What a stream needs around it. */
export interface AofSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly latency: LatencyMonitor;
  readonly stats: ServerStats;
  /** Whether something else writes to the disk: a snapshot, a rewrite. */
  isDiskBusy(): boolean;
  /** Whether others count on what is replied, so that no write may be put off. */
  readonly isCountedOn: boolean;
  /** Lets everything that is ready have its turn. */
  nextTurn(): Promise<void>;
  /** How long the server stands still before it writes, in microseconds (DEBUG AOF-FLUSH-SLEEP). */
  readonly writeDelayUs: number;
  /** Ends the server: what it has acknowledged can't be kept. */
  fail(reason: string): void;
}

/** The end of an append-only file. */
export class AofStream {
  /** Where effects are appended to; `noteAppended` behind each. */
  readonly buffer = new OutputBuffer();
  policy: SyncPolicy = "everysec";
  /** Whether the disk is not told while something else writes to it (`no-appendfsync-on-rewrite`). */
  isLenientWhenBusy = false;

  readonly #surroundings: AofSurroundings;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #synchronizer: Deno.FsFile;
  #writtenBytes: number;
  #syncedBytes: number;
  /** The group that is collected: settles when it has arrived. */
  #collecting: Promise<void> | undefined;
  /** The group that is on its way. */
  #arriving: Promise<void> | undefined;
  /** An fdatasync of `everysec` that is under way. */
  #syncing: Promise<void> | undefined;
  #lastSyncMs: number;
  /** How long an fdatasync of `always` takes, averaged over the last ones. */
  #usualSyncUs = 0;
  /** Effects of the group that is collected, and of the one before. */
  #collectedCount = 0;
  #lastCollectedCount = 0;
  #postponedSinceMs = -1;
  #lastErrorLogMs = -Infinity;
  #timer: Timer | undefined;
  /** Since it was closed: settles when the file has reached the disk. */
  #closing: Promise<void> | undefined;
  /** What the system said of the last write, and of the last fdatasync, if they failed. */
  #writeError: string | undefined;
  #syncError: string | undefined;

  /**
   * @param file Owned from now on.
   * @param path Of that file.
   * @param arriving What replies have to wait for beside what is in this file: where the stream before ended.
   */
  constructor(
    { file, synchronizer }: LogFile,
    path: string,
    surroundings: AofSurroundings,
    arriving?: Promise<void>,
  ) {
    this.#surroundings = surroundings;
    this.#arriving = arriving;
    const forget = (): void => {
      if (this.#arriving === arriving) this.#arriving = undefined;
    };
    arriving?.then(forget, forget);
    this.#path = path;
    this.#file = file;
    this.#synchronizer = synchronizer;
    this.#writtenBytes = this.#syncedBytes = file.statSync().size;
    this.#lastSyncMs = surroundings.clock.nowMs();
  }

  /** What the system said of the last write or fdatasync; `undefined`: nothing, they succeeded. */
  get error(): string | undefined {
    return this.#writeError ?? this.#syncError;
  }

  /** Bytes written to the file, those included that were there before. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Fdatasyncs that are under way. */
  get pendingSyncs(): number {
    return this.#syncing === undefined ? 0 : 1;
  }

  /**
   * What replies wait for: settles when all that was appended so far is where the policy wants it.
   * `undefined`: it is there. Rejects, as if the client were gone, when that has failed for good.
   */
  get arrival(): Promise<void> | undefined {
    return this.#collecting ?? this.#arriving;
  }

  /** Notes that something was appended. */
  noteAppended(): void {
    this.#collectedCount++;
    if (this.#collecting !== undefined) return;
    this.#collecting = this.#sendGroup();
    // Most of the time somebody waits for it; a failure is dealt with in any case.
    this.#collecting.catch(() => {});
  }

  /** Writes what is there now, and has it reach the disk. @returns Whether it has. */
  drain(): boolean {
    if (!this.#write() || this.buffer.length > 0) return false;
    return this.#syncNow();
  }

  /** Writes what is there now. @returns Whether it could. */
  writeOut(): boolean {
    return this.#write();
  }

  /** Settles when no fdatasync is under way. */
  async rest(): Promise<void> {
    while (this.#syncing !== undefined) await this.#syncing;
  }

  /** Closes the file once it is on the disk; what is in the buffer is dropped. */
  close(): Promise<void> {
    return this.#closing ??= this.#close(this.#arriving);
  }

  /** @param arriving The group that is on its way; the one behind it waits for this to end. */
  async #close(arriving: Promise<void> | undefined): Promise<void> {
    this.#timer?.cancel();
    this.#file.close();
    await this.#syncing;
    await arriving?.catch(() => {});
    try {
      await this.#synchronizer.syncData();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (this.policy === "always") this.#failToSync(error);
      this.#surroundings.log.warning(`Fail to fsync the AOF file: ${systemReasonOf(error)}`);
    } finally {
      this.#synchronizer.close();
    }
  }

  /** Does what is due: an fdatasync, a write that was put off or failed. */
  attend(): void {
    if (this.#closing !== undefined) return;
    if (this.buffer.length > 0 && this.#collecting === undefined) this.#endTurn();
    else if (this.buffer.length === 0) this.#syncWhenDue();
  }

  async #sendGroup(): Promise<void> {
    // Behind the other commands of this turn: they have been read and are queued already.
    await undefined;
    await undefined;
    if (this.#arriving !== undefined) await this.#arriving;
    else if (this.#isWorthATurn()) await this.#surroundings.nextTurn();
    this.#arriving = this.#collecting;
    this.#collecting = undefined;
    this.#lastCollectedCount = this.#collectedCount;
    this.#collectedCount = 0;
    try {
      const isStrict = this.policy === "always";
      if (this.#closing !== undefined) return isStrict ? await this.#closing : undefined;
      if (!isStrict) return this.#endTurn();
      if (!this.#write()) throw new Deno.errors.ConnectionAborted("Cannot write the AOF");
      await this.#syncGroup();
    } finally {
      this.#arriving = undefined;
    }
  }

  /** Whether others are likely to share the fdatasync of the group. */
  #isWorthATurn(): boolean {
    return this.policy === "always" && this.#lastCollectedCount > 1 &&
      this.#usualSyncUs > SHARED_SYNC_US;
  }

  async #syncGroup(): Promise<void> {
    const { clock, latency } = this.#surroundings;
    if (this.#syncedBytes === this.#writtenBytes || this.#isSyncSpared()) return;
    const bytes = this.#writtenBytes, startUs = clock.monotonicUs();
    try {
      if (this.#usualSyncUs < SHORT_SYNC_US) this.#synchronizer.syncDataSync();
      else await this.#synchronizer.syncData();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#failToSync(error);
    }
    const durationUs = clock.monotonicUs() - startUs;
    this.#usualSyncUs += (durationUs - this.#usualSyncUs) / SYNC_SAMPLE_COUNT;
    this.#syncedBytes = bytes;
    this.#lastSyncMs = clock.nowMs();
    latency.record("aof-fsync-always", durationUs / 1000);
  }

  #failToSync(error: Error): never {
    const reason = systemReasonOf(error);
    this.#surroundings.fail(
      `Can't persist AOF for fsync error when the AOF fsync policy is 'always': ${reason}. Exiting...`,
    );
    throw new Deno.errors.ConnectionAborted("Cannot synchronize the AOF", { cause: error });
  }

  /** Writes, unless the disk is at work on the same file. */
  #endTurn(): void {
    if (this.policy === "everysec" && this.#syncing !== undefined && this.#mayPostpone()) return;
    if (this.#write()) this.#syncWhenDue();
  }

  #mayPostpone(): boolean {
    const { clock, isCountedOn, log, stats } = this.#surroundings;
    if (isCountedOn) return false;
    const nowMs = clock.nowMs();
    if (this.#postponedSinceMs < 0) this.#postponedSinceMs = nowMs;
    if (nowMs - this.#postponedSinceMs < POSTPONED_MS_MAX) return true;
    stats.aofDelayedFsyncs++;
    log.notice(
      "Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer without waiting for fsync to complete, this may slow down Redis.",
    );
    return false;
  }

  /** Writes the buffer; returns whether nothing went wrong. */
  #write(): boolean {
    const { buffer } = this;
    const { clock, log, writeDelayUs } = this.#surroundings;
    this.#postponedSinceMs = -1;
    if (buffer.length === 0) return true;
    if (writeDelayUs > 0) standStill(writeDelayUs);
    const startUs = clock.monotonicUs();
    try {
      writeAll(this.#file, buffer.bytes.subarray(0, buffer.length));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#failToWrite(error);
      return false;
    }
    this.#recordLatency((clock.monotonicUs() - startUs) / 1000);
    this.#writtenBytes += buffer.length;
    buffer.length = 0;
    if (buffer.bytes.length > KEPT_BYTES) buffer.bytes = new Uint8Array(KEPT_BYTES);
    if (this.#writeError !== undefined) {
      log.warning("AOF write error looks solved, Redis can write again.");
      this.#writeError = undefined;
    }
    return true;
  }

  #recordLatency(latencyMs: number): void {
    const { latency, isDiskBusy } = this.#surroundings;
    const circumstance = this.#syncing !== undefined
      ? "aof-write-pending-fsync"
      : isDiskBusy()
      ? "aof-write-active-child"
      : "aof-write-alone";
    latency.record(circumstance, latencyMs);
    latency.record("aof-write", latencyMs);
  }

  #failToWrite(error: Error): void {
    const { clock, log, fail } = this.#surroundings;
    const nowMs = clock.nowMs();
    const isLogged = nowMs - this.#lastErrorLogMs > ERROR_LOG_INTERVAL_MS;
    if (isLogged) this.#lastErrorLogMs = nowMs;
    this.#writeError = systemReasonOf(error);
    if (isLogged) log.warning(`Error writing to the AOF file: ${this.#writeError}`);
    try {
      this.#file.truncateSync(this.#writtenBytes);
    } catch (failure) {
      if (!isSystemError(failure)) throw failure;
      if (isLogged) {
        log.warning(
          `Could not remove short write from the append-only file.  Redis may refuse to load the AOF the next time it starts.  ftruncate: ${
            systemReasonOf(failure)
          }`,
        );
      }
    }
    if (this.policy !== "always") return this.#wakeIn(SECOND_MS);
    fail("Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...");
  }

  /** Under `everysec`: tells the disk, or sees to it that it will be told. */
  #syncWhenDue(): void {
    if (this.policy !== "everysec" || this.#syncedBytes === this.#writtenBytes) return;
    const restMs = this.#lastSyncMs + SECOND_MS - this.#surroundings.clock.nowMs();
    if (this.#syncing !== undefined) return;
    if (restMs > 0 || this.#isSyncSpared()) return this.#wakeIn(Math.max(restMs, 100));
    this.#syncing = this.#syncInBackground();
  }

  async #syncInBackground(): Promise<void> {
    const { clock, log } = this.#surroundings;
    const bytes = this.#writtenBytes;
    this.#lastSyncMs = clock.nowMs();
    try {
      await this.#synchronizer.syncData();
      this.#syncedBytes = bytes;
      this.#syncError = undefined;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#syncError = systemReasonOf(error);
      log.warning(`Fail to fsync the AOF file: ${this.#syncError}`);
    } finally {
      this.#syncing = undefined;
    }
    this.attend();
  }

  #syncNow(): boolean {
    if (this.#syncedBytes === this.#writtenBytes) return true;
    try {
      this.#file.syncDataSync();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#surroundings.log.warning(
        `Fail to fsync the AOF file ${this.#path}: ${systemReasonOf(error)}`,
      );
      return false;
    }
    this.#syncedBytes = this.#writtenBytes;
    return true;
  }

  #isSyncSpared(): boolean {
    return this.isLenientWhenBusy && this.#surroundings.isDiskBusy();
  }

  #wakeIn(delayMs: number): void {
    if (this.#timer !== undefined || this.#closing !== undefined) return;
    this.#timer = this.#surroundings.clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      this.attend();
    });
  }
}

/** Lets nothing else run for so long. */
function standStill(microseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, microseconds / 1000);
}
