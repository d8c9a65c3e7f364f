/**
 * Manifest: which files make up the append-only log, and in which order they are read.
 *
 * The log is not one file: a rewrite begins a new incremental file and, when it is through, exchanges
 * the base and all older increments for a new base. What counts is what this list says, and it is
 * replaced as a whole: so a crash at any moment leaves the old files or the new ones, never a mixture.
 *
 *   file appendonly.aof.2.base.rdb seq 2 type b      the data as they were when the rewrite began
 *   file appendonly.aof.1.incr.aof seq 1 type h      history: to be removed
 *   file appendonly.aof.2.incr.aof seq 2 type i      effects since, oldest first
 *
 * Always true: at most one base; the sequence numbers of increments grow. A manifest is never changed:
 * each step makes a new one, which is in force once it is on the disk.
 * Behaviour: Redis 7.0 `aof.c`. Not here: the files themselves (`AofDirectory`).
 *
 * @module
 */

import { quoteWord, splitWords } from "../../base/quoting.ts";
import { AofError } from "./aof_error.ts";

/** Lines with their ends, in pieces of as many bytes as Redis reads at once: a longer line is several. */
const PIECES = /[^\n]{0,1023}\n|[^\n]{1,1024}/g;

/** Base, history, increment. */
export type AofFileType = "b" | "h" | "i";

/** One file of the log. */
export interface AofFile {
  /** Its name within the directory, as binary text. */
  readonly name: string;
  readonly sequence: number;
  readonly type: AofFileType;
}

/** What a new base file holds. */
export type BaseFormat = "rdb" | "aof";

/** The list of files. */
export class Manifest {
  readonly base: AofFile | undefined;
  readonly increments: readonly AofFile[];
  readonly history: readonly AofFile[];
  readonly #baseSequence: number;
  readonly #incrementSequence: number;

  private constructor(lists: ManifestLists) {
    this.base = lists.base;
    this.increments = lists.increments;
    this.history = lists.history;
    this.#baseSequence = lists.baseSequence;
    this.#incrementSequence = lists.incrementSequence;
  }

  /** Of no file at all. */
  static readonly EMPTY = new Manifest({
    base: undefined,
    increments: [],
    history: [],
    baseSequence: 0,
    incrementSequence: 0,
  });

  /** Of a single file that is all there is: what was an append-only file before there were several. */
  static ofSingleFile(name: string): Manifest {
    return new Manifest({
      base: { name, sequence: 1, type: "b" },
      increments: [],
      history: [],
      baseSequence: 1,
      incrementSequence: 0,
    });
  }

  /**
   * Reads one.
   *
   * @param text Binary text.
   * @throws {AofError} When it is none.
   */
  static parse(text: string): Manifest {
    if (text === "") throw new AofError("Found an empty AOF manifest");
    let base: AofFile | undefined;
    const increments: AofFile[] = [], history: AofFile[] = [];
    (text.match(PIECES) ?? []).forEach((piece, index) => {
      if (piece.startsWith("#")) return;
      const line = piece.replace("\n", "");
      const refuse = (reason: string) => refusal(reason, index + 1, line);
      // So Redis says of any line whose end it can't see.
      if (!piece.endsWith("\n") || line.includes("\0")) {
        throw refuse("The AOF manifest file contains too long line");
      }
      const file = parseLine(line, refuse);
      if (file.type === "h") history.push(file);
      else if (file.type === "b") {
        if (base !== undefined) throw refuse("Found duplicate base file information");
        base = file;
      } else {
        if (file.sequence <= (increments.at(-1)?.sequence ?? 0)) {
          throw refuse("Found a non-monotonic sequence number");
        }
        increments.push(file);
      }
    });
    return new Manifest({
      base,
      increments,
      history,
      baseSequence: base?.sequence ?? 0,
      incrementSequence: increments.at(-1)?.sequence ?? 0,
    });
  }

  /** Whether nothing is to be loaded. */
  get isEmpty(): boolean {
    return this.base === undefined && this.increments.length === 0;
  }

  /** What is loaded, in order. */
  get files(): readonly AofFile[] {
    return this.base === undefined ? this.increments : [this.base, ...this.increments];
  }

  /** As it is written to the disk, as binary text. */
  format(): string {
    const files = [...(this.base ? [this.base] : []), ...this.history, ...this.increments];
    return files.map(({ name, sequence, type }) => {
      const needsQuotes = /[^\x21-\x7e]|["\\]/.test(name);
      return `file ${needsQuotes ? quoteWord(name) : name} seq ${sequence} type ${type}\n`;
    }).join("");
  }

  /** One with a new increment behind the others. @param baseName What all names begin with. */
  withNewIncrement(baseName: string): Manifest {
    const sequence = this.#incrementSequence + 1;
    const file: AofFile = { name: `${baseName}.${sequence}.incr.aof`, sequence, type: "i" };
    return this.#with({
      increments: [...this.increments, file],
      incrementSequence: sequence,
    });
  }

  /**
   * One with a new base, for which the old one and all increments but the last become history.
   *
   * @param keepsLast Whether the last increment goes on: it holds what was done since the base.
   */
  withNewBase(baseName: string, format: BaseFormat, keepsLast: boolean): Manifest {
    const sequence = this.#baseSequence + 1;
    const kept = keepsLast ? this.increments.slice(-1) : [];
    const gone = this.increments.slice(0, this.increments.length - kept.length);
    const formerly = this.base === undefined ? gone : [...gone, this.base]; // Redis' order
    return this.#with({
      base: { name: `${baseName}.${sequence}.base.${format}`, sequence, type: "b" },
      baseSequence: sequence,
      increments: kept,
      history: [...formerly.map((file) => ({ ...file, type: "h" as const })), ...this.history],
    });
  }

  /** One that has forgotten the history. */
  withoutHistory(): Manifest {
    return this.#with({ history: [] });
  }

  #with(changes: Partial<ManifestLists>): Manifest {
    return new Manifest({
      base: this.base,
      increments: this.increments,
      history: this.history,
      baseSequence: this.#baseSequence,
      incrementSequence: this.#incrementSequence,
      ...changes,
    });
  }
}

interface ManifestLists {
  base: AofFile | undefined;
  increments: readonly AofFile[];
  history: readonly AofFile[];
  /** The last numbers that were given. */
  baseSequence: number;
  incrementSequence: number;
}

function parseLine(line: string, refuse: (reason: string) => AofError): AofFile {
  const words = splitWords(line);
  if (words === undefined || words.length < 6 || words.length % 2 !== 0) {
    throw refuse("Invalid AOF manifest file format");
  }
  let name = "", sequence = 0, type = "";
  for (let index = 0; index < words.length; index += 2) {
    const value = words[index + 1];
    switch (words[index].toLowerCase()) {
      case "file":
        name = value;
        break;
      case "seq":
        sequence = Number.parseInt(value, 10) || 0;
        break;
      case "type":
        type = value.slice(0, 1);
    }
  }
  if (/[/\\]/.test(name)) throw refuse("File can't be a path, just a filename");
  if (name === "" || sequence === 0 || type === "") {
    throw refuse("Invalid AOF manifest file format");
  }
  if (type !== "b" && type !== "h" && type !== "i") throw refuse("Unknown AOF file type");
  return { name, sequence, type };
}

function refusal(reason: string, line: number, text: string): AofError {
  return new AofError(`${reason}: line ${line} of the AOF manifest, '${text}'`);
}
