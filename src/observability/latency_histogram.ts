/**
 * Latency histogram: how often a duration occurred, to two significant digits, 1 ns to 1 s.
 *
 * Keeping every duration would cost memory without end; fixed steps would be useless at one end of
 * nine decades. This is the high dynamic range layout: ranges that double, each cut into the same
 * number of equal slots, so the relative error is the same everywhere (below 1/128).
 *
 *   range 0      0 ..     255 ns   256 slots of 1 ns
 *   range 1    256 ..     511 ns   128 slots of 2 ns
 *   range 2    512 ..   1,023 ns   128 slots of 4 ns
 *   ...
 *   range 22   2^29 .. 2^30 - 1    128 slots of 4,194,304 ns
 *
 * Slot of a value: with `range = max(0, bits(value) - 8)` it is `(range << 7) + (value >> range)`:
 * the top eight bits pick the slot, the number of bits the range. No logarithm, no loop.
 *
 * Always true: the slots add up to `totalCount`. The array (24 KiB, doubles, since a busy command
 * passes 2^32 calls in an hour) is there only once something was recorded.
 * Cost: record, a dozen integer instructions, no allocation but the first time; a percentile walks
 * the slots.
 * Behaviour: Redis 7.0 `latencystats` and LATENCY HISTOGRAM, number for number; idea: Gil Tene's HDR
 * Histogram.
 *
 * @module
 */

/** Shortest duration told apart; what is shorter counts as this. */
const DURATION_NS_MIN = 1;

/** Longest duration told apart; what is longer counts as this. */
const DURATION_NS_MAX = 1_000_000_000;

/** `DURATION_NS_MAX` in microseconds. */
const DURATION_US_MAX = DURATION_NS_MAX / 1000;

/** Bits of a value that pick its slot: 2^8 is the first power of two over 2 × 10^2. */
const SLOT_BITS = 8;

/** Slots of every range but the first, which has twice as many: 2^(SLOT_BITS - 1). */
const RANGE_SLOTS = 1 << (SLOT_BITS - 1);

/** Bits of `DURATION_NS_MAX`. */
const DURATION_BITS_MAX = 30;

/** All slots: those of ranges 0 to 22, and 128 more because range 0 has 256. */
const SLOT_COUNT = (DURATION_BITS_MAX - SLOT_BITS + 2) * RANGE_SLOTS;

/** The first bucket that LATENCY HISTOGRAM prints ends at 2^10 ns, about a microsecond. */
const FIRST_BUCKET_BITS = 10;

/** Slots before the first recording: one shared array, so that the field keeps one shape. */
const NO_SLOTS = new Float64Array(0);

/** One line of LATENCY HISTOGRAM. */
export interface LatencyBucket {
  /** Upper end of the bucket in whole microseconds. */
  readonly upToUs: number;
  /** Number of durations up to there, those of smaller buckets included. */
  readonly cumulativeCount: number;
}

/** Counts of durations by size. */
export class LatencyHistogram {
  #slots: Float64Array = NO_SLOTS;
  #totalCount = 0;

  /** Number of durations recorded; 0 means that Redis would have no histogram at all. */
  get totalCount(): number {
    return this.#totalCount;
  }

  /**
   * Records a duration.
   *
   * @param durationUs In microseconds; outside of 1 ns to 1 s it counts as the nearer end
   * @param count How often it occurred
   */
  record(durationUs: number, count = 1): void {
    if (this.#slots.length === 0) this.#slots = new Float64Array(SLOT_COUNT);
    this.#slots[slotOf(clampedNs(durationUs))] += count;
    this.#totalCount += count;
  }

  /**
   * The duration that a share of all durations does not pass.
   *
   * @param percentile 0 to 100; what is over counts as 100
   * @returns Nanoseconds: the longest duration of the slot (the shortest, for percentile 0); 0 when
   * nothing was recorded
   */
  valueAtPercentileNs(percentile: number): number {
    if (this.#totalCount === 0) return 0;
    const share = Math.min(percentile, 100) / 100;
    const wantedCount = Math.max(1, Math.trunc(share * this.#totalCount + 0.5));
    let slot = 0;
    for (let seenCount = this.#slots[0]; seenCount < wantedCount;) seenCount += this.#slots[++slot];
    return percentile === 0 ? lowestNsOf(slot) : lowestNsOf(slot + 1) - 1;
  }

  /**
   * The cumulative distribution by doubling durations, as LATENCY HISTOGRAM prints it.
   *
   * A bucket reaches up to and including the slot that *starts* at its power of two: that is why
   * Redis prints 33 and 1056, not 32 and 1048. Buckets that add nothing are left out.
   *
   * @returns Buckets of rising duration; the last one holds `totalCount`
   */
  cumulativeBuckets(): LatencyBucket[] {
    const buckets: LatencyBucket[] = [];
    let slot = 0, seenCount = 0, printedCount = 0;
    for (let bits = FIRST_BUCKET_BITS; seenCount < this.#totalCount; bits++) {
      const lastSlot = Math.min(slotOf(2 ** bits), SLOT_COUNT - 1);
      for (; slot <= lastSlot; slot++) seenCount += this.#slots[slot];
      if (seenCount === printedCount) continue;
      const upToUs = Math.trunc((lowestNsOf(lastSlot + 1) - 1) / 1000);
      buckets.push({ upToUs, cumulativeCount: seenCount });
      printedCount = seenCount;
    }
    return buckets;
  }

  /** Forgets everything and gives the slots back. */
  reset(): void {
    this.#slots = NO_SLOTS;
    this.#totalCount = 0;
  }
}

/** Microseconds as a whole number of nanoseconds within the limits, which fits 31 bits. */
function clampedNs(durationUs: number): number {
  if (durationUs >= DURATION_US_MAX) return DURATION_NS_MAX;
  const durationNs = Math.trunc(durationUs * 1000);
  return durationNs > DURATION_NS_MIN ? durationNs : DURATION_NS_MIN;
}

/** Slot of a duration of 0 to 2^31 - 1 nanoseconds. */
function slotOf(durationNs: number): number {
  // With the low bits set, small values count as eight bits long: range 0.
  const range = 32 - Math.clz32(durationNs | (2 * RANGE_SLOTS - 1)) - SLOT_BITS;
  return (range << (SLOT_BITS - 1)) + (durationNs >> range);
}

/** Shortest duration of a slot in nanoseconds; for the slot count, the end of the last slot. */
function lowestNsOf(slot: number): number {
  const range = Math.max(0, (slot >> (SLOT_BITS - 1)) - 1);
  return (slot - (range << (SLOT_BITS - 1))) * 2 ** range;
}
