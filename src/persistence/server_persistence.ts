/**
 * Server persistence: what one server keeps in files, and how it gets it back.
 *
 * @module
 */

import type {
  LoadCounts,
  LoadingProgress,
  Persistence,
  ReloadOptions,
  SavingFacts,
  ServerParts,
  ShutdownWay,
} from "../engine/mod.ts";
import {
  NO_SNAPSHOT_NOW,
  RELOAD_FAILED,
  SAVE_FAILED,
  SAVE_IN_PROGRESS,
} from "../errors/catalogue.ts";
import { systemReasonOf } from "../errors/system_reason.ts";
import { AofError, type AppendOnlyFile } from "./aof/mod.ts";
import { isSystemError } from "./disk_failure.ts";
import { FileSource } from "./byte_source.ts";
import { DataLoading } from "./data_loading.ts";
import type { PersistenceState } from "./persistence_gates.ts";
import {
  ForeignRdbError,
  RdbError,
  RdbLoader,
  type RdbLoadResult,
  ShortRdbError,
} from "./rdb/mod.ts";
import { Saving } from "./saving/mod.ts";

/** The files of one server. */
export class ServerPersistence implements Persistence, PersistenceState {
  lastLoad: LoadCounts = { loadedKeyCount: 0, expiredKeyCount: 0 };

  readonly #server: ServerParts;
  readonly #appendOnly: AppendOnlyFile;
  readonly #saving: Saving;
  readonly #loading: DataLoading;
  #stopsWritesOnFailure = true;
  /** Whether data are missing that are in a file, which must not be overwritten then. */
  #isIncomplete = false;

  /**
   * @param appendOnly Where effects go, and come from at the start.
   * @param nextTurn Lets everything that is ready by now have its turn.
   */
  constructor(server: ServerParts, appendOnly: AppendOnlyFile, nextTurn: () => Promise<void>) {
    this.#server = server;
    this.#appendOnly = appendOnly;
    this.#saving = new Saving(server, nextTurn);
    this.#loading = new DataLoading(server, nextTurn);
    const refresh = () => {
      this.#stopsWritesOnFailure = server.config.boolean("stop-writes-on-bgsave-error");
    };
    server.config.onApply("stop-writes-on-bgsave-error", refresh);
    refresh();
  }

  get saving(): SavingFacts {
    return this.#saving;
  }

  get loading(): LoadingProgress | undefined {
    return this.#loading.progress;
  }

  get isLoading(): boolean {
    return this.#loading.progress !== undefined;
  }

  get isSavingBroken(): boolean {
    const saving = this.#saving;
    return !saving.isLastGood && this.#stopsWritesOnFailure && saving.hasSavePoints;
  }

