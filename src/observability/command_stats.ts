/**
 * Command stats: calls, time and failures of one command, kept beside its row in the table.
 *
 * One object per row and no map by name: the dispatcher has the row in hand, so counting a call is
 * two field writes and a histogram slot.
 *
 * Which of the two counters of failure rises: *rejected* if a gate refused the command (arity, ACL,
 * memory ...), *failed* if its handler ran and replied with an error.
 *
 * Cost: `recordCall` allocates nothing, but the histogram's slots once.
 * Behaviour: Redis 7.0 INFO commandstats and latencystats, printed to the digit: the mean is a
 * single precision float there, so it is one here.
 *
 * @module
 */
import { formatFixed, formatTrimmed } from "./fixed_point.ts";
import { safeInfoName } from "./info_text.ts";
import { LatencyHistogram } from "./latency_histogram.ts";

/** Default of `latency-tracking-info-percentiles`. */
const DEFAULT_PERCENTILES: readonly number[] = [50, 99, 99.9];

/** Counters of one command or sub-command. */
export class CommandStats {
  /** Number of times the handler ran. */
  calls = 0;
  /** Time in the handler, all calls together, in microseconds. */
  microseconds = 0;
  /** Number of calls refused before the handler ran. */
  rejectedCalls = 0;
  /** Number of calls that ended with an error. */
  failedCalls = 0;
  /** Durations of the calls; empty without `latency-tracking`. */
  readonly latency: LatencyHistogram = new LatencyHistogram();

  /** Whether anything was counted, which is when INFO commandstats shows the command. */
  get isUsed(): boolean {
    return this.calls > 0 || this.rejectedCalls > 0 || this.failedCalls > 0;
  }

  /**
   * Counts a call that ran.
   *
   * @param durationUs Time in the handler, in microseconds
   * @param tracksLatency Whether the duration goes to the histogram: `latency-tracking` is on, and
   * the client did not block, for then the duration is not known yet
   */
  recordCall(durationUs: number, tracksLatency: boolean): void {
    this.calls++;
    this.microseconds += durationUs;
    if (tracksLatency) this.latency.record(durationUs);
  }

  /**
   * Counts calls that ran, for which the same time is reckoned.
   *
   * @param durationUs Time of each, in microseconds
   * @param count How many there were
   * @param tracksLatency See `recordCall`
   */
  recordCalls(durationUs: number, count: number, tracksLatency: boolean): void {
    this.calls += count;
    this.microseconds += durationUs * count;
    if (tracksLatency) this.latency.record(durationUs, count);
  }

  /**
   * Adds the duration of a call that had blocked and was counted then.
   *
   * @param durationUs Time from the call to the reply, in microseconds
   * @param tracksLatency Whether the duration goes to the histogram
   */
  recordUnblock(durationUs: number, tracksLatency: boolean): void {
    this.microseconds += durationUs;
    if (tracksLatency) this.latency.record(durationUs);
  }

  /**
   * The line of INFO commandstats, without line end.
   *
   * @param fullName Name of the command, `client|id` for a sub-command
   * @returns `cmdstat_get:calls=1,usec=2,usec_per_call=2.00,rejected_calls=0,failed_calls=0`
   */
  commandStatLine(fullName: string): string {
    const usec = Math.trunc(this.microseconds);
    const mean = this.calls === 0 ? 0 : Math.fround(Math.fround(usec) / Math.fround(this.calls));
    return `cmdstat_${safeInfoName(fullName)}:calls=${this.calls},usec=${usec}` +
      `,usec_per_call=${formatFixed(mean, 2)}` +
      `,rejected_calls=${this.rejectedCalls},failed_calls=${this.failedCalls}`;
  }

  /**
   * The line of INFO latencystats, without line end; only for a command whose histogram has calls.
   *
   * @param fullName Name of the command, `client|id` for a sub-command
   * @param percentiles Value of `latency-tracking-info-percentiles`
   * @returns `latency_percentiles_usec_get:p50=0.001,p99=1.003,p99.9=1.003`
   */
  latencyStatLine(fullName: string, percentiles: readonly number[] = DEFAULT_PERCENTILES): string {
    const values = percentiles.map((percentile) => {
      const valueUs = this.latency.valueAtPercentileNs(percentile) / 1000;
      return `p${formatTrimmed(percentile)}=${formatFixed(valueUs, 3)}`;
    });
    return `latency_percentiles_usec_${safeInfoName(fullName)}:${values.join(",")}`;
  }

  /** Sets all counters back and forgets the durations, as CONFIG RESETSTAT does. */
  reset(): void {
    this.calls = 0;
    this.microseconds = 0;
    this.rejectedCalls = 0;
    this.failedCalls = 0;
    this.latency.reset();
  }
}
