/**
 * Sorted sets: members with scores, packed while they are few and indexed when they are many.
 *
 * @module
 */

export { SortedSetDraft } from "./sorted_set_draft.ts";
export { SortedSetValue } from "./sorted_set_value.ts";
