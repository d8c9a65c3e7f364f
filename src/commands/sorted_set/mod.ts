/**
 * Sorted set commands: members with scores, always in order.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { ADD_COMMANDS } from "./add.ts";
import { BLOCKING_POP_COMMANDS } from "./blocking.ts";
import { COMBINE_COMMANDS } from "./combine.ts";
import { LOOKUP_COMMANDS } from "./lookup.ts";
import { POP_COMMANDS } from "./pop.ts";
import { RANDOM_COMMANDS } from "./random.ts";
import { RANGE_COMMANDS } from "./range.ts";
import { REMOVE_COMMANDS } from "./remove.ts";

export { addScores, type ScoredArguments, scoresFor } from "./add.ts";
export { AddOptions } from "./add_rule.ts";

/** The rows of the group. */
export const SORTED_SET_COMMANDS: readonly CommandSpec[] = [
  ...ADD_COMMANDS,
  ...REMOVE_COMMANDS,
  ...LOOKUP_COMMANDS,
  ...RANGE_COMMANDS,
  ...POP_COMMANDS,
  ...BLOCKING_POP_COMMANDS,
  ...RANDOM_COMMANDS,
  ...COMBINE_COMMANDS,
];
