/**
 * Collection limits: how large a collection may be in its compact encoding.
 *
 * @module
 */

import { PACKED_THRESHOLD_BYTES } from "../structures/mod.ts";

/** The thresholds, each as the directive of that name gives it where there is one. */
export interface CollectionLimits {
  hashMaxListpackEntries: number;
  /** Bytes. */
  hashMaxListpackValue: number;
  setMaxIntsetEntries: number;
  zsetMaxListpackEntries: number;
  /** Bytes. */
  zsetMaxListpackValue: number;
  /** Elements of a list's node if positive, else -1 to -5 for 4 to 64 KiB. */
  listMaxListpackSize: number;
  /** Nodes at either end of a list that are not compressed; 0: none is. */
  listCompressDepth: number;
  /** Bytes from which on an element of a list has a node of its own; no directive sets this. */
  packedThresholdBytes: number;
  streamNodeMaxBytes: number;
  streamNodeMaxEntries: number;
}

/** The limits of a server without a configuration. */
export function defaultCollectionLimits(): CollectionLimits {
  return {
    hashMaxListpackEntries: 512,
    hashMaxListpackValue: 64,
    setMaxIntsetEntries: 512,
    zsetMaxListpackEntries: 128,
    zsetMaxListpackValue: 64,
    listMaxListpackSize: -2,
    listCompressDepth: 0,
    packedThresholdBytes: PACKED_THRESHOLD_BYTES,
    streamNodeMaxBytes: 4096,
    streamNodeMaxEntries: 100,
  };
}
