/**
 * HyperLogLog commands: how many distinct elements were seen, without keeping them.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { CARDINALITY_COMMANDS } from "./cardinality.ts";
import { PFDEBUG_COMMANDS } from "./debug.ts";
import { PFSELFTEST_COMMANDS } from "./self_test.ts";

/** The rows of the group. */
export const HYPERLOGLOG_COMMANDS: readonly CommandSpec[] = [
  ...CARDINALITY_COMMANDS,
  ...PFDEBUG_COMMANDS,
  ...PFSELFTEST_COMMANDS,
];
