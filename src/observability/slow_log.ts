/**
 * Slow log: the latest commands that took longer than a limit, with their arguments.
 *
 * The dispatcher asks `isSlow` about every command, which is two comparisons; only for a slow one are
 * the client's address looked up and the arguments copied. Long arguments and long argument lists are
 * cut, so an entry costs at most some 5 KB whatever the command was.
 *
 * Entries stand oldest first in an array with a moving head, because `shift` on an array of a million
 * (`slowlog-max-len` allows it) moves all of them. Dropped entries stay referenced until the head has
 * passed half of the array: at most twice `entryCountMax` entries are held.
 *
 * Always true: `entryCount` is at most `entryCountMax`; ids rise and are not reused, not even by
 * `reset`.
 * Cost: `isSlow` O(1) without allocation; `record` O(arguments kept), the head amortized O(1).
 * Behaviour: Redis 7.0 SLOWLOG.
 *
 * @module
 */
import { type ByteView, textOfBytes } from "../base/byte_view.ts";
import type { Clock } from "../base/clock.ts";

/** Arguments kept of a command; of a longer one the last place says how many more there were. */
const SLOW_LOG_ARGUMENT_COUNT_MAX = 32;

/** Bytes kept of an argument; behind it stands how many more there were. */
const SLOW_LOG_ARGUMENT_BYTES_MAX = 128;

/** The arguments of a command, its name first; borrowed while an entry is made. */
export interface SlowLogArguments {
  /** Number of arguments. */
  readonly count: number;
  /** The argument at an index below `count`; may be the same view each time. */
  at(index: number): ByteView;
}

/** Who sent a slow command. */
export interface SlowLogClient {
  /** Address and port, or path of the socket. */
  readonly address: string;
  /** Name given by CLIENT SETNAME, else empty; binary text. */
  readonly name: string;
}

/** One slow command. */
export interface SlowLogEntry {
  /** Number of the entry, from 0, unique for the life of the server. */
  readonly id: number;
  /** When the command ended, in Unix seconds. */
  readonly unixSeconds: number;
  /** How long it took, in whole microseconds. */
  readonly durationUs: number;
  /** Its arguments, cut, as binary text. */
  readonly arguments: readonly string[];
  /** Address of the client. */
  readonly clientAddress: string;
  /** Name of the client, may be empty. */
  readonly clientName: string;
}

/** Limits of a slow log. */
export interface SlowLogOptions {
  /** `slowlog-log-slower-than`: microseconds from which a command is slow. @default 10000 */
  readonly slowerThanUs?: number;
  /** `slowlog-max-len`: number of entries kept. @default 128 */
  readonly entryCountMax?: number;
}

/** A bounded list of slow commands. */
export class SlowLog {
  /** Microseconds from which a command is slow; 0 takes every command, negative none. */
  slowerThanUs: number;
  readonly #clock: Clock;
  #entries: SlowLogEntry[] = [];
  #headIndex = 0;
  #entryCountMax: number;
  #nextId = 0;

  /**
   * @param clock Dates the entries
   * @param options Limits to start with; see `SlowLogOptions`
   */
  constructor(clock: Clock, options: SlowLogOptions = {}) {
    this.#clock = clock;
    this.slowerThanUs = options.slowerThanUs ?? 10_000;
    this.#entryCountMax = options.entryCountMax ?? 128;
  }

  /** Number of entries kept now. */
  get entryCount(): number {
    return this.#entries.length - this.#headIndex;
  }

  /** Number of entries kept at most; lowering it drops the oldest at once. */
  get entryCountMax(): number {
    return this.#entryCountMax;
  }

  set entryCountMax(entryCountMax: number) {
    this.#entryCountMax = entryCountMax;
    this.#dropOldest();
  }

  /**
   * Whether a command of this duration belongs here.
   *
   * @param durationUs In microseconds
   * @returns Always false while `slowerThanUs` is negative
   */
  isSlow(durationUs: number): boolean {
    return this.slowerThanUs >= 0 && durationUs >= this.slowerThanUs;
  }

  /**
   * Adds an entry, whatever its duration; ask `isSlow` before.
   *
   * @param durationUs In microseconds
   * @param args The command's arguments, its name first; copied
   * @param client Who sent it; copied
   */
  record(durationUs: number, args: SlowLogArguments, client: SlowLogClient): void {
    this.#entries.push({
      id: this.#nextId++,
      unixSeconds: Math.floor(this.#clock.nowMs() / 1000),
      durationUs: Math.trunc(durationUs),
      arguments: cutArguments(args),
      clientAddress: client.address,
      clientName: client.name,
    });
    this.#dropOldest();
  }

  /**
   * The latest entries.
   *
   * @param count How many at most; -1 means all
   * @returns Newest first
   */
  entries(count: number): SlowLogEntry[] {
    const wantedCount = count < 0 ? this.entryCount : Math.min(count, this.entryCount);
    return this.#entries.slice(this.#entries.length - wantedCount).reverse();
  }

  /** Drops all entries; ids go on. */
  reset(): void {
    this.#entries = [];
    this.#headIndex = 0;
  }

  #dropOldest(): void {
    const excessCount = this.entryCount - this.#entryCountMax;
    if (excessCount <= 0) return;
    this.#headIndex += excessCount;
    // Once half of the places are dead, moving the live ones was paid for by those that died.
    if (this.#headIndex >= this.entryCount) {
      this.#entries = this.#entries.slice(this.#headIndex);
      this.#headIndex = 0;
    }
  }
}

/** Copies arguments as binary text, cutting long ones and a long list. */
function cutArguments(args: SlowLogArguments): string[] {
  const isCut = args.count > SLOW_LOG_ARGUMENT_COUNT_MAX;
  const keptCount = isCut ? SLOW_LOG_ARGUMENT_COUNT_MAX - 1 : args.count;
  const texts: string[] = [];
  for (let index = 0; index < keptCount; index++) texts.push(cutArgument(args.at(index)));
  if (isCut) texts.push(`... (${args.count - keptCount} more arguments)`);
  return texts;
}

/** Copies one argument as binary text, cutting a long one. */
function cutArgument(view: ByteView): string {
  const excessBytes = view.byteCount - SLOW_LOG_ARGUMENT_BYTES_MAX;
  if (excessBytes <= 0) return view.toText();
  const kept = textOfBytes(view.bytes, view.start, view.start + SLOW_LOG_ARGUMENT_BYTES_MAX);
  return `${kept}... (${excessBytes} more bytes)`;
}
