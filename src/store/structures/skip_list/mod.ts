/**
 * Skip list: members in the order of (score, bytes).
 *
 * @module
 */

export { relocateChunks } from "./relocation.ts";
export { SkipList } from "./skip_list.ts";
