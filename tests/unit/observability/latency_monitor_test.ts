/**
 * Unit tests of the latency monitor: threshold, ring, graph, analysis and the doctor's report.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ManualClock } from "../../../src/base/clock.ts";
import {
  LATENCY_EVENT_COUNT_MAX,
  LATENCY_SAMPLE_COUNT_MAX,
  type LatencyDoctorSettings,
  LatencyMonitor,
  latencyReport,
} from "../../../src/observability/mod.ts";

const START_SECONDS = 1_795_517_073;
const SETTINGS: LatencyDoctorSettings = { slowerThanUs: 10_000, hz: 10, fsyncsAlways: false };

function clockAtStart(): ManualClock {
  return new ManualClock(START_SECONDS * 1000);
}

/** Records spikes of an event, each in a second of its own. */
function recordEachSecond(
  monitor: LatencyMonitor,
  clock: ManualClock,
  latenciesMs: readonly number[],
): void {
  for (const latencyMs of latenciesMs) {
    monitor.record("command", latencyMs);
    clock.advance(1000);
  }
}

Deno.test("LatencyMonitor records from its threshold on, and nothing with threshold 0", () => {
  const monitor = new LatencyMonitor(clockAtStart());
  monitor.record("command", 1e6);
  assertEquals(monitor.eventCount, 0);
  monitor.thresholdMs = 100;
  monitor.record("command", 99.9);
  assertEquals(monitor.eventCount, 0);
  monitor.record("command", 100.7);
  assertEquals(monitor.history("command"), [{ unixSeconds: START_SECONDS, latencyMs: 100 }]);
});

Deno.test("LatencyMonitor keeps the worst spike of a second", () => {
  const clock = clockAtStart();
  const monitor = new LatencyMonitor(clock, 1);
  for (const latencyMs of [5, 9, 7]) monitor.record("command", latencyMs);
  clock.advance(1000);
  monitor.record("command", 3);
  assertEquals(monitor.history("command"), [
    { unixSeconds: START_SECONDS, latencyMs: 9 },
    { unixSeconds: START_SECONDS + 1, latencyMs: 3 },
  ]);
});

Deno.test("LatencyMonitor remembers the latest 160 spikes and the worst of all", () => {
  const clock = clockAtStart();
  const monitor = new LatencyMonitor(clock, 1);
  const latenciesMs = Array.from({ length: LATENCY_SAMPLE_COUNT_MAX + 5 }, (_, age) => 1000 - age);
  recordEachSecond(monitor, clock, latenciesMs);
  const history = monitor.history("command");
  assertEquals(history.map((sample) => sample.latencyMs), latenciesMs.slice(5));
  assertEquals(monitor.latest(), [{
    event: "command",
    unixSeconds: START_SECONDS + LATENCY_SAMPLE_COUNT_MAX + 4,
    latencyMs: latenciesMs[latenciesMs.length - 1],
    worstMs: 1000,
  }]);
});

Deno.test("LatencyMonitor.latest lists events as they first occurred", () => {
  const monitor = new LatencyMonitor(clockAtStart(), 1);
  for (const event of ["fast-command", "command", "fast-command"]) monitor.record(event, 2);
  assertEquals(monitor.latest().map((latest) => latest.event), ["fast-command", "command"]);
});

Deno.test("LatencyMonitor.reset forgets an event in any case, or all", () => {
  const monitor = new LatencyMonitor(clockAtStart(), 1);
  for (const event of ["command", "fast-command", "expire-cycle"]) monitor.record(event, 2);
  assertEquals(monitor.reset("COMMAND"), 1);
  assertEquals(monitor.reset("nothing"), 0);
  assertEquals(monitor.history("command"), []);
  assertEquals(monitor.reset(), 2);
  assertEquals(monitor.eventCount, 0);
});

Deno.test("LatencyMonitor limits the number of events", () => {
  const monitor = new LatencyMonitor(clockAtStart(), 1);
  for (let index = 0; index < LATENCY_EVENT_COUNT_MAX + 9; index++) monitor.record(`e${index}`, 2);
  assertEquals(monitor.eventCount, LATENCY_EVENT_COUNT_MAX);
});

