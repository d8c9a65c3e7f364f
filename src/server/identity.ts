/**
 * Identity: what a server tells of itself and keeps until it ends.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import type { ServerIdentity } from "../engine/mod.ts";

const RUN_ID_BYTES = 20;

/** The identity of a server that starts now in this process. */
export function newIdentity(clock: Clock, configPath: string): Omit<ServerIdentity, "port"> {
  const runId = crypto.getRandomValues(new Uint8Array(RUN_ID_BYTES)).toHex();
  return {
    runId,
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
