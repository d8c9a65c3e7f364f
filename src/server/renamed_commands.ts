/**
 * Renamed commands: `rename-command`, for hiding what clients should not find.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import type { CommandSpec } from "../engine/mod.ts";
import { ConfigError } from "../errors/config_error.ts";

/**
 * The rows with the names of the configuration; one renamed to nothing is left out.
 *
 * @throws {ConfigError} When there is no such command, or the new name is taken.
 */
export function renamedCommands(
  specs: readonly CommandSpec[],
  config: Config,
): readonly CommandSpec[] {
  let renamed = specs;
  for (const line of config.linesOf("rename-command")) {
    const [name, newName] = line.words.map((word) => word.toLowerCase());
    const place = { ...line, lineText: line.text };
    if (!renamed.some((spec) => spec.name === name)) {
      throw new ConfigError("No such command in rename-command", place);
    }
    if (newName !== name && renamed.some((spec) => spec.name === newName)) {
      throw new ConfigError("Target command name already exists", place);
    }
    renamed = renamed
      .map((spec) => spec.name === name ? { ...spec, name: newName } : spec)
      .filter((spec) => spec.name !== "");
  }
  return renamed;
}
