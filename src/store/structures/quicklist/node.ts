/**
 * Nodes of a quicklist: links, and a block with elements.
 *
 *   node:   previous u32 | next u32 | block u32 | start u32 | end u32 | flags u8, count u24
 *           | options u32 | content bytes u32
 *
 *   block:  | room | listpack header | elements from start to end | end byte | room |     packed
 *           | the bytes of one element from start to end |                                plain
 *           | LZF of the listpack or the element from start to end |                      compressed
 *
 * The elements of a packed node have room on both sides, so a list grows and shrinks at either end
 * without moving bytes. Their listpack header is written only when the listpack is wanted as a whole;
 * until then only its place is kept. Node and block are apart, because a block may have to move at
 * each change, and a node that moved would have to be linked anew.
 *
 * Always true: the content bytes are set in compressed nodes only and are what decompressing gives;
 * a plain node has one element.
 * Not here: where a list begins and ends, and when a node is compressed.
 *
 * @module
 */

import { type ByteView, copyBytes } from "../../../base/byte_view.ts";
import { invariant } from "../../../base/invariant.ts";
import { compressLzf, LzfRoom } from "../../../base/lzf.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";

/** Bytes of a listpack's header. */
export const HEADER_BYTES = 6;
/** Bytes of a listpack without elements: the header and the end byte. */
export const EMPTY_LISTPACK_BYTES = HEADER_BYTES + 1;

const NODE_BYTES = 32;
const PREVIOUS = 0;
const NEXT = 1;
/** Which word of a node names its block. */
export const BLOCK = 2;
/** Which word says where in the block the elements start. */
export const START = 3;
/** Which word says where they end. */
export const END = 4;
/** Which word counts them; above the count are the flags. */
export const COUNT = 5;
/** Which word holds the options. */
export const OPTIONS = 6;
const CONTENT_BYTES = 7;

const COUNT_BITS = 24;
/** What the count's word is at most where no flag is set: a packed node that is not compressed. */
export const COUNT_MASK = (1 << COUNT_BITS) - 1;
const IS_PLAIN = 1 << COUNT_BITS;
const IS_COMPRESSED = 2 << COUNT_BITS;

const END_BYTE = 0xff;
/** From here on a listpack's header does not tell the count. */
const COUNT_UNKNOWN = 0xffff;

/** Content below this is not worth compressing. */
const COMPRESSED_CONTENT_BYTES_MIN = 48;
/** Content above this would stall everybody while it is compressed: very large single elements. */
const COMPRESSED_CONTENT_BYTES_MAX = 1024 * 1024;
/** What compressing must save at least. */
const SAVED_BYTES_MIN = 8;
/** A scratch, and a room, of this size are kept from one node to the next. */
const KEPT_SCRATCH_BYTES = 65_536 + 16;

/** Access to the fields and the content of nodes. */
export class QuicklistNodes {
  readonly arena: Arena;
  #scratch: Uint8Array | undefined;
  #room: LzfRoom | undefined;

  /** @param arena Where nodes and blocks lie. */
  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** Allocates a node that nothing is linked to, with a block for one element. */
  protected allocateNode(options: number, block: Ref, start: number, end: number): Ref {
    const node = this.arena.allocate(NODE_BYTES);
    const words = this.arena.words[node >>> PAGE_SHIFT];
    const at = (node & GRANULE_MASK) << 1;
    words[at + PREVIOUS] = 0;
    words[at + NEXT] = 0;
    words[at + BLOCK] = block;
    words[at + START] = start;
    words[at + END] = end;
    words[at + COUNT] = 1;
    words[at + OPTIONS] = options;
    words[at + CONTENT_BYTES] = 0;
    return node;
  }

  /** Allocates a node that is one element as it is, `source[start, end)`. */
  createPlain(options: number, source: Uint8Array, start: number, end: number): Ref {
    const byteCount = end - start;
    const block = this.arena.allocate(Math.max(1, byteCount));
    copyBytes(source, start, end, this.arena.bytesOf(block), this.arena.offsetOf(block));
    const node = this.allocateNode(options, block, 0, byteCount);
    this.#setWord(node, COUNT, 1 | IS_PLAIN);
    return node;
  }

