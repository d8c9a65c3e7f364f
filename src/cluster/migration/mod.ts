/**
 * Migration: slots move from node to node while they are used.
 *
 * @module
 */

export { ReshardingRegistry, type TopologyFile } from "./resharding_registry.ts";
export { ServerResharding } from "./server_resharding.ts";
export { SlotIndex } from "./slot_index.ts";
export { SlotSet } from "./slot_set.ts";
export { Topology } from "./topology.ts";
export { DiskTopologyFile } from "./topology_file.ts";
