/**
 * Cluster registry: who is in the cluster.
 *
 * The one thing that all nodes must agree on is behind this interface, so that where the agreement
 * comes from is nobody's business: here from a list that each node was given.
 *
 * @module
 */

import { type NodeAddress, SlotMap } from "./slot_map.ts";

/** Knows the members. */
export interface ClusterRegistry {
  /** The map in force. */
  readonly map: SlotMap;
  /** Told of each new map from now on. @returns What ends that. */
  watch(changed: (map: SlotMap) => void): () => void;
}

/** Members that stay the same as long as the server runs. */
export class StaticRegistry implements ClusterRegistry {
  readonly map: SlotMap;

  constructor(addresses: readonly NodeAddress[]) {
    this.map = new SlotMap(addresses);
  }

  watch(): () => void {
    return () => {};
  }
}
