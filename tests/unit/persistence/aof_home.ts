/**
 * AOF home: a directory with a log, and servers that use it, for tests.
 *
 * @module
 */

import { assertStringIncludes } from "@std/assert";
import { type EasyRedisServer, ManualClock, startServer } from "../../../src/mod.ts";
import { eventually } from "../../support/poll.ts";

/** A directory for one test, and servers that use it, one after the other. */
export class Home implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "easyredis-aof-" });
  readonly clock = new ManualClock();
  log = "";

  /** @param config Further directives. */
  start(config: Record<string, string> = {}): Promise<EasyRedisServer> {
    return startServer({
      port: "none",
      clock: this.clock,
      log: { write: (bytes) => void (this.log += new TextDecoder().decode(bytes)) },
      config: { dir: this.path, appendonly: "yes", ...config },
    });
  }

  /** Path of a file of the log. */
  fileOf(name: string): string {
    return `${this.path}/appendonlydir/appendonly.aof.${name}`;
  }

  /** Makes a log of one increment after the other, each of commands. @returns Its manifest. */
  writeLog(...increments: readonly (readonly string[])[]): string {
    Deno.mkdirSync(`${this.path}/appendonlydir`);
    const lines = increments.map((commands, index) => {
      const name = `${index + 1}.incr.aof`;
      const requests = commands.map((line) => requestOf(line.split(" ")));
      Deno.writeTextFileSync(this.fileOf(name), requests.join(""));
      return `file appendonly.aof.${name} seq ${index + 1} type i\n`;
    });
    Deno.writeTextFileSync(this.fileOf("manifest"), lines.join(""));
    return lines.join("");
  }

  /** Text of a file of the log, one command a line. */
  textOf(name: string): string {
    return Deno.readTextFileSync(this.fileOf(name))
      .replace(/\$\d+\r\n/g, "").replace(/\r\n(?!\*|#|$)/g, " ").replace(/\*\d+ /g, "")
      .replace(/\r\n/g, "\n").trim();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Sends commands, one a line, and waits for each. */
export async function callAll(server: EasyRedisServer, lines: readonly string[]): Promise<void> {
  await using client = server.client();
  for (const line of lines) await client.call(...line.split(" ") as [string, ...string[]]);
}

/** Sends one command. @returns What it replies. */
export async function call(server: EasyRedisServer, line: string): Promise<unknown> {
  await using client = server.client();
  return await client.call(...line.split(" ") as [string, ...string[]]);
}

/** Lets a rewrite come to its end. */
export async function rewritten(home: Home, server: EasyRedisServer): Promise<void> {
  await rewriteEnded(home, server);
  assertStringIncludes(String(await call(server, "INFO persistence")), "last_bgrewrite_status:ok");
}

/** The same, be it good or bad. */
export async function rewriteEnded(home: Home, server: EasyRedisServer): Promise<void> {
  await eventually(async () => {
    home.clock.advance(10);
    const info = String(await call(server, "INFO persistence"));
    return info.includes("aof_rewrite_in_progress:0") && info.includes("rewrite_scheduled:0");
  }, { pauseMs: 1, what: "the end of a rewrite" });
}

function requestOf(words: readonly string[]): string {
  return `*${words.length}\r\n` + words.map((word) => `$${word.length}\r\n${word}\r\n`).join("");
}
