/**
 * Process care: what a server in a process of its own owes to who started it. It heeds signals, and
 * tells its number in a file.
 *
 * SIGTERM and SIGINT end it as `shutdown-on-...` says, at the next heartbeat; until then SHUTDOWN ABORT
 * takes that back. Who insists with a second SIGINT ends it at once. The terminal it was started from may
 * go (SIGHUP): the data are not the terminal's. A pid file that can't be had is no reason not to serve.
 *
 * Behaviour: Redis 7.0 `setupSignalHandlers`, `sigShutdownHandler`, `createPidFile`.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import type { ShutdownWay } from "../engine/mod.ts";
import { systemReasonOf } from "../errors/system_reason.ts";
import type { Log } from "../observability/mod.ts";
import type { Server } from "./server.ts";

/** What a shell makes of the end by SIGABRT: 128 and its number. */
const ABORTED_EXIT_CODE = 134;

/**
 * Begins to take care.
 *
 * @returns What ends it.
 */
export function takeCareOfProcess(server: Server, config: Config, log: Log): () => void {
  const stopBy = (signal: "SIGTERM" | "SIGINT") => () => {
    if (server.isAskedToEnd && signal === "SIGINT") {
      log.signal("You insist... exiting now.");
      return Deno.exit(1);
    }
    log.signal(
      server.persistence.isLoading
        ? "Received shutdown signal during loading, scheduling shutdown."
        : `Received ${signal} scheduling shutdown...`,
    );
    server.askToEnd(() => shutdownWayOf(config, signal));
  };
  const abort = (): never => {
    log.warning("The server crashed by signal: 6");
    return Deno.exit(ABORTED_EXIT_CODE);
  };
  const removers = [
    onSignal("SIGTERM", stopBy("SIGTERM")),
    onSignal("SIGINT", stopBy("SIGINT")),
    onSignal("SIGABRT", abort),
    onSignal("SIGHUP", () => {}),
  ];
  server.farewell = keepPidFile(config, log);
  return () => {
    for (const remove of removers) remove();
  };
}

/** Hears a signal instead of its ending the process; returns what undoes that. */
function onSignal(signal: Deno.Signal, heard: () => void): () => void {
  Deno.addSignalListener(signal, heard);
  return () => Deno.removeSignalListener(signal, heard);
}

/** Writes the file that `pidfile` names, if it does; returns what removes it. */
function keepPidFile(config: Config, log: Log): () => void {
  const name = config.path("pidfile");
  if (name === "") return () => {};
  // `dir` may change: the file stays where it was written.
  const path = name.startsWith("/") ? name : `${Deno.cwd()}/${name}`;
  try {
    Deno.writeTextFileSync(path, `${Deno.pid}\n`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    log.warning(`Failed to write PID file '${path}': ${systemReasonOf(error)}`);
    return () => {};
  }
  return () => {
    log.notice("Removing the pid file.");
    try {
      Deno.removeSync(path);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      log.warning(`Failed to remove PID file '${path}': ${systemReasonOf(error)}`);
    }
  };
}

/** What `shutdown-on-sigterm` and `shutdown-on-sigint` say. */
function shutdownWayOf(config: Config, signal: "SIGTERM" | "SIGINT"): ShutdownWay {
  const name = signal === "SIGTERM" ? "shutdown-on-sigterm" : "shutdown-on-sigint";
  const words = config.text(name).split(" ");
  const saves = words.includes("save") ? "always" : words.includes("nosave") ? "never" : "default";
  return { saves, isForced: words.includes("force") };
}
