/**
 * Cluster registry: who is in the cluster.
 *
 * The one thing that all nodes must agree on is behind this interface, so that where the agreement
 * comes from is nobody's business: from the nodes themselves (`ReshardingRegistry`), or from a service
 * that keeps it.
 *
 * @module
 */

import type { RedisError } from "../errors/redis_error.ts";
import type { SlotMap } from "./slot_map.ts";

/** Knows the members. */
export interface ClusterRegistry {
  /** The map in force. */
  readonly map: SlotMap;
  /** Rises whenever nodes come or go. */
  readonly epoch: number;
  /** Whether slots are on their way to other nodes. */
  readonly isMoving: boolean;
  /** Whether there may be nodes that know another one, which was in force before. */
  readonly hasChanged: boolean;
  /** How nodes find out whether they have the same one. */
  readonly agreement: MapAgreement;
  /** Told of each new map from now on. @returns What ends that. */
  watch(changed: (map: SlotMap) => void): () => void;
}

/** What two nodes tell each other of the map. */
export interface MapAgreement {
  /** What they must have in common to work together. */
  readonly stamp: string;
  /** The same for nodes that know the same. */
  readonly digest: string;
  /** All that this one knows, for who knows something else. */
  readonly text: string;
  /** Why a node with another stamp is refused; `undefined`: it is not. */
  compare(theirStamp: string): RedisError | undefined;
  /** Learns what another node knows. @throws {RedisError} Why that can't be. */
  learn(theirText: string): void;
}
