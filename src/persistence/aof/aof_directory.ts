/**
 * AOF directory: the files of an append-only log, and the manifest that says which of them count.
 *
 * Each change of the list is made in an order in which a crash between any two steps does no harm:
 * first the new file, then the manifest that names it, at last the removal of files that no manifest
 * names any more. A rewrite, with what a server loads that starts there (b: base, i: increment):
 *
 *   files                  manifest      loads
 *   b1 i1                  b1 i1         b1 i1
 *   b1 i1 i2               b1 i1         b1 i1          i2 is made, nothing is written to it
 *   b1 i1 i2               b1 i1 i2      b1 i1 i2       effects go to i2; temp: what b1 i1 are
 *   b1 i1 i2 temp          b1 i1 i2      b1 i1 i2       temp is on the disk
 *   b1 i1 i2 b2            b1 i1 i2      b1 i1 i2       temp is renamed
 *   b1 i1 i2 b2            b2 i2         b2 i2          b1 i1 are history
 *   i2 b2                  b2 i2         b2 i2
 *
 * The manifest is replaced by a rename, which a crash of the server can't undo; one of the machine can,
 * until the directory has reached the disk. So that is waited for before history is removed, and under
 * `appendfsync always` before replies tell of what is in i2.
 *
 * What is done while clients are served has other threads wait for the disk. One change at a time: who
 * begins another before the last one's promise has settled would lose one of them.
 *
 * Always true: `manifest` is the one that has been renamed to its place.
 * Behaviour: Redis 7.0 `aof.c`; either server starts on the other's directory.
 *
 * @module
 */

import { bytesOfText, textOfBytes } from "../../base/byte_view.ts";
import type { Log } from "../../observability/mod.ts";
import { isSystemError } from "../disk_failure.ts";
import {
  exists,
  isDirectory,
  isFile,
  removeIfThere,
  replaceFileSync,
  syncDirectory,
  syncDirectorySync,
  writeDurably,
} from "../durable_files.ts";
import { AofError, attempt, attemptLater } from "./aof_error.ts";
import { type AofFile, type BaseFormat, Manifest } from "./manifest.ts";

/** Where the files are. */
export interface AofPlace {
  /** The server's directory, where a single append-only file of old was. */
  readonly parent: string;
  /** `appenddirname`, as a path. */
  readonly directoryName: string;
  /** `appendfilename`, as binary text: what the names of all files begin with. */
  readonly baseName: string;
}

/** Whether effects are logged; `waiting`: until there is a base, in a file that does not count yet. */
export type LogState = "off" | "waiting" | "on";

/**
 * An increment that is written on. It is opened twice, since a handle that is being synchronized by another
 * thread can't be written to; what either forces to the disk is the file, whoever wrote to it.
 */
export interface LogFile {
  /** At the end. */
  readonly file: Deno.FsFile;
  readonly synchronizer: Deno.FsFile;
}

/** An increment that was opened and is in no list in force; owned by whoever asked for it. */
export interface NewIncrement {
  readonly file: LogFile;
  readonly name: string;
  /** The list that names it. */
  readonly manifest: Manifest;
}

/** The files of one log. */
export class AofDirectory {
  readonly path: string;
  readonly #place: AofPlace;
  readonly #log: Log;
  #manifest = Manifest.EMPTY;

  constructor(place: AofPlace, log: Log) {
    this.#place = place;
    this.#log = log;
    this.path = joined(place.parent, place.directoryName);
  }

  /** Which files count. */
  get manifest(): Manifest {
    return this.#manifest;
  }

  /** The path of a file by its name, given as binary text. */
  pathOf(name: string): string {
    return joined(this.path, pathText(name));
  }

  /** The bytes that a file has; 0 if it is absent. */
  bytesOf(file: AofFile): number {
    const path = this.pathOf(file.name);
    return exists(path) ? Deno.statSync(path).size : 0;
  }

  /**
   * Reads the manifest, if there is one.
   *
   * @throws {AofError} When the manifest is damaged.
   */
  read(): void {
    const path = this.#manifestPath;
    if (!isDirectory(this.path) || !exists(path)) {
      this.#manifest = Manifest.EMPTY;
      return;
    }
    const failure =
      `Fatal error: can't open the AOF manifest file ${this.#manifestName} for reading`;
    this.#manifest = Manifest.parse(textOfBytes(attempt(failure, () => Deno.readFileSync(path))));
  }