  save(): void {
    if (this.#saving.isRunning) throw SAVE_IN_PROGRESS;
    this.#server.stats.rdbSaves++;
    if (!this.#saving.save()) throw SAVE_FAILED;
  }

  backgroundSave(mayWait: boolean, mustWait: boolean): "begun" | "scheduled" {
    const saving = this.#saving;
    if (saving.isRunning) throw SAVE_IN_PROGRESS;
    if (mustWait || this.#isSnapshotTaken) {
      if (!mayWait && !mustWait) throw NO_SNAPSHOT_NOW;
      saving.schedule();
      return "scheduled";
    }
    saving.begin();
    return "begun";
  }

  allFlushed(): boolean {
    this.#saving.abort();
    return this.#saving.hasSavePoints && this.#saving.save();
  }

  reload(options: ReloadOptions): void {
    const { store, log, changeListeners } = this.#server;
    if (options.savesFirst && !this.#saving.save()) throw SAVE_FAILED;
    if (options.flushesFirst) {
      store.flush(store.databases, false);
      changeListeners.flushed(store.databases);
    }
    const opened = this.#openFile();
    if (opened === undefined) throw RELOAD_FAILED;
    using source = opened.source;
    this.#isIncomplete = true;
    const steps = this.#newLoader(options.replacesKeys, opened.byteCount).steps(source);
    try {
      this.#noteLoaded(this.#loading.runNow(steps));
    } catch (error) {
      this.#noteFailure(error);
      this.#server.lifecycle.exit(1);
      throw RELOAD_FAILED;
    }
    this.#isIncomplete = false;
    log.warning("DB reloaded by DEBUG RELOAD");
  }

  /** Does what is due, some times a second. */
  beat(): void {
    if (!this.#isIncomplete) this.#saving.beat(!this.#isSnapshotTaken);
  }

  /**
   * Loads what the files hold: the append-only ones if they are on, else the last snapshot. Clients may be
   * there already.
   *
   * @returns Whether all is there; `false` when the server is to end meanwhile.
   * @throws {AofError | RdbError | Error} When a file is damaged, or the system refuses.
   */
  async load(): Promise<boolean> {
    const { clock, config } = this.#server;
    const startUs = clock.monotonicUs();
    this.#isIncomplete = true;
    await (config.boolean("appendonly") ? this.#loadLog(startUs) : this.#loadSnapshot(startUs));
    if (this.#loading.isStopped) return false;
    this.#isIncomplete = false;
    return true;
  }

  /** The same; where it throws, the log says why instead. */
  async loadOrLog(): Promise<boolean> {
    try {
      return await this.load();
    } catch (error) {
      this.#noteFailure(error);
      return false;
    }
  }

  /**
   * Writes what must be there after the end.
   *
   * @returns Whether the server may end; if not, the log says why.
   */
  prepareEnd(way: ShutdownWay): boolean {
    const { log } = this.#server;
    const saving = this.#saving;
    if (saving.isRunning) {
      log.warning("There is a child saving an .rdb. Killing it!");
      saving.abort();
    }
    if (!this.#appendOnly.prepareEnd(way.isForced)) return false;
    const wantsSave = !this.#isIncomplete &&
      (way.saves === "always" || (way.saves === "default" && saving.hasSavePoints));
    this.#loading.stop();
    if (!wantsSave) return true;
    log.notice("Saving the final RDB snapshot before exiting.");
    if (saving.save()) return true;
    log.warning(
      way.isForced
        ? "Error trying to save the DB. Exit anyway."
        : "Error trying to save the DB, can't exit.",
    );
    return way.isForced;
  }

  /** Ends what goes on in the background. */
  async stop(): Promise<void> {
    this.#loading.stop();
    await this.#saving.stop();
  }

  /** Whether a snapshot is being taken, for whatever purpose. */
  get #isSnapshotTaken(): boolean {
    return this.#saving.isRunning || this.#appendOnly.isRewriting ||
      this.#server.store.environment.snapshot !== undefined;
  }

  /** Loads the log, and goes on with it: no command may run that would not be in it. */
  async #loadLog(startUs: number): Promise<void> {
    const { totalBytes, steps } = this.#appendOnly.read();
    await this.#loading.run(steps(), totalBytes, () => {
      if (totalBytes > 0) this.#tellLoaded("append only file", startUs);
      this.#appendOnly.start();
    });
  }

  /** Loads the last snapshot, if there is one. */
  async #loadSnapshot(startUs: number): Promise<void> {
    this.#appendOnly.passBy();
    const opened = this.#openFile();
    if (opened === undefined) return;
    using source = opened.source;
    const result = await this.#loading.run(
      this.#newLoader(false, opened.byteCount).steps(source),
      opened.byteCount,
    );
    if (result === undefined) return;
    this.#noteLoaded(result);
    this.#tellLoaded("disk", startUs);
  }

  #tellLoaded(origin: string, startUs: number): void {
    const { clock, log } = this.#server;
    const seconds = ((clock.monotonicUs() - startUs) / 1e6).toFixed(3);
    log.notice(`DB loaded from ${origin}: ${seconds} seconds`);
  }

  /** Opens the file of the last snapshot; `undefined` if there is none. */
  #openFile(): { source: FileSource; byteCount: number } | undefined {
    const path = this.#saving.path;
    try {
      return { source: new FileSource(path), byteCount: Deno.statSync(path).size };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  #newLoader(replacesKeys: boolean, byteCount: number): RdbLoader {
    const { store, config, log, payloads, stats } = this.#server;
    const isChecksummed = config.boolean("rdbchecksum") && payloads.isChecksumChecked;
    const noteUsedMemory = (byteCount: number): void => {
      stats.loadingRdbUsedBytes = byteCount;
    };
    return new RdbLoader(store, {
      ...{ isChecksummed, keepsExpired: false, replacesKeys, log, noteUsedMemory, byteCount },
    });
  }

  #noteLoaded({ keyCount, expiredCount }: RdbLoadResult): void {
    this.lastLoad = { loadedKeyCount: keyCount, expiredKeyCount: expiredCount };
  }

  /** Says why a file can't be loaded. @throws What is no fault of the file. */
  #noteFailure(error: unknown): void {
    const { log } = this.#server;
    // As in Redis, the reason is the last line for a log; tools look for it there.
    if (error instanceof AofError) return log.warning(error.message);
    if (error instanceof ForeignRdbError) {
      log.warning(error.message);
      return log.warning("Fatal error loading the DB: Invalid argument. Exiting.");
    }
    if (error instanceof RdbError) {
      const { offset, message } = error;
      if (error instanceof ShortRdbError) {
        log.warning("Short read or OOM loading DB. Unrecoverable error, aborting now.");
      }
      log.warning(
        `Internal error in RDB reading offset ${offset}, file ${this.#saving.path} -> ${message}`,
      );
      return log.warning("Terminating server after rdb file reading failure.");
    }
    if (!isSystemError(error)) throw error;
    log.warning(`Fatal error loading the DB: ${systemReasonOf(error)}. Exiting.`);
  }
}
