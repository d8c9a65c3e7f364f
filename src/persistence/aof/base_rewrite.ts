/**
 * Base rewrite: writes a new base file of the data as they were when it began.
 *
 * A snapshot hands the entries out in slices of about a millisecond, with a gap in between, in which
 * commands run. Files are written by other threads, one piece at a time; while one is under way the
 * next is collected. Where the disk is slower than the snapshot, that one waits: what it has not come
 * to takes no memory. Only what commands change meanwhile is saved at once and has to.
 *
 * Always true: `ended` settles exactly once, and never rejects for what a disk does. Until then the
 * file is incomplete; then, if all went well, it is complete and on the disk.
 *
 * @module
 */

import type { Timer } from "../../base/clock.ts";
import type { ServerParts } from "../../engine/mod.ts";
import { Snapshot } from "../../store/mod.ts";
import { isSystemError } from "../disk_failure.ts";
import { removeIfThere, systemReasonOf } from "../durable_files.ts";
import type { BaseWriter } from "./base_writer.ts";
import { CommandBase } from "./command_base.ts";
import type { BaseFormat } from "./manifest.ts";
import { RdbBase } from "./rdb_base.ts";

/** Longest piece of work without a gap, and the gap. */
const SLICE_US = 1000;
const GAP_MS = 2;
/** Bytes that are collected before they are written. */
const CHUNK_BYTES = 256 * 1024;
/** Bytes that may wait for the disk before the snapshot does. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** Bytes after which the disk is told to keep up (`aof-rewrite-incremental-fsync`). */
const SYNC_BYTES = 4 * 1024 * 1024;
const SECOND_US = 1_000_000;

/** All of a base without a key. */
export function emptyBase(server: ServerParts, format: BaseFormat): Uint8Array {
  const writer = newWriter(server, format);
  writer.header();
  writer.end();
  return writer.take();
}

/** One rewrite, under way from when it is made. */
export class BaseRewrite {
  readonly path: string;
  readonly format: BaseFormat;
  /** Settles when it is over, with whether the file is complete. */
  readonly ended: Promise<boolean>;
  /** Whether somebody has ended it. */
  isAborted = false;

  readonly #server: ServerParts;
  readonly #writer: BaseWriter;
  readonly #snapshot: Snapshot;
  readonly #file: Deno.FsFile;
  readonly #startUs: number;
  readonly #settle: (isDone: boolean) => void;
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;
  #unsyncedBytes = 0;
  #hasFailed = false;
  #isSnapshotDone = false;
  #isClosed = false;

  /** @throws {Error} The system's, when the file can't be made; nothing has begun then. */
  constructor(server: ServerParts, path: string, format: BaseFormat) {
    this.#server = server;
    this.path = path;
    this.format = format;
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o644 });
    this.#startUs = server.clock.monotonicUs();
    this.#writer = newWriter(server, format);
    this.#writer.header();
    this.#snapshot = Snapshot.begin(server.store, this.#writer);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.ended = promise;
    this.#settle = resolve;
    this.#goOnLater();
  }

  /** How long it has been going on, in whole seconds. */
  get elapsedSeconds(): number {
    return Math.floor((this.#server.clock.monotonicUs() - this.#startUs) / SECOND_US);
  }

  /** Ends it; what is there of the file is removed. */
  abort(): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.#fail();
  }

  /** Removes the file, if it is there. */
  removeFile(): void {
    try {
      removeIfThere(this.path);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#server.log.warning(`Can't remove ${this.path}: ${systemReasonOf(error)}`);
    }
  }

  #goOnLater(): void {
    this.#timer = this.#server.clock.setTimer(GAP_MS, () => this.#goOn());
  }

  #goOn(): void {
    this.#timer = undefined;
    const writer = this.#writer;
    if (writer.byteCount < WAITING_BYTES_MAX) {
      const { clock } = this.#server;
      const endUs = clock.monotonicUs() + SLICE_US;
      if (!this.#snapshot.advance(() => clock.monotonicUs() < endUs)) {
        this.#isSnapshotDone = true;
        writer.end();
      }
    }
    if (writer.byteCount >= CHUNK_BYTES || this.#isSnapshotDone) this.#writing ??= this.#write();
    if (!this.#isSnapshotDone) this.#goOnLater();
  }

  /** Writes what has been collected. */
  async #write(): Promise<void> {
    try {
      while (this.#writer.byteCount >= CHUNK_BYTES || this.#isSnapshotDone) {
        if (this.#hasFailed) break;
        const bytes = this.#writer.take();
        let writtenBytes = 0;
        while (writtenBytes < bytes.length) {
          writtenBytes += await this.#file.write(bytes.subarray(writtenBytes));
        }
        await this.#keepUp(bytes.length);
        if (!this.#isSnapshotDone || this.#writer.byteCount > 0) continue;
        await this.#file.sync();
        break;
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#server.log.warning(
        `Write error writing append only file on disk: ${systemReasonOf(error)}`,
      );
      this.#fail();
    } finally {
      this.#writing = undefined;
    }
    if (this.#isSnapshotDone || this.#hasFailed) this.#close();
  }

  async #keepUp(byteCount: number): Promise<void> {
    this.#unsyncedBytes += byteCount;
    if (this.#unsyncedBytes < SYNC_BYTES) return;
    this.#unsyncedBytes = 0;
    if (this.#server.config.boolean("aof-rewrite-incremental-fsync")) await this.#file.syncData();
  }

  #fail(): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#timer?.cancel();
    this.#snapshot.abort();
    // Whoever writes closes the file afterwards.
    if (this.#writing === undefined) this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#file.close();
    this.#settle(!this.#hasFailed);
  }
}

function newWriter({ store, config, clock }: ServerParts, format: BaseFormat): BaseWriter {
  if (format === "aof") {
    const isRemarked = config.boolean("aof-timestamp-enabled");
    return new CommandBase(store, isRemarked ? clock.nowMs() : undefined);
  }
  return new RdbBase(store, {
    isCompressing: config.boolean("rdbcompression"),
    isChecksummed: config.boolean("rdbchecksum"),
    policy: config.text("maxmemory-policy"),
  });
}
