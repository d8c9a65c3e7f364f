/**
 * Configuration: every directive of Redis 7.0, from files, command line, CONFIG SET and back.
 *
 * At start-up: `parseCommandLine`, then `readConfigLines` over each source and `Config.load`. While
 * running: `Config.get` and `set`, and hooks that put changes into force. For CONFIG REWRITE:
 * `rewriteConfigText`. To add a directive or to say that one is acted upon: a row in directives.ts.
 *
 * @example
 * ```ts
 * import { Config, parseCommandLine, readConfigLines, rewriteConfigText } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const files = { readText: () => "", expand: () => [] };
 * const config = new Config();
 * config.load(readConfigLines({ file: "my.conf", text: "# Mine\nport 7000\ntimeout 30\n" }, files));
 *
 * const command = parseCommandLine(["--port", "7777", "--client-query-buffer-limit", "2mb"]);
 * if (command.action === "start") {
 *   config.load(readConfigLines({ text: command.optionsText }, files));
 * }
 * assertEquals(config.number("port"), 7777);
 * assertEquals(config.get(["client-query*"]), [["client-query-buffer-limit", "2097152"]]);
 *
 * let timeoutSeconds = config.number("timeout");
 * config.onApply("timeout", () => timeoutSeconds = config.number("timeout"));
 * config.set([["timeout", "60"]]);
 * assertEquals(timeoutSeconds, 60);
 * assertEquals(rewriteConfigText("# Mine\ntimeout 30\n", config).split("\n")[1], "timeout 60");
 * ```
 *
 * @module
 */
export { type PeerEntry, peersOf } from "./cluster_kinds.ts";
export { type CommandLine, parseCommandLine, type StartCommand, USAGE } from "./command_line.ts";
export { type ApplyHook, Config, type SetOptions } from "./config.ts";
export {
  type ConfigFiles,
  type ConfigLine,
  type ConfigSource,
  describeConfigError,
  readConfigLines,
} from "./config_file.ts";
export type {
  BooleanKind,
  DirectiveKind,
  RewriteSubject,
  RewrittenLine,
  TextKind,
} from "./directive_kind.ts";
export {
  type BooleanName,
  type Directive,
  type DirectiveName,
  findDirective,
  type NumberName,
  type TextName,
} from "./directives.ts";
export { DiskConfigFiles } from "./disk_config_files.ts";
export type { NumberKind } from "./numeric_kind.ts";
export { rewriteConfigText } from "./rewrite.ts";
export {
  type ClientClass,
  type OutputBufferLimit,
  outputBufferLimitsOf,
  savePointsOf,
} from "./special_kinds.ts";
