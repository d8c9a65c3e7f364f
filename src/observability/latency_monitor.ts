/**
 * Latency monitor: which events held the server up, when and for how long.
 *
 * Where the slow log remembers commands, this remembers *causes*: `command`, `fast-command`,
 * `expire-cycle`, `aof-write` ... Each event has a ring of its 160 latest spikes, at most one a
 * second (the worst), and its worst ever. Spikes below `thresholdMs` are not recorded; 0 turns the
 * monitor off, which is the default, and then `record` is one comparison.
 *
 *   ring:  unix seconds f64 × 160 | latency ms u32 × 160      next ↑, count up to 160
 *
 * Always true: samples of an event have rising seconds unless the clock was set back.
 * Cost: record O(1); the ring of an event is allocated with its first spike, nothing afterwards.
 * Behaviour: Redis 7.0 LATENCY HISTORY, LATEST, RESET, GRAPH. LATENCY DOCTOR: `latency_doctor.ts`.
 *
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { renderSparkline, type SparklinePoint } from "./sparkline.ts";

/** Spikes remembered of each event. */
export const LATENCY_SAMPLE_COUNT_MAX = 160;

/** Events told apart; names come from the code, so this only stops a bug from eating memory. */
export const LATENCY_EVENT_COUNT_MAX = 128;

const GRAPH_COLUMN_COUNT = 80;
const GRAPH_ROW_COUNT = 4;

/** Longest latency a sample holds. */
const LATENCY_MS_MAX = 0xffff_ffff;

/** One spike. */
export interface LatencySample {
  /** When it ended, in Unix seconds. */
  readonly unixSeconds: number;
  /** How long it lasted, in whole milliseconds. */
  readonly latencyMs: number;
}

/** The latest spike of an event. */
export interface LatestLatency extends LatencySample {
  /** Name of the event. */
  readonly event: string;
  /** Worst since start or reset, in milliseconds. */
  readonly worstMs: number;
}

/** The spikes of an event in numbers. */
export interface LatencyAnalysis {
  /** Name of the event. */
  readonly event: string;
  /** Number of spikes remembered. */
  readonly sampleCount: number;
  /** Worst since start or reset, in milliseconds. */
  readonly worstMs: number;
  /** Smallest remembered, in milliseconds. */
  readonly leastMs: number;
  /** Largest remembered, in milliseconds. */
  readonly mostMs: number;
  /** Mean of those remembered, in whole milliseconds. */
  readonly meanMs: number;
  /** Mean distance from the mean, in whole milliseconds. */
  readonly meanDeviationMs: number;
  /** Seconds from the oldest remembered to now, at least 1. */
  readonly spanSeconds: number;
}

/** Rings of latency spikes by event. */
export class LatencyMonitor {
  /** Milliseconds from which a spike is recorded (`latency-monitor-threshold`); 0: none is. */
  thresholdMs: number;
  readonly #clock: Clock;
  readonly #rings = new Map<string, SpikeRing>();

  /**
   * @param clock Dates the spikes
   * @param thresholdMs Milliseconds from which a spike is recorded; 0: none is
   */
  constructor(clock: Clock, thresholdMs = 0) {
    this.#clock = clock;
    this.thresholdMs = thresholdMs;
  }

  /** Number of events with spikes. */
  get eventCount(): number {
    return this.#rings.size;
  }

  /**
   * Records a spike if it reaches the threshold.
   *
   * @param event Name of the event, a constant of the code
   * @param latencyMs How long it lasted; parts of a millisecond are cut
   */
  record(event: string, latencyMs: number): void {
    if (this.thresholdMs === 0 || latencyMs < this.thresholdMs) return;
    let ring = this.#rings.get(event);
    if (ring === undefined) {
      if (this.#rings.size >= LATENCY_EVENT_COUNT_MAX) return;
      ring = new SpikeRing();
      this.#rings.set(event, ring);
    }
    const wholeMs = Math.min(Math.trunc(latencyMs), LATENCY_MS_MAX);
    ring.add(this.#nowSeconds(), wholeMs);
  }

  /**
   * The spikes of an event.
   *
   * @param event Name of the event
   * @returns Oldest first; empty for an event without spikes
   */
  history(event: string): LatencySample[] {
    return this.#rings.get(event)?.samples() ?? [];
  }

  /** The latest spike of each event, in the order in which events first occurred. */
  latest(): LatestLatency[] {
    return [...this.#rings].map(([event, ring]) => {
      return { event, ...ring.latest(), worstMs: ring.worstMs };
    });
  }

  /**
   * Forgets events.
   *
   * @param event Name in any case; all events if left out
   * @returns Number of events forgotten
   */
  reset(event?: string): number {
    const wanted = event?.toLowerCase();
    const forgotten = [...this.#rings.keys()].filter((name) => {
      return wanted === undefined || name.toLowerCase() === wanted;
    });
    for (const name of forgotten) this.#rings.delete(name);
    return forgotten.length;
  }

