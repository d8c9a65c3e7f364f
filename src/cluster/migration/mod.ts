/**
 * Migration: slots move from node to node while they are used.
 *
 * @module
 */

export { SlotSet } from "./slot_set.ts";
export { Topology } from "./topology.ts";
