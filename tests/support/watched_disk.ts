/**
 * Watched disk: tells of each step that files take to the disk, and lets any of them fail.
 *
 * It stands in front of the runtime's own file calls while it is in use, so what is tested is the server
 * as it is. Only files below one directory are watched; reads are not.
 *
 * @module
 */

/** What a step does. */
export type DiskAction = "open" | "write" | "sync" | "rename" | "remove";

/** One step. */
export interface DiskStep {
  readonly action: DiskAction;
  /** Path of the file; of a rename, the new one. */
  readonly path: string;
}

type AnyFunction = (...args: never[]) => unknown;

/** Calls of `Deno` whose first or second argument is a path. */
const CALLS = [
  ["open", "open", 0],
  ["openSync", "open", 0],
  ["rename", "rename", 1],
  ["renameSync", "rename", 1],
  ["remove", "remove", 0],
  ["removeSync", "remove", 0],
] as const;
/** Calls of an open file. */
const FILE_CALLS = [
  ["write", "write"],
  ["writeSync", "write"],
  ["sync", "sync"],
  ["syncSync", "sync"],
  ["syncData", "sync"],
  ["syncDataSync", "sync"],
] as const;

/** Stands in front of the file calls until it is disposed. */
export class WatchedDisk implements Disposable {
  readonly #undo: (() => void)[] = [];
  readonly #paths = new WeakMap<Deno.FsFile, string>();

  /**
   * @param root Files below it are watched.
   * @param before Called before each step; the step fails with what it throws. One that another thread does
   *   waits for what it returns.
   */
  constructor(root: string, before: (step: DiskStep) => void | Promise<void>) {
    const tell = (action: DiskAction, path: string | undefined): void | Promise<void> => {
      if (path?.startsWith(`${root}/`)) return before({ action, path });
    };
    const paths = this.#paths;
    for (const [name, action, index] of CALLS) {
      this.#replace(Deno, name, (original) =>
        function (...args: unknown[]): unknown {
          const path = String(args[index]);
          const call = original as (...args: unknown[]) => unknown;
          const note = (outcome: unknown): unknown =>
            action === "open" ? noted(outcome as Deno.FsFile, path) : outcome;
          if (name.endsWith("Sync")) {
            tell(action, path);
            return note(call(...args));
          }
          return (async () => {
            await tell(action, path);
            return note(await call(...args));
          })();
        });
    }
    for (const [name, action] of FILE_CALLS) {
      this.#replace(
        Deno.FsFile.prototype,
        name,
        (original) =>
          function (this: Deno.FsFile, ...args: unknown[]): unknown {
            const call = (original as (...args: unknown[]) => unknown).bind(this, ...args);
            const path = paths.get(this);
            if (
              !name.endsWith("Sync")
            ) return (async () => (await tell(action, path), await call()))();
            tell(action, path);
            return call();
          },
      );
    }
    function noted(file: Deno.FsFile, path: string): Deno.FsFile {
      paths.set(file, path);
      return file;
    }
  }

  [Symbol.dispose](): void {
    for (const undo of this.#undo) undo();
  }

  #replace(owner: object, name: string, make: (original: AnyFunction) => AnyFunction): void {
    const holder = owner as Record<string, AnyFunction>;
    const original = holder[name];
    holder[name] = make(original);
    this.#undo.push(() => void (holder[name] = original));
  }
}

/** What a disk says that has broken. */
export function inputOutputError(): Error {
  return Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
}
