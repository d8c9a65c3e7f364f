/**
 * Data directory: where servers of one test keep their files, one after the other.
 *
 * @module
 */

import { easyRedisCommand, runEasyRedis, startEasyRedisProcess } from "./easyredis_process.ts";
import { freePort } from "./free_port.ts";
import { eventually } from "./poll.ts";
import { plainOf, type Reply, ReplyError } from "./reply.ts";
import { type Address, RespClient } from "./resp_client.ts";
import type { Directives, ServerProcess } from "./server_process.ts";

/** A directory that is removed at the end of its scope. */
export class DataDirectory implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "easyredis-data-" });

  /** Starts EasyRedis on it; the caller ends it. @param config Further directives. */
  start(config: Directives = {}): Promise<ServerProcess> {
    return startEasyRedisProcess({
      config: { dir: this.path, save: "", "enable-debug-command": "yes", ...config },
    });
  }

  /** Starts EasyRedis on it and waits only until it lets clients in; it loads until it may go on. */
  async startLoading(): Promise<LoadingServer> {
    const server = new LoadingServer(this.path);
    await eventually(() => server.isOpen(), { pauseMs: 1 });
    return server;
  }

  /** Starts EasyRedis on it, which is to end by itself. */
  async runToEnd(): Promise<{ code: number; output: string }> {
    const port = String(freePort());
    const { code, stdout, stderr } = await runEasyRedis(["--port", port, "--dir", this.path]);
    return { code, output: stdout + stderr };
  }

  /** Names of what is in it, in order. */
  names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A server that may not be ready. */
class LoadingServer implements AsyncDisposable {
  readonly address = { port: freePort() };
  readonly #child: Deno.ChildProcess;

  constructor(directory: string) {
    const [executable, ...args] = easyRedisCommand();
    const files = ["--dir", directory, "--save", "", "--key-load-delay", "1000000"];
    this.#child = new Deno.Command(executable, {
      args: [...args, "--port", String(this.address.port), ...files],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Whether clients can connect. */
  async isOpen(): Promise<boolean> {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port: this.address.port })).close();
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return false;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

/** A client of a server that gives replies as plain values. */
export class PlainClient implements AsyncDisposable {
  readonly #client: RespClient;

  private constructor(client: RespClient) {
    this.#client = client;
  }

  /** Connects; the caller closes. */
  static async connect(server: { address: Address }): Promise<PlainClient> {
    return new PlainClient(await RespClient.connect(server.address));
  }

  /** A command's reply; an error is a text that begins with `-`. */
  async call(...words: string[]): Promise<unknown> {
    return valueOf(await this.#client.command(...words));
  }

  /** Sends several commands at once; the replies of all. */
  async callAll(commands: readonly (readonly string[])[]): Promise<unknown[]> {
    return (await this.#client.pipeline(commands)).map(valueOf);
  }

  /** One line of INFO. */
  async info(name: string): Promise<string | undefined> {
    const text = String(await this.call("INFO", "everything"));
    return new RegExp(`^${name}:(.*)\\r$`, "m").exec(text)?.[1];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }
}

function valueOf(reply: Reply): unknown {
  try {
    return plainOf(reply);
  } catch (error) {
    if (error instanceof ReplyError) return `-${error.message}`;
    throw error;
  }
}
