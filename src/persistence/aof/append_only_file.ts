/**
 * Append-only file: all effects since the last base, so that nothing that was acknowledged is lost.
 *
 * Off, it costs nothing. On, each effect goes to the end of the last increment (`AofStream`). A rewrite
 * replaces base and increments by a base of the data as they are (`AofRewrite`): it begins a new increment
 * and a snapshot in the same moment, so that the two together are everything. Switched on while the server
 * runs, there is no base yet: effects go to a temporary increment until the first rewrite is through.
 *
 *   off ── appendonly yes ──> waiting ── rewrite is through ──> on ── appendonly no ──> off
 *                    start, after loading ──────────────────────^
 *
 * Always true: while it is on, base and increments of the manifest are all data, up to what is in the
 * stream's buffer.
 * Behaviour: Redis 7.0 `aof.c`.
 *
 * @module
 */

import type {
  AppendOnly,
  AppendOnlyFacts,
  EffectSink,
  Replayer,
  ServerParts,
} from "../../engine/mod.ts";
import { ConfigError } from "../../errors/config_error.ts";
import { REWRITE_IN_PROGRESS, REWRITE_REFUSED } from "../../errors/catalogue.ts";
import { systemReasonOf } from "../../errors/system_reason.ts";
import type { Args } from "../../resp/mod.ts";
import { isSystemError } from "../disk_failure.ts";
import { AofDirectory, type LogFile, type LogState } from "./aof_directory.ts";
import { AofError } from "./aof_error.ts";
import { AofLoader } from "./aof_loader.ts";
import {
  AofRewrite,
  baseFormatOf,
  clearAway,
  emptyBase,
  removeTemporaryIncrement,
  type RewrittenLog,
} from "./aof_rewrite.ts";
import { AofStream, type AofSurroundings, type SyncPolicy } from "./aof_stream.ts";
import { EffectEncoder } from "./effect_encoder.ts";
import { RewriteDelay } from "./rewrite_delay.ts";

/** What the server does for its log. */
export interface AppendOnlyHost {
  /** Makes what runs recorded effects; owned by the caller. */
  replayer(): Replayer;
  /** Lets everything that is ready have its turn. */
  nextTurn(): Promise<void>;
  /** A rewrite has begun: what is in the log and is no data has to be written to it again. */
  rewriteBegins(): void;
  /** Ends the server: what it has acknowledged can't be kept. */
  fail(reason: string): void;
}

/** The append-only log of one server. */
export class AppendOnlyFile implements AppendOnly, EffectSink {
  flushDelayUs = 0;
  readonly #server: ServerParts;
  readonly #host: AppendOnlyHost;
  readonly #surroundings: AofSurroundings;
  readonly #encoder = new EffectEncoder();
  readonly #delay: RewriteDelay;
  #state: LogState = "off";
  #directory: AofDirectory | undefined;
  #stream: AofStream | undefined;
  #rewrite: AofRewrite | undefined;
  /** What changes the directory: the rewrite, or what a former server left is removed. */
  #changing: Promise<void> | undefined;
  #isRewriteScheduled = false;
  #isLastRewriteOk = true;
  #lastRewriteSeconds = -1;
  /** Bytes of all files but the increment that is written on. */
  #settledBytes = 0;
  /** Bytes of the log when it was rewritten last, or read. */
  #baseBytes = 0;
  /** Streams of former increments on their way to the disk. */
  readonly #closing = new Set<Promise<void>>();

