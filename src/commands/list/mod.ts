/**
 * List commands.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { BLOCKING_LIST_COMMANDS } from "./blocking.ts";
import { CHANGE_COMMANDS } from "./change.ts";
import { MOVE_COMMANDS } from "./move.ts";
import { POP_COMMANDS } from "./pop.ts";
import { POSITION_COMMANDS } from "./position.ts";
import { PUSH_COMMANDS } from "./push.ts";
import { READ_COMMANDS } from "./read.ts";

/** The rows of the group. */
export const LIST_COMMANDS: readonly CommandSpec[] = [
  ...PUSH_COMMANDS,
  ...POP_COMMANDS,
  ...MOVE_COMMANDS,
  ...BLOCKING_LIST_COMMANDS,
  ...READ_COMMANDS,
  ...POSITION_COMMANDS,
  ...CHANGE_COMMANDS,
];
