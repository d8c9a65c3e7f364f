/**
 * Saving: when snapshots are written to the file, and how the last ones went.
 *
 * By hand with SAVE, at once, or BGSAVE, between commands; by itself at save points, so many changes
 * within so many seconds; and at the end. After a failure the next try by itself is five seconds later.
 * While a snapshot fails and there are save points, writes are refused (`DiskErrorGate`).
 *
 * Behaviour: Redis 7.0 rdb.c, serverCron; the log lines are those that people and tools look for there.
 *
 * @module
 */

import { savePointsOf } from "../../config/mod.ts";
import type { SavingFacts, ServerParts } from "../../engine/mod.ts";
import { systemReasonOf } from "../../errors/system_reason.ts";
import { isSystemError } from "../disk_failure.ts";
import { exists } from "../durable_files.ts";
import { beginSnapshotJob, RdbEntries, SnapshotFile, type SnapshotJob } from "../snapshot/mod.ts";

/** Seconds without a try by itself after a failure. */
const RETRY_DELAY_SECONDS = 5;
/** Bytes after which a snapshot written at once goes on to the file. */
const WRITE_BYTES_MIN = 1024 * 1024;
/** Entries between two looks at how many bytes there are. */
const STEP_COUNT = 64;

/** Writes the snapshots of one server. */
export class Saving implements SavingFacts {
  lastSaveSeconds: number;
  isLastGood = true;
  lastDurationSeconds = -1;
  lastPeakBytes = 0;
  isScheduled = false;

  readonly #server: ServerParts;
  readonly #nextTurn: () => Promise<void>;
  #job: SnapshotJob | undefined;
  #running: Promise<void> = Promise.resolve();
  #startSeconds = 0;
  #lastTrySeconds = 0;
  #changesBefore = 0;

  /** @param nextTurn Lets everything that is ready by now have its turn. */
  constructor(server: ServerParts, nextTurn: () => Promise<void>) {
    this.#server = server;
    this.#nextTurn = nextTurn;
    this.lastSaveSeconds = this.#nowSeconds();
  }

  get isRunning(): boolean {
    return this.#job !== undefined;
  }

  get hasSavePoints(): boolean {
    return this.#server.config.text("save") !== "";
  }

  get currentDurationSeconds(): number {
    return this.#job === undefined ? -1 : this.#nowSeconds() - this.#startSeconds;
  }

  get savedKeyCount(): number {
    return this.#job?.savedKeyCount ?? 0;
  }

  get keyCount(): number {
    return this.#job?.keyCount ?? 0;
  }

  get waitingBytes(): number {
    return this.#job?.waitingBytes ?? 0;
  }

  get waitingBytesPeak(): number {
    return this.#job?.waitingBytesPeak ?? 0;
  }

  /** The file of the snapshots. */
  get path(): string {
    const { config } = this.#server;
    return pathIn(config.path("dir"), config.path("dbfilename"));
  }

  /**
   * Writes a snapshot while everybody waits.
   *
   * @returns Whether it is there; if not, the log says why.
   */
  save(): boolean {
    const file = this.#newFile(`temp-${this.#server.identity.pid}.rdb`);
    try {
      file.openSync();
      this.#writeAll(file);
      file.finishSync();
    } catch (error) {
      file.discardSync();
      this.#logFailure(error, file);
      return false;
    }
    this.#server.log.notice("DB saved on disk");
    this.#noteSuccess(this.#server.stats.changesSinceSave);
    return true;
  }

