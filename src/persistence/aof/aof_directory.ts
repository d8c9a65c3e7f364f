/**
 * AOF directory: the files of an append-only log, and the manifest that says which of them count.
 *
 * Each change of the list is made in an order in which a crash between any two steps does no harm:
 * first the new file, then the manifest that names it, at last the removal of files that no manifest
 * names any more.
 *
 * Always true: `manifest` is what is on the disk.
 * Behaviour: Redis 7.0 `aof.c`; either server starts on the other's directory.
 *
 * @module
 */

import { bytesOfText, textOfBytes } from "../../base/byte_view.ts";
import type { Log } from "../../observability/mod.ts";
import { exists, removeIfThere, replaceFile, syncDirectory } from "../durable_files.ts";
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
    this.#manifest = exists(path)
      ? Manifest.parse(textOfBytes(Deno.readFileSync(path)))
      : Manifest.EMPTY;
  }

  /** Takes in the one file that a server of before 7.0 had: it is the base of the new log. */
  takeOldFileIn(): void {
    const name = this.#place.baseName;
    const oldPath = joined(this.#place.parent, pathText(name));
    if (!exists(oldPath)) return;
    const { base, increments, isEmpty } = this.#manifest;
    const wasInterrupted = base?.name === name && increments.length === 0 &&
      !exists(this.pathOf(name));
    if (!isEmpty && !wasInterrupted) return;
    this.ensure();
    this.#persist(Manifest.ofSingleFile(name));
    Deno.renameSync(oldPath, this.pathOf(name));
    syncDirectory(this.path);
    this.#log.notice(
      `Successfully migrated an old-style AOF file (${name}) into the AOF directory (${this.#place.directoryName}).`,
    );
  }

  /** Makes the directory if it is absent. */
  ensure(): void {
    if (exists(this.path)) return;
    Deno.mkdirSync(this.path, { mode: 0o755 });
    syncDirectory(this.#place.parent === "" ? "." : this.#place.parent);
  }

  /**
   * Opens the increment that is written on, or a first one.
   *
   * @returns Its handle at its end, and whether it is new.
   */
  openIncrement(): { file: Deno.FsFile; name: string; isNew: boolean } {
    const last = this.#manifest.increments.at(-1);
    const next = last === undefined
      ? this.#manifest.withNewIncrement(this.#place.baseName)
      : this.#manifest;
    const { name } = next.increments.at(-1)!;
    const file = openForAppend(this.pathOf(name), false);
    this.#persist(next);
    return { file, name, isNew: last === undefined };
  }

  /** Opens a further increment, behind all that was written so far. */
  openNewIncrement(): { file: Deno.FsFile; name: string } {
    const next = this.#manifest.withNewIncrement(this.#place.baseName);
    const { name } = next.increments.at(-1)!;
    const file = openForAppend(this.pathOf(name), true);
    try {
      this.#persist(next);
    } catch (error) {
      file.close();
      throw error;
    }
    return { file, name };
  }

  /** Name of the increment that is no part of the log until a first base is complete. */
  get temporaryIncrementName(): string {
    return `temp-${this.#place.baseName}.incr`;
  }

  /** Opens it, empty. */
  openTemporaryIncrement(): Deno.FsFile {
    return openForAppend(this.pathOf(this.temporaryIncrementName), true);
  }

  /** Removes it. */
  removeTemporaryIncrement(): void {
    removeIfThere(this.pathOf(this.temporaryIncrementName));
  }

  /**
   * Puts a new base into force; what was before it becomes history.
   *
   * @param temporaryPath The base, complete and on the disk; renamed.
   * @param state Whether effects are logged: to the last increment (on), to the temporary one (waiting),
   *   or nowhere.
   */
  installBase(temporaryPath: string, format: BaseFormat, state: LogState): void {
    const baseName = this.#place.baseName;
    let next = this.#manifest.withNewBase(baseName, format, state === "on");
    const newPaths = [this.pathOf(next.base!.name)];
    try {
      Deno.renameSync(temporaryPath, newPaths[0]);
      if (state === "waiting") {
        next = next.withNewIncrement(baseName);
        newPaths.push(this.pathOf(next.increments[0].name));
        Deno.renameSync(this.pathOf(this.temporaryIncrementName), newPaths[1]);
      }
      this.#persist(next);
    } catch (error) {
      for (const path of newPaths) removeIfThere(path);
      throw error;
    }
  }

  /** Writes a base where there is none yet. @param bytes All of it. */
  createBase(format: BaseFormat, bytes: Uint8Array): string {
    const next = this.#manifest.withNewBase(this.#place.baseName, format, true);
    const { name } = next.base!;
    replaceFile(this.pathOf(name), this.pathOf(`temp-${name}`), bytes);
    this.#manifest = next; // on the disk with the increment
    return name;
  }

  /** Removes the files that count no longer. */
  removeHistory(): void {
    if (this.#manifest.history.length === 0) return;
    for (const { name } of this.#manifest.history) {
      this.#log.notice(`Removing the history file ${name} in the background`);
      removeIfThere(this.pathOf(name));
    }
    this.#persist(this.#manifest.withoutHistory());
  }

  /** Path of a file that a new base is written to. */
  get temporaryBasePath(): string {
    return joined(this.#place.parent, `temp-rewriteaof-bg-${Deno.pid}.aof`);
  }

  get #manifestPath(): string {
    return this.pathOf(`${this.#place.baseName}.manifest`);
  }

  #persist(manifest: Manifest): void {
    const temporaryPath = this.pathOf(`temp-${this.#place.baseName}.manifest`);
    replaceFile(this.#manifestPath, temporaryPath, bytesOfText(manifest.format()));
    this.#manifest = manifest;
  }
}

function openForAppend(path: string, isEmptied: boolean): Deno.FsFile {
  const file = Deno.openSync(path, { append: true, create: true, mode: 0o644 });
  if (isEmptied) file.truncateSync(0);
  return file;
}

function joined(directory: string, name: string): string {
  return directory === "" || directory === "." ? name : `${directory}/${name}`;
}

/** Binary text as a path of the system. */
function pathText(name: string): string {
  return new TextDecoder().decode(bytesOfText(name));
}
