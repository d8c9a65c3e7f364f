/**
 * Speed part: `redis-benchmark` against both servers in turn, test by test and depth by depth.
 *
 * The order is A B A B, so that what the machine does meanwhile meets both alike; each pair of
 * neighbours gives one ratio, and the median of the pairs' ratios is the result. Before it counts,
 * each server gets one run that does not: it warms up the engine, and tells how many commands make
 * a run of the wanted length. Both servers then get the same number.
 *
 * @module
 */
import type { BenchOptions } from "./bench_options.ts";
import { fillKeys } from "./key_filler.ts";
import type { MeasuredServer } from "./measured_server.ts";
import {
  benchmarkArguments,
  type BenchmarkResult,
  type BenchmarkRun,
  KEY_RANGE,
  runBenchmark,
} from "./redis_benchmark.ts";
import { geometricMean, median } from "./statistics.ts";
import { TextTable, withCommas } from "./text_table.ts";

/** The two servers: the one to measure against, and the one measured. */
export interface ServerPair {
  readonly reference: MeasuredServer;
  readonly subject: MeasuredServer;
}

/** Commands of a warm-up run at depth 1; deeper ones are faster, so it grows with their root. */
const WARM_UP_REQUESTS = 20_000;
/** Command counts are multiples of this. */
const REQUEST_STEP = 10_000;

/**
 * Runs all tests at all depths and prints the table.
 *
 * @param pair Both servers; their data is replaced.
 * @param options Tests, depths, pairs and the length of a run.
 */
export async function runSpeedPart(pair: ServerPair, options: BenchOptions): Promise<void> {
  for (const server of [pair.reference, pair.subject]) {
    await fillKeys({ port: server.port, keyCount: KEY_RANGE });
  }
  const { reference, subject } = pair;
  const table = new TextTable([
    { title: "redis-benchmark", alignment: "left" },
    { title: `${reference.name} /s` },
    { title: `${subject.name} /s` },
    { title: "ratio" },
    { title: "lowest to highest" },
    { title: "p99 ms" },
  ]);
  const ratiosOfDepth = new Map<number, number[]>();
  for (const testName of options.testNames) {
    for (const depth of options.depths) {
      const line = await measure(pair, { testName, depth, options });
      table.add(...line.cells);
      ratiosOfDepth.set(depth, [...(ratiosOfDepth.get(depth) ?? []), line.ratio]);
    }
  }
  for (const [depth, ratios] of ratiosOfDepth) {
    table.add(`geometric mean at -P ${depth}`, "", "", geometricMean(ratios).toFixed(2));
  }
  console.log(
    `Speed: ${withCommas(KEY_RANGE)} keys set before; medians of ${options.pairCount} pairs of ` +
      `runs in turn; ratio: the median of the pairs' ratios, above 1 is faster than ` +
      `${reference.name}; p99: ${reference.name}, ${subject.name}.\n\n${table}\n`,
  );
}

/** Measures one line of the table. */
async function measure(
  pair: ServerPair,
  what: { testName: string; depth: number; options: BenchOptions },
): Promise<{ cells: string[]; ratio: number }> {
  const { testName, depth, options } = what;
  const run = { testName, pipelineDepth: depth, clientCount: options.clientCount };
  const requestCount = await calibrate(pair, run, options.runSeconds);
  const theirs: BenchmarkResult[] = [], ours: BenchmarkResult[] = [];
  const runOn = async (server: MeasuredServer): Promise<BenchmarkResult> => {
    await refill(server, { ...run, requestCount });
    return await runBenchmark({ ...run, requestCount, port: server.port });
  };
  for (let pairIndex = 0; pairIndex < options.pairCount; pairIndex++) {
    theirs.push(await runOn(pair.reference));
    ours.push(await runOn(pair.subject));
  }
  const ratios = ours.map((result, index) =>
    result.requestsPerSecond / theirs[index].requestsPerSecond
  );
  const rateOf = (results: BenchmarkResult[]): string =>
    withCommas(median(results.map((result) => result.requestsPerSecond)));
  const p99Of = (results: BenchmarkResult[]): string =>
    median(results.map((result) => result.p99Ms)).toFixed(2);
  const ratio = median(ratios);
  const cells = [
    benchmarkArguments({ ...run, requestCount }).join(" "),
    rateOf(theirs),
    rateOf(ours),
    ratio.toFixed(2),
    `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    `${p99Of(theirs)}, ${p99Of(ours)}`,
  ];
  return { cells, ratio };
}

/** Tests that take elements away, with the test that puts them there and the key. */
const FILLED_BY = new Map([
  ["LPOP", { testName: "LPUSH", key: "mylist" }],
  ["RPOP", { testName: "RPUSH", key: "mylist" }],
  ["SPOP", { testName: "SADD", key: "myset" }],
  ["ZPOPMIN", { testName: "ZADD", key: "myzset" }],
]);
/** Pipeline depth of the filling. */
const FILLING_DEPTH = 64;
/** Elements are drawn by chance: three draws for each that is taken leave some over. */
const FILLING_FACTOR = 3;
/** Most that is taken away in a run, so that there are enough different elements. */
const TAKEN_COUNT_MAX = KEY_RANGE / 2;

/** Sees to it that a test which takes elements away finds some. */
async function refill(server: MeasuredServer, run: Omit<BenchmarkRun, "port">): Promise<void> {
  const filling = FILLED_BY.get(run.testName.toUpperCase());
  if (filling === undefined) return;
  using connection = await server.connect();
  await connection.ask("DEL", filling.key);
  const { testName } = filling;
  const requestCount = run.requestCount * FILLING_FACTOR;
  await runBenchmark({
    ...run,
    ...{ testName, requestCount, pipelineDepth: FILLING_DEPTH, port: server.port },
  });
}

/** Warms both servers up; returns how many commands the slower one of them does in a run's time. */
async function calibrate(
  pair: ServerPair,
  run: Omit<BenchmarkRun, "port" | "requestCount">,
  runSeconds: number,
): Promise<number> {
  const requestCount = Math.round(WARM_UP_REQUESTS * Math.sqrt(run.pipelineDepth));
  const rates: number[] = [];
  for (const server of [pair.reference, pair.subject]) {
    const result = await runBenchmark({ ...run, requestCount, port: server.port });
    rates.push(result.requestsPerSecond);
  }
  const isTaking = FILLED_BY.has(run.testName.toUpperCase());
  const wanted = Math.min(Math.min(...rates) * runSeconds, isTaking ? TAKEN_COUNT_MAX : Infinity);
  return Math.max(1, Math.round(wanted / REQUEST_STEP)) * REQUEST_STEP;
}
