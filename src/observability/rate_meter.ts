/**
 * Rate meter: how fast a growing counter grows, smoothed over the last 16 readings.
 *
 * INFO's `instantaneous_ops_per_sec` and its kin come from here. Every 100 ms the heartbeat hands
 * over the counter; the growth since the last reading, scaled to one second, takes the oldest of 16
 * places, and the rate shown is their mean: 1.6 seconds of memory. An exponential average would need
 * no array but would show other numbers than Redis does after a burst.
 *
 * Always true: places not filled yet count as zero, so the rate climbs in from a fresh start.
 * Cost: one division a reading; no allocation after construction.
 * Behaviour: Redis 7.0 INFO stats (whole numbers, cut, never rounded up).
 *
 * @module
 */
import type { UnixMs } from "../base/clock.ts";

/** Number of readings a rate is the mean of. */
export const RATE_SAMPLE_COUNT = 16;

/** How often the heartbeat is to call `sample`, in milliseconds. */
export const RATE_SAMPLE_INTERVAL_MS = 100;

/** Growth per second of one counter. */
export class RateMeter {
  readonly #ratesPerSecond = new Float64Array(RATE_SAMPLE_COUNT);
  #nextIndex = 0;
  #lastReading = 0;
  #lastSampledAt: UnixMs;

  /**
   * @param now The moment from which the first reading's growth counts
   */
  constructor(now: UnixMs) {
    this.#lastSampledAt = now;
  }

  /**
   * Takes a reading.
   *
   * @param reading The counter's value, a whole number that was 0 at the start
   * @param now The moment of the reading; one not later than the last counts as no growth
   */
  sample(reading: number, now: UnixMs): void {
    const elapsedMs = now - this.#lastSampledAt;
    const grown = reading - this.#lastReading;
    this.#ratesPerSecond[this.#nextIndex] = elapsedMs > 0
      ? Math.trunc(grown * 1000 / elapsedMs)
      : 0;
    this.#nextIndex = (this.#nextIndex + 1) % RATE_SAMPLE_COUNT;
    this.#lastReading = reading;
    this.#lastSampledAt = now;
  }

  /** Mean growth per second over the readings kept, a whole number. */
  get perSecond(): number {
    let sum = 0;
    for (let index = 0; index < RATE_SAMPLE_COUNT; index++) sum += this.#ratesPerSecond[index];
    return Math.trunc(sum / RATE_SAMPLE_COUNT);
  }

  /**
   * Forgets all readings; the counter is taken to start again from 0.
   *
   * @param now The moment from which the next reading's growth counts
   */
  reset(now: UnixMs): void {
    this.#ratesPerSecond.fill(0);
    this.#nextIndex = 0;
    this.#lastReading = 0;
    this.#lastSampledAt = now;
  }
}
