/**
 * Log: the server's diary, line by line in Redis' format.
 *
 *   4711:M 24 Nov 2026 10:44:33.123 * Ready to accept connections
 *   pid  | local time               | text
 *        role: M primary, S replica, X sentinel, C child
 *                                   level: . debug, - verbose, * notice, # warning
 *
 * Test suites and supervisors wait for such lines, so the format is part of the interface. The levels
 * are those of Redis 7.0; `nothing` came with 7.2 and is not among them.
 *
 * Where lines go is a sink's business (standard output, a file, syslog, a list in a test): this class
 * opens nothing. A sink that fails (disk full, closed pipe) must not take the server along: the line
 * is dropped and counted.
 *
 * Behaviour: Redis 7.0 `loglevel`, `logfile`; a text is cut at 1,023 bytes as there.
 *
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { InvariantError } from "../base/invariant.ts";

/** Importance of a line, from the least. */
export type LogLevel = "debug" | "verbose" | "notice" | "warning";

/** Who speaks: primary, replica, sentinel or child. */
export type LogRole = "M" | "S" | "X" | "C";

/** Receives finished lines. */
export interface LogSink {
  /**
   * Writes a line at once, so that it is there if the process dies next.
   *
   * @param line The bytes, line end included; the sink's to keep
   */
  write(line: Uint8Array): void;
}

/** What a log is made of. */
export interface LogOptions {
  /** Gives the time of each line. */
  readonly clock: Clock;
  /** Where lines go. */
  readonly sink: LogSink;
  /** Process id at the start of each line. */
  readonly pid: number;
  /** Lines below it are dropped. @default "notice" */
  readonly level?: LogLevel;
}

/** The levels by name in rising importance, as `loglevel` accepts them. */
export const LOG_LEVELS: readonly LogLevel[] = ["debug", "verbose", "notice", "warning"];

/** Longest text of a line; raw lines have no limit. */
const LOG_TEXT_BYTES_MAX = 1023;

const LEVEL_CHARACTERS = ".-*#";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Writes lines of at least a given level to a sink. */
export class Log {
  /** Lines below this level are dropped; may change at any time. */
  level: LogLevel;
  /** Printed behind the process id; changes with the server's role. */
  role: LogRole = "M";
  readonly #clock: Clock;
  readonly #sink: LogSink;
  readonly #pid: number;
  #lostLineCount = 0;

  /**
   * @param options Kept parts of the log; see `LogOptions`
   */
  constructor(options: LogOptions) {
    this.level = options.level ?? "notice";
    this.#clock = options.clock;
    this.#sink = options.sink;
    this.#pid = options.pid;
  }

  /** Number of lines the sink failed to take. */
  get lostLineCount(): number {
    return this.#lostLineCount;
  }

  /**
   * Whether lines of a level are written; spares the making of a costly text.
   *
   * @param level The level to ask about
   * @returns False if such a line would be dropped
   */
  isEnabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(this.level);
  }

  /**
   * Writes what only a developer wants to know.
   *
   * @param text One line without its end
   */
  debug(text: string): void {
    this.write("debug", text);
  }

  /**
   * Writes what is rarely useful but not a mess.
   *
   * @param text One line without its end
   */
  verbose(text: string): void {
    this.write("verbose", text);
  }

  /**
   * Writes what an operator wants to see.
   *
   * @param text One line without its end
   */
  notice(text: string): void {
    this.write("notice", text);
  }

  /**
   * Writes what an operator must see.
   *
   * @param text One line without its end
   */
  warning(text: string): void {
    this.write("warning", text);
  }

  /**
   * Writes a line if its level is high enough.
   *
   * @param level Importance of the line
   * @param text Without line end; cut at `LOG_TEXT_BYTES_MAX`
   */
  write(level: LogLevel, text: string): void {
    if (!this.isEnabled(level)) return;
    const time = formatLocalTime(this.#clock.nowMs());
    const character = LEVEL_CHARACTERS[LOG_LEVELS.indexOf(level)];
    const bytes = logBytesOf(text).subarray(0, LOG_TEXT_BYTES_MAX);
    this.#deliver(`${this.#pid}:${this.role} ${time} ${character} `, bytes, "\n");
  }

  /**
   * Writes text as it is, without time and level (the logo).
   *
   * @param level Importance of the text
   * @param text Any number of lines, their ends included
   */
  raw(level: LogLevel, text: string): void {
    if (this.isEnabled(level)) this.#deliver("", logBytesOf(text), "");
  }

  /**
   * Writes the line that announces a signal, in the shape Redis gives lines of signal handlers:
   * `4711:signal-handler (1795517073) Received SIGTERM scheduling shutdown...`.
   *
   * @param text Without line end
   */
  signal(text: string): void {
    if (!this.isEnabled("warning")) return;
    const unixSeconds = Math.floor(this.#clock.nowMs() / 1000);
    this.#deliver(`${this.#pid}:signal-handler (${unixSeconds}) `, logBytesOf(text), "\n");
  }

  #deliver(head: string, text: Uint8Array, end: string): void {
    const line = new Uint8Array(head.length + text.length + end.length);
    line.set(logBytesOf(head));
    line.set(text, head.length);
    line.set(logBytesOf(end), head.length + text.length);
    try {
      this.#sink.write(line);
    } catch (failure) {
      if (!(failure instanceof Error) || failure instanceof InvariantError) throw failure;
      this.#lostLineCount++;
    }
  }
}

/** A moment in local time, `24 Nov 2026 10:44:33.123`. */
function formatLocalTime(now: number): string {
  const date = new Date(now);
  const day = String(date.getDate()).padStart(2, "0");
  const hours = String(date.getHours()).padStart(2, "0");
  const minutes = String(date.getMinutes()).padStart(2, "0");
  const seconds = String(date.getSeconds()).padStart(2, "0");
  const milliseconds = String(date.getMilliseconds()).padStart(3, "0");
  return `${day} ${MONTHS[date.getMonth()]} ${date.getFullYear()} ` +
    `${hours}:${minutes}:${seconds}.${milliseconds}`;
}

/**
 * Bytes of a log text. Most of it is binary text, one byte a character. Texts of the runtime's errors
 * may hold more: such a text is real Unicode and becomes UTF-8, rather than losing its high bits.
 */
function logBytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0xff) return new TextEncoder().encode(text);
    bytes[index] = code;
  }
  return bytes;
}
