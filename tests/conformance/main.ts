/**
 * Conformance: Redis' own Tcl suite, run against this project, beside what real Redis makes of it.
 *
 * Run by `deno task conformance [unit ...]`. The suite's source comes from Debian (`suite_source.ts`),
 * the server under test is slipped in as `src/redis-server` (`suite_tree.ts`), and each unit runs by
 * itself (`unit_run.ts`): a unit that needs commands not there yet does not end the others.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { easyRedisCommand } from "../bench/launch_command.ts";
import { TextTable } from "../bench/text_table.ts";
import { ReferenceResults } from "./reference_results.ts";
import { cacheDirectory, fetchSuiteSource, requireProgram } from "./suite_source.ts";
import { buildSuiteTree } from "./suite_tree.ts";
import { countFailures, type UnitResult } from "./unit_result.ts";
import { runUnit, UNIT_PORTS } from "./unit_run.ts";

/** Units that need no more than the server, strings and keys. */
const DEFAULT_UNITS = [
  ...["unit/printver", "unit/protocol", "unit/quit", "unit/auth", "unit/type/string"],
  ...["unit/type/incr", "unit/keyspace", "unit/expire", "unit/limits", "unit/info-command"],
];
const DEFAULT_LIMIT_SECONDS = 300;
/** Ports for servers: below those that the system gives to clients, also 10,000 further up. */
const LOWEST_PORT = 12_000;
const PORT_BLOCKS = 40;

const USAGE = `Usage: deno task conformance [options] [unit ...]

Runs units of Redis' Tcl suite against EasyRedis, by default
${DEFAULT_UNITS.join(" ")}

Options
  --verbose        print what the suite says about each failed test
  --raw            print all that the suite prints
  --limit SECONDS  time for one unit (${DEFAULT_LIMIT_SECONDS})
  --refresh        run real Redis again instead of using its kept results
  --reference      real Redis alone

A unit may be named without "unit/". EASYREDIS_EXECUTABLE names a compiled server to be judged
instead of main.ts. Needs Debian's tcl, redis-server, redis-tools, dpkg-dev.`;

/** What the command line asks for. */
interface ConformanceOptions {
  readonly unitNames: readonly string[];
  readonly limitSeconds: number;
  readonly isVerbose: boolean;
  readonly isRaw: boolean;
  readonly isRefresh: boolean;
  readonly isReferenceOnly: boolean;
}

/** One unit with both servers. */
interface UnitComparison {
  readonly unitName: string;
  readonly reference: UnitResult;
  readonly subject: UnitResult | undefined;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);

