/**
 * Observability: what the server tells about itself: log lines, counters, latencies, slow commands.
 *
 * Nothing here measures time or opens a file. Who runs a command measures it and hands the duration
 * over; who owns a descriptor hands a sink over. So all of it runs under a manual clock.
 *
 * ```ts
 * import { CommandStats } from "./mod.ts";
 *
 * const stats = new CommandStats();
 * stats.recordCall(2, true); // microseconds, and whether latency is tracked
 * console.log(stats.commandStatLine("get")); // cmdstat_get:calls=1,usec=2,usec_per_call=2.00,...
 * ```
 *
 * @module
 */
export { AccumulatedTime } from "./accumulated_time.ts";
export { CommandStats } from "./command_stats.ts";
export { ERROR_CODE_COUNT_MAX, ERROR_CODE_OVERFLOW, ErrorStats } from "./error_stats.ts";
export { formatFixed, formatTrimmed } from "./fixed_point.ts";
export { type LatencyDoctorSettings, latencyReport } from "./latency_doctor.ts";
export { type LatencyBucket, LatencyHistogram } from "./latency_histogram.ts";
export {
  LATENCY_EVENT_COUNT_MAX,
  LATENCY_SAMPLE_COUNT_MAX,
  type LatencyAnalysis,
  LatencyMonitor,
  type LatencySample,
  type LatestLatency,
} from "./latency_monitor.ts";
export {
  Log,
  LOG_LEVELS,
  type LogLevel,
  type LogOptions,
  type LogRole,
  type LogSink,
} from "./log.ts";
export { RATE_SAMPLE_COUNT, RATE_SAMPLE_INTERVAL_MS, RateMeter } from "./rate_meter.ts";
export {
  SlowLog,
  type SlowLogArguments,
  type SlowLogClient,
  type SlowLogEntry,
  type SlowLogOptions,
} from "./slow_log.ts";
export { ServerStats } from "./stats.ts";
