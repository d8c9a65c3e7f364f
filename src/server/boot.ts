/**
 * Boot: from a command line to a running server, and to the process' exit code.
 *
 * @module
 */

import { bytesOfText, textOfBytes } from "../base/byte_view.ts";
import { SystemClock } from "../base/clock.ts";
import { SystemRandom } from "../base/random.ts";
import { EASYREDIS_VERSION, REDIS_VERSION } from "../base/version.ts";
import {
  Config,
  DiskConfigFiles,
  readConfigLines,
  rewriteConfigText,
  type StartCommand,
} from "../config/mod.ts";
import { ConfigError } from "../errors/config_error.ts";
import type { ShutdownWay } from "../engine/mod.ts";
import type { Log } from "../observability/mod.ts";
import { newIdentity } from "./identity.ts";
import { FileSink, StdoutSink } from "./log_sinks.ts";
import { logoText } from "./logo.ts";
import { makeLog, Server } from "./server.ts";

/**
 * Runs a server until a signal or SHUTDOWN ends it.
 *
 * @returns The exit code.
 * @throws {ConfigError} When the configuration is bad or an address can't be had.
 */
export async function runServer(command: StartCommand): Promise<number> {
  const clock = new SystemClock();
  const config = new Config();
  config.assign("dir", binaryText(Deno.cwd()));
  const configPath = command.file === undefined ? "" : Deno.realPathSync(command.file);
  const notices = loadConfig(config, command, configPath);
  const logfile = config.path("logfile");
  const log = makeLog(
    config,
    clock,
    Deno.pid,
    logfile === "" ? new StdoutSink() : openSink(logfile),
  );
  log.warning("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
  log.warning(
    `Redis version=${REDIS_VERSION}, bits=64, commit=00000000, modified=0, pid=${Deno.pid}, just started`,
  );
  log.warning(
    configPath === ""
      ? "Warning: no config file specified, using the default config. In order to specify a config file use easyredis /path/to/redis.conf"
      : "Configuration loaded",
  );
  for (const notice of notices) log.notice(notice);
  followDirectory(config);
  const server = new Server({
    config,
    clock,
    random: new SystemRandom(),
    log,
    identity: newIdentity(clock, configPath),
    rewriteConfig: (hasDefaults) => rewriteConfigFile(configPath, config, hasDefaults),
    exit: (exitCode) => Deno.exit(exitCode),
  });
  const port = config.number("port");
  server.listen(port === 0 ? undefined : port);
  const release = takeCareOfProcess(server, config, log);
  announce(server, log);
  const isLoaded = await server.persistence.loadOrLog();
  if (isLoaded) announceReadiness(server, log);
  else if (!server.isEnding) return 1;
  await server.ended;
  release();
  return 0;
}

function loadConfig(config: Config, command: StartCommand, configPath: string): string[] {
  const files = new DiskConfigFiles();
  const notices: string[] = [];
  const load = (text: string, file?: string) => {
    notices.push(...config.load(readConfigLines({ text, file }, files)));
  };
  if (configPath !== "") load(textOfBytes(Deno.readFileSync(configPath)), configPath);
  if (command.readsStandardInput) load(readStandardInput());
  load(command.optionsText);
  enterDirectory(config);
  return notices;
}

function readStandardInput(): string {
  const chunk = new Uint8Array(64 * 1024);
  let text = "";
  for (;;) {
    const byteCount = Deno.stdin.readSync(chunk);
    if (byteCount === null) return text;
    text += textOfBytes(chunk, 0, byteCount);
  }
}

/** Changes to `dir`, and keeps it there when it changes. */
function followDirectory(config: Config): void {
  config.onApply("dir", () => enterDirectory(config));
}

function enterDirectory(config: Config): void {
  const path = config.path("dir");
  try {
    Deno.chdir(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigError(`Can't chdir to '${path}': ${error.message}`, { cause: error });
  }
  config.assign("dir", binaryText(Deno.cwd()));
}

function openSink(path: string): FileSink {
  const sink = new FileSink(path);
  try {
    sink.write(new Uint8Array(0));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigError(`Can't open the log file: ${error.message}`, { cause: error });
  }
  return sink;
}

/** Replaces the configuration file as a whole: it is never there half written. */
function rewriteConfigFile(path: string, config: Config, hasDefaults: boolean): void {
  try {
    const text = rewriteConfigText(textOfBytes(Deno.readFileSync(path)), config, { hasDefaults });
    const temporary = `${path}.${Deno.pid}.tmp`;
    Deno.writeFileSync(temporary, bytesOfText(text));
    Deno.renameSync(temporary, path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigError(systemReasonOf(error), { cause: error });
  }
}

/** What the system says of a failure, without Deno's additions: `Permission denied`. */
function systemReasonOf(error: Error): string {
  return error.message.replace(/ \(os error \d+\).*/s, "");
}

function announce(server: Server, log: Log): void {
  const showsLogo = server.config.boolean("always-show-logo") ||
    (Deno.stdout.isTerminal() && server.config.path("logfile") === "");
  if (showsLogo) log.raw("notice", logoText(EASYREDIS_VERSION, server.port, Deno.pid));
  else {log.notice(
      `Running mode=${
        server.cluster?.mode === "redirect" ? "cluster" : "standalone"
      }, port=${server.port}.`,
    );}
  log.warning(`Server initialized`);
}

function announceReadiness(server: Server, log: Log): void {
  if (server.port !== 0) log.notice("Ready to accept connections");
  const path = server.config.path("unixsocket");
  if (path !== "") log.notice(`The server is now ready to accept connections at ${path}`);
}

/** What a shell makes of the end by SIGABRT: 128 and its number. */
const ABORTED_EXIT_CODE = 134;

/** Signals and the pid file; returns what undoes it. */
function takeCareOfProcess(server: Server, config: Config, log: Log): () => void {
  let isAsked = false;
  const stopBy = (signal: "SIGTERM" | "SIGINT") => () => {
    if (isAsked && signal === "SIGINT") {
      log.warning("You insist... exiting now.");
      return Deno.exit(1);
    }
    log.warning(
      server.persistence.isLoading
        ? "Received shutdown signal during loading, scheduling shutdown."
        : `Received ${signal} scheduling shutdown...`,
    );
    isAsked = server.shutdown(shutdownWayOf(config, signal));
    if (isAsked) return;
    log.warning(
      `${signal} received but errors trying to shut down the server, check the logs for more information`,
    );
  };
  const handlers = (["SIGTERM", "SIGINT"] as const).map((signal) => {
    const handler = stopBy(signal);
    Deno.addSignalListener(signal, handler);
    return () => Deno.removeSignalListener(signal, handler);
  });
  const abort = (): never => {
    log.warning("The server crashed by signal: 6");
    return Deno.exit(ABORTED_EXIT_CODE);
  };
  Deno.addSignalListener("SIGABRT", abort);
  handlers.push(() => Deno.removeSignalListener("SIGABRT", abort));
  const pidfile = config.path("pidfile");
  if (pidfile !== "") Deno.writeTextFileSync(pidfile, `${Deno.pid}\n`);
  return () => {
    for (const remove of handlers) remove();
    if (pidfile !== "") Deno.removeSync(pidfile);
  };
}

/** What `shutdown-on-sigterm` and `shutdown-on-sigint` say. */
function shutdownWayOf(config: Config, signal: "SIGTERM" | "SIGINT"): ShutdownWay {
  const name = signal === "SIGTERM" ? "shutdown-on-sigterm" : "shutdown-on-sigint";
  const words = config.text(name).split(" ");
  const saves = words.includes("save") ? "always" : words.includes("nosave") ? "never" : "default";
  return { saves, isForced: words.includes("force") };
}

/** A path of the system as binary text. */
function binaryText(path: string): string {
  return textOfBytes(new TextEncoder().encode(path));
}
