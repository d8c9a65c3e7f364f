/**
 * Stream commands: logs of entries with fields, read from any place and through consumer groups.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { CLAIM_COMMANDS } from "./claim.ts";
import { ENTRY_COMMANDS } from "./entries.ts";
import { GROUP_COMMANDS } from "./group.ts";
import { INFO_COMMANDS } from "./info.ts";
import { PENDING_COMMANDS } from "./pending.ts";
import { RANGE_COMMANDS } from "./range.ts";
import { READ_COMMANDS } from "./read.ts";

/** The rows of the group. */
export const STREAM_COMMANDS: readonly CommandSpec[] = [
  ...ENTRY_COMMANDS,
  ...RANGE_COMMANDS,
  ...READ_COMMANDS,
  ...GROUP_COMMANDS,
  ...PENDING_COMMANDS,
  ...CLAIM_COMMANDS,
  ...INFO_COMMANDS,
];