  /**
   * Draws the spikes of an event, each with its age below.
   *
   * @param event Name of the event
   * @returns Lines, each with its end; `undefined` for an event without spikes
   */
  graph(event: string): string | undefined {
    const analysis = this.analyze(event);
    if (analysis === undefined) return undefined;
    const nowSeconds = this.#nowSeconds();
    const points: SparklinePoint[] = this.history(event).map((sample) => {
      return { value: sample.latencyMs, label: formatAge(nowSeconds - sample.unixSeconds) };
    });
    const { mostMs, leastMs, worstMs } = analysis;
    return `${event} - high ${mostMs} ms, low ${leastMs} ms (all time high ${worstMs} ms)\n` +
      "-".repeat(GRAPH_COLUMN_COUNT) + "\n" +
      renderSparkline(points, { columnCount: GRAPH_COLUMN_COUNT, rowCount: GRAPH_ROW_COUNT });
  }

  /**
   * Sums the spikes of an event up.
   *
   * @param event Name of the event
   * @returns `undefined` for an event without spikes
   */
  analyze(event: string): LatencyAnalysis | undefined {
    const ring = this.#rings.get(event);
    if (ring === undefined) return undefined;
    const samples = ring.samples();
    const latencies = samples.map((sample) => sample.latencyMs);
    const meanMs = wholeMean(latencies);
    const oldestSeconds = Math.min(...samples.map((sample) => sample.unixSeconds));
    return {
      event,
      sampleCount: samples.length,
      worstMs: ring.worstMs,
      leastMs: Math.min(...latencies),
      mostMs: Math.max(...latencies),
      meanMs,
      meanDeviationMs: wholeMean(latencies.map((latencyMs) => Math.abs(meanMs - latencyMs))),
      spanSeconds: (this.#nowSeconds() - oldestSeconds) || 1,
    };
  }

  /** Sums the spikes of every event up, in the order in which events first occurred. */
  analyzeAll(): LatencyAnalysis[] {
    return [...this.#rings.keys()].flatMap((event) => this.analyze(event) ?? []);
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.nowMs() / 1000);
  }
}

/** The latest spikes of one event, at most one a second. */
class SpikeRing {
  /** Worst since the ring was made, in milliseconds. */
  worstMs = 0;
  readonly #seconds = new Float64Array(LATENCY_SAMPLE_COUNT_MAX);
  readonly #latenciesMs = new Uint32Array(LATENCY_SAMPLE_COUNT_MAX);
  #nextIndex = 0;
  #sampleCount = 0;

  /** Adds a spike, or raises the one of the same second. */
  add(unixSeconds: number, latencyMs: number): void {
    if (latencyMs > this.worstMs) this.worstMs = latencyMs;
    const last = this.#indexBefore(1);
    if (this.#sampleCount > 0 && this.#seconds[last] === unixSeconds) {
      if (latencyMs > this.#latenciesMs[last]) this.#latenciesMs[last] = latencyMs;
      return;
    }
    this.#seconds[this.#nextIndex] = unixSeconds;
    this.#latenciesMs[this.#nextIndex] = latencyMs;
    this.#nextIndex = (this.#nextIndex + 1) % LATENCY_SAMPLE_COUNT_MAX;
    if (this.#sampleCount < LATENCY_SAMPLE_COUNT_MAX) this.#sampleCount++;
  }

  /** The latest spike; the ring is never empty, being made for a spike. */
  latest(): LatencySample {
    return this.#sampleAt(this.#indexBefore(1));
  }

  /** All spikes, oldest first. */
  samples(): LatencySample[] {
    const samples: LatencySample[] = [];
    for (let back = this.#sampleCount; back > 0; back--) {
      samples.push(this.#sampleAt(this.#indexBefore(back)));
    }
    return samples;
  }

  #indexBefore(back: number): number {
    return (this.#nextIndex + LATENCY_SAMPLE_COUNT_MAX - back) % LATENCY_SAMPLE_COUNT_MAX;
  }

  #sampleAt(index: number): LatencySample {
    return { unixSeconds: this.#seconds[index], latencyMs: this.#latenciesMs[index] };
  }
}

/** Mean of whole numbers, cut to a whole number. */
function wholeMean(values: readonly number[]): number {
  return Math.trunc(values.reduce((sum, value) => sum + value, 0) / values.length);
}

/** An age in its largest whole unit: `59s`, `3m`, `23h`, `2d`. */
function formatAge(ageSeconds: number): string {
  if (ageSeconds < 60) return `${ageSeconds}s`;
  if (ageSeconds < 3600) return `${Math.trunc(ageSeconds / 60)}m`;
  if (ageSeconds < 86400) return `${Math.trunc(ageSeconds / 3600)}h`;
  return `${Math.trunc(ageSeconds / 86400)}d`;
}
