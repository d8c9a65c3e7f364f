/**
 * Unit tests of the server's counters: rates, spells, error codes, reset.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/clock.ts";
import {
  AccumulatedTime,
  ERROR_CODE_COUNT_MAX,
  ERROR_CODE_OVERFLOW,
  ErrorStats,
  RATE_SAMPLE_COUNT,
  RATE_SAMPLE_INTERVAL_MS,
  RateMeter,
  ServerStats,
} from "../../../src/observability/mod.ts";

Deno.test("RateMeter shows the mean of the last 16 readings", () => {
  const clock = new ManualClock();
  const meter = new RateMeter(clock.nowMs());
  let reading = 0;
  for (let sampleCount = 1; sampleCount <= RATE_SAMPLE_COUNT + 4; sampleCount++) {
    clock.advance(RATE_SAMPLE_INTERVAL_MS);
    reading += 160; // 1600 a second
    meter.sample(reading, clock.nowMs());
    assertEquals(meter.perSecond, Math.min(sampleCount, RATE_SAMPLE_COUNT) * 100);
  }
});

Deno.test("RateMeter cuts rates to whole numbers", () => {
  const clock = new ManualClock();
  const meter = new RateMeter(clock.nowMs());
  clock.advance(300);
  meter.sample(10, clock.nowMs()); // 33.3 a second; a 16th of 33 is 2.06
  assertEquals(meter.perSecond, 2);
});

Deno.test("RateMeter takes a reading without time passed for no growth", () => {
  const clock = new ManualClock();
  const meter = new RateMeter(clock.nowMs());
  meter.sample(1000, clock.nowMs());
  assertEquals(meter.perSecond, 0);
  clock.set(clock.nowMs() - 5000);
  meter.sample(2000, clock.nowMs());
  assertEquals(meter.perSecond, 0);
});

Deno.test("AccumulatedTime counts the spell going on into the total", () => {
  const time = new AccumulatedTime();
  time.begin(0);
  time.begin(1_000_000); // still the same spell
  assertEquals([time.currentMs(5_999), time.totalMs(5_999)], [5, 5]);
  time.end(10_500);
  time.end(99_000);
  assertEquals([time.isRunning, time.currentMs(99_000), time.totalMs(99_000)], [false, 0, 10]);
  time.begin(100_000);
  assertEquals([time.currentMs(102_500), time.totalMs(102_500)], [2, 13]);
  time.reset();
  assertEquals([time.isRunning, time.totalMs(200_000)], [false, 0]);
});

Deno.test("ErrorStats lists codes in the order of their bytes", () => {
  const errors = new ErrorStats();
  for (const code of ["WRONGTYPE", "ERR", "OOM", "ERR"]) errors.record(code);
  assertEquals(errors.infoLines(), [
    "errorstat_ERR:count=2",
    "errorstat_OOM:count=1",
    "errorstat_WRONGTYPE:count=1",
  ]);
  assertEquals([errors.countOf("ERR"), errors.countOf("NOAUTH")], [2, 0]);
});

Deno.test("ErrorStats counts errors without a usable code as ERR", () => {
  const errors = new ErrorStats();
  errors.record("");
  errors.record("X".repeat(31));
  errors.record("X".repeat(30));
  assertEquals(errors.infoLines(), [
    "errorstat_ERR:count=2",
    `errorstat_${"X".repeat(30)}:count=1`,
  ]);
});

Deno.test("ErrorStats keeps made-up codes from forging INFO lines", () => {
  const errors = new ErrorStats();
  errors.record("#A:B\r\nC");
  assertEquals(errors.infoLines(), ["errorstat__A_B__C:count=1"]);
});

Deno.test("ErrorStats shares one counter between the codes over the limit", () => {
  const errors = new ErrorStats();
  for (let index = 0; index < ERROR_CODE_COUNT_MAX + 50; index++) errors.record(`E${index}`);
  errors.record("E0");
  assertEquals(errors.codeCount, ERROR_CODE_COUNT_MAX + 1);
  assertEquals(errors.countOf(ERROR_CODE_OVERFLOW), 50);
  assertEquals(errors.countOf("E0"), 2);
  errors.reset();
  assertEquals(errors.infoLines(), []);
});

Deno.test("ServerStats adds replication traffic to the totals and the rates", () => {
  const clock = new ManualClock();
  const stats = new ServerStats(clock.nowMs());
  stats.clientInputBytes = 100_000;
  stats.replicationInputBytes = 63_840;
  stats.clientOutputBytes = 16_384;
  stats.replicationOutputBytes = 8_192;
  stats.commandsProcessed = 1600;
  assertEquals([stats.netInputBytes, stats.netOutputBytes], [163_840, 24_576]);
  clock.advance(1000);
  stats.sample(clock.nowMs());
  assertEquals(stats.instantaneousOpsPerSecond, 100);
  assertEquals(stats.instantaneousInputKibPerSecond, 10);
  assertEquals(stats.instantaneousOutputKibPerSecond, 1.5);
  assertAlmostEquals(stats.instantaneousReplicationInputKibPerSecond, 3.896, 0.001);
  assertEquals(stats.instantaneousReplicationOutputKibPerSecond, 0.5);
});

Deno.test("ServerStats moves the share of stale keys by a twentieth", () => {
  const stats = new ServerStats(new ManualClock().nowMs());
  stats.recordStaleShare(1);
  assertAlmostEquals(stats.expiredStaleShare, 0.05);
  stats.recordStaleShare(1);
  assertAlmostEquals(stats.expiredStaleShare, 0.0975);
});

Deno.test("ServerStats.recordErrorReply counts in total and by code", () => {
  const stats = new ServerStats(new ManualClock().nowMs());
  stats.recordErrorReply("ERR");
  stats.recordErrorReply("OOM");
  assertEquals([stats.errorReplies, stats.errors.countOf("OOM")], [2, 1]);
});

/** Numbers that say how things are, not what has happened. */
const STATES = ["changesSinceSave", "activeDefragRunning", "loadingRdbUsedBytes"];

Deno.test("ServerStats.reset leaves no counter behind", () => {
  const clock = new ManualClock();
  const stats = new ServerStats(clock.nowMs());
  const fields = stats as unknown as Record<string, unknown>;
  // What no snapshot holds yet is not a statistic: only a snapshot resets it.
  const names = Object.keys(stats).filter((name) =>
    typeof fields[name] === "number" && !STATES.includes(name)
  );
  for (const name of names) fields[name] = 7;
  stats.evictionExceeded.begin(0);
  stats.activeDefrag.begin(0);
  stats.errors.record("ERR");
  clock.advance(100);
  stats.sample(clock.nowMs());

  stats.reset(clock.nowMs());
  assertEquals(names.filter((name) => fields[name] !== 0), []);
  assertEquals(names.length > 30, true);
  assertEquals([stats.evictionExceeded.isRunning, stats.activeDefrag.isRunning], [false, false]);
  assertEquals(stats.errors.codeCount, 0);
  assertEquals(stats.instantaneousOpsPerSecond, 0);
  assertEquals(stats.instantaneousInputKibPerSecond, 0);

  clock.advance(1000);
  stats.commandsProcessed = 16;
  stats.sample(clock.nowMs());
  assertEquals(stats.instantaneousOpsPerSecond, 1, "rates count from the reset");
});