  /** Begins a snapshot between commands; none may be on its way. What comes of it the log says. */
  begin(): void {
    const { store, config, stats, log, identity } = this.#server;
    stats.rdbSaves++;
    this.#lastTrySeconds = this.#nowSeconds();
    const file = this.#newFile(`temp-bg-${identity.pid}.rdb`);
    this.#changesBefore = stats.changesSinceSave;
    this.#startSeconds = this.#nowSeconds();
    const job = beginSnapshotJob(this.#server, {
      writer: new RdbEntries(store, config, "snapshot"),
      file,
      nextTurn: this.#nextTurn,
    });
    this.#job = job;
    log.notice(`Background saving started by pid ${identity.pid}`);
    this.#running = this.#follow(job, file);
  }

  /** Begins one as soon as nothing else takes a snapshot. */
  schedule(): void {
    this.isScheduled = true;
  }

  /** Breaks off what is on its way: the data that it saves is not wanted any more. */
  abort(): void {
    this.#job?.abort();
  }

  /** The same; resolves when nothing is left of it. */
  async stop(): Promise<void> {
    this.abort();
    await this.#running;
  }

  /** Begins a snapshot if it is time for one. @param mayBegin Whether nothing else takes one. */
  beat(mayBegin: boolean): void {
    if (this.#job !== undefined || !mayBegin) return;
    const isPatient = this.isLastGood ||
      this.#nowSeconds() - this.#lastTrySeconds > RETRY_DELAY_SECONDS;
    if (!isPatient) return;
    if (this.isScheduled) {
      this.isScheduled = false;
      this.begin();
      return;
    }
    const changeCount = this.#server.stats.changesSinceSave;
    if (changeCount === 0) return;
    const ageSeconds = this.#nowSeconds() - this.lastSaveSeconds;
    const point = savePointsOf(this.#server.config.text("save")).find((point) =>
      changeCount >= point.changeCount && ageSeconds > point.seconds
    );
    if (point === undefined) return;
    const { changeCount: count, seconds } = point;
    this.#server.log.notice(`${count} changes in ${seconds} seconds. Saving...`);
    this.begin();
  }

  async #follow(job: SnapshotJob, file: SnapshotFile): Promise<void> {
    const { log } = this.#server;
    try {
      if (await job.run()) {
        log.notice("DB saved on disk");
        log.notice("Background saving terminated with success");
        this.#noteSuccess(this.#changesBefore);
      } else {
        log.warning("Background saving was broken off");
      }
    } catch (error) {
      this.isLastGood = false;
      this.#logFailure(error, file);
      log.warning("Background saving error");
    }
    this.lastDurationSeconds = this.#nowSeconds() - this.#startSeconds;
    this.lastPeakBytes = job.waitingBytesPeak;
    this.#job = undefined;
  }

  #noteSuccess(changeCount: number): void {
    const { stats } = this.#server;
    // DEBUG RELOAD may have saved everything while a snapshot was on its way.
    stats.changesSinceSave = Math.max(0, stats.changesSinceSave - changeCount);
    this.lastSaveSeconds = this.#nowSeconds();
    this.isLastGood = true;
  }

  #newFile(temporaryName: string): SnapshotFile {
    const { config, latency } = this.#server;
    return new SnapshotFile({
      path: this.path,
      temporaryPath: pathIn(config.path("dir"), temporaryName),
      isSyncedOften: config.boolean("rdb-save-incremental-fsync"),
      noteRemoval: (durationMs) => latency.record("rdb-unlink-temp-file", durationMs),
    });
  }

  #logFailure(error: unknown, { operation, temporaryName }: SnapshotFile): void {
    if (!isSystemError(error)) throw error;
    const { config, log } = this.#server;
    const directory = config.path("dir"), reason = systemReasonOf(error);
    const place = `(in server root dir ${exists(directory) ? directory : "unknown"})`;
    if (operation === "fopen") {
      log.warning(
        `Failed opening the temp RDB file ${temporaryName} ${place} for saving: ${reason}`,
      );
    } else if (operation === "rename") {
      const name = config.valueOf("dbfilename");
      log.warning(
        `Error moving temp DB file ${temporaryName} on the final destination ${name} ${place}: ${reason}`,
      );
    } else {
      log.warning(`Write error saving DB on disk(${operation}): ${reason}`);
    }
  }

  #writeAll(file: SnapshotFile): void {
    const { store, config } = this.#server;
    const writer = new RdbEntries(store, config, "snapshot");
    writer.header();
    for (const { index, count, expiringCount } of store.databases) {
      if (count === 0) continue;
      writer.begin(index, count, expiringCount);
      let cursor = 0;
      do {
        cursor = store.databases[index].scanAll(cursor, STEP_COUNT, (ref) => {
          const steps = writer.entry(index, ref);
          while (steps !== undefined && !steps.next().done);
        });
        if (writer.byteCount >= WRITE_BYTES_MIN) file.writeSync(writer.take());
      } while (cursor !== 0);
    }
    writer.end();
    file.writeSync(writer.take());
  }

  #nowSeconds(): number {
    return Math.floor(this.#server.clock.nowMs() / 1000);
  }
}

function pathIn(directory: string, name: string): string {
  return `${directory}/${name}`;
}
