/**
 * Config: the values of all directives, and the only way to change them.
 *
 * One object, passed down, rather than a global: two servers in one process have one each. It holds
 * texts, one for each directive, in the form CONFIG GET prints; parts of the server that need a
 * value often read it once and again in their `onApply` hook, not in the hot path.
 *
 * CONFIG SET is all or nothing in three steps, as in Redis: find all directives, read all values,
 * run the hooks of those that changed. If a step fails, the old values come back, and hooks that
 * ran already run once more to apply them.
 *
 * Always true: each value is one that its directive's kind has accepted.
 * Behaviour: Redis 7.0 `configSetCommand`, `configGetCommand`, `loadServerConfigFromString`.
 * Not here: file syntax (config_file.ts), CONFIG REWRITE (rewrite.ts).
 *
 * @module
 */
import { bytesOfText, ByteView } from "../base/byte_view.ts";
import { Glob } from "../base/glob.ts";
import { invariant } from "../base/invariant.ts";
import { splitWords } from "../base/quoting.ts";
import { ConfigError } from "../errors/config_error.ts";
import { shown } from "../errors/shown_word.ts";
import type { ConfigLine } from "./config_file.ts";
import {
  type BooleanName,
  type Directive,
  DIRECTIVE_NAMES,
  type DirectiveName,
  DIRECTIVES,
  findDirective,
  findFileDirective,
  type NumberName,
  type TextName,
} from "./directives.ts";
import type { DirectiveKind } from "./directive_kind.ts";
import type { NumberKind } from "./numeric_kind.ts";

/**
 * Puts a changed value into force: it reads the value from `config` and does what there is to do.
 *
 * @throws {ConfigError} with the reason, if that is not possible; then the old value comes back and
 * the hook runs again
 */
export type ApplyHook = (config: Config) => void;

/** What CONFIG SET may do at the moment. */
export interface SetOptions {
  /** Whether this client may change protected directives (`enable-protected-configs`). */
  readonly mayChangeProtected?: boolean;
  /** While a data set loads: what to throw for a directive that is fixed meanwhile. */
  readonly loadingRefusal?: Error;
  /** Told what the log is to warn of. */
  readonly warn?: (text: string) => void;
}

/** One directive of a CONFIG SET. */
interface Change {
  readonly directive: Directive;
  /** The name or alias it was called by, in lower case. */
  readonly name: string;
  readonly value: string;
}

/** The values of all directives. */
export class Config {
  readonly #texts = new Map<string, string>();
  readonly #hooks = new Map<string, ApplyHook[]>();
  readonly #fileLines: ConfigLine[] = [];
  /** The last line that has set a directive, of those that a file or the command line has set. */
  readonly #loadedLines = new Map<string, ConfigLine>();

  /** All directives at their defaults. */
  constructor() {
    for (const directive of DIRECTIVES) this.#texts.set(directive.name, directive.default);
  }

  /** The value of a directive of words or free text, as binary text. */
  text(name: TextName): string {
    return this.#textOf(name);
  }

  /** The value of a directive that is on or off. */
  boolean(name: BooleanName): boolean {
    return this.#textOf(name) === "yes";
  }

