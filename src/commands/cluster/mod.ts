/**
 * Cluster commands.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { CLIENT_MODE_COMMANDS } from "./client_mode.ts";
import { CONTAINER_COMMANDS } from "./container.ts";

export { PEER_COMMANDS } from "./peer.ts";

/** The rows of the group. */
export const CLUSTER_COMMANDS: readonly CommandSpec[] = [
  ...CONTAINER_COMMANDS,
  ...CLIENT_MODE_COMMANDS,
];
