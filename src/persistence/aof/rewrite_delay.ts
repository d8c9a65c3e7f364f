/**
 * Rewrite delay: how long automatic rewrites pause when they keep failing.
 *
 * After three failures in a row a minute, then two, four and so on up to an hour: a disk without room
 * does not get better by being written full again at once.
 *
 * @module
 */

import type { Clock } from "../../base/clock.ts";
import type { Log, ServerStats } from "../../observability/mod.ts";

const FAILURE_COUNT = 3;
const DELAY_MINUTES_MAX = 60;
const MINUTE_MS = 60_000;

/** Holds rewrites back. */
export class RewriteDelay {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #stats: ServerStats;
  #minutes = 0;
  #untilMs = 0;

  constructor({ clock, log, stats }: { clock: Clock; log: Log; stats: ServerStats }) {
    this.#clock = clock;
    this.#log = log;
    this.#stats = stats;
  }

  /** Whether no automatic rewrite may begin now. */
  isInForce(): boolean {
    if (this.#stats.aofRewriteFailuresInARow < FAILURE_COUNT) {
      this.#minutes = 0;
      this.#untilMs = 0;
      return false;
    }
    const nowMs = this.#clock.nowMs();
    if (this.#untilMs !== 0) {
      if (nowMs < this.#untilMs) return true;
      this.#untilMs = 0;
      return false;
    }
    this.#minutes = Math.min(Math.max(1, this.#minutes * 2), DELAY_MINUTES_MAX);
    this.#untilMs = nowMs + this.#minutes * MINUTE_MS;
    this.#log.warning(
      `Background AOF rewrite has repeatedly failed and triggered the limit, will retry in ${this.#minutes} minutes`,
    );
    return true;
  }
}
