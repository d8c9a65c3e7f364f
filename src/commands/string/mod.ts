/**
 * String commands.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { COUNTER_COMMANDS } from "./counter.ts";
import { LCS_COMMANDS } from "./lcs.ts";
import { MULTIPLE_COMMANDS } from "./multiple.ts";
import { RANGE_COMMANDS } from "./range.ts";
import { SET_AND_GET_COMMANDS } from "./set_and_get.ts";

/** The rows of the group. */
export const STRING_COMMANDS: readonly CommandSpec[] = [
  ...SET_AND_GET_COMMANDS,
  ...MULTIPLE_COMMANDS,
  ...COUNTER_COMMANDS,
  ...RANGE_COMMANDS,
  ...LCS_COMMANDS,
];
