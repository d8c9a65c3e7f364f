/**
 * Membership: the cluster that a server is in, for commands that are about it.
 *
 * @module
 */

import type { Cluster, Resharding, ServerParts } from "../../engine/mod.ts";
import { CLUSTER_DISABLED } from "../../errors/catalogue.ts";

/** @throws {RedisError} When the server is a single one. */
export function clusterOf(server: ServerParts): Cluster {
  if (server.cluster === undefined) throw CLUSTER_DISABLED;
  return server.cluster;
}

/** How its slots move. @throws {RedisError} When the server is a single one. */
export function reshardingOf(server: ServerParts): Resharding {
  if (server.resharding === undefined) throw CLUSTER_DISABLED;
  return server.resharding;
}
