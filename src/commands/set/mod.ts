/**
 * Set commands: members without order, each there once.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { COMBINATION_COMMANDS } from "./combination.ts";
import { MEMBER_COMMANDS } from "./member.ts";
import { RANDOM_COMMANDS } from "./random.ts";
import { WALK_COMMANDS } from "./walk.ts";

/** The rows of the group. */
export const SET_COMMANDS: readonly CommandSpec[] = [
  ...MEMBER_COMMANDS,
  ...WALK_COMMANDS,
  ...RANDOM_COMMANDS,
  ...COMBINATION_COMMANDS,
];