/** Runs what the command line asks for; returns the exit code. */
async function main(words: string[]): Promise<number> {
  try {
    const options = parseOptions(words);
    if (options === undefined) {
      console.log(USAGE);
      return 0;
    }
    return await run(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
}

function parseOptions(words: string[]): ConformanceOptions | undefined {
  const given = parseArgs(words, {
    boolean: ["verbose", "raw", "refresh", "reference", "help"],
    string: ["limit"],
    unknown: (word: string) => {
      if (word.startsWith("-")) throw new Error(`Unknown argument: ${word}\n\n${USAGE}`);
    },
  });
  if (given.help) return undefined;
  const limitSeconds = Number(given.limit ?? DEFAULT_LIMIT_SECONDS);
  if (!(limitSeconds > 0)) throw new Error(`--limit: not a number of seconds: "${given.limit}"`);
  const named = given._.map(unitNameOf);
  return {
    unitNames: named.length > 0 ? named : DEFAULT_UNITS,
    limitSeconds,
    isVerbose: given.verbose,
    isRaw: given.raw,
    isRefresh: given.refresh,
    isReferenceOnly: given.reference,
  };
}

/** A unit's full name: `string` must be given as `type/string`, `integration/aof` in full. */
function unitNameOf(word: string | number): string {
  const name = String(word);
  return /^(unit|integration)\//.test(name) ? name : `unit/${name}`;
}

/** Runs the units and prints the report; the exit code is 1 if one is worse than real Redis. */
async function run(options: ConformanceOptions): Promise<number> {
  await requireProgram("tclsh", "install Debian's tcl");
  await requireProgram("redis-server", "install Debian's redis-server");
  await requireProgram("redis-cli", "install Debian's redis-tools");
  const source = await fetchSuiteSource();
  for (const unitName of options.unitNames) {
    await Deno.stat(`${source.directory}/tests/${unitName}.tcl`).catch(() => {
      throw new Error(`No such unit in ${source.version}: ${unitName}`);
    });
  }
  const launch = await easyRedisCommand();
  const workDirectory = await Deno.makeTempDir({ prefix: "easyredis-conformance-" });
  const referenceTree = `${workDirectory}/reference`, subjectTree = `${workDirectory}/easyredis`;
  const tree = { sourceDirectory: source.directory };
  await buildSuiteTree({ ...tree, treeDirectory: referenceTree, serverCommand: ["redis-server"] });
  const serverCommand = [launch.program, ...launch.arguments];
  await buildSuiteTree({ ...tree, treeDirectory: subjectTree, serverCommand });
  try {
    if (!options.isReferenceOnly) await requireStart(subjectTree);
    const comparisons: UnitComparison[] = [];
    const kept = new ReferenceResults(`${cacheDirectory()}/results/${source.version}`);
    for (const unitName of options.unitNames) {
      const reference = await referenceResult({ unitName, referenceTree, kept, options });
      const subject = options.isReferenceOnly ? undefined : await runAndTell(
        { unitName, treeDirectory: subjectTree, serverName: "EasyRedis" },
        options,
      );
      comparisons.push({ unitName, reference, subject });
    }
    printReport(comparisons, options);
    return comparisons.some(isWorse) ? 1 : 0;
  } finally {
    await Deno.remove(workDirectory, { recursive: true });
  }
}

/** Makes sure that the server under test can be run: the suite would wait minutes to find out. */
async function requireStart(treeDirectory: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("src/redis-server", {
    args: ["-v"],
    cwd: treeDirectory,
  }).output();
  if (success) return;
  const decoder = new TextDecoder();
  throw new Error(`Cannot run EasyRedis -v:\n${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}

/** What real Redis makes of a unit: kept from an earlier run, or run now. */
async function referenceResult(
  what: {
    unitName: string;
    referenceTree: string;
    kept: ReferenceResults;
    options: ConformanceOptions;
  },
): Promise<UnitResult> {
  const { unitName, referenceTree, kept, options } = what;
  const isRunWanted = options.isRefresh || options.isReferenceOnly;
  const known = isRunWanted ? undefined : await kept.read(unitName);
  if (known !== undefined) return known;
  const run = { unitName, treeDirectory: referenceTree, serverName: "Redis" };
  const result = await runAndTell(run, options);
  await kept.write(unitName, result);
  return result;
}

/** Runs a unit and prints a line about it. */
async function runAndTell(
  run: { unitName: string; treeDirectory: string; serverName: string },
  options: ConformanceOptions,
): Promise<UnitResult> {
  const { unitName, treeDirectory, serverName } = run;
  const basePort = LOWEST_PORT + UNIT_PORTS * Math.floor(Math.random() * PORT_BLOCKS);
  const onOutput = options.isRaw
    ? (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(text))
    : undefined;
  const { limitSeconds } = options;
  const result = await runUnit({ treeDirectory, unitName, limitSeconds, basePort, onOutput });
  console.log(
    `${unitName}, ${serverName}: ${result.okCount} ok, ${countFailures(result, "error")} err, ` +
      `${countFailures(result, "exception")} exception, ${result.ending}, ` +
      `${result.durationSeconds} s`,
  );
  return result;
}

/** Prints the failed tests by name, then the table. */
function printReport(
  comparisons: readonly UnitComparison[],
  options: ConformanceOptions,
): void {
  for (const { unitName, reference, subject } of comparisons) {
    const result = subject ?? reference;
    if (result.failures.length === 0) continue;
    const alsoFailing = new Set(reference.failures.map((failure) => failure.name));
    console.log(`\n${unitName}:`);
    for (const { kind, name, details } of result.failures) {
      const remark = subject !== undefined && alsoFailing.has(name) ? " (real Redis too)" : "";
      console.log(`  ${kind === "error" ? "err" : kind}: ${name}${remark}`);
      if (options.isVerbose) console.log(details.replaceAll(/^/gm, "      "));
    }
  }
  const table = new TextTable([
    { title: "unit", alignment: "left" },
    ...["Redis ok", "err", "exception", "EasyRedis ok", "err", "exception", "s"]
      .map((title) => ({ title })),
    { title: "ended", alignment: "left" },
  ]);
  for (const { unitName, reference, subject } of comparisons) {
    const last = subject ?? reference;
    const subjectCells = subject === undefined ? ["", "", ""] : countsOf(subject);
    const cells = [...countsOf(reference), ...subjectCells, String(last.durationSeconds)];
    table.add(unitName, ...cells, last.ending);
  }
  console.log(`\n${table}`);
}

function countsOf(result: UnitResult): string[] {
  const errorCount = countFailures(result, "error");
  return [result.okCount, errorCount, countFailures(result, "exception")].map(String);
}

/** Whether this project passes fewer tests of a unit than real Redis. */
function isWorse({ reference, subject }: UnitComparison): boolean {
  if (subject === undefined) return false;
  return subject.okCount < reference.okCount || subject.ending !== reference.ending;
}
