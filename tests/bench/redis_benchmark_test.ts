/**
 * redis-benchmark: its CSV is read as it is printed.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { parseBenchmarkCsv } from "./redis_benchmark.ts";
import { geometricMean, median } from "./statistics.ts";

const HEADER = '"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms",' +
  '"p95_latency_ms","p99_latency_ms","max_latency_ms"\n';

Deno.test("parseBenchmarkCsv takes the test itself, not its preparation", () => {
  const printed = HEADER +
    '"LPUSH (needed to benchmark LRANGE)","1000000.00","0.692","0.272","0.655","1.0","1.3","1.5"\n' +
    '"LRANGE_100 (first 100 elements)","166666.67","3.592","0.496","3.3","5.9","7.023","7.9"\n';
  assertEquals(parseBenchmarkCsv(printed), { requestsPerSecond: 166666.67, p99Ms: 7.023 });
});

Deno.test("parseBenchmarkCsv finds no figures in a header or a complaint", () => {
  assertEquals(parseBenchmarkCsv(HEADER), undefined);
  assertEquals(parseBenchmarkCsv("Could not connect to Redis\n"), undefined);
});

Deno.test("median is the middle one, or the mean of the middle two", () => {
  assertEquals(median([9, 1, 2]), 2);
  assertEquals(median([4, 1, 2, 9]), 3);
});

Deno.test("geometricMean of twice and half as fast is equally fast", () => {
  assertAlmostEquals(geometricMean([2, 0.5]), 1);
});
