/**
 * Pub/Sub commands.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { INSPECTION_COMMANDS } from "./inspection.ts";
import { MESSAGE_COMMANDS } from "./message.ts";
import { SUBSCRIPTION_COMMANDS } from "./subscription.ts";

/** The rows of the group. */
export const PUBSUB_COMMANDS: readonly CommandSpec[] = [
  ...SUBSCRIPTION_COMMANDS,
  ...MESSAGE_COMMANDS,
  ...INSPECTION_COMMANDS,
];
