/**
 * Collection limits: the directives that say how large compact collections may be.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import type { CollectionLimits } from "../store/mod.ts";

/** Keeps a store's limits at what the configuration says, now and whenever it changes. */
export function followCollectionLimits(config: Config, limits: CollectionLimits): void {
  const apply = () => {
    limits.hashMaxListpackEntries = config.number("hash-max-listpack-entries");
    limits.hashMaxListpackValue = config.number("hash-max-listpack-value");
    limits.setMaxIntsetEntries = config.number("set-max-intset-entries");
    limits.zsetMaxListpackEntries = config.number("zset-max-listpack-entries");
    limits.zsetMaxListpackValue = config.number("zset-max-listpack-value");
    limits.listMaxListpackSize = config.number("list-max-listpack-size");
    limits.listCompressDepth = config.number("list-compress-depth");
    limits.streamNodeMaxBytes = config.number("stream-node-max-bytes");
    limits.streamNodeMaxEntries = config.number("stream-node-max-entries");
  };
  config.onApply([
    "hash-max-listpack-entries",
    "hash-max-listpack-value",
    "set-max-intset-entries",
    "zset-max-listpack-entries",
    "zset-max-listpack-value",
    "list-max-listpack-size",
    "list-compress-depth",
    "stream-node-max-bytes",
    "stream-node-max-entries",
  ], apply);
  apply();
}
