/**
 * Snapshot file: what is written beside the last snapshot and takes its place when it is whole.
 *
 * Until the rename the last snapshot is there untouched; whatever fails before costs only the new one.
 * The bytes reach the disk before the name does, and the name before anybody is told that it is saved.
 * On the way the system is asked every few megabytes to write down what it has (`rdb-save-incremental-
 * fsync`), so that the one at the end does not hold up everybody else who uses the disk.
 *
 * A base of an append-only log keeps its temporary name: with it goes a list of files, see `AofDirectory`.
 *
 * @module
 */

import { isSystemError } from "../disk_failure.ts";
import { directoryOf, syncDirectory, syncDirectorySync, writeAll } from "../durable_files.ts";
import type { SnapshotOutput } from "./snapshot_job.ts";

/** Where a snapshot goes. */
export interface SnapshotPlace {
  /** The file that it becomes; `undefined`: its owner sees to that. */
  readonly path?: string;
  /** What it is until then, in the same directory. */
  readonly temporaryPath: string;
  /** Whether the disk is to keep up while the file is written. */
  readonly isSyncedOften: boolean;
  /** Told how long it took to remove the temporary file. */
  readonly noteRemoval?: (durationMs: number) => void;
}

/** Bytes after which the disk is to catch up. */
const SYNCED_BYTES = 4 * 1024 * 1024;

/** What is done to a file, in Redis' words: one after the other. */
export type FileOperation = "fopen" | "rdbSaveRio" | "fsync" | "rename" | "fsyncFileDir";

const OPEN_OPTIONS: Deno.OpenOptions = { write: true, create: true, truncate: true, mode: 0o644 };

/** One file that is being written. Each failure is the system's error. */
export class SnapshotFile implements SnapshotOutput {
  /** What was begun last: after a failure, what has failed. */
  operation: FileOperation = "fopen";

  readonly #place: SnapshotPlace;
  #file!: Deno.FsFile;
  #unsyncedBytes = 0;
  #isOpen = false;
  /** Whether there may be something of it on the disk. */
  #isThere = false;

  constructor(place: SnapshotPlace) {
    this.#place = place;
  }

  /** Name of the temporary file in its directory. */
  get temporaryName(): string {
    const { temporaryPath } = this.#place;
    return temporaryPath.slice(temporaryPath.lastIndexOf("/") + 1);
  }

  /** Opens the temporary file, whatever was there. */
  async open(): Promise<void> {
    this.#begin(await Deno.open(this.#place.temporaryPath, OPEN_OPTIONS));
  }

  /** The same while everybody waits. */
  openSync(): void {
    this.#begin(Deno.openSync(this.#place.temporaryPath, OPEN_OPTIONS));
  }

  /** Writes bytes, which must not change meanwhile. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#file.write(bytes.subarray(sent));
    if (this.#wantsSync(bytes.length)) await this.#file.syncData();
  }

  /** The same while everybody waits. */
  writeSync(bytes: Uint8Array): void {
    writeAll(this.#file, bytes);
    if (this.#wantsSync(bytes.length)) this.#file.syncDataSync();
  }

  /** Has all reach the disk, and takes the place of the last snapshot. */
  async finish(): Promise<void> {
    const { path, temporaryPath } = this.#place;
    this.operation = "fsync";
    await this.#file.sync();
    this.#close();
    if (path === undefined) return;
    this.operation = "rename";
    await Deno.rename(temporaryPath, path);
    this.operation = "fsyncFileDir";
    await syncDirectory(directoryOf(path));
  }

  /** The same while everybody waits. */
  finishSync(): void {
    const { path, temporaryPath } = this.#place;
    this.operation = "fsync";
    this.#file.syncSync();
    this.#close();
    if (path === undefined) return;
    this.operation = "rename";
    Deno.renameSync(temporaryPath, path);
    this.operation = "fsyncFileDir";
    syncDirectorySync(directoryOf(path));
  }

  /** Closes and removes what there is of it. */
  async discard(): Promise<void> {
    if (!this.#isThere) return;
    const startMs = performance.now();
    this.#close();
    try {
      await Deno.remove(this.#place.temporaryPath);
    } catch (error) {
      passOver(error);
    }
    this.#place.noteRemoval?.(performance.now() - startMs);
  }

  /** The same while everybody waits. */
  discardSync(): void {
    if (!this.#isThere) return;
    this.#close();
    try {
      Deno.removeSync(this.#place.temporaryPath);
    } catch (error) {
      passOver(error);
    }
  }

  #begin(file: Deno.FsFile): void {
    this.#file = file;
    this.#isOpen = this.#isThere = true;
    this.operation = "rdbSaveRio";
  }

  #wantsSync(byteCount: number): boolean {
    this.#unsyncedBytes += byteCount;
    if (!this.#place.isSyncedOften || this.#unsyncedBytes < SYNCED_BYTES) return false;
    this.#unsyncedBytes = 0;
    return true;
  }

  #close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }
}

/** It may have gone with its directory; what can't be removed is overwritten by the next. */
function passOver(error: unknown): void {
  if (!isSystemError(error)) throw error;
}
