/**
 * Hash commands.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { COUNTER_COMMANDS } from "./counter.ts";
import { FIELD_COMMANDS } from "./field.ts";
import { ITERATION_COMMANDS } from "./iteration.ts";
import { RANDOM_COMMANDS } from "./random.ts";

/** The rows of the group. */
export const HASH_COMMANDS: readonly CommandSpec[] = [
  ...FIELD_COMMANDS,
  ...COUNTER_COMMANDS,
  ...ITERATION_COMMANDS,
  ...RANDOM_COMMANDS,
];
