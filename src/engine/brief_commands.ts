/**
 * Brief commands: those that ran since the clock was last looked at, and share the time since.
 *
 * A pipeline mostly says the same thing many times, so they are noted as runs of one command: counting
 * a run costs no more than counting a call. A transaction that is brief itself takes the shares of
 * what it ran, and one of its own.
 *
 *   SET SET SET GET GET       -> SET x 3, GET x 2           five shares
 *   MULTI (SET SET SET) EXEC  -> MULTI, SET x 3, EXEC = 4   five shares, of which EXEC is told four
 *
 * Always true: the shares of commands that did not run within another add up to the time.
 *
 * @module
 */

import type { Command } from "./command.ts";

/** Runs that are noted at most; then the clock must be looked at. */
const RUN_COUNT_MAX = 512;

/** Commands whose time is not known yet. */
export class BriefCommands {
  /** How many have been noted, ever. */
  notedCount = 0;
  #sharedCount = 0;
  readonly #commands: Command[] = [];
  readonly #counts = new Int32Array(RUN_COUNT_MAX);
  /** Shares of each command of a run. */
  readonly #shares = new Int32Array(RUN_COUNT_MAX);
  #runCount = 0;

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#runCount === 0;
  }

  /** Whether no other may be noted before the time is shared. */
  get isFull(): boolean {
    return this.#runCount === RUN_COUNT_MAX;
  }

  /**
   * Notes a command that ran.
   *
   * @param shares How many shares it took: its own and those of commands that ran within it.
   */
  note(command: Command, shares = 1): void {
    this.notedCount++;
    const last = this.#runCount - 1;
    if (last >= 0 && this.#commands[last] === command && this.#shares[last] === shares) {
      this.#counts[last]++;
      return;
    }
    this.#commands[last + 1] = command;
    this.#counts[last + 1] = 1;
    this.#shares[last + 1] = shares;
    this.#runCount++;
  }

  /**
   * Divides a time evenly among all and forgets them.
   *
   * @param tracksLatency See `CommandStats.recordCall`.
   */
  share(durationUs: number, tracksLatency: boolean): void {
    const shareUs = durationUs / (this.notedCount - this.#sharedCount);
    this.#sharedCount = this.notedCount;
    for (let run = 0; run < this.#runCount; run++) {
      const eachUs = shareUs * this.#shares[run];
      this.#commands[run].stats.recordCalls(eachUs, this.#counts[run], tracksLatency);
    }
    this.#runCount = 0;
  }
}
