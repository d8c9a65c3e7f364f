/**
 * Streams: entries by ID, and the consumer groups that read them.
 *
 * @module
 */

export type { ConsumerGroup } from "./consumer_group.ts";
export { advanceGroup, estimateEntriesRead, readLag } from "./read_counter.ts";
export { STREAM_ENTRY_BYTES_MAX, StreamValue } from "./stream_value.ts";
export type { StreamWalk } from "./stream_walk.ts";
export { TrimPlan, type TrimStrategy } from "./trim_plan.ts";
