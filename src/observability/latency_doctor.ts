/**
 * Latency doctor: the spikes of the latency monitor as a report for people, with advice.
 *
 * Advice is a table: which events call for it, under which settings it applies, what to do. An event
 * without a row is listed all the same. The words about spikes are our own, because the causes are: nothing forks
 * here and there is no allocator to swap, so half of what the original suggests would mislead. What
 * stands in for it: the runtime's garbage collector and the slices in which background work is done.
 *
 * Behaviour: Redis 7.0 LATENCY DOCTOR; with spikes in purpose and shape (a list of events, then
 * advice), not in text.
 *
 * @module
 */
import { formatFixed } from "./fixed_point.ts";
import type { LatencyAnalysis, LatencyMonitor } from "./latency_monitor.ts";

/** Settings that decide which advice applies. */
export interface LatencyDoctorSettings {
  /** `slowlog-log-slower-than` in microseconds, negative if off. */
  readonly slowerThanUs: number;
  /** `hz`: background cycles a second. */
  readonly hz: number;
  /** Whether `appendfsync` is `always`. */
  readonly fsyncsAlways: boolean;
}

/** A piece of advice. */
interface Advice {
  /** Events that call for it. */
  readonly events: readonly string[];
  /** Whether it applies with these settings; always, if left out. */
  readonly applies?: (settings: LatencyDoctorSettings, thresholdMs: number) => boolean;
  /** What to do. */
  readonly text: (thresholdMs: number) => string;
}

/** `hz` from which more of it doesn't help. */
const HZ_ENOUGH = 100;

/** What to call slow if the monitor was turned off meanwhile and names no limit, in milliseconds. */
const SLOW_MS = 10;

const DISK_EVENTS: readonly string[] = [
  "aof-write-pending-fsync",
  "aof-write-active-child",
  "aof-write-alone",
  "aof-fstat",
  "aof-rename",
  "aof-rewrite-diff-write",
  "rdb-unlink-temp-file",
];

const ADVICE: readonly Advice[] = [
  {
    events: ["command"],
    applies: (settings) => settings.slowerThanUs < 0,
    text: (thresholdMs) =>
      "Slow commands are among the causes, but the slow log is off. Turn it on: " +
      `CONFIG SET slowlog-log-slower-than ${(thresholdMs || SLOW_MS) * 1000}.`,
  },
  {
    events: ["command"],
    applies: ({ slowerThanUs }, thresholdMs) => {
      return thresholdMs > 0 && slowerThanUs > thresholdMs * 1000;
    },
    text: (thresholdMs) =>
      "The slow log misses commands that this monitor sees. Lower its limit: " +
      `CONFIG SET slowlog-log-slower-than ${thresholdMs * 1000}.`,
  },
  {
    events: ["command"],
    text: () =>
      "Read SLOWLOG GET for the commands that took long. One with O(n) in its description, such as " +
      "KEYS, SMEMBERS or a wide LRANGE, holds up every client; SCAN and its kin, or smaller ranges, " +
      "do the same work in steps.",
  },
  {
    events: ["fast-command"],
    text: () =>
      "Commands that do next to no work took long, so the process was not running: other programs " +
      "want the processor, the host is overbooked, memory is swapped out, or the runtime was " +
      "collecting garbage. Compare with redis-cli --intrinsic-latency 100 on the same machine.",
  },
  {
    events: ["command-unblocking"],
    text: () =>
      "Serving clients that wait on keys took long. Many clients waiting on one key, or one push " +
      "that serves many of them, make a single long step.",
  },
  {
    events: DISK_EVENTS,
    text: () =>
      "The disk is slow to take writes. Use a local one, a solid state one if you can, and keep " +
      "other programs that write much away from it.",
  },
  {
    events: ["aof-write-active-child"],
    text: () =>
      "Writes to the AOF wait while a snapshot or a rewrite is written. If losing up to half a " +
      "minute in a crash is acceptable, set no-appendfsync-on-rewrite to yes.",
  },
  {
    events: ["aof-fsync-always"],
    applies: (settings) => settings.fsyncsAlways,
    text: () =>
      "Every write waits for the disk, since appendfsync is always. With everysec at most one " +
      "second of writes is at risk and no command waits.",
  },
  {
    events: ["expire-cycle"],
    applies: (settings) => settings.hz < HZ_ENOUGH,
    text: () =>
      `Many keys expire at a time. Smaller, more frequent steps help: CONFIG SET hz ${HZ_ENOUGH}. ` +
      "Better still, add a random part to lifetimes that are set together.",
  },
  {
    events: ["command", "expire-cycle", "expire-del", "eviction-del"],
    text: () =>
      "Freeing a very large value takes time in proportion to its elements. Split it, delete it " +
      "with UNLINK, or set lazyfree-lazy-expire and lazyfree-lazy-eviction to yes.",
  },
  {
    events: ["eviction-cycle"],
    text: () =>
      "Much had to be evicted at once. That follows a lowered maxmemory or commands that store big " +
      "results (SORT ... STORE, unions, RESTORE). Lower the limit in steps, leave some headroom.",
  },
];

/**
 * Writes the report.
 *
 * @param monitor Whose spikes to look at
 * @param settings What the advice depends on
 * @returns Lines, each with its end
 */
export function latencyReport(monitor: LatencyMonitor, settings: LatencyDoctorSettings): string {
  const analyses = monitor.analyzeAll();
  if (analyses.length === 0) return emptyReport(monitor.thresholdMs);

  const lines = ["These latency spikes were observed:", ""];
  analyses.forEach((analysis, index) => lines.push(`${index + 1}. ${eventLine(analysis)}`));

  const events = new Set(analyses.map((analysis) => analysis.event));
  const advice = ADVICE.filter((row) => {
    return row.events.some((event) => events.has(event)) &&
      (row.applies?.(settings, monitor.thresholdMs) ?? true);
  });
  if (advice.length === 0) {
    lines.push("", "There is no ready advice for these events.");
  } else {
    lines.push("", "What may help:", "");
    for (const row of advice) lines.push(`- ${row.text(monitor.thresholdMs)}`);
  }
  return lines.join("\n") + "\n";
}

/** What to say when there are no spikes: nothing is special here, so it is Redis' text. */
function emptyReport(thresholdMs: number): string {
  if (thresholdMs > 0) {
    return "Dave, no latency spike was observed during the lifetime of this Redis instance, not in " +
      "the slightest bit. I honestly think you ought to sit down calmly, take a stress pill, and " +
      "think things over.\n";
  }
  return "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. " +
    'You may use "CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it. If we ' +
    "weren't in a deep space mission I'd suggest to take a look at " +
    "https://redis.io/topics/latency-monitor.\n";
}

/** One event in numbers. */
function eventLine(analysis: LatencyAnalysis): string {
  const { event, sampleCount, meanMs, meanDeviationMs, worstMs } = analysis;
  const periodSeconds = formatFixed(analysis.spanSeconds / sampleCount, 2);
  const spikes = sampleCount === 1 ? "1 spike" : `${sampleCount} spikes`;
  return `${event}: ${spikes}, ${meanMs} ms on average, deviating by ${meanDeviationMs} ms, ` +
    `one every ${periodSeconds} seconds; the worst ever took ${worstMs} ms.`;
}
