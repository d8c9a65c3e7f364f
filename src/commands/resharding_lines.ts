/**
 * Resharding lines: what INFO and CLUSTER INFO tell of slots that move.
 *
 * @module
 */

import type { ReshardingFacts } from "../engine/mod.ts";

/**
 * How far slots are on their way, a line without its end for each fact; none as long as no node has ever
 * come or gone.
 */
export function reshardingLines(facts: ReshardingFacts): string[] {
  if (facts.epoch === 0) return [];
  return [
    `cluster_resharding_in_progress:${facts.isMoving ? 1 : 0}`,
    `cluster_resharding_slots_total:${facts.movingCount}`,
    `cluster_resharding_slots_moved:${facts.movedCount}`,
    `cluster_resharding_slots_leaving:${facts.leavingCount}`,
    `cluster_resharding_slots_coming:${facts.comingCount}`,
    `cluster_resharding_keys_sent:${facts.sentKeys}`,
    `cluster_resharding_bytes_sent:${facts.sentBytes}`,
    `cluster_resharding_keys_received:${facts.receivedKeys}`,
    `cluster_resharding_bytes_received:${facts.receivedBytes}`,
    `cluster_resharding_last_error:${facts.lastFailure}`,
  ];
}