  /**
   * The value of a numeric directive.
   *
   * @returns the number, to the nearest double above 2^53; a percentage is negative
   */
  number(name: NumberName): number {
    const kind = findDirective(name)!.kind as NumberKind;
    return kind.numberOf(this.#textOf(name));
  }

  /** The value of a directive that names a file, as a path for the system; empty if unset. */
  path(name: TextName): string {
    return new TextDecoder().decode(bytesOfText(this.#textOf(name)));
  }

  /** The value of any directive as CONFIG REWRITE needs it. */
  valueOf(name: DirectiveName): string {
    return this.#textOf(name);
  }

  /**
   * CONFIG GET: names and values of all directives that match.
   *
   * @param patterns names in any case, or glob patterns, as binary text
   * @returns pairs in the order of the patterns, then of the table; an exact name as it was asked
   */
  get(patterns: readonly string[]): [name: string, value: string][] {
    const found = new Map<string, [string, string]>();
    for (const pattern of patterns) {
      const glob = shown(pattern, Infinity);
      const names = /[[*?]/.test(glob) ? matchingNames(glob) : [pattern];
      for (const name of names) {
        const directive = findDirective(name);
        const key = name.toLowerCase();
        if (directive === undefined || found.has(key)) continue;
        const text = this.#textOf(directive.name);
        found.set(key, [name, directive.kind.show?.(text) ?? text]);
      }
    }
    return [...found.values()];
  }

  /**
   * CONFIG SET: changes all the directives or, if one can't be changed, none.
   *
   * @param pairs names, or aliases, and values, as binary text
   * @param options what is allowed at the moment
   * @returns lines for the log, one for each directive that is not acted upon yet
   * @throws {ConfigError} with the text of the error reply, without its code `ERR`
   */
  set(pairs: readonly (readonly [string, string])[], options: SetOptions = {}): string[] {
    const changes = findChanges(pairs, options);
    const before = new Map(this.#texts);
    const ranHooks = new Set<ApplyHook>();
    let current: Change | undefined;
    let isApplying = false;
    try {
      for (current of changes) this.#read(current);
      isApplying = true;
      for (current of changes) {
        const { directive } = current;
        const isChanged = before.get(directive.name) !== this.#textOf(directive.name);
        if (!isChanged && !directive.isVolatile) continue;
        for (const hook of this.#hooks.get(directive.name) ?? []) {
          if (ranHooks.has(hook)) continue;
          ranHooks.add(hook);
          hook(this);
        }
      }
    } catch (error) {
      this.#restore(before, ranHooks);
      if (!(error instanceof ConfigError)) throw error;
      // Redis changes to `dir` while it reads the values.
      if (isApplying && current!.directive.name !== "dir") options.warn?.(undoneNotice(current!));
      throw setFailure(current!.name, error.message, error);
    }
    return changes.filter(({ directive }) => !directive.isActedUpon)
      .map(({ directive }) => futileNotice(directive.name));
  }

  /**
   * Names what puts changes of directives into force, from CONFIG SET on.
   *
   * @param names the directives; if several of them change at once, the hook runs once
   * @param hook runs after all values of a CONFIG SET are in, behind those named before
   */
  onApply(names: DirectiveName | readonly DirectiveName[], hook: ApplyHook): void {
    for (const name of typeof names === "string" ? [names] : names) {
      this.#hooks.set(name, [...this.#hooks.get(name) ?? [], hook]);
    }
  }

  /**
   * Sets a directive without hooks and though it be immutable: options of an embedding program, and
   * what the server finds out itself, such as the absolute path of `dir`.
   *
   * @param value as for CONFIG SET, as binary text
   * @throws {ConfigError} with the reason, if the value is not possible
   */
  assign(name: DirectiveName, value: string): void {
    this.#read({ directive: findDirective(name)!, name, value });
  }

  /**
   * Takes over the lines of files and the command line, in order, at start-up; no hook runs.
   *
   * @param lines the lines; read one by one, so an error is the first in the order of the text
   * @returns lines for the log, one for each directive that is not acted upon yet
   * @throws {ConfigError} with its place, if a directive or value is not possible
   */
  load(lines: Iterable<ConfigLine>): string[] {
    const notices = new Map<string, string>();
    for (const line of lines) {
      try {
        const name = this.#loadLine(line);
        if (name !== undefined && !notices.has(name)) notices.set(name, futileNotice(name, line));
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        throw errorAt(line, error.message, error);
      }
    }
    return [...notices.values()];
  }

  /**
   * The lines that were loaded of a directive without a value, such as `rename-command`.
   *
   * @param name the directive, in lower case
   */
  linesOf(name: string): readonly ConfigLine[] {
    return this.#fileLines.filter((line) => line.name === name);
  }

  /**
   * The error for a value that can't be together with others.
   *
   * @param name a directive
   * @param reason what is wrong
   * @returns an error with the place where the directive was set, if it was
   */
  refusal(name: DirectiveName, reason: string): ConfigError {
    const line = this.#loadedLines.get(name);
    return line === undefined ? new ConfigError(reason) : errorAt(line, reason);
  }

  /**
   * Whether a directive's value must not appear in logs.
   *
   * @param name in any case; need not be a directive's
   */
  isSecret(name: string): boolean {
    return findDirective(name.toLowerCase())?.isSensitive ?? false;
  }

  #textOf(name: string): string {
    const text = this.#texts.get(name);
    invariant(text !== undefined, `Cannot read unknown directive: ${name}`);
    return text;
  }

  #read(change: Change): void {
    const { kind, name } = change.directive;
    const { value } = change;
    const words = !kind.takesSeveral ? [value] : value === "" ? [] : value.split(" ");
    this.#texts.set(name, kind.read(seenBy(kind, words), this.#textOf(name)));
  }

  /** Takes a line over; returns the name of the directive if the line has no effect yet. */
  #loadLine(line: ConfigLine): string | undefined {
    const directive = findDirective(line.name);
    if (directive !== undefined) {
      this.#loadValue(directive, line);
      return directive.isActedUpon ? undefined : directive.name;
    }
    const known = findFileDirective(line.name);
    const count = line.words.length;
    if (known === undefined || count < known.wordsMin || count > known.wordsMax) {
      throw new ConfigError("Bad directive or wrong number of arguments");
    }
    this.#fileLines.push(line);
    return known.isActedUpon || known.isObsolete ? undefined : known.name;
  }

  #loadValue({ name, kind }: Directive, line: ConfigLine): void {
    const words = seenBy(kind, line.words);
    if (!kind.takesSeveral && words.length !== 1) {
      throw new ConfigError("wrong number of arguments");
    }
    // One quoted word may hold all the others, as in --save "60 1".
    const isPacked = kind.takesSeveral && words.length === 1 && words[0] !== "";
    const unpacked = isPacked ? splitWords(words[0]) : words;
    if (unpacked === undefined) throw new ConfigError("Unbalanced quotes in configuration line");

    const before = this.#textOf(name);
    const text = kind.read(unpacked, before);
    const isFurther = kind.accumulates === true && this.#loadedLines.has(name);
    const adds = isFurther && !(unpacked.length === 1 && unpacked[0] === "");
    this.#texts.set(name, adds ? `${before} ${text}`.trim() : text);
    this.#loadedLines.set(name, line);
  }

  /** Brings the old values back and has the hooks that ran apply them. */
  #restore(before: ReadonlyMap<string, string>, ranHooks: Iterable<ApplyHook>): void {
    for (const [name, text] of before) this.#texts.set(name, text);
    for (const hook of ranHooks) {
      try {
        hook(this);
      } catch (error) {
        // The first failure is what the client hears of; this one is its consequence.
        if (!(error instanceof ConfigError)) throw error;
      }
    }
  }
}

