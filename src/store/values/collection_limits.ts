/**
 * Collection limits: how large a collection may be in its compact encoding.
 *
 * @module
 */

/** The thresholds, each as the directive of that name gives it. */
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
    streamNodeMaxBytes: 4096,
    streamNodeMaxEntries: 100,
  };
}
