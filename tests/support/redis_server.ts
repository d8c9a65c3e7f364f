/**
 * Redis server: the real `redis-server`, the oracle of the differential tests.
 *
 * Found on PATH. Where it is absent there is nothing to compare with, and who asks gets
 * `undefined`, so that the tests are reported as ignored and never as passed.
 *
 * @module
 */

import { type Directives, ServerProcess } from "./server_process.ts";

/** How to start it. */
export interface RedisServerOptions {
  /** Further directives. */
  config?: Directives;
  /** Whether to listen on a unix socket too. */
  hasUnixSocket?: boolean;
}

/** No files, no persistence, and every DEBUG command, since tests lean on them. */
const TEST_DIRECTIVES: Directives = {
  "save": "",
  "appendonly": "no",
  "enable-debug-command": "yes",
};

const EXECUTABLE = "redis-server";

/**
 * Version of the `redis-server` on PATH.
 *
 * @returns for instance `7.0.15`; `undefined` when there is none
 */
export function redisVersion(): string | undefined {
  try {
    const { stdout } = new Deno.Command(EXECUTABLE, { args: ["--version"] }).outputSync();
    return /v=(\S+)/.exec(new TextDecoder().decode(stdout))?.[1];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Starts a real Redis on a free port, in a directory of its own.
 *
 * @param options directives and unix socket
 * @returns the running server, or `undefined` when there is no `redis-server` on PATH
 * @throws {Error} with its log when it does not get ready
 */
export async function startRedisServer(
  options: RedisServerOptions = {},
): Promise<ServerProcess | undefined> {
  if (redisVersion() === undefined) return undefined;
  return await ServerProcess.start({
    label: "redis",
    command: [EXECUTABLE],
    config: { ...TEST_DIRECTIVES, ...options.config },
    hasUnixSocket: options.hasUnixSocket,
  });
}
