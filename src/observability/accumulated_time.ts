/**
 * Accumulated time: how long a condition has held, now and altogether.
 *
 * INFO shows two such pairs: `total_` and `current_eviction_exceeded_time` (memory over the limit),
 * `total_` and `current_active_defrag_time`. Both totals include the spell that is still going on,
 * which is why a plain counter, raised when a spell ends, would not do.
 *
 * The caller says what time it is, in monotonic microseconds; shown are whole milliseconds.
 *
 * @module
 */

/** Marks that no spell is going on; a monotonic clock is never negative. */
const NOT_RUNNING = -1;

/** Sum of the spells during which a condition held. */
export class AccumulatedTime {
  #endedUs = 0;
  #beganAtUs = NOT_RUNNING;

  /** Whether a spell is going on. */
  get isRunning(): boolean {
    return this.#beganAtUs !== NOT_RUNNING;
  }

  /**
   * Begins a spell; does nothing during one.
   *
   * @param nowUs Monotonic time in microseconds
   */
  begin(nowUs: number): void {
    if (this.#beganAtUs === NOT_RUNNING) this.#beganAtUs = nowUs;
  }

  /**
   * Ends the spell; does nothing outside of one.
   *
   * @param nowUs Monotonic time in microseconds
   */
  end(nowUs: number): void {
    if (this.#beganAtUs === NOT_RUNNING) return;
    this.#endedUs += nowUs - this.#beganAtUs;
    this.#beganAtUs = NOT_RUNNING;
  }

  /**
   * Length of the spell going on.
   *
   * @param nowUs Monotonic time in microseconds
   * @returns Whole milliseconds, 0 outside of a spell
   */
  currentMs(nowUs: number): number {
    return Math.trunc(this.#currentUs(nowUs) / 1000);
  }

  /**
   * Length of all spells, the one going on included.
   *
   * @param nowUs Monotonic time in microseconds
   * @returns Whole milliseconds
   */
  totalMs(nowUs: number): number {
    return Math.trunc((this.#endedUs + this.#currentUs(nowUs)) / 1000);
  }

  /** Forgets all spells, the one going on too. */
  reset(): void {
    this.#endedUs = 0;
    this.#beganAtUs = NOT_RUNNING;
  }

  #currentUs(nowUs: number): number {
    return this.#beganAtUs === NOT_RUNNING ? 0 : nowUs - this.#beganAtUs;
  }
}
