/**
 * Server commands: configuration, statistics, diagnosis, and the end.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { APPEND_ONLY_COMMANDS } from "./append_only.ts";
import { COMMAND_COMMANDS } from "./command.ts";
import { CONFIG_COMMANDS } from "./config.ts";
import { DATABASE_COMMANDS } from "./database.ts";
import { INFO_COMMANDS } from "./info/mod.ts";
import { INSTANCE_COMMANDS } from "./instance.ts";
import { DEBUG_COMMANDS } from "./debug.ts";
import { LATENCY_COMMANDS } from "./latency.ts";
import { LOLWUT_COMMANDS } from "./lolwut.ts";
import { MEMORY_COMMANDS } from "./memory.ts";
import { MONITOR_COMMANDS } from "./monitor.ts";
import { PERSISTENCE_COMMANDS } from "./persistence.ts";
import { SLOWLOG_COMMANDS } from "./slowlog.ts";

/** The rows of the group. */
export const SERVER_COMMANDS: readonly CommandSpec[] = [
  ...APPEND_ONLY_COMMANDS,
  ...COMMAND_COMMANDS,
  ...CONFIG_COMMANDS,
  ...DATABASE_COMMANDS,
  ...INFO_COMMANDS,
  ...INSTANCE_COMMANDS,
  ...DEBUG_COMMANDS,
  ...LATENCY_COMMANDS,
  ...LOLWUT_COMMANDS,
  ...MEMORY_COMMANDS,
  ...MONITOR_COMMANDS,
  ...PERSISTENCE_COMMANDS,
  ...SLOWLOG_COMMANDS,
];