/** What a kind sees of words. */
function seenBy(kind: DirectiveKind, words: readonly string[]): readonly string[] {
  return kind.seesZeroBytes ? words : words.map((word) => shown(word, Infinity));
}

function errorAt(line: ConfigLine, reason: string, cause?: unknown): ConfigError {
  const { file, line: number, text: lineText } = line;
  return new ConfigError(reason, { file, line: number, lineText, cause });
}

/** The directives of a CONFIG SET, if all of them exist and may be changed. */
function findChanges(
  pairs: readonly (readonly [string, string])[],
  options: SetOptions,
): Change[] {
  const changes: Change[] = [];
  for (const [givenName, value] of pairs) {
    const directive = findDirective(givenName);
    if (directive === undefined) {
      throw new ConfigError(
        `Unknown option or number of arguments for CONFIG SET - '${shown(givenName, Infinity)}'`,
      );
    }
    if (directive.isImmutable) throw setFailure(givenName, "can't set immutable config");
    if (directive.isProtected && !options.mayChangeProtected) {
      throw setFailure(givenName, "can't set protected config");
    }
    if (directive.isFixedWhileLoading && options.loadingRefusal) throw options.loadingRefusal;
    const name = givenName.toLowerCase();
    if (changes.some((change) => change.name === name)) {
      throw setFailure(givenName, "duplicate parameter");
    }
    changes.push({ directive, name, value });
  }
  return changes;
}

function setFailure(name: string, reason: string, cause?: unknown): ConfigError {
  const text = `CONFIG SET failed (possibly related to argument '${name}')`;
  return new ConfigError(reason === "" ? text : `${text} - ${reason}`, { cause });
}

function matchingNames(pattern: string): string[] {
  const glob = new Glob(ByteView.ofText(pattern), true);
  return DIRECTIVE_NAMES.filter((name) =>
    !findDirective(name)!.isHidden && glob.matches(ByteView.ofText(name))
  );
}

/** The log line for values that are taken back, since one can't be put into force. */
function undoneNotice({ name }: Change): string {
  return `Failed applying new configuration. Possibly related to new ${name} setting. Restoring previous settings.`;
}

/** The log line for a directive that was set in vain. */
function futileNotice(name: string, line?: ConfigLine): string {
  const notice = `Directive '${name}' is accepted but not acted upon yet`;
  if (line === undefined) return notice;
  return `${notice} (${line.file ?? "command line"}, line ${line.line})`;
}