  /** Takes in the one file that a server of before 7.0 had: it is the base of the new log. */
  takeOldFileIn(): void {
    const name = this.#place.baseName;
    const oldPath = joined(this.#place.parent, pathText(name));
    if (!isFile(oldPath)) return;
    const { base, increments, isEmpty } = this.#manifest;
    const wasInterrupted = base?.name === name && increments.length === 0 &&
      !exists(this.pathOf(name));
    if (!isEmpty && !wasInterrupted) return;
    this.ensure();
    this.#persist(Manifest.ofSingleFile(name));
    Deno.renameSync(oldPath, this.pathOf(name));
    syncDirectorySync(this.path);
    this.#log.notice(
      `Successfully migrated an old-style AOF file (${name}) into the AOF directory (${this.#place.directoryName}).`,
    );
  }

  /** Makes the directory if it is absent. @throws {AofError} When it can't be had. */
  ensure(): void {
    const { parent, directoryName } = this.#place;
    const failure = `Can't open or create append-only dir ${directoryName}`;
    attempt(failure, () => {
      if (isDirectory(this.path)) return;
      if (exists(this.path)) throw new AofError(`${failure}: Not a directory`);
      Deno.mkdirSync(this.path, { mode: 0o755 });
      syncDirectorySync(parent === "" ? "." : parent);
    });
  }