  /** Allocates a copy of a node with its content, which nothing is linked to. */
  copyNode(node: Ref): Ref {
    const arena = this.arena;
    const start = this.startOf(node), end = this.endOf(node);
    const isPacked = !this.isPlain(node) && !this.isCompressed(node);
    const copyStart = isPacked ? HEADER_BYTES : 0;
    const block = arena.allocate(Math.max(1, end - start + (isPacked ? EMPTY_LISTPACK_BYTES : 0)));
    const source = this.blockOf(node), from = arena.offsetOf(source);
    const to = arena.offsetOf(block) + copyStart;
    copyBytes(arena.bytesOf(source), from + start, from + end, arena.bytesOf(block), to);
    const options = this.optionsOf(node);
    const copy = this.allocateNode(options, block, copyStart, copyStart + end - start);
    this.#setWord(copy, COUNT, this.#word(node, COUNT));
    this.#setWord(copy, CONTENT_BYTES, this.#word(node, CONTENT_BYTES));
    return copy;
  }

  /** Moves a node's block off a page that is being emptied. */
  moveBlockOut(node: Ref): void {
    this.#setWord(node, BLOCK, this.arena.moveOut(this.blockOf(node)));
  }

  /** Frees a node with its block. */
  freeNode(node: Ref): void {
    this.arena.free(this.blockOf(node));
    this.arena.free(node);
  }

  /** Bytes that the node and its block take. */
  memoryBytesOf(node: Ref): number {
    return this.arena.capacityOf(node) + this.arena.capacityOf(this.blockOf(node));
  }

  previousOf(node: Ref): Ref {
    return this.#word(node, PREVIOUS);
  }

  setPrevious(node: Ref, previous: Ref): void {
    this.#setWord(node, PREVIOUS, previous);
  }

  nextOf(node: Ref): Ref {
    return this.#word(node, NEXT);
  }

  setNext(node: Ref, next: Ref): void {
    this.#setWord(node, NEXT, next);
  }

  /** The block that holds the content. */
  blockOf(node: Ref): Ref {
    return this.#word(node, BLOCK);
  }

  /** Where in its block the elements start. */
  startOf(node: Ref): number {
    return this.#word(node, START);
  }

  /** Where in its block they end. */
  endOf(node: Ref): number {
    return this.#word(node, END);
  }

  /** Notes where the elements are. */
  protected setBounds(node: Ref, start: number, end: number): void {
    this.#setWord(node, START, start);
    this.#setWord(node, END, end);
  }

  /** Notes where the elements are, in another block. */
  protected setBlock(node: Ref, block: Ref, start: number, end: number): void {
    this.#setWord(node, BLOCK, block);
    this.setBounds(node, start, end);
  }

  /** Number of elements. */
  countOf(node: Ref): number {
    return this.#word(node, COUNT) & COUNT_MASK;
  }

  /** Notes that there are so many elements more. */
  protected addToCount(node: Ref, added: number): void {
    this.#setWord(node, COUNT, this.#word(node, COUNT) + added);
  }

  /** The options of the list. */
  optionsOf(node: Ref): number {
    return this.#word(node, OPTIONS);
  }

