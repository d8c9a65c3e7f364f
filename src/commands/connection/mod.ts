/**
 * Connection commands.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { CLIENT_COMMANDS } from "./client.ts";
import { GREETING_COMMANDS } from "./greeting.ts";
import { SESSION_COMMANDS } from "./session.ts";

export { clientLine } from "./client_line.ts";

/** The rows of the group. */
export const CONNECTION_COMMANDS: readonly CommandSpec[] = [
  ...SESSION_COMMANDS,
  ...GREETING_COMMANDS,
  ...CLIENT_COMMANDS,
];
