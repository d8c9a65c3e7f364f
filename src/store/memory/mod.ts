/**
 * Memory: the arena that holds all data outside the garbage-collected heap.
 *
 * ```ts
 * import { Arena } from "./mod.ts";
 *
 * const arena = new Arena();
 * const block = arena.allocate(24);
 * arena.bytesOf(block)[arena.offsetOf(block)] = 7;
 * arena.free(block);
 * console.assert(arena.usedBytes === 0);
 * ```
 *
 * @module
 */

export { Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "./arena.ts";
export { CheckedArena } from "./checked_arena.ts";
export { ArenaFullError } from "./page_memory.ts";
export { PAGE_BYTES } from "./size_classes.ts";
