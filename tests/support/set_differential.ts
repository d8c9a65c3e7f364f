/**
 * Set differential: transcripts held once for each way in which sets are stored.
 *
 * @module
 */

import { differential, type DifferentialOptions, type Transcript } from "./differential.ts";

/** Members that an intset may have: many, few, so that sets change on the way, and none. */
const INTSET_LIMITS = ["512", "3", "0"];

/** Registers a transcript to hold with intsets of every size. */
export function setDifferential(
  name: string,
  transcript: Transcript,
  options: DifferentialOptions = {},
): void {
  for (const limit of INTSET_LIMITS) {
    const config = { ...options.config, "set-max-intset-entries": limit };
    differential(`${name}, intsets up to ${limit}`, transcript, { ...options, config });
  }
}
