/**
 * Server commands: configuration, statistics, diagnosis, and the end.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { CONFIG_COMMANDS } from "./config.ts";

/** The rows of the group. */
export const SERVER_COMMANDS: readonly CommandSpec[] = [
  ...CONFIG_COMMANDS,
];
