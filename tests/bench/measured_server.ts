/**
 * Measured server: a Redis or an EasyRedis process of the benchmark's own, on a free port of the
 * loopback interface; empty and without persistence unless its start is given files and directives.
 *
 * Its resident memory is asked of `ps`, not of the server: the same judge for both.
 *
 * @module
 */
import { freePort } from "../support/free_port.ts";
import type { LaunchCommand } from "./launch_command.ts";
import { RawConnection } from "./raw_connection.ts";

/** How long a server may take to answer its first PING, where its start says nothing else. */
const START_TIMEOUT_MS = 20_000;
/** How long a server may take to end after SIGTERM before it is killed. */
const STOP_TIMEOUT_MS = 5_000;
/** Pause between two looks at a server that starts. */
const POLL_MS = 20;
/** Clients that a server lets in; above the 10,000 of the connections part. */
const CLIENTS_MAX = 12_000;

/** What a start may add. */
export interface StartOptions {
  /** Directives as arguments, after those that all servers are given. */
  readonly directives?: readonly string[];
  /** A directory whose content is copied into the server's own before it starts. */
  readonly filesFrom?: string;
  /** How long the server may take to answer, loading included, in milliseconds. */
  readonly timeoutMs?: number;
  /** TCP port on 127.0.0.1. @default a free one */
  readonly port?: number;
}

/** Starts a server of one kind. */
export type ServerStarter = (options?: StartOptions) => Promise<MeasuredServer>;

/** A server did not start; the message has its command line and its log. */
export class ServerStartError extends Error {
  override readonly name = "ServerStartError";
}

/** A server process under measurement; ends with `await using`. */
export class MeasuredServer implements AsyncDisposable {
  /** Name for the tables. */
  readonly name: string;
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  /** The full command line, to be printed beside the figures. */
  readonly commandLine: string;
  /** Time from the start of the process to its first answer to PING, in milliseconds. */
  startMs = 0;
  readonly #process: Deno.ChildProcess;
  readonly #directory: string;

  private constructor(
    name: string,
    port: number,
    started: { commandLine: string; process: Deno.ChildProcess; directory: string },
  ) {
    this.name = name;
    this.port = port;
    this.commandLine = started.commandLine;
    this.#process = started.process;
    this.#directory = started.directory;
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param name Name for the tables.
   * @param launch What to start; the directives are appended.
   * @param options What this start adds.
   * @throws {ServerStartError} The process ended or did not answer in time.
   */
  static async start(
    name: string,
    launch: LaunchCommand,
    options: StartOptions = {},
  ): Promise<MeasuredServer> {
    const directory = await Deno.makeTempDir({ prefix: "easyredis-bench-" });
    if (options.filesFrom !== undefined) await copyFiles(options.filesFrom, directory);
    const port = options.port ?? freePort();
    const directives = [...directivesOf(port, directory), ...options.directives ?? []];
    const argumentsGiven = [...launch.arguments, ...directives];
    const startedMs = performance.now();
    const process = new Deno.Command(launch.program, {
      args: argumentsGiven,
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const commandLine = [launch.program, ...argumentsGiven]
      .map((word) => word === "" ? '""' : word).join(" ");
    const server = new MeasuredServer(name, port, { commandLine, process, directory });
    try {
      await server.#awaitAnswer(options.timeoutMs ?? START_TIMEOUT_MS);
      server.startMs = performance.now() - startedMs;
    } catch (error) {
      const log = await Deno.readTextFile(`${directory}/log`).catch(() => "(no log)");
      await server[Symbol.asyncDispose]();
      throw new ServerStartError(`Cannot start ${name}: ${commandLine}\n${log}`, { cause: error });
    }
    return server;
  }

  /** Resident memory of the process in bytes. */
  async residentBytes(): Promise<number> {
    const pid = String(this.#process.pid);
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", pid] }).output();
    const kibibytes = Number(new TextDecoder().decode(stdout).trim());
    if (!(kibibytes > 0)) throw new Error(`Cannot read the memory of ${this.name}: it is gone`);
    return kibibytes * 1024;
  }

  /**
   * Memory of the process and of its children in bytes, pages that they share counted once.
   *
   * @throws {Error} The process is gone.
   */
  async familyBytes(): Promise<number> {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", FAMILY_SCRIPT, "sh", String(this.#process.pid)],
      stderr: "null",
    }).output();
    const kibibytes = [...new TextDecoder().decode(stdout).matchAll(/^Pss:\s+(\d+) kB$/gm)]
      .reduce((sum, match) => sum + Number(match[1]), 0);
    if (!(kibibytes > 0)) throw new Error(`Cannot read the memory of ${this.name}: it is gone`);
    return kibibytes * 1024;
  }

  /** Copies the files that the server has written, its log left out, into another directory. */
  async copyFilesTo(directory: string): Promise<void> {
    await copyFiles(this.#directory, directory);
    await Deno.remove(`${directory}/log`);
  }

  /** A new connection to the server; the caller closes it. */
  connect(): Promise<RawConnection> {
    return RawConnection.open(this.port);
  }

  /** Asks the process to end, waits for it, and removes its directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    const killTimer = setTimeout(() => this.#signal("SIGKILL"), STOP_TIMEOUT_MS);
    this.#signal("SIGTERM");
    await this.#process.status;
    clearTimeout(killTimer);
    await Deno.remove(this.#directory, { recursive: true });
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#process.kill(signal);
    } catch (error) {
      // A process that has ended by itself is what the caller wants.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #awaitAnswer(timeoutMs: number): Promise<void> {
    let hasEnded = false;
    this.#process.status.then(() => hasEnded = true);
    const deadlineMs = performance.now() + timeoutMs;
    while (performance.now() < deadlineMs) {
      if (hasEnded) throw new Error(`${this.name} ended while starting`);
      try {
        using connection = await this.connect();
        await connection.ask("PING");
        return;
      } catch (error) {
        if (!isStillStarting(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    }
    throw new Error(`${this.name} did not answer within ${timeoutMs} ms`);
  }
}

/** Prints the proportional memory of a process and of its children. */
const FAMILY_SCRIPT = `for process in $1 $(cat /proc/$1/task/$1/children); do
  grep '^Pss:' /proc/$process/smaps_rollup
done`;

/** Whether nobody listens yet, or the server says that it loads. */
function isStillStarting(error: unknown): boolean {
  if (error instanceof Deno.errors.ConnectionRefused) return true;
  return error instanceof Error && error.message.startsWith("Refused: LOADING");
}

async function copyFiles(from: string, into: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("cp", { args: ["-R", `${from}/.`, into] })
    .output();
  if (!success) throw new Error(`Cannot copy files: ${new TextDecoder().decode(stderr)}`);
}

/** The directives that both servers are given. */
function directivesOf(port: number, directory: string): string[] {
  return [
    ...["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    ...["--maxclients", String(CLIENTS_MAX), "--dir", directory, "--logfile", `${directory}/log`],
  ];
}
