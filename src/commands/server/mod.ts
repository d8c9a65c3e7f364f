/**
 * Server commands: configuration, statistics, diagnosis, and the end.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { COMMAND_COMMANDS } from "./command.ts";
import { CONFIG_COMMANDS } from "./config.ts";
import { DATABASE_COMMANDS } from "./database.ts";
import { INSTANCE_COMMANDS } from "./instance.ts";

/** The rows of the group. */
export const SERVER_COMMANDS: readonly CommandSpec[] = [
  ...COMMAND_COMMANDS,
  ...CONFIG_COMMANDS,
  ...DATABASE_COMMANDS,
  ...INSTANCE_COMMANDS,
];