  constructor(server: ServerParts, host: AppendOnlyHost) {
    this.#server = server;
    this.#host = host;
    const { clock, log, latency, stats, config } = server;
    this.#delay = new RewriteDelay(server);
    const delayUs = (): number => this.flushDelayUs;
    this.#surroundings = {
      get writeDelayUs() {
        return delayUs();
      },
      get isCountedOn() {
        return server.cluster !== undefined;
      },
      clock,
      log,
      latency,
      stats,
      isDiskBusy: () => this.#isBusy,
      nextTurn: () => host.nextTurn(),
      fail: (reason) => host.fail(reason),
    };
    config.onApply(
      ["appendfsync", "no-appendfsync-on-rewrite", "aof-timestamp-enabled"],
      () => this.#followPolicy(),
    );
    config.onApply("aof-disable-auto-gc", () => this.#clearAway());
    config.onApply("appendonly", () => {
      if (config.boolean("appendonly") === (this.#state !== "off")) return;
      if (config.boolean("appendonly")) this.#turnOn();
      else this.#turnOff();
    });
  }

  get clearance(): Promise<void> | undefined {
    return this.#stream?.arrival;
  }

  /** Whether it is being rewritten; no other snapshot can begin then. */
  get isRewriting(): boolean {
    return this.#rewrite !== undefined;
  }

  get writeError(): string | undefined {
    return this.#stream?.error;
  }

  get facts(): AppendOnlyFacts {
    return {
      isEnabled: this.#state !== "off",
      isRewriting: this.isRewriting,
      isRewriteScheduled: this.#isRewriteScheduled,
      lastRewriteSeconds: this.#lastRewriteSeconds,
      currentRewriteSeconds: this.#rewrite?.elapsedSeconds ?? -1,
      isLastRewriteOk: this.#isLastRewriteOk,
      isLastWriteOk: this.writeError === undefined,
      currentBytes: this.#currentBytes,
      baseBytes: this.#baseBytes,
      bufferBytes: this.#stream?.buffer.length ?? 0,
      bufferRoomBytes: this.#stream?.buffer.bytes.length ?? 0,
      pendingSyncs: (this.#stream?.pendingSyncs ?? 0) + this.#closing.size,
    };
  }

  append(databaseIndex: number, args: Args): void {
    const stream = this.#stream!;
    const nowMs = this.#encoder.hasTimestamps ? this.#server.clock.nowMs() : 0;
    this.#encoder.encode(databaseIndex, args, nowMs, stream.buffer);
    stream.noteAppended();
  }

  /**
   * Reads what is there, before the server takes clients.
   *
   * @returns What loads it; `totalBytes` is known at once.
   * @throws {AofError} When the manifest is damaged.
   */
  read(): { totalBytes: number; steps: () => Generator<number, void> } {
    const directory = this.#directory = this.#openDirectory();
    directory.takeOldFileIn();
    return this.#loading(directory);
  }

  /**
   * Looks after what is there while it is off: as in Redis it must be sound, for it may be switched on, and
   * loses the files that count no longer.
   *
   * @throws {AofError} When the manifest is damaged.
   */
  passBy(): void {
    const directory = this.#openDirectory();
    if (directory.manifest.history.length > 0) this.#change(clearAway(this.#server, directory));
  }

  /** Begins to log effects, after loading. @throws {AofError} When the system does not let it. */
  start(): void {
    const { log } = this.#server, directory = this.#directory!;
    directory.ensure();
    if (directory.manifest.isEmpty) {
      const format = baseFormatOf(this.#server);
      const name = directory.createBase(format, emptyBase(this.#server, format));
      log.notice(`Creating AOF base file ${name} on server start`);
    }
    const { file, name, isNew } = directory.openIncrement();
    log.notice(`${isNew ? "Creating" : "Opening"} AOF incr file ${name} on server start`);
    const { base, files } = directory.manifest;
    this.#baseBytes = base === undefined ? 0 : directory.bytesOf(base);
    this.#settledBytes = files.slice(0, -1).reduce((sum, each) => sum + directory.bytesOf(each), 0);
    this.#switchTo(new AofStream(file, directory.pathOf(name), this.#surroundings));
    this.#state = "on";
    this.#clearAway();
  }

  writeOut(): boolean {
    return this.#stream?.writeOut() ?? true;
  }

  drain(): boolean {
    return this.#stream?.drain() ?? true;
  }

  reload(): void {
    const { store, changeListeners, effects, log } = this.#server;
    this.writeOut();
    effects.removeSink(this);
    try {
      store.flush(store.databases, false);
      changeListeners.flushed(store.databases);
      if (this.#directory === undefined) {
        this.#directory = this.#openDirectory();
        this.#directory.takeOldFileIn();
      }
      if (this.#directory.manifest.isEmpty) throw new AofError("There is no append only file");
      for (const _ of this.#loading(this.#directory).steps());
    } catch (error) {
      if (!(error instanceof AofError)) throw error;
      log.warning(error.message);
      this.#host.fail("Error trying to load the AOF");
    } finally {
      if (this.#stream !== undefined) effects.addSink(this);
      this.#encoder.forgetDatabase();
    }
  }

  /** Does what is due: a write that failed, a rewrite. */
  attend(): void {
    this.#stream?.attend();
    if (this.#isBusy) return;
    if (this.#isRewriteScheduled) {
      if (this.#delay.isInForce()) return;
      if (!this.#begin()) this.#isRewriteScheduled = this.#state === "waiting";
      return;
    }
    const { config, log } = this.#server, currentBytes = this.#currentBytes;
    const percentage = config.number("auto-aof-rewrite-percentage");
    if (this.#state !== "on" || percentage === 0) return;
    if (currentBytes <= config.number("auto-aof-rewrite-min-size")) return;
    const growth = currentBytes * 100 / (this.#baseBytes || 1) - 100;
    if (growth < percentage || this.#delay.isInForce()) return;
    log.notice(`Starting automatic rewriting of AOF on ${Math.floor(growth)}% growth`);
    this.#begin();
  }

  rewrite(isWithinTransaction: boolean): "started" | "scheduled" {
    if (this.#rewrite !== undefined) throw REWRITE_IN_PROGRESS;
    if (this.#isBusy || isWithinTransaction) {
      this.#isRewriteScheduled = true;
      this.#server.stats.aofRewriteFailuresInARow = 0;
      return "scheduled";
    }
    if (!this.#begin()) throw REWRITE_REFUSED;
    return "started";
  }

  /**
   * Makes ready for the end of the server.
   *
   * @returns Whether it may end; if not, the log says why.
   */
  prepareEnd(isForced: boolean): boolean {
    const { log } = this.#server;
    if (this.#rewrite !== undefined) {
      if (this.#state === "waiting") {
        // There is no log yet that holds the data.
        log.warning(`Writing initial AOF${isForced ? ". Exit anyway." : ", can't exit."}`);
        if (!isForced) return false;
      }
      log.warning("There is a child rewriting the AOF. Killing it!");
      this.#rewrite.abort();
    }
    if (this.#state === "off") return true;
    log.notice("Calling fsync() on the AOF file.");
    this.drain();
    return true;
  }

  /** Writes what is left and closes all files. @returns Whether everything is on the disk. */
  async stop(): Promise<boolean> {
    this.#rewrite?.abort();
    const isComplete = this.drain();
    this.#closeStream();
    this.#state = "off";
    await this.#rest();
    await this.#changing;
    return isComplete;
  }

  get #currentBytes(): number {
    return this.#settledBytes + (this.#stream?.writtenBytes ?? 0);
  }

  /** Whether a snapshot is being taken, for whomever, or the directory changed. */
  get #isBusy(): boolean {
    return this.#changing !== undefined || this.#server.store.environment.snapshot !== undefined;
  }

  #loading(directory: AofDirectory): { totalBytes: number; steps: () => Generator<number, void> } {
    const loader = new AofLoader(this.#server, directory);
    return {
      totalBytes: loader.totalBytes,
      steps: () => loader.steps(() => this.#host.replayer()),
    };
  }

  /** The directory where it is now, its manifest read. @throws {AofError} When that is damaged. */
  #openDirectory(): AofDirectory {
    const { config, log } = this.#server;
    const directory = new AofDirectory({
      parent: config.path("dir"),
      directoryName: config.path("appenddirname"),
      baseName: config.valueOf("appendfilename"),
    }, log);
    directory.read();
    return directory;
  }

  #followPolicy(): void {
    const { config } = this.#server;
    this.#encoder.hasTimestamps = config.boolean("aof-timestamp-enabled");
    if (this.#stream === undefined) return;
    this.#stream.policy = config.text("appendfsync") as SyncPolicy;
    this.#stream.isLenientWhenBusy = config.boolean("no-appendfsync-on-rewrite");
  }

  /** Effects go there from now on. */
  #switchTo(stream: AofStream): void {
    this.#closeStream();
    this.#stream = stream;
    this.#encoder.forgetDatabase();
    this.#followPolicy();
    this.#server.effects.addSink(this);
  }

  /** Ends the present increment; returns what settles when it is on the disk. */
  #closeStream(): Promise<void> | undefined {
    const stream = this.#stream;
    if (stream === undefined) return undefined;
    this.#server.effects.removeSink(this);
    this.#stream = undefined;
    const closing = stream.close().finally(() => this.#closing.delete(closing));
    closing.catch(() => {}); // the stream has seen to it
    this.#closing.add(closing);
    return closing;
  }

  /** Settles when no other thread is at work on the increments. */
  async #rest(): Promise<void> {
    await Promise.allSettled([...this.#closing, this.#stream?.rest()]);
  }

  /** Notes that the directory is being changed. */
  #change(work: Promise<void>): void {
    const changing = work.finally(() => {
      if (this.#changing === changing) this.#changing = undefined;
    });
    this.#changing = changing;
  }

  /** Has the files removed that count no longer, if that is wanted, when nothing else changes the directory. */
  #clearAway(): void {
    const directory = this.#directory;
    if (directory === undefined) return;
    const before = this.#changing ?? Promise.resolve();
    this.#change(before.then(() => clearAway(this.#server, directory)));
  }

  /** CONFIG SET appendonly yes: the log begins with a rewrite. */
  #turnOn(): void {
    const { log, effects } = this.#server;
    if (this.#rewrite !== undefined) {
      log.warning(
        "AOF was enabled but there is already an AOF rewriting in background. Stopping background AOF and starting a rewrite now.",
      );
      this.#rewrite.abort();
    }
    this.#state = "waiting";
    if (this.#isBusy) {
      this.#isRewriteScheduled = true;
      log.warning(
        "AOF was enabled but there is already another background operation. An AOF background was scheduled to start when possible.",
      );
    } else if (effects.isUnit) {
      // What the transaction has done so far is in the store, and would be logged with its end.
      this.#isRewriteScheduled = true;
      log.warning(
        "AOF was enabled during a transaction. An AOF background was scheduled to start when possible.",
      );
    } else if (!this.#begin()) {
      this.#state = "off";
      log.warning(
        "Redis needs to enable the AOF but can't trigger a background AOF rewrite operation. Check the above logs for more info about the error.",
      );
      throw new ConfigError("Unable to turn on AOF. Check server logs.");
    }
  }

  #turnOff(): void {
    if (this.#rewrite !== undefined) {
      this.#server.log.notice("Killing the AOF rewrite, which runs here and in no child");
      this.#rewrite.abort();
    }
    this.#isRewriteScheduled = false;
    this.#stream?.drain();
    this.#closeStream();
    this.#state = "off";
  }

  /** Begins a rewrite; returns whether it could. */
  #begin(): boolean {
    const { log, stats } = this.#server;
    this.#isRewriteScheduled = false;
    try {
      // Guide: the first one of a log that is switched on looks where `dir` is now.
      if (this.#directory === undefined || this.#state === "waiting") {
        this.#directory = this.#openDirectory();
      }
      this.#directory.ensure();
      this.#rewrite = new AofRewrite(this.#server, this.#directory, this.#rewrittenLog);
    } catch (error) {
      if (!(error instanceof AofError)) throw error;
      log.warning(error.message);
      this.#isLastRewriteOk = false;
      return false;
    }
    this.#change(this.#follow(this.#rewrite));
    stats.aofRewrites++;
    log.notice(`Background append only file rewriting started by pid ${Deno.pid}`);
    return true;
  }

  /** What a rewrite does to the log. */
  get #rewrittenLog(): RewrittenLog {
    return {
      state: this.#state,
      rest: () => this.#rest(),
      writeOut: () => this.#stream!.writeOut(),
      switchTo: (file, name, listed) => this.#handOver(file, name, listed),
      nextTurn: () => this.#host.nextTurn(),
      noteInstalled: () => {
        if (this.#state === "off") return;
        this.#settledBytes = this.#directory!.bytesOf(this.#directory!.manifest.base!);
        this.#baseBytes = this.#currentBytes;
      },
    };
  }

  /** Has effects go to another increment; see `RewrittenLog`. */
  #handOver(file: LogFile, name: string, listed: Promise<void> | undefined): void {
    this.#settledBytes += this.#stream?.writtenBytes ?? 0;
    const isStrict = this.#stream?.policy === "always";
    const before = this.#closeStream();
    const settled = this.#settledList(listed, isStrict);
    const arriving = isStrict ? Promise.all([before, settled]).then(() => {}) : undefined;
    const path = this.#directory!.pathOf(name);
    this.#switchTo(new AofStream(file, path, this.#surroundings, arriving));
    this.#host.rewriteBegins();
  }

  /** Deals with a list of files that does not reach the disk. */
  async #settledList(listed: Promise<void> | undefined, isStrict: boolean): Promise<void> {
    try {
      await listed;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const reason = `Fail to fsync AOF directory: ${systemReasonOf(error)}`;
      this.#server.log.warning(reason);
      if (!isStrict) return;
      this.#host.fail(`${reason}. Exiting...`);
      throw new Deno.errors.ConnectionAborted(reason);
    }
  }

  /** Sees a rewrite to its end. */
  async #follow(rewrite: AofRewrite): Promise<void> {
    const { log, stats } = this.#server;
    const isDone = await rewrite.run();
    this.#rewrite = undefined;
    this.#lastRewriteSeconds = rewrite.elapsedSeconds;
    if (isDone) {
      this.#isLastRewriteOk = true;
      stats.aofRewriteFailuresInARow = 0;
      log.notice("Background AOF rewrite finished successfully");
      // Switched off and on meanwhile, the log waits for another one.
      if (this.#state === "waiting" && !rewrite.isAborted) this.#state = "on";
      return;
    }
    if (!rewrite.isAborted) {
      this.#isLastRewriteOk = false;
      stats.aofRewriteFailuresInARow++;
    }
    if (this.#state === "on") return;
    if (rewrite.state === "waiting") {
      this.#closeStream();
      await this.#rest();
      await removeTemporaryIncrement(this.#server, this.#directory!);
    }
    // Switched on, it must be tried again until there is a log.
    if (this.#state === "waiting") this.#isRewriteScheduled = true;
  }
}