  /**
   * Opens the increment that is written on, or a first one.
   *
   * @returns Its handles, and whether it is new.
   * @throws {AofError} When it can't be opened, or not be listed.
   */
  openIncrement(): { file: LogFile; name: string; isNew: boolean } {
    const last = this.#manifest.increments.at(-1);
    const next = last === undefined
      ? this.#manifest.withNewIncrement(this.#place.baseName)
      : this.#manifest;
    const { name } = next.increments.at(-1)!;
    const file = this.#openForAppend(name, false);
    if (next !== this.#manifest) this.#persist(next); // else it stays as it is, with all that others noted in it
    return { file, name, isNew: last === undefined };
  }

  /** Opens a further increment, which no manifest names yet. @throws {AofError} */
  openNewIncrement(): NewIncrement {
    const manifest = this.#manifest.withNewIncrement(this.#place.baseName);
    const { name } = manifest.increments.at(-1)!;
    return { file: this.#openForAppend(name, true), name, manifest };
  }

  /** Has a list that names it reach the disk, beside the one in force. */
  async stageIncrement({ manifest }: NewIncrement): Promise<void> {
    await this.#stage(manifest);
  }

  /**
   * Puts that list into force, at once: all before goes to other files, all from now on to this one.
   *
   * @returns What settles when a crash of the machine can't undo it.
   */
  commitIncrement({ manifest }: NewIncrement): Promise<void> {
    attempt(
      this.#commitFailure,
      () => Deno.renameSync(this.#temporaryManifestPath, this.#manifestPath),
    );
    this.#manifest = manifest;
    return syncDirectory(this.path);
  }

  /** Closes and removes an increment that no manifest names. */
  async discardIncrement({ file, name }: NewIncrement): Promise<void> {
    file.file.close();
    file.synchronizer.close();
    await removeIfThere(this.pathOf(name));
  }

  /** Name of the increment that is no part of the log until a first base is complete. */
  get temporaryIncrementName(): string {
    return `temp-${this.#place.baseName}.incr`;
  }

  /** Opens it, empty. @throws {AofError} */
  openTemporaryIncrement(): LogFile {
    return this.#openForAppend(this.temporaryIncrementName, true);
  }

  /** Removes it. */
  async removeTemporaryIncrement(): Promise<void> {
    const name = this.temporaryIncrementName;
    this.#log.notice(`Removing the temp incr aof file ${name} in the background`);
    await removeIfThere(this.pathOf(name));
  }

  /**
   * Puts a new base into force; what was before it becomes history.
   *
   * @param temporaryPath The base, complete and on the disk; renamed.
   * @param state Whether effects are logged: to the last increment (on), to the temporary one (waiting),
   *   or nowhere.
   * @throws {AofError} When the system refuses; when the list is in force, though the disk may not know, nothing that it
   *   names is removed, nor is what it replaced.
   */
  async installBase(temporaryPath: string, format: BaseFormat, state: LogState): Promise<void> {
    const { baseName } = this.#place;
    let next = this.#manifest.withNewBase(baseName, format, state === "on");
    const newNames = [next.base!.name];
    try {
      await this.#install("base", temporaryPath, newNames[0]);
      if (state === "waiting") {
        next = next.withNewIncrement(baseName);
        newNames.push(next.increments[0].name);
        const path = this.pathOf(this.temporaryIncrementName);
        await this.#install("incr", path, newNames[1]);
      }
      await this.#sync(); // the files first, then the list of them
      await this.#stage(next);
      await attemptLater(
        this.#commitFailure,
        () => Deno.rename(this.#temporaryManifestPath, this.#manifestPath),
      );
    } catch (error) {
      for (const name of newNames) await discard(this.pathOf(name));
      throw error;
    }
    this.#manifest = next;
    await this.#sync();
  }

  /** Gives a file its name in the list. @param temporaryPath What it was until then. */
  async #install(kind: "base" | "incr", temporaryPath: string, name: string): Promise<void> {
    const temporaryName = temporaryPath.slice(temporaryPath.lastIndexOf("/") + 1);
    const file = `the temporary AOF ${kind} file ${temporaryName} into`;
    await attemptLater(
      `Error trying to rename ${file} ${this.#place.directoryName}/${name}`,
      () => Deno.rename(temporaryPath, this.pathOf(name)),
    );
    this.#log.notice(`Successfully renamed ${file} ${name}`);
  }

  /** Writes a base where there is none yet. @param bytes All of it. @throws {AofError} */
  createBase(format: BaseFormat, bytes: Uint8Array): string {
    const next = this.#manifest.withNewBase(this.#place.baseName, format, true);
    const { name } = next.base!;
    attempt("Error moving temp append only file on the final destination", () => {
      replaceFileSync(this.pathOf(name), this.pathOf(`temp-${name}`), bytes);
    });
    this.#manifest = next; // on the disk with the increment
    return name;
  }

  /** Removes the files that count no longer. */
  async removeHistory(): Promise<void> {
    if (this.#manifest.history.length === 0) return;
    for (const { name } of this.#manifest.history) {
      this.#log.notice(`Removing the history file ${name} in the background`);
      await removeIfThere(this.pathOf(name));
    }
    const next = this.#manifest.withoutHistory();
    await this.#stage(next);
    await Deno.rename(this.#temporaryManifestPath, this.#manifestPath);
    this.#manifest = next;
    await syncDirectory(this.path);
  }

  /** Path of a file that a new base is written to. */
  get temporaryBasePath(): string {
    return joined(this.#place.parent, `temp-rewriteaof-bg-${Deno.pid}.aof`);
  }

  get #manifestName(): string {
    return `${this.#place.baseName}.manifest`;
  }

  get #manifestPath(): string {
    return this.pathOf(this.#manifestName);
  }

  get #temporaryManifestPath(): string {
    return this.pathOf(`temp-${this.#manifestName}`);
  }

  /** What is said when a list does not come into force. */
  get #commitFailure(): string {
    const name = this.#manifestName;
    return `Error trying to rename the temporary AOF manifest file temp-${name} into ${name}`;
  }

  /** Has a list reach the disk that is not in force yet. */
  async #stage(manifest: Manifest): Promise<void> {
    await attemptLater(
      `Error trying to write the temporary AOF manifest file temp-${this.#manifestName}`,
      () => writeDurably(this.#temporaryManifestPath, bytesOfText(manifest.format())),
    );
  }

  /** Puts a list into force while everybody waits. */
  #persist(manifest: Manifest): void {
    const bytes = bytesOfText(manifest.format());
    attempt(`Error trying to write the AOF manifest file ${this.#manifestName}`, () => {
      replaceFileSync(this.#manifestPath, this.#temporaryManifestPath, bytes);
    });
    this.#manifest = manifest;
  }

  /** Has the names of the files reach the disk. */
  async #sync(): Promise<void> {
    await attemptLater(
      `Fail to fsync AOF directory ${this.#place.directoryName}/${this.#manifestName}`,
      () => syncDirectory(this.path),
    );
  }

  #openForAppend(name: string, isEmptied: boolean): LogFile {
    return attempt(
      `Can't open the append-only file ${name}`,
      () => openForAppend(this.pathOf(name), isEmptied),
    );
  }
}

/** Removes a file that has come to nothing; one that can't be removed does no harm. */
async function discard(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function openForAppend(path: string, isEmptied: boolean): LogFile {
  const file = Deno.openSync(path, { append: true, create: true, mode: 0o644 });
  try {
    if (isEmptied) file.truncateSync(0);
    return { file, synchronizer: Deno.openSync(path, { read: true }) };
  } catch (error) {
    file.close();
    throw error;
  }
}

function joined(directory: string, name: string): string {
  return directory === "" || directory === "." ? name : `${directory}/${name}`;
}

/** Binary text as a path of the system. */
function pathText(name: string): string {
  return new TextDecoder().decode(bytesOfText(name));
}
