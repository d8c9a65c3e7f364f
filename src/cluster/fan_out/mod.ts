/**
 * Fan-out: what is asked of all nodes of a cluster together.
 *
 * @module
 */

export { FanOut, type FanOutParts } from "./fan_out.ts";
export type { FanOutNodes } from "./fan_out_nodes.ts";
export { NodeCalls, type NodeCallsParts } from "./node_calls.ts";
export { KeyListeners } from "./key_listeners.ts";
