/**
 * EasyRedis process: the project started as its user starts it, in a process of its own.
 *
 * By `deno run` with exactly the permissions of the `start` task in `deno.json`, so that a test
 * also shows that those are enough; or the executable of `deno task compile`, when
 * `EASYREDIS_EXECUTABLE` names it. In-process servers are quicker and are what most tests use
 * (`subject.ts`); this is for what only a process has: command line, exit codes, signals, kill -9.
 *
 * @module
 */

import { type Directives, ServerProcess } from "./server_process.ts";

/** How to start it. */
export interface EasyRedisProcessOptions {
  /** Further directives. */
  config?: Directives;
  /** Its port. @default {a free one} */
  port?: number;
  /** Whether to listen on a unix socket too. */
  hasUnixSocket?: boolean;
}

/** What a run to the end came to. */
export interface EasyRedisRun {
  /** Exit code. */
  code: number;
  /** All of standard output. */
  stdout: string;
  /** All of standard error. */
  stderr: string;
}

const PROJECT_DIRECTORY = new URL("../../", import.meta.url).pathname;

/**
 * Path of the compiled executable to test instead of the sources, if the environment names one.
 *
 * @returns an absolute path, or `undefined`
 */
export function easyRedisExecutable(): string | undefined {
  const path = Deno.env.get("EASYREDIS_EXECUTABLE");
  return path === undefined || path === "" ? undefined : Deno.realPathSync(path);
}

/**
 * Starts EasyRedis on a free port of 127.0.0.1, in a directory of its own, and waits until it
 * answers.
 *
 * @param options directives and unix socket
 * @returns the running server; disposing sends SIGTERM and demands exit code 0
 * @throws {Error} with its log when it does not get ready
 */
export async function startEasyRedisProcess(
  options: EasyRedisProcessOptions = {},
): Promise<ServerProcess> {
  return await ServerProcess.start({
    label: "easyredis",
    command: easyRedisCommand(),
    config: options.config,
    port: options.port,
    hasUnixSocket: options.hasUnixSocket,
  });
}

/**
 * Runs EasyRedis until it ends by itself: `--version`, a bad directive, a taken port.
 *
 * @param args the command line
 * @param stdin text for its standard input, read for the argument `-`
 * @returns exit code and output
 */
export async function runEasyRedis(args: readonly string[], stdin = ""): Promise<EasyRedisRun> {
  const [executable, ...leading] = easyRedisCommand();
  const child = new Deno.Command(executable, {
    args: [...leading, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  } catch (error) {
    // A process that ends without reading its input is no failure of the run.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  const { code, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/**
 * Executable and leading arguments that make a command line of EasyRedis.
 *
 * @returns the compiled executable alone, or `deno run` with its permissions and `main.ts`
 */
export function easyRedisCommand(): [executable: string, ...args: string[]] {
  const executable = easyRedisExecutable();
  if (executable !== undefined) return [executable];
  return [Deno.execPath(), "run", "--quiet", ...startFlags(), `${PROJECT_DIRECTORY}main.ts`];
}

/** The flags between `deno run` and `main.ts` in the `start` task. */
function startFlags(): string[] {
  const { tasks = {} } = JSON.parse(Deno.readTextFileSync(`${PROJECT_DIRECTORY}deno.json`)) as {
    tasks?: Record<string, string | { command: string }>;
  };
  const task = tasks.start;
  const command = typeof task === "string" ? task : task?.command ?? "";
  const flags = /^deno run\s+(.*?)\s*\bmain\.ts\b/.exec(command)?.[1];
  if (flags === undefined) {
    throw new Error(`Cannot read the task "start": expected "deno run ... main.ts", "${command}"`);
  }
  return flags.split(/\s+/).filter((flag) => flag !== "");
}
