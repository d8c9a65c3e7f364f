/**
 * Member nodes: what a skip list holds, one block of the arena for each.
 *
 *   node:  member offset u8 | member length u8 | 0 u16     chunk u32
 *          score f64
 *          [ unused u32 | member length u32 ]     if the member is long
 *          member
 *
 * A node begins as a record of `Dictionary` does, so the same block is what an index of members finds.
 * `chunk` is where in the list it stands; 0 while it is in none.
 *
 * @module
 */

import { type ByteView, copyBytes } from "../../../base/byte_view.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import { LONG_KEY_LENGTH } from "../dictionary.ts";

const HEADER_BYTES = 16;
const LONG_LENGTH_BYTES = 8;

/** Reads and writes nodes. */
export class MemberNodes {
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Allocates a node. @param member `member[start, end)`, copied. */
  create(score: number, member: Uint8Array, start: number, end: number): Ref {
    const arena = this.#arena;
    const memberBytes = end - start;
    const isLong = memberBytes >= LONG_KEY_LENGTH;
    const offset = HEADER_BYTES + (isLong ? LONG_LENGTH_BYTES : 0);
    const node = arena.allocate(offset + memberBytes);
    const page = node >>> PAGE_SHIFT, granule = node & GRANULE_MASK;
    const words = arena.words[page], word = granule << 1;
    words[word] = offset | ((isLong ? LONG_KEY_LENGTH : memberBytes) << 8);
    words[word + 1] = 0;
    arena.doubles[page][granule + 1] = score;
    if (isLong) words[word + (offset >>> 2) - 1] = memberBytes;
    copyBytes(member, start, end, arena.pages[page], (granule << 3) + offset);
    return node;
  }

  /** A node's score. */
  scoreOf(node: Ref): number {
    return this.#arena.doubles[node >>> PAGE_SHIFT][(node & GRANULE_MASK) + 1];
  }

  /** Changes it. */
  setScore(node: Ref, score: number): void {
    this.#arena.doubles[node >>> PAGE_SHIFT][(node & GRANULE_MASK) + 1] = score;
  }

  /** The chunk that a node stands in. */
  chunkOf(node: Ref): Ref {
    return this.#arena.words[node >>> PAGE_SHIFT][((node & GRANULE_MASK) << 1) + 1];
  }

  /** Notes it. */
  setChunk(node: Ref, chunk: Ref): void {
    this.#arena.words[node >>> PAGE_SHIFT][((node & GRANULE_MASK) << 1) + 1] = chunk;
  }

  /** Bytes of a node's member. */
  memberBytesOf(node: Ref): number {
    const words = this.#arena.words[node >>> PAGE_SHIFT], word = (node & GRANULE_MASK) << 1;
    const memberBytes = (words[word] >>> 8) & 0xff;
    return memberBytes === LONG_KEY_LENGTH
      ? words[word + ((words[word] & 0xff) >>> 2) - 1]
      : memberBytes;
  }

  /** Points a view at a node's member; borrowed until the node is freed. */
  memberView(node: Ref, into: ByteView): ByteView {
    const bytes = this.#arena.pages[node >>> PAGE_SHIFT];
    const at = (node & GRANULE_MASK) << 3;
    const start = at + bytes[at];
    return into.set(bytes, start, start + this.memberBytesOf(node));
  }

  /** Order of a node's member beside a view: negative, 0, positive. */
  compareMember(node: Ref, member: ByteView): number {
    const ours = this.#arena.pages[node >>> PAGE_SHIFT], theirs = member.bytes;
    const offset = (node & GRANULE_MASK) << 3;
    const memberBytes = this.memberBytesOf(node);
    const byteDifference = memberBytes - (member.end - member.start);
    const sharedEnd = byteDifference < 0 ? member.start + memberBytes : member.end;
    let at = offset + ours[offset];
    for (let index = member.start; index < sharedEnd; index++, at++) {
      const difference = ours[at] - theirs[index];
      if (difference !== 0) return difference;
    }
    return byteDifference;
  }
}
