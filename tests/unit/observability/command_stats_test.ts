/**
 * Unit tests of command stats: the lines of INFO commandstats and latencystats.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { CommandStats } from "../../../src/observability/mod.ts";

Deno.test("CommandStats prints its line of commandstats", () => {
  const stats = new CommandStats();
  stats.recordCall(2, true);
  assertEquals(
    stats.commandStatLine("get"),
    "cmdstat_get:calls=1,usec=2,usec_per_call=2.00,rejected_calls=0,failed_calls=0",
  );
  stats.recordCall(3, true);
  stats.recordCall(3, true);
  stats.rejectedCalls = 4;
  stats.failedCalls = 1;
  assertEquals(
    stats.commandStatLine("client|id"),
    "cmdstat_client|id:calls=3,usec=8,usec_per_call=2.67,rejected_calls=4,failed_calls=1",
  );
});

Deno.test("CommandStats of a command that only was refused has a mean of 0", () => {
  const stats = new CommandStats();
  assertEquals(stats.isUsed, false);
  stats.rejectedCalls++;
  assertEquals(stats.isUsed, true);
  assertEquals(
    stats.commandStatLine("set"),
    "cmdstat_set:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0",
  );
});

Deno.test("CommandStats computes the mean in single precision and rounds as C does", () => {
  const stats = new CommandStats();
  stats.calls = 8;
  stats.microseconds = 1;
  assertEquals(stats.commandStatLine("x").includes("usec_per_call=0.12,"), true);
  stats.calls = 1;
  stats.microseconds = 123_456_789; // a float holds 24 bits of it
  assertEquals(stats.commandStatLine("x").includes("usec_per_call=123456792.00,"), true);
});

Deno.test("CommandStats prints its line of latencystats", () => {
  const stats = new CommandStats();
  stats.recordCall(0, true);
  stats.recordCall(0, true);
  stats.recordCall(1, true);
  assertEquals(
    stats.latencyStatLine("get"),
    "latency_percentiles_usec_get:p50=0.001,p99=1.003,p99.9=1.003",
  );
  assertEquals(
    stats.latencyStatLine("get", [0, 100]),
    "latency_percentiles_usec_get:p0=0.001,p100=1.003",
  );
  assertEquals(stats.latencyStatLine("get", []), "latency_percentiles_usec_get:");
});

Deno.test("CommandStats keeps the duration out of the histogram unless it is tracked", () => {
  const stats = new CommandStats();
  stats.recordCall(5, false);
  assertEquals(stats.latency.totalCount, 0);
  stats.recordUnblock(1000, true);
  assertEquals([stats.calls, stats.microseconds, stats.latency.totalCount], [1, 1005, 1]);
});

Deno.test("CommandStats makes a module's command name safe", () => {
  const line = new CommandStats().commandStatLine("a:b#c");
  assertEquals(line.startsWith("cmdstat_a_b_c:calls=0"), true);
});

Deno.test("CommandStats.reset sets everything back", () => {
  const stats = new CommandStats();
  stats.recordCall(5, true);
  stats.rejectedCalls++;
  stats.failedCalls++;
  stats.reset();
  assertEquals([stats.isUsed, stats.microseconds, stats.latency.totalCount], [false, 0, 0]);
});
