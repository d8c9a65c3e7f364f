/**
 * Radix shape: how many nodes Redis' radix tree would have for the keys of an index.
 *
 * Clients see that number in XINFO STREAM. It follows from the keys alone: think of the tree of their
 * common prefixes. Each key ends in a node, each prefix at which keys part is a node, and a stretch
 * of bytes between two of them, if there are any, is one more, as Redis keeps such a stretch in one.
 *
 *   0001 1     (00) -> branch(0 1) -> (1) -> branch(1 2) -> key, key
 *   0001 2                        -> (3 1) -> key               8 nodes
 *   00131
 *
 * Keys that come in order part at the longest prefix that a key shares with a neighbour, so one pass
 * with a stack of open prefixes sees every branch once.
 *
 * @module
 */

import { StreamId } from "../../../base/stream_id.ts";
import type { IdMap } from "../../structures/mod.ts";

const KEY_BYTES = 16;

/** Nodes of the radix tree with the keys of `index`, whose cursor is lost. */
export function countRadixNodes(index: IdMap): number {
  if (!index.seekFirst()) return 1;
  const key = index.readId(new StreamId()), previous = new StreamId();
  /** Lengths of the prefixes at which keys part, of those that lead to the key, rising. */
  const branches: number[] = [];
  let nodeCount = 0, sharedBefore = -1;
  const close = (shared: number) => {
    while (branches.length > 0 && branches[branches.length - 1] > shared) {
      const length = branches.pop()!;
      const above = Math.max(shared, branches[branches.length - 1] ?? -1);
      nodeCount += 1 + (length > above + 1 ? 1 : 0);
    }
  };
  for (;;) {
    previous.set(key);
    const hasNext = index.next();
    const shared = hasNext ? sharedBytes(previous, index.readId(key)) : -1;
    nodeCount += 1 + (KEY_BYTES > Math.max(shared, sharedBefore) + 1 ? 1 : 0);
    close(shared);
    if (!hasNext) return nodeCount;
    if (branches[branches.length - 1] !== shared) branches.push(shared);
    sharedBefore = shared;
  }
}

/** Bytes at the beginning that two IDs have in common. */
function sharedBytes(first: StreamId, second: StreamId): number {
  if (first.msHigh !== second.msHigh) return Math.clz32(first.msHigh ^ second.msHigh) >>> 3;
  if (first.msLow !== second.msLow) return 4 + (Math.clz32(first.msLow ^ second.msLow) >>> 3);
  if (first.sequenceHigh !== second.sequenceHigh) {
    return 8 + (Math.clz32(first.sequenceHigh ^ second.sequenceHigh) >>> 3);
  }
  return 12 + (Math.clz32(first.sequenceLow ^ second.sequenceLow) >>> 3);
}
