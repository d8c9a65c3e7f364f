/**
 * Ordered trees: B+ trees in the arena, with stream IDs or names for keys.
 *
 * @module
 */

export { IdMap } from "./id_map.ts";
export { NameMap } from "./name_map.ts";
export { type ReferenceVisitor, TREE_STATE_WORDS } from "./ordered_tree.ts";
