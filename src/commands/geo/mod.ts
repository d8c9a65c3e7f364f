/**
 * Geo commands: places on earth as members of sorted sets, whose scores are geohashes.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { PLACE_COMMANDS } from "./place.ts";
import { SEARCH_COMMANDS } from "./search.ts";

/** The rows of the group. */
export const GEO_COMMANDS: readonly CommandSpec[] = [...PLACE_COMMANDS, ...SEARCH_COMMANDS];
