/**
 * Configuration error: a directive, a value or a file that the server can't work with.
 *
 * One class for three places: a file or command line at start-up (then `file`, `line` and
 * `lineText` say where), CONFIG SET, and a hook that can't apply a new value. The message is the
 * reason alone, in Redis' words; who prints it adds the surroundings.
 *
 * @module
 */

/** Where a configuration error was found, and what caused it. */
export interface ConfigErrorPlace {
  /** Path of the file, or `undefined` for the command line. */
  readonly file?: string;
  /** Number of the line in its file, from 1. */
  readonly line?: number;
  /** The line as written, trimmed. */
  readonly lineText?: string;
  /** The failure underneath. */
  readonly cause?: unknown;
}

/** A bad configuration; `main.ts` prints it and exits with 1, CONFIG SET replies with it. */
export class ConfigError extends Error {
  /** Path of the file, if the error stands in one. */
  readonly file?: string;
  /** Number of the line, from 1, if the error stands in a file or on the command line. */
  readonly line?: number;
  /** The line as written, trimmed. */
  readonly lineText?: string;

  /**
   * @param message the reason, as Redis words it
   * @param place where it was found
   */
  constructor(message: string, place: ConfigErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = "ConfigError";
    this.file = place.file;
    this.line = place.line;
    this.lineText = place.lineText;
  }
}
