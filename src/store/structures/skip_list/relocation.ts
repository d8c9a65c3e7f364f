/**
 * Skip list relocation: chunks moved to other blocks, without searching for each.
 *
 * A chunk is referred to by its nodes, by the chunk behind it and, on each of its levels, by the last one
 * before it. Going along in order, those are known: they are the path so far.
 *
 * @module
 */

import type { Arena } from "../../memory/mod.ts";
import { Chunks } from "./chunks.ts";
import type { SkipList } from "./skip_list.ts";

/**
 * Moves chunks off pages that are being emptied; the list's head may move too.
 *
 * @param step Where to begin, a rank from 0, and nodes after which to stop, about.
 * @returns The rank to go on with, 0 at the end.
 */
export function relocateChunks(
  arena: Arena,
  list: SkipList,
  step: { rank: number; count: number },
): number {
  if (step.rank === 0) list.open(arena.moveOut(list.head));
  if (step.rank >= list.count) return 0;
  const chunks = new Chunks(arena, list.nodes);
  const path = list.pathBefore(step.rank);
  let chunk = chunks.forward(path.chunks[0], 0);
  let rank = path.ranks[0] + chunks.span(path.chunks[0], 0);
  const endRank = step.rank + step.count;
  while (chunk !== 0 && rank < endRank) {
    const moved = chunks.moveOut(chunk), next = chunks.forward(moved, 0);
    if (moved !== chunk) {
      for (let level = chunks.levelOf(moved) - 1; level >= 0; level--) {
        chunks.setForward(path.chunks[level], level, moved);
      }
      chunks.setBefore(next === 0 ? list.head : next, moved);
      chunks.adoptNodes(moved);
    }
    path.enter(moved, rank);
    rank += chunks.countOf(moved);
    chunk = next;
  }
  return chunk === 0 ? 0 : rank;
}
