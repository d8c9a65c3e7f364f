/**
 * Hash ring: which node has which slot, so that all nodes compute the same and a node more or less
 * moves few slots.
 *
 * Each node stands at many points of a ring, which follow from its name. The slots stand on the ring
 * at even distances, and each belongs to the first point behind it. A new node takes a bit of every
 * other one; all else stays.
 *
 *   ring   ──b──a───c──b──a──c───a──b─────c──
 *   slots   0 0 0 0 1 1 1 1 2 2 2 ...           the slots between two points are one range
 *
 * Chance alone spreads unevenly: with 256 points the fullest of three nodes would have up to 11 %
 * more than its share. So no node gets more than its share and 2 %: a slot that finds its node full
 * goes to the next point behind. Measured over ten sets of names each: three nodes have 0.96 to 1.02 of
 * their share, ten 0.91 to 1.02; a node more moves 1.04 to 1.12 times what it gets, at worst 1.25.
 * More points spread better but cut the slots into more ranges, which clients fetch every few seconds:
 * 256 points of three nodes make 500 ranges, 1024 make 1850.
 *
 * Always true: the result depends on the set of names only, not on their order.
 * Idea: Karger and others 1997; Mirrokni, Thorup, Zadimoghaddam 2016 (bounded loads).
 *
 * @module
 */

import { bytesOfText } from "../base/byte_view.ts";
import { SLOT_COUNT } from "../base/crc16.ts";
import { Sha1, SHA1_BYTES } from "../base/sha1.ts";

/** Points of each node. */
const POINTS_PER_NODE = 256;
/** What a node may have beyond its share of the slots. */
const EXCESS_FRACTION_MAX = 0.02;
const RING_SIZE = 2 ** 32;

/** A place on the ring. */
interface Point {
  readonly position: number;
  readonly nodeIndex: number;
}

/**
 * Spreads all slots.
 *
 * @param names Of the nodes, in order and each once; at least one.
 * @returns For each slot the index of the name that has it.
 */
export function spreadSlots(names: readonly string[]): Uint16Array {
  const points = pointsOf(names);
  const slotCountMax = Math.ceil(SLOT_COUNT / names.length * (1 + EXCESS_FRACTION_MAX));
  const slotCounts = new Uint16Array(names.length);
  const owners = new Uint16Array(SLOT_COUNT);
  let next = 0;
  for (let slotIndex = 0; slotIndex < SLOT_COUNT; slotIndex++) {
    const position = slotIndex * (RING_SIZE / SLOT_COUNT);
    while (next < points.length && points[next].position < position) next++;
    let at = next % points.length;
    while (slotCounts[points[at].nodeIndex] >= slotCountMax) at = (at + 1) % points.length;
    owners[slotIndex] = points[at].nodeIndex;
    slotCounts[owners[slotIndex]]++;
  }
  return owners;
}

function pointsOf(names: readonly string[]): Point[] {
  const sha1 = new Sha1(), digest = new Uint8Array(SHA1_BYTES);
  const view = new DataView(digest.buffer);
  const points = names.flatMap((name, nodeIndex) =>
    Array.from({ length: POINTS_PER_NODE }, (_, number): Point => {
      const text = bytesOfText(`${name}#${number}`);
      sha1.digest(text, 0, text.length, digest);
      return { position: view.getUint32(0), nodeIndex };
    })
  );
  return points.sort((a, b) => a.position - b.position || a.nodeIndex - b.nodeIndex);
}
