/**
 * Generic commands: those on keys, whatever their type.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { DUMP_COMMANDS } from "./dump.ts";
import { EXPIRY_COMMANDS } from "./expiry.ts";
import { ITERATION_COMMANDS } from "./iteration.ts";
import { KEY_COMMANDS } from "./key.ts";
import { MIGRATE_COMMANDS } from "./migrate.ts";
import { OBJECT_COMMANDS } from "./object.ts";
import { RELOCATION_COMMANDS } from "./relocation.ts";
import { SORT_COMMANDS } from "./sort.ts";

/** The rows of the group. */
export const GENERIC_COMMANDS: readonly CommandSpec[] = [
  ...KEY_COMMANDS,
  ...EXPIRY_COMMANDS,
  ...RELOCATION_COMMANDS,
  ...ITERATION_COMMANDS,
  ...OBJECT_COMMANDS,
  ...SORT_COMMANDS,
  ...DUMP_COMMANDS,
  ...MIGRATE_COMMANDS,
];
