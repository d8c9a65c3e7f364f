/**
 * Measured server: a Redis or an EasyRedis process of the benchmark's own, empty and without
 * persistence, on a free port of the loopback interface.
 *
 * Its resident memory is asked of `ps`, not of the server: the same judge for both.
 *
 * @module
 */
import type { LaunchCommand } from "./launch_command.ts";
import { RawConnection } from "./raw_connection.ts";

/** How long a server may take to answer its first PING. */
const START_TIMEOUT_MS = 20_000;
/** How long a server may take to end after SIGTERM before it is killed. */
const STOP_TIMEOUT_MS = 5_000;
/** Pause between two looks at a server that starts. */
const POLL_MS = 20;
/** Clients that a server lets in; above the 10,000 of the connections part. */
const CLIENTS_MAX = 12_000;

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
   * @throws {ServerStartError} The process ended or did not answer in time.
   */
  static async start(name: string, launch: LaunchCommand): Promise<MeasuredServer> {
    const directory = await Deno.makeTempDir({ prefix: "easyredis-bench-" });
    const port = freePort();
    const argumentsGiven = [...launch.arguments, ...directivesOf(port, directory)];
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
      await server.#awaitAnswer();
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

  async #awaitAnswer(): Promise<void> {
    let hasEnded = false;
    this.#process.status.then(() => hasEnded = true);
    const deadlineMs = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadlineMs) {
      if (hasEnded) throw new Error(`${this.name} ended while starting`);
      try {
        using connection = await this.connect();
        await connection.ask("PING");
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    }
    throw new Error(`${this.name} did not answer within ${START_TIMEOUT_MS} ms`);
  }
}

/** The directives that both servers are given. */
function directivesOf(port: number, directory: string): string[] {
  return [
    ...["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    ...["--maxclients", String(CLIENTS_MAX), "--dir", directory, "--logfile", `${directory}/log`],
  ];
}

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
