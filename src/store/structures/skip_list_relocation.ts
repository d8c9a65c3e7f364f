/**
 * Skip list relocation: nodes moved to other blocks, without searching for each.
 *
 * A node is referred to by the one behind it and, on each of its levels, by the last one before it. Going
 * along in order, those are known: they are the path so far. So a node costs its links and no search.
 *
 * @module
 */

import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import { LINKS_WORD, type SkipList } from "./skip_list.ts";

/** Told that a node has moved. */
export type MoveListener = (old: Ref, moved: Ref) => void;

/**
 * Moves nodes off pages that are being emptied; the list's head may move too.
 *
 * @param rank Where to begin, from 0.
 * @returns The rank to go on with, 0 at the end.
 */
export function relocateNodes(
  arena: Arena,
  list: SkipList,
  step: { rank: number; count: number },
  noteMove: MoveListener,
): number {
  let { rank } = step;
  if (rank === 0) list.open(arena.moveOut(list.head));
  const count = list.count;
  if (rank >= count) return 0;
  const path = list.pathTo(rank);
  const end = Math.min(count, rank + step.count);
  for (let node = list.next(path[0]); rank < end; rank++) {
    const moved = arena.moveOut(node);
    const next = list.next(moved);
    const words = arena.words[moved >>> PAGE_SHIFT], word = (moved & GRANULE_MASK) << 1;
    const level = words[word] >>> 16;
    if (moved !== node) {
      for (let index = 0; index < level; index++) {
        setWord(arena, path[index], LINKS_WORD + (index << 1), moved);
      }
      setWord(arena, next === 0 ? list.head : next, 1, moved);
      noteMove(node, moved);
    }
    for (let index = 0; index < level; index++) path[index] = moved;
    node = next;
  }
  return rank < count ? rank : 0;
}

function setWord(arena: Arena, node: Ref, index: number, value: number): void {
  arena.words[node >>> PAGE_SHIFT][((node & GRANULE_MASK) << 1) + index] = value;
}
