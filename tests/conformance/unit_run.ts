/**
 * Unit run: one unit of the suite by itself, with a time limit and ports of its own.
 *
 * `timeout` of coreutils puts the suite, its clients and the servers they start into one process
 * group and kills them together, so that a run that hangs leaves nothing behind. A milder signal would
 * not do: a server that writes its first append-only file does not end on SIGTERM.
 *
 * @module
 */
import { parseUnitOutput, type UnitResult } from "./unit_result.ts";

/** What to run. */
export interface UnitRunOptions {
  /** The tree with the server under test. */
  readonly treeDirectory: string;
  /** The unit's name as the suite has it, `unit/type/string`. */
  readonly unitName: string;
  /** When to end it, in seconds. */
  readonly limitSeconds: number;
  /** First of `UNIT_PORTS` ports. */
  readonly basePort: number;
  /** Hears what the suite prints while it runs. */
  readonly onOutput?: (text: string) => void;
}

/** Ports that one unit may use: for servers, and 32 below for the suite itself. */
export const UNIT_PORTS = 200;
const HARNESS_PORTS = 32;
/** How `timeout` ends when it had to kill the command: with it. */
const TIMEOUT_EXIT_CODE = 137;

/**
 * Runs a unit.
 *
 * @returns What it said.
 * @throws {Error} The user interrupted it; all its processes have ended.
 */
export async function runUnit(options: UnitRunOptions): Promise<UnitResult> {
  const startedMs = performance.now();
  const process = new Deno.Command("timeout", {
    args: [
      ...["--signal=KILL", String(options.limitSeconds)],
      ...["tclsh", "tests/test_helper.tcl", "--single", options.unitName],
      ...["--clients", "1", "--durable", "--timeout", String(options.limitSeconds)],
      ...["--baseport", String(options.basePort + HARNESS_PORTS)],
      ...["--portcount", String(UNIT_PORTS - HARNESS_PORTS)],
    ],
    cwd: options.treeDirectory,
    // Without a colour terminal the suite prints no escape codes.
    env: { TERM: "dumb" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isInterrupted = false;
  const end = (): void => {
    isInterrupted = true;
    process.kill("SIGTERM");
  };
  Deno.addSignalListener("SIGINT", end);
  let output = "";
  const listen = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    // Tests print binary keys: Latin-1 can't fail on any of them.
    for await (const text of stream.pipeThrough(new TextDecoderStream("latin1"))) {
      output += text;
      options.onOutput?.(text);
    }
  };
  const [status] = await Promise.all([
    process.status,
    listen(process.stdout),
    listen(process.stderr),
  ]);
  Deno.removeSignalListener("SIGINT", end);
  if (isInterrupted) throw new Error(`Interrupted in ${options.unitName}`);
  const { okCount, failures, isDone } = parseUnitOutput(output);
  const isTimedOut = status.code === TIMEOUT_EXIT_CODE || output.includes("[TIMEOUT]");
  return {
    okCount,
    failures,
    ending: isTimedOut ? "timed out" : isDone ? "done" : "broken off",
    durationSeconds: Math.round((performance.now() - startedMs) / 1000),
  };
}
