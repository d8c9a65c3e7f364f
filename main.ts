/**
 * EasyRedis: the command line and the exit codes.
 *
 * @module
 */

import { EASYREDIS_VERSION, REDIS_VERSION } from "./src/base/version.ts";
import { describeConfigError, parseCommandLine, USAGE } from "./src/config/mod.ts";
import { ConfigError } from "./src/errors/config_error.ts";
import { runServer } from "./src/server/mod.ts";

/** Runs the command line; returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const command = parseCommandLine(args);
    switch (command.action) {
      case "version":
        console.log(`EasyRedis server v=${EASYREDIS_VERSION} redis=${REDIS_VERSION} bits=64`);
        return 0;
      case "help":
        console.error(USAGE);
        return 1; // as with Redis: nothing was started
      case "start":
        return await runServer(command);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(describeConfigError(error));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