Deno.test("LatencyMonitor.analyze sums spikes up in whole milliseconds", () => {
  const clock = clockAtStart();
  const monitor = new LatencyMonitor(clock, 1);
  assertEquals(monitor.analyze("command"), undefined);
  recordEachSecond(monitor, clock, [10, 20, 35]);
  assertEquals(monitor.analyze("command"), {
    event: "command",
    sampleCount: 3,
    worstMs: 35,
    leastMs: 10,
    mostMs: 35,
    meanMs: 21,
    meanDeviationMs: 8,
    spanSeconds: 3,
  });
});

Deno.test("LatencyMonitor.graph draws spikes with their age below", () => {
  const clock = clockAtStart();
  const monitor = new LatencyMonitor(clock, 1);
  for (const [latencyMs, thenSeconds] of [[5, 172_800], [1, 7200], [1, 180], [9, 59], [3, 0]]) {
    monitor.record("command", latencyMs);
    clock.advance(thenSeconds * 1000);
  }
  assertEquals(
    monitor.graph("command"),
    [
      "command - high 9 ms, low 1 ms (all time high 9 ms)",
      "-".repeat(80),
      "   # ",
      "_  | ",
      "|  |_",
      "|__||",
      "     ",
      "22350",
      "dhm9s",
      "   s ",
      "",
    ].join("\n"),
  );
  assertEquals(monitor.graph("COMMAND"), undefined);
});

Deno.test("LatencyMonitor.graph goes on below after 80 columns", () => {
  const clock = clockAtStart();
  const monitor = new LatencyMonitor(clock, 1);
  recordEachSecond(monitor, clock, Array.from({ length: 81 }, () => 7));
  const lines = monitor.graph("command")!.split("\n");
  assertEquals(lines[5], "_".repeat(80));
  assertEquals(lines.slice(10), ["", " ", " ", " ", "_", " ", "1", "s", ""]);
});

Deno.test("latencyReport says how to turn the monitor on", () => {
  const report = latencyReport(new LatencyMonitor(clockAtStart()), SETTINGS);
  assertStringIncludes(report, "CONFIG SET latency-monitor-threshold");
});

Deno.test("latencyReport says so when there was no spike", () => {
  const report = latencyReport(new LatencyMonitor(clockAtStart(), 50), SETTINGS);
  assertStringIncludes(report, "no latency spike was observed");
});

Deno.test("latencyReport sums each event up", () => {
  const clock = clockAtStart();
  const monitor = new LatencyMonitor(clock, 1);
  recordEachSecond(monitor, clock, [10, 20, 35]);
  monitor.record("made-up", 4);
  const report = latencyReport(monitor, SETTINGS);
  assertStringIncludes(
    report,
    "1. command: 3 spikes, 21 ms on average, deviating by 8 ms, one every 1.00 seconds; " +
      "the worst ever took 35 ms.\n2. made-up: 1 spike, ",
  );
});

Deno.test("latencyReport gives the advice that settings call for", () => {
  const monitor = new LatencyMonitor(clockAtStart(), 5);
  for (const event of ["command", "expire-cycle", "aof-fsync-always"]) monitor.record(event, 9);
  const before = latencyReport(monitor, { slowerThanUs: -1, hz: 10, fsyncsAlways: true });
  assertStringIncludes(before, "the slow log is off");
  assertStringIncludes(before, "CONFIG SET slowlog-log-slower-than 5000");
  assertStringIncludes(before, "CONFIG SET hz 100");
  assertStringIncludes(before, "everysec");

  const after = latencyReport(monitor, { slowerThanUs: 5000, hz: 100, fsyncsAlways: false });
  for (const text of ["slowlog-log-slower-than", "CONFIG SET hz", "everysec"]) {
    assertEquals(after.includes(text), false, text);
  }
  assertStringIncludes(after, "SLOWLOG GET");
});

Deno.test("latencyReport admits to have no advice", () => {
  const monitor = new LatencyMonitor(clockAtStart(), 1);
  monitor.record("made-up", 9);
  assertStringIncludes(latencyReport(monitor, SETTINGS), "no ready advice");
});
