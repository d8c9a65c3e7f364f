/**
 * redis-benchmark: one run of Redis' own load generator and its figures.
 *
 * @module
 */

/** What to run. */
export interface BenchmarkRun {
  /** TCP port of the server. */
  readonly port: number;
  /** The test's name as `-t` takes it, in any case; with spaces: a command of its own. */
  readonly testName: string;
  /** Commands sent before a client waits for replies, `-P`. */
  readonly pipelineDepth: number;
  /** Commands in all, `-n`. */
  readonly requestCount: number;
  /** Connections, `-c`. */
  readonly clientCount: number;
}

/** The figures of one run. */
export interface BenchmarkResult {
  /** Commands a second. */
  readonly requestsPerSecond: number;
  /** The time within which 99 of 100 commands were answered, in milliseconds. */
  readonly p99Ms: number;
}

/** Number of different keys, `-r`. */
export const KEY_RANGE = 1_000_000;

/** Fields of a line of `redis-benchmark --csv`. */
const RATE_FIELD = 1;
const P99_FIELD = 6;

/**
 * Runs one test.
 *
 * @throws {Error} The program failed or printed no figures; the message has what it printed.
 */
export async function runBenchmark(run: BenchmarkRun): Promise<BenchmarkResult> {
  const output = await new Deno.Command("redis-benchmark", {
    args: ["-h", "127.0.0.1", "-p", String(run.port), "--csv", ...benchmarkArguments(run)],
    stdin: "null",
  }).output();
  const printed = new TextDecoder().decode(output.stdout);
  const result = parseBenchmarkCsv(printed);
  if (!output.success || result === undefined) {
    const complaint = new TextDecoder().decode(output.stderr);
    throw new Error(`redis-benchmark -t ${run.testName} failed:\n${printed}${complaint}`);
  }
  return result;
}

/** The command line of a run without host and port, to be printed beside its figures. */
export function benchmarkArguments(run: Omit<BenchmarkRun, "port">): string[] {
  const words = run.testName.split(" "), isCommand = words.length > 1;
  return [
    ...(isCommand ? [] : ["-t", run.testName.toLowerCase()]),
    ...["-P", String(run.pipelineDepth), "-c", String(run.clientCount)],
    ...["-n", String(run.requestCount), "-r", String(KEY_RANGE)],
    ...(isCommand ? words : []),
  ];
}

/**
 * Reads what `--csv` prints.
 *
 * @param printed Lines of quoted fields, a header first. Tests such as LRANGE print one line for
 * their preparation too, so the last line counts.
 * @returns The figures, or `undefined` if there are none.
 */
export function parseBenchmarkCsv(printed: string): BenchmarkResult | undefined {
  const lines = printed.split("\n").filter((line) => /^".*","[0-9.]+"/.test(line));
  const last = lines.at(-1);
  if (last === undefined) return undefined;
  const fields = last.trim().slice(1, -1).split('","');
  const requestsPerSecond = Number(fields[RATE_FIELD]);
  const p99Ms = Number(fields[P99_FIELD]);
  if (!(requestsPerSecond > 0) || Number.isNaN(p99Ms)) return undefined;
  return { requestsPerSecond, p99Ms };
}
