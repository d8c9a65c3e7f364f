/**
 * Appending table: SET by `redis-benchmark` without an append-only file, with `everysec` and with
 * `always`, both servers in turn.
 *
 * All servers stand ready from the beginning and take turns, so that a mood of the machine meets
 * all of them alike.
 *
 * @module
 */
import type { BenchOptions } from "./bench_options.ts";
import type { MeasuredServer, ServerStarter } from "./measured_server.ts";
import { benchmarkArguments, runBenchmark } from "./redis_benchmark.ts";
import { median } from "./statistics.ts";
import { TextTable, withCommas } from "./text_table.ts";

/** Ways to append, by what the servers are told; the first is without. */
const MODES = [
  { title: "without", directives: [] },
  { title: "everysec", directives: ["--appendonly", "yes", "--appendfsync", "everysec"] },
  { title: "always", directives: ["--appendonly", "yes", "--appendfsync", "always"] },
] as const;
/** A file that is rewritten meanwhile would be another measurement. */
const NO_REWRITE = ["--auto-aof-rewrite-percentage", "0"];
const TEST_NAME = "SET";
/** Pipeline depths: each command by itself, and the usual pipeline. */
const DEPTHS = [1, 16];
/** Commands of a warm-up run. */
const WARM_UP_REQUESTS = 10_000;

/** Rates in commands a second, by server and mode. */
type Rates = number[][][];

/**
 * Measures and prints the table.
 *
 * @param starters Start the servers, the one to measure against first.
 */
export async function measureAppending(
  starters: readonly ServerStarter[],
  options: BenchOptions,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const servers: MeasuredServer[][] = [];
  for (const start of starters) {
    const row: MeasuredServer[] = [];
    for (const { directives } of MODES) {
      row.push(stack.use(await start({ directives: [...directives, ...NO_REWRITE] })));
    }
    servers.push(row);
  }
  const [theirName, ourName] = servers.map((row) => row[0].name);
  const table = new TextTable([
    { title: "redis-benchmark", alignment: "left" },
    { title: "appendfsync", alignment: "left" },
    ...[`${theirName} /s`, `${ourName} /s`, "ratio", `${theirName} over without`]
      .map((title) => ({ title })),
    { title: `${ourName} over without` },
  ]);
  for (const pipelineDepth of DEPTHS) {
    const run = { testName: TEST_NAME, pipelineDepth, clientCount: options.clientCount };
    const rates = await ratesOf(servers, run, options);
    for (const [mode, { title }] of MODES.entries()) {
      const [theirs, ours] = rates.map((row) => row[mode]);
      const [theirShare, ourShare] = rates.map((row) => ratio(row[mode], row[0]).toFixed(2));
      const shape = benchmarkArguments({ ...run, requestCount: 0 }).slice(0, 6).join(" ");
      const cells = [withCommas(median(theirs)), withCommas(median(ours))];
      table.add(shape, title, ...cells, ratio(ours, theirs).toFixed(2), theirShare, ourShare);
    }
  }
  console.log(
    `Appending: medians of ${options.pairCount} rounds in which all servers take turns; ratio ` +
      `and over without: the medians of the rounds' ratios.\n\n${table}\n`,
  );
}

/** Lets all servers take turns; returns the rates of each by mode and round. */
async function ratesOf(
  servers: readonly (readonly MeasuredServer[])[],
  run: { testName: string; pipelineDepth: number; clientCount: number },
  options: BenchOptions,
): Promise<Rates> {
  const rates: Rates = servers.map((row) => row.map(() => []));
  const requestCounts: number[] = [];
  for (const mode of MODES.keys()) {
    const warmUps: number[] = [];
    for (const row of servers) {
      const { port } = row[mode];
      const result = await runBenchmark({ ...run, requestCount: WARM_UP_REQUESTS, port });
      warmUps.push(result.requestsPerSecond);
    }
    requestCounts.push(Math.max(1, Math.round(Math.min(...warmUps) * options.runSeconds)));
  }
  for (let round = 0; round < options.pairCount; round++) {
    for (const [mode, requestCount] of requestCounts.entries()) {
      for (const [index, row] of servers.entries()) {
        const result = await runBenchmark({ ...run, requestCount, port: row[mode].port });
        rates[index][mode].push(result.requestsPerSecond);
      }
    }
  }
  return rates;
}

/** The median of the ratios of two series, round by round. */
function ratio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, index) => value / others[index]));
}
