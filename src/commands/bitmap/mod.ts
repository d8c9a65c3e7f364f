/**
 * Bitmap commands: strings as rows of bits, bit 0 being the highest of the first byte.
 *
 * @module
 */

import type { CommandSpec } from "../../engine/mod.ts";
import { BIT_COMMANDS } from "./bit.ts";
import { BIT_RANGE_COMMANDS } from "./bit_range.ts";
import { BITFIELD_COMMANDS } from "./bitfield.ts";
import { BITOP_COMMANDS } from "./bitop.ts";

/** The rows of the group. */
export const BITMAP_COMMANDS: readonly CommandSpec[] = [
  ...BIT_COMMANDS,
  ...BIT_RANGE_COMMANDS,
  ...BITOP_COMMANDS,
  ...BITFIELD_COMMANDS,
];
