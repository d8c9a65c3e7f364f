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
import { systemReasonOf } from "../errors/system_reason.ts";
import type { Log } from "../observability/mod.ts";
import { replaceFileSync } from "../persistence/mod.ts";
import { newIdentity } from "./identity.ts";
import { FileSink, StdoutSink } from "./log_sinks.ts";
import { logoText } from "./logo.ts";
import { takeCareOfProcess } from "./process_care.ts";
import { makeLog, Server } from "./server.ts";

/**
 * Runs a server until a signal or SHUTDOWN ends it.
 *
 * @returns The exit code.
 * @throws {ConfigError} When the configuration is bad.
 */
export async function runServer(command: StartCommand): Promise<number> {
  const clock = new SystemClock();
  const config = new Config();
  config.assign("dir", binaryText(Deno.cwd()));
  const files = new DiskConfigFiles();
  const configPath = command.file === undefined ? "" : files.locate(command.file);
  const notices = loadConfig(config, command, { files, configPath });
  const logfile = config.path("logfile");
  const log = makeLog(
    config,
    clock,
    Deno.pid,
    logfile === "" ? new StdoutSink() : openSink(config),
  );
  log.warning("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
  log.warning(
    `Redis version=${REDIS_VERSION}, bits=64, commit=00000000, modified=0, pid=${Deno.pid}, just started`,
  );
  log.warning(
    isConfigured(command)
      ? "Configuration loaded"
      : "Warning: no config file specified, using the default config. In order to specify a config file use easyredis /path/to/redis.conf",
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
  if (!listens(server, log)) return 1;
  const release = takeCareOfProcess(server, config, log);
  announce(server, log);
  const isLoaded = await server.persistence.loadOrLog();
  if (isLoaded) announceReadiness(server, log);
  else if (!server.isEnding) return 1;
  await server.ended;
  release();
  return 0;
}

function isConfigured(command: StartCommand): boolean {
  return command.file !== undefined || command.readsStandardInput || command.optionsText !== "";
}

/** Reads all that the command line names; returns lines for the log. */
function loadConfig(
  config: Config,
  command: StartCommand,
  { files, configPath }: { files: DiskConfigFiles; configPath: string },
): string[] {
  const notices: string[] = [];
  const load = (text: string, file?: string) => {
    notices.push(...config.load(readConfigLines({ text, file }, files)));
  };
  if (configPath !== "") load(files.readText(configPath), configPath);
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
    throw config.refusal("dir", systemReasonOf(error));
  }
  config.assign("dir", binaryText(Deno.cwd()));
}

function openSink(config: Config): FileSink {
  const sink = new FileSink(config.path("logfile"));
  try {
    sink.write(new Uint8Array(0));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw config.refusal("logfile", `Can't open the log file: ${systemReasonOf(error)}`);
  }
  return sink;
}

/** Replaces the configuration file as a whole: it is never there half written. */
function rewriteConfigFile(path: string, config: Config, hasDefaults: boolean): void {
  try {
    const text = rewriteConfigText(textOfBytes(Deno.readFileSync(path)), config, { hasDefaults });
    replaceFileSync(path, `${path}.${Deno.pid}.tmp`, bytesOfText(text));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigError(systemReasonOf(error), { cause: error });
  }
}

/** Whether the server listens now; else the log says why not. */
function listens(server: Server, log: Log): boolean {
  const port = server.config.number("port");
  try {
    server.listen(port === 0 ? undefined : port);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    log.warning(error.message);
    return false;
  }
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

/** A path of the system as binary text. */
function binaryText(path: string): string {
  return textOfBytes(new TextEncoder().encode(path));
}
