/**
 * Access frequency: how often an entry is used, in the 24 bits where it otherwise notes when.
 *
 *   | minute of the last use u16 | counter u8 |
 *
 * Eight bits must tell a thousand uses from a million, so the counter is logarithmic: a use raises
 * it only with a probability that falls as it stands higher, 1 / ((counter - 5) * factor + 1). With
 * the factor 10, a hundred uses are about 10, a million about 255. And since what was popular last
 * week is not popular now, it falls by one for each so many minutes without a use. New entries start
 * at 5 and not at 0, or they would be the first to go before they had a chance.
 *
 * Always true: reading a counter changes nothing; only a use writes the decay down.
 * Behaviour: Redis' `maxmemory-policy` with LFU. Idea: Morris 1978, "Counting large numbers of events
 * in small registers". Not here: which entries are evicted.
 *
 * @module
 */

import type { Random } from "../base/random.ts";

const COUNTER_BITS = 8;
const COUNTER_MAX = (1 << COUNTER_BITS) - 1;
const FIRST_COUNTER = 5;
const MINUTE_MASK = 0xffff;
const MINUTE_MS = 60_000;
const UINT32_COUNT = 2 ** 32;

/** How counters rise and fall. */
export interface FrequencyOptions {
  /** Decides how often a use counts. */
  random: Random;
  /** The higher, the more uses it takes to reach the top (`lfu-log-factor`). */
  logFactor: number;
  /** Minutes without a use that cost one point (`lfu-decay-time`); 0: none do. */
  decayMinutes: number;
}

/** Counts uses of entries. */
export class AccessFrequency {
  readonly #options: FrequencyOptions;

  constructor(options: FrequencyOptions) {
    this.#options = options;
  }

  /** What a new entry notes. @param nowMs Unix milliseconds. */
  freshAccess(nowMs: number): number {
    return this.accessOfCounter(FIRST_COUNTER, nowMs);
  }

  /** What an entry notes whose counter is known. @param nowMs Unix milliseconds. */
  accessOfCounter(counter: number, nowMs: number): number {
    return (minuteOf(nowMs) << COUNTER_BITS) | counter;
  }

  /**
   * What an entry notes after a use.
   *
   * @param access What it noted before.
   * @param nowMs Unix milliseconds.
   */
  accessAfterUse(access: number, nowMs: number): number {
    let counter = this.counterOf(access, nowMs);
    if (counter < COUNTER_MAX && this.#isUseCounted(counter)) counter++;
    return this.accessOfCounter(counter, nowMs);
  }

  /** The counter, what it has lost since the last use taken off: 0 to 255. */
  counterOf(access: number, nowMs: number): number {
    const counter = access & COUNTER_MAX;
    const decayMinutes = this.#options.decayMinutes;
    if (decayMinutes === 0) return counter;
    const idleMinutes = (minuteOf(nowMs) - (access >>> COUNTER_BITS)) & MINUTE_MASK;
    return Math.max(0, counter - Math.floor(idleMinutes / decayMinutes));
  }

  #isUseCounted(counter: number): boolean {
    const { random, logFactor } = this.#options;
    const excess = Math.max(0, counter - FIRST_COUNTER);
    return random.nextUint32() * (excess * logFactor + 1) < UINT32_COUNT;
  }
}

/** The minute in 16 bits; it starts again every 45 days. */
function minuteOf(nowMs: number): number {
  return Math.floor(nowMs / MINUTE_MS) & MINUTE_MASK;
}
