/**
 * Identity: what a server tells of itself and keeps until it ends.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import { randomId, SystemRandom } from "../base/random.ts";
import type { ServerIdentity } from "../engine/mod.ts";

/** The identity of a server that starts now in this process. */
export function newIdentity(clock: Clock, configPath: string): Omit<ServerIdentity, "port"> {
  return {
    // Not from the server's own chance: two servers with one seed are still two.
    runId: randomId(new SystemRandom()),
    startedAtMs: clock.nowMs(),
    pid: Deno.pid,
    executablePath: Deno.execPath(),
    configPath,
    operatingSystem: `${capitalized(Deno.build.os)} ${Deno.osRelease()} ${Deno.build.arch}`,
  };
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
