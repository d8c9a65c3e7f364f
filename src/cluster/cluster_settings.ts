/**
 * Cluster settings: what the configuration says of the cluster, as a whole.
 *
 * @module
 */

import { type Config, type PeerEntry, peersOf } from "../config/mod.ts";
import type { ClusterMode } from "../engine/mod.ts";

/** Most nodes of a cluster: a cursor of SCAN over all of them has room for so many (`cluster_scan.ts`). */
export const NODE_COUNT_MAX = 256;

/** A node's part in a cluster. */
export interface ClusterSettings {
  /** What becomes of a request for another node's keys: its client is sent there, or it is. */
  readonly mode: ClusterMode;
  /** All nodes, this one included. */
  readonly peers: readonly PeerEntry[];
  /** The name of this one. */
  readonly self: string;
  /** What all nodes know and nobody else. */
  readonly secret: string;
}

/**
 * Reads the settings.
 *
 * @returns `undefined` when the server is none of a cluster.
 * @throws {ConfigError} With its place, when directives are missing or don't fit each other.
 */
export function clusterSettingsOf(config: Config): ClusterSettings | undefined {
  const mode = config.text("cluster-mode");
  if (mode === "none") return undefined;
  const peers = peersOf(config.text("peers")), self = config.text("self");
  const secret = config.text("cluster-secret");
  if (peers.length === 0) throw config.refusal("cluster-mode", "cluster-mode needs peers");
  if (peers.length > NODE_COUNT_MAX) {
    throw config.refusal("peers", `peers has more than ${NODE_COUNT_MAX} nodes: ${peers.length}`);
  }
  if (self === "") throw config.refusal("cluster-mode", "cluster-mode needs self");
  if (!peers.some(({ name }) => name === self)) {
    throw config.refusal("self", `self is none of the peers: '${self}'`);
  }
  if (secret === "") throw config.refusal("cluster-mode", "cluster-mode needs cluster-secret");
  return { mode: mode as ClusterMode, peers, self, secret };
}
