/**
 * Unit tests of the latency histogram; the expected numbers were read off Redis 7.0's library.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/random.ts";
import { LatencyHistogram } from "../../../src/observability/mod.ts";

/** A histogram of durations in microseconds. */
function histogramOf(...durationsUs: number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const durationUs of durationsUs) histogram.record(durationUs);
  return histogram;
}

/** The cumulative buckets as `upTo:count` words. */
function bucketText(histogram: LatencyHistogram): string {
  return histogram.cumulativeBuckets().map((bucket) => {
    return `${bucket.upToUs}:${bucket.cumulativeCount}`;
  }).join(" ");
}

Deno.test("LatencyHistogram without recordings is empty in every respect", () => {
  const histogram = new LatencyHistogram();
  assertEquals(histogram.totalCount, 0);
  assertEquals(histogram.valueAtPercentileNs(50), 0);
  assertEquals(histogram.cumulativeBuckets(), []);
});

Deno.test("LatencyHistogram shows a percentile as the longest duration of its slot", () => {
  assertEquals(histogramOf(0).valueAtPercentileNs(50), 1);
  assertEquals(histogramOf(1).valueAtPercentileNs(50), 1003);
  assertEquals(histogramOf(1).valueAtPercentileNs(0), 1000);
  assertEquals(histogramOf(1, 2, 3).valueAtPercentileNs(50), 2007);
  assertEquals(histogramOf(1, 2, 3).valueAtPercentileNs(100), 3007);
  assertEquals(histogramOf(1, 2, 3).valueAtPercentileNs(250), 3007);
});

Deno.test("LatencyHistogram counts what lies outside as the nearer end", () => {
  const histogram = histogramOf(-5, 0, 1_000_000, 3_600_000_000);
  assertEquals(histogram.valueAtPercentileNs(50), 1);
  assertEquals(histogram.valueAtPercentileNs(75), 1_002_438_655);
  assertEquals(histogram.valueAtPercentileNs(100), 1_002_438_655);
});

Deno.test("LatencyHistogram.cumulativeBuckets ends buckets where LATENCY HISTOGRAM does", () => {
  const histogram = new LatencyHistogram();
  for (let durationUs = 1; durationUs <= 1 << 19; durationUs *= 2) histogram.record(durationUs);
  assertEquals(
    bucketText(histogram),
    "1:1 2:2 4:3 8:4 16:5 33:6 66:7 132:8 264:9 528:10 1056:11 2113:12 4227:13 8454:14 " +
      "16908:15 33816:16 67633:17 135266:18 270532:19 541065:20",
  );
});

Deno.test("LatencyHistogram.cumulativeBuckets leaves buckets out that add nothing", () => {
  assertEquals(bucketText(histogramOf(0, 0, 100, 100, 1_000_000)), "1:2 132:4 1073741:5");
});

Deno.test("LatencyHistogram.record takes a count past 32 bits", () => {
  const histogram = new LatencyHistogram();
  histogram.record(10, 2 ** 33);
  histogram.record(20);
  assertEquals(histogram.totalCount, 2 ** 33 + 1);
  assertEquals(bucketText(histogram), `16:${2 ** 33} 33:${2 ** 33 + 1}`);
});

Deno.test("LatencyHistogram errs by less than a hundredth and never below", () => {
  const random = new SeededRandom(20_261_124);
  for (let round = 0; round < 2000; round++) {
    const durationUs = 1 + random.below(10 ** (1 + random.below(6)));
    const shownUs = histogramOf(durationUs).valueAtPercentileNs(50) / 1000;
    const error = (shownUs - Math.min(durationUs, 1_000_000)) / durationUs;
    assertEquals(error >= 0 && error < 0.01, true, `${durationUs} µs shown as ${shownUs} µs`);
  }
});

Deno.test("LatencyHistogram.reset forgets everything", () => {
  const histogram = histogramOf(1, 2, 3);
  histogram.reset();
  assertEquals(histogram.totalCount, 0);
  histogram.record(5);
  assertEquals(bucketText(histogram), "8:1");
});
