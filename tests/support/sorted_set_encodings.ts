/**
 * Sorted set encodings: transcripts that run once over packed and once over indexed sorted sets.
 *
 * @module
 */

import { differential, type DifferentialOptions, type Transcript } from "./differential.ts";

/** Limits that leave a sorted set in one encoding. */
export interface ForcedEncoding {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** All are packed. */
export const PACKED: ForcedEncoding = {
  name: "listpacks",
  config: { "zset-max-listpack-entries": "100000", "zset-max-listpack-value": "100000" },
};
/** None is packed. */
export const INDEXED: ForcedEncoding = {
  name: "skip lists",
  config: { "zset-max-listpack-entries": "0" },
};

/** Registers a transcript twice, once for each encoding. */
export function bothEncodings(
  name: string,
  transcript: Transcript,
  options: DifferentialOptions = {},
): void {
  for (const encoding of [PACKED, INDEXED]) {
    differential(`${name}, in ${encoding.name}`, transcript, {
      ...options,
      config: { ...options.config, ...encoding.config },
    });
  }
}
