/**
 * Benchmark: EasyRedis and redis-server side by side on this machine.
 *
 * Nothing here is an absolute figure: each number stands beside that of the other server in the same
 * run, because machines differ and have moods. The tables can be pasted into the README.
 *
 * Run by `deno task bench`; `--help` tells the options.
 *
 * @module
 */
import { BENCH_USAGE, type BenchOptions, parseBenchOptions } from "./bench_options.ts";
import { runCallersPart } from "./callers_part.ts";
import { runCollectionsPart } from "./collections_part.ts";
import { runConnectionsPart } from "./connections_part.ts";
import { easyRedisCommand } from "./launch_command.ts";
import { MeasuredServer, ServerStartError, type StartOptions } from "./measured_server.ts";
import { runMemoryPart } from "./memory_part.ts";
import { runMessagesPart } from "./messages_part.ts";
import { runNotificationsPart } from "./notifications_part.ts";
import { runPersistencePart } from "./persistence_part.ts";
import { runRelayPart } from "./relay_part.ts";
import { runSpeedPart } from "./speed_part.ts";

if (import.meta.main) Deno.exitCode = await main(Deno.args);

/** Runs what the command line asks for; returns the exit code. */
async function main(words: string[]): Promise<number> {
  let options: BenchOptions | undefined;
  try {
    options = parseBenchOptions(words);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
  if (options === undefined) {
    console.log(BENCH_USAGE);
    return 0;
  }
  const referenceVersion = await versionOf(options.referenceProgram);
  if (referenceVersion === undefined) {
    console.error(
      `Cannot run "${options.referenceProgram}": install Debian's redis-server and redis-tools`,
    );
    return 1;
  }
  try {
    await run(options, referenceVersion);
    return 0;
  } catch (error) {
    if (!(error instanceof ServerStartError)) throw error;
    console.error(error.message);
    return 1;
  }
}

/** Runs the parts in order. */
async function run(options: BenchOptions, referenceVersion: string): Promise<void> {
  const launch = await easyRedisCommand();
  const reference = { program: options.referenceProgram, arguments: [] };
  const startReference = (options?: StartOptions): Promise<MeasuredServer> =>
    MeasuredServer.start("Redis", reference, options);
  const startSubject = (options?: StartOptions): Promise<MeasuredServer> =>
    MeasuredServer.start("EasyRedis", launch, options);
  console.log(
    `${referenceVersion}; Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} processors, ` +
      `${new Date().toISOString().slice(0, 10)}`,
  );
  for (const part of options.parts) {
    const startedMs = performance.now();
    console.log("");
    if (part === "speed") {
      await using referenceServer = await startReference();
      await using subjectServer = await startSubject();
      console.log(`${referenceServer.commandLine}\n${subjectServer.commandLine}\n`);
      await runSpeedPart({ reference: referenceServer, subject: subjectServer }, options);
    } else if (part === "memory") {
      await runMemoryPart([startReference, startSubject], options);
    } else if (part === "collections") {
      await runCollectionsPart([startReference, startSubject], options);
    } else if (part === "messages") {
      await runMessagesPart([startReference, startSubject], options);
    } else if (part === "persistence") {
      await runPersistencePart([startReference, startSubject], options);
    } else if (part === "notifications") {
      await runNotificationsPart([startReference, startSubject], options);
    } else if (part === "relay") {
      await runRelayPart(startSubject, options);
    } else if (part === "callers") {
      await runCallersPart(startReference, options);
    } else {
      await runConnectionsPart([startReference, startSubject], options);
    }
    console.log(`(${part}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s)`);
  }
}

/** What `--version` says in short, or `undefined` if there is no such program. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
    const version = /v=([0-9.]+)/.exec(new TextDecoder().decode(stdout))?.[1];
    return `Redis ${version ?? "of unknown version"}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
