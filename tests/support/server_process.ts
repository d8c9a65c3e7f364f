/**
 * Server process: a server as a child of the test, from its start until its end is certain.
 *
 * Both servers that tests start, real Redis and EasyRedis, take the same options, print the same
 * line when they are ready, and end on SIGTERM; so one class runs both. It owns a temporary
 * directory (the server's `dir`), keeps the last lines of the log for the message of a failure,
 * and goes away without a trace: no process, no pipe, no file.
 *
 * @module
 */

import { deadline } from "@std/async/deadline";
import { freePort } from "./free_port.ts";
import { eventually } from "./poll.ts";
import { wireOf } from "./reply.ts";
import { type Address, RespClient } from "./resp_client.ts";

/** Words of the configuration, by directive name; a list is a directive given several times. */
export type Directives = Readonly<Record<string, string | readonly string[]>>;

/** What to start and how. */
export interface ServerProcessOptions {
  /** Name of the server, for messages. */
  label: string;
  /** Executable and what comes before the server's own arguments. */
  command: readonly [executable: string, ...args: string[]];
  /** Further directives; `port`, `bind` and `dir` are given by this class unless named here. */
  config?: Directives;
  /** Its port. @default {a free one} */
  port?: number;
  /** Whether to listen on a unix socket too. */
  hasUnixSocket?: boolean;
}

/** How a process ended. */
export interface ProcessEnd {
  /** Exit code; 128 + signal number when a signal ended it. */
  code: number;
  /** The signal that ended it, if one did. */
  signal: Deno.Signal | null;
}

/** What both servers print when they take connections. */
const READY_LINE = "Ready to accept connections";

/** Ports tried before giving up: another process may take one between choice and use. */
const PORT_ATTEMPT_COUNT_MAX = 3;

/** Longest wait for readiness, in milliseconds: two servers that start share a slow machine. */
const START_DEADLINE_MS = 60_000;

/** Longest wait for the end after a signal, in milliseconds. */
const STOP_DEADLINE_MS = 30_000;

/** Characters of the log kept. */
const LOG_CHARACTERS_MAX = 64 * 1024;

/** A running server. */
export class ServerProcess implements AsyncDisposable {
  /** Name of the server, for messages. */
  readonly label: string;
  /** Its TCP port on 127.0.0.1. */
  readonly port: number;
  /** Its working directory, removed at the end. */
  readonly directory: string;
  /** Path of its unix socket, if it was asked for. */
  readonly socketPath: string | undefined;
  readonly #child: Deno.ChildProcess;
  readonly #end: Promise<ProcessEnd>;
  #log = "";
  #hasEnded = false;

  private constructor(options: ServerProcessOptions, port: number) {
    this.label = options.label;
    this.directory = Deno.makeTempDirSync({ prefix: `${options.label}-` });
    this.socketPath = options.hasUnixSocket ? `${this.directory}/server.sock` : undefined;
    this.port = port;
    const [executable, ...args] = options.command;
    this.#child = new Deno.Command(executable, {
      args: [...args, ...this.#serverArgs(options.config ?? {})],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = Promise.all([
      this.#collect(this.#child.stdout),
      this.#collect(this.#child.stderr),
    ]);
    this.#end = this.#child.status.then(async ({ code, signal }) => {
      this.#hasEnded = true;
      await output;
      return { code, signal };
    });
  }

  /**
   * Starts a server on a free port and waits until it answers.
   *
   * @param options what to start
   * @returns the server; the caller ends it, best by `await using`
   * @throws {Error} with the log when it ends instead, or is not ready in time
   */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    for (let attempt = 1;; attempt++) {
      const server = new ServerProcess(options, options.port ?? freePort());
      try {
        await server.#ready();
        return server;
      } catch (error) {
        await server.kill();
        if (!/address already in use/i.test(server.log) || attempt === PORT_ATTEMPT_COUNT_MAX) {
          throw error;
        }
      }
    }
  }

  /** Where it listens. */
  get address(): Address {
    return { port: this.port };
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Its output so far, at most the last 64 KiB. */
  get log(): string {
    return this.#log;
  }

  /**
   * Waits for words in its output: what it wrote before a reply may come after that, by another way.
   *
   * @param pattern what to find
   */
  async logged(pattern: RegExp): Promise<void> {
    await eventually(() => pattern.test(this.#log), {
      what: `${pattern} in the log of ${this.label}`,
    }).catch((error: Error) => {
      throw this.#failure(error.message);
    });
  }

  /** How it ended, with all of its log here; pending while it runs. */
  get ended(): Promise<ProcessEnd> {
    return this.#end;
  }

  /**
   * Asks it to end and waits until it has.
   *
   * @param signal what to send
   * @returns how it ended
   * @throws {Error} when it goes on; it is then killed
   */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<ProcessEnd> {
    if (!this.#hasEnded) this.#child.kill(signal);
    try {
      const end = await deadline(this.#end, STOP_DEADLINE_MS);
      await this.#release();
      return end;
    } catch (error) {
      await this.kill();
      if (!(error instanceof DOMException)) throw error;
      throw this.#failure(`did not end within ${STOP_DEADLINE_MS} ms of ${signal}`);
    }
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#end;
    await this.#release();
  }

  /** Ends it by SIGTERM unless it has ended; its exit code must then be 0. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return await this.kill();
    const { code } = await this.stop();
    if (code !== 0) throw this.#failure(`ended on SIGTERM with exit code ${code}`);
  }

  #serverArgs(config: Directives): string[] {
    const directives: Directives = {
      port: String(this.port),
      bind: "127.0.0.1",
      dir: this.directory,
      ...(this.socketPath === undefined ? {} : { unixsocket: this.socketPath }),
      ...config,
    };
    return Object.entries(directives).flatMap(([name, value]) =>
      [value].flat().flatMap((words) => [`--${name}`, words])
    );
  }

  async #ready(): Promise<void> {
    const deadlineMs = START_DEADLINE_MS;
    await eventually(() => this.#hasEnded || this.#log.includes(READY_LINE), {
      deadlineMs,
      what: `"${READY_LINE}" of ${this.label}`,
    }).catch((error: Error) => {
      throw this.#failure(error.message);
    });
    if (this.#hasEnded) {
      await this.#end;
      throw this.#failure("ended at its start");
    }
    await eventually(() => this.#answersPing(), { deadlineMs, what: `${this.label} to answer` });
  }

  async #answersPing(): Promise<boolean> {
    await using client = await RespClient.connect(this.address);
    const reply = wireOf(await client.command("PING"));
    // A server that asks for a password answers too.
    return reply === "+PONG\r\n" || reply.startsWith("-NOAUTH");
  }

  async #collect(output: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      this.#log = (this.#log + text).slice(-LOG_CHARACTERS_MAX);
    }
  }

  /** Removes the directory; doing it twice is fine. */
  async #release(): Promise<void> {
    try {
      await Deno.remove(this.directory, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  #failure(what: string): Error {
    return new Error(`${this.label} on port ${this.port} ${what}; its log:\n${this.#log}`);
  }
}
