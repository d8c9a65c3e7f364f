/**
 * Random commands: what a client might ask, well and badly, over few keys so that they meet.
 *
 * @module
 */

import type { Random } from "../../src/base/random.ts";
import { RANDOM_PLACES } from "./random_geo_commands.ts";
import { RANDOM_HASHES } from "./random_hash_commands.ts";
import { RANDOM_SKETCHES } from "./random_hyperloglog_commands.ts";
import { RANDOM_LISTS } from "./random_list_commands.ts";
import { expand, type Pick, type RandomComparison, type RandomGroup } from "./random_parts.ts";
import { RANDOM_SETS } from "./random_set_commands.ts";
import { RANDOM_SORTS } from "./random_sort_commands.ts";
import { RANDOM_SORTED_SETS } from "./random_sorted_set_commands.ts";
import { RANDOM_STREAMS } from "./random_stream_commands.ts";
import { RANDOM_STRINGS } from "./random_string_commands.ts";

/** One command, and how its replies are to be compared. */
export interface RandomCommand {
  readonly args: readonly string[];
  readonly comparison: RandomComparison;
}

/** The groups that commands are drawn from, each equally often. */
const GROUPS: readonly RandomGroup[] = [
  RANDOM_STRINGS,
  RANDOM_PLACES,
  RANDOM_SORTS,
  RANDOM_HASHES,
  RANDOM_LISTS,
  RANDOM_SETS,
  RANDOM_SORTED_SETS,
  RANDOM_STREAMS,
  RANDOM_SKETCHES,
];

/** Every shape of each group with its comparison. */
const SHAPES = GROUPS.map(({ shapes }) =>
  Object.entries(shapes).flatMap(([comparison, ofComparison]) =>
    ofComparison.map((shape) => ({ shape, comparison: comparison as RandomComparison }))
  )
);

/** Directives for a run: those of all groups. */
export const RANDOM_CONFIG: Readonly<Record<string, string>> = Object.assign(
  {},
  ...GROUPS.map((group) => group.config),
);

/** The next command from a source of chance. */
export function randomCommand(random: Random): RandomCommand {
  const pick: Pick = (items) => items[random.below(items.length)];
  const { shape, comparison } = pick(pick(SHAPES));
  return { args: shape.flatMap((part) => expand(part, pick)), comparison };
}