  /** Whether the node is one element as it is. */
  isPlain(node: Ref): boolean {
    return (this.#word(node, COUNT) & IS_PLAIN) !== 0;
  }

  /** Whether the content is compressed. */
  isCompressed(node: Ref): boolean {
    return (this.#word(node, COUNT) & IS_COMPRESSED) !== 0;
  }

  /** Bytes of the listpack or the plain element, uncompressed. */
  contentBytesOf(node: Ref): number {
    const flags = this.#word(node, COUNT);
    if ((flags & IS_COMPRESSED) !== 0) return this.#word(node, CONTENT_BYTES);
    const byteCount = this.endOf(node) - this.startOf(node);
    return (flags & IS_PLAIN) !== 0 ? byteCount : byteCount + EMPTY_LISTPACK_BYTES;
  }

  /** Compresses a node if it is not yet, and if that saves enough. */
  compress(node: Ref): void {
    const contentBytes = this.contentBytesOf(node);
    if (
      this.isCompressed(node) || contentBytes < COMPRESSED_CONTENT_BYTES_MIN ||
      contentBytes > COMPRESSED_CONTENT_BYTES_MAX
    ) return;
    const arena = this.arena;
    const old = this.blockOf(node);
    const from = arena.offsetOf(old) + this.#seal(node);
    const scratch = this.#scratchOf(contentBytes);
    const byteCount = compressLzf(
      arena.bytesOf(old),
      from,
      from + contentBytes,
      scratch,
      0,
      contentBytes,
    );
    if (byteCount === 0 || byteCount + SAVED_BYTES_MIN >= contentBytes) return;
    const block = arena.allocate(byteCount);
    copyBytes(scratch, 0, byteCount, arena.bytesOf(block), arena.offsetOf(block));
    arena.free(old);
    this.setBlock(node, block, 0, byteCount);
    this.#setWord(node, COUNT, this.#word(node, COUNT) | IS_COMPRESSED);
    this.#setWord(node, CONTENT_BYTES, contentBytes);
  }

  /** Makes a node one whose elements can be changed. */
  decompress(node: Ref): void {
    if (!this.isCompressed(node)) return;
    const arena = this.arena;
    const contentBytes = this.#word(node, CONTENT_BYTES);
    const { bytes } = this.readCompressed(node, this.#roomOf(contentBytes));
    const block = arena.store(bytes, 0, contentBytes);
    arena.free(this.blockOf(node));
    this.#setWord(node, COUNT, this.#word(node, COUNT) & ~IS_COMPRESSED);
    this.#setWord(node, CONTENT_BYTES, 0);
    if (this.isPlain(node)) this.setBlock(node, block, 0, contentBytes);
    else this.setBlock(node, block, HEADER_BYTES, contentBytes - 1);
  }

  /**
   * Points a view at the whole content: the listpack, or the plain element.
   *
   * @returns Borrowed until the next change of the list.
   */
  contentView(node: Ref, into: ByteView): ByteView {
    const contentBytes = this.contentBytesOf(node);
    if (this.isCompressed(node)) {
      const { bytes } = this.readCompressed(node, new LzfRoom(contentBytes));
      return into.set(bytes, 0, contentBytes);
    }
    const block = this.blockOf(node);
    const start = this.arena.offsetOf(block) + this.#seal(node);
    return into.set(this.arena.bytesOf(block), start, start + contentBytes);
  }

  /** Decompresses the content of a compressed node into a room that takes it; returns the room. */
  readCompressed(node: Ref, room: LzfRoom): LzfRoom {
    const block = this.blockOf(node), from = this.arena.offsetOf(block);
    const isSound = room.decompress(
      this.arena.bytesOf(block),
      from + this.startOf(node),
      from + this.endOf(node),
      this.#word(node, CONTENT_BYTES),
    );
    invariant(isSound, "A compressed node of a list is damaged");
    return room;
  }

  /** Completes the listpack around the elements; returns where in the block the content starts. */
  #seal(node: Ref): number {
    const start = this.startOf(node);
    if (this.isPlain(node)) return start;
    const block = this.blockOf(node);
    const bytes = this.arena.bytesOf(block), from = this.arena.offsetOf(block);
    const contentBytes = this.contentBytesOf(node);
    const count = Math.min(COUNT_UNKNOWN, this.countOf(node));
    let at = from + start - HEADER_BYTES;
    for (let shift = 0; shift < 32; shift += 8) bytes[at++] = contentBytes >>> shift;
    bytes[at++] = count;
    bytes[at] = count >>> 8;
    bytes[from + this.endOf(node)] = END_BYTE;
    return start - HEADER_BYTES;
  }

  #scratchOf(byteCount: number): Uint8Array {
    if (byteCount > KEPT_SCRATCH_BYTES) return new Uint8Array(byteCount);
    return this.#scratch ??= new Uint8Array(KEPT_SCRATCH_BYTES);
  }

  #roomOf(byteCount: number): LzfRoom {
    if (byteCount > KEPT_SCRATCH_BYTES) return new LzfRoom(byteCount);
    return this.#room ??= new LzfRoom(KEPT_SCRATCH_BYTES);
  }

  #word(node: Ref, index: number): number {
    return this.arena.words[node >>> PAGE_SHIFT][((node & GRANULE_MASK) << 1) + index];
  }

  #setWord(node: Ref, index: number, value: number): void {
    this.arena.words[node >>> PAGE_SHIFT][((node & GRANULE_MASK) << 1) + index] = value;
  }
}
