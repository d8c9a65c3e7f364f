/**
 * Cursor: walks over the elements of a quicklist, from either end or from the middle.
 *
 * It stands on one element at a time and reads compressed nodes from a copy, so a walk changes
 * nothing. A change of the list ends the walk, unless the change says otherwise.
 *
 * Cost: a step is a few reads; to go to an index takes a step for each node on the shorter way, and
 * one for each element of half a node at most.
 *
 * @module
 */

import { type ByteView, EMPTY_BYTES } from "../../../base/byte_view.ts";
import { LzfRoom } from "../../../base/lzf.ts";
import type { Ref } from "../../memory/mod.ts";
import { ElementReader, skipElement, skipElementBackwards } from "../listpack/mod.ts";
import { HEADER_BYTES, type QuicklistNodes } from "./node.ts";
import type { SoughtElement } from "./sought_element.ts";

/** A copy of a node up to this size is kept for the next one. */
const KEPT_ROOM_BYTES = 65_536 + 16;

/** Where a walk begins: the list's nodes from its root on, the first one. */
export interface CursorTarget {
  readonly root: Ref;
  readonly count: number;
}

/** Stands on an element; made once and used for one walk after the other. */
export class QuicklistCursor {
  /** The node of the element. */
  node: Ref = 0;

  readonly #nodes: QuicklistNodes;
  /** The first node of the list. */
  #root: Ref = 0;
  /** The node's elements are `#bytes[#first, #end)`. */
  #bytes: Uint8Array = EMPTY_BYTES;
  #first = 0;
  #end = 0;
  #at = 0;
  #isPlain = false;
  #room: LzfRoom | undefined;

  readonly #reader = new ElementReader();

  /** @param nodes Of the lists to walk over. */
  constructor(nodes: QuicklistNodes) {
    this.#nodes = nodes;
  }

  /** Goes to the first element; returns whether there is one. */
  toFirst(list: CursorTarget): boolean {
    if (list.root === 0) return false;
    this.#root = list.root;
    this.#enterAtFirst(list.root);
    return true;
  }

  /** Goes to the last element; returns whether there is one. */
  toLast(list: CursorTarget): boolean {
    if (list.root === 0) return false;
    this.#root = list.root;
    this.#enterAtLast(this.#nodes.previousOf(list.root));
    return true;
  }

  /** Goes to an element by its index, from 0 to below the count. */
  toIndex(list: CursorTarget, index: number): void {
    const nodes = this.#nodes;
    this.#root = list.root;
    let node = list.root;
    if (index <= list.count / 2) {
      for (let count = nodes.countOf(node); index >= count; count = nodes.countOf(node)) {
        index -= count;
        node = nodes.nextOf(node);
      }
    } else {
      node = nodes.previousOf(node);
      let first = list.count - nodes.countOf(node);
      while (index < first) {
        node = nodes.previousOf(node);
        first -= nodes.countOf(node);
      }
      index -= first;
    }
    this.#enterAtIndex(node, index);
  }

  /** Goes to the next element; returns whether there is one. */
  next(): boolean {
    if (!this.#isPlain) {
      const at = skipElement(this.#bytes, this.#at);
      if (at < this.#end) {
        this.#at = at;
        return true;
      }
    }
    return this.toNextNode();
  }

  /** Goes to the previous element; returns whether there is one. */
  previous(): boolean {
    if (this.#at > this.#first) {
      this.#at = skipElementBackwards(this.#bytes, this.#at);
      return true;
    }
    return this.toPreviousNode();
  }

  /** Goes to the first element of the next node; returns whether there is one. */
  toNextNode(): boolean {
    const node = this.#nodes.nextOf(this.node);
    if (node === 0) return false;
    this.#enterAtFirst(node);
    return true;
  }

  /** Goes to the last element of the previous node; returns whether there is one. */
  toPreviousNode(): boolean {
    if (this.node === this.#root) return false;
    this.#enterAtLast(this.#nodes.previousOf(this.node));
    return true;
  }

  /** Whether no element of the node is before this one. */
  get isFirstOfNode(): boolean {
    return this.#at === this.#first;
  }

  /** Whether no element of the node is behind this one. */
  get isLastOfNode(): boolean {
    return this.#isPlain || skipElement(this.#bytes, this.#at) === this.#end;
  }

  /** Bytes between the node's first element and this one. */
  get offset(): number {
    return this.#at - this.#first;
  }

  /** Points a view at the element's bytes; those of an integer are good until the next `read`. */
  read(into: ByteView): ByteView {
    const bytes = this.#bytes, at = this.#at;
    if (this.#isPlain) return into.set(bytes, at, this.#end);
    return this.#reader.read(bytes, at, into);
  }

  /** Whether the element is what is looked for. */
  isOn(sought: SoughtElement): boolean {
    if (this.#isPlain) return sought.isBytes(this.#bytes, this.#first, this.#end);
    return sought.isAt(this.#bytes, this.#at);
  }

  /** Whether a node has an element that is what is looked for; stands on the first of them. */
  findInNode(node: Ref, sought: SoughtElement): boolean {
    this.#enterAtFirst(node);
    while (!this.isOn(sought)) {
      if (this.isLastOfNode) return false;
      this.#at = skipElement(this.#bytes, this.#at);
    }
    return true;
  }

  #enterAtFirst(node: Ref): void {
    this.#enter(node);
    this.#at = this.#first;
  }

  #enterAtLast(node: Ref): void {
    this.#enter(node);
    this.#at = this.#isPlain ? this.#first : skipElementBackwards(this.#bytes, this.#end);
  }

  #enterAtIndex(node: Ref, index: number): void {
    this.#enter(node);
    const bytes = this.#bytes, count = this.#nodes.countOf(node);
    this.#at = this.#first;
    if (index === 0) return;
    if (index <= count / 2) {
      for (let passed = 0; passed < index; passed++) this.#at = skipElement(bytes, this.#at);
    } else {
      this.#at = this.#end;
      for (let left = count; left > index; left--) {
        this.#at = skipElementBackwards(bytes, this.#at);
      }
    }
  }

  /** Shows a node's elements, from a copy if they are compressed. */
  #enter(node: Ref): void {
    const nodes = this.#nodes;
    this.node = node;
    this.#isPlain = nodes.isPlain(node);
    if (!nodes.isCompressed(node)) {
      const block = nodes.blockOf(node), from = nodes.arena.offsetOf(block);
      this.#bytes = nodes.arena.bytesOf(block);
      this.#first = from + nodes.startOf(node);
      this.#end = from + nodes.endOf(node);
      return;
    }
    const contentBytes = nodes.contentBytesOf(node);
    this.#bytes = nodes.readCompressed(node, this.#roomOf(contentBytes)).bytes;
    this.#first = this.#isPlain ? 0 : HEADER_BYTES;
    this.#end = this.#isPlain ? contentBytes : contentBytes - 1;
  }

  #roomOf(byteCount: number): LzfRoom {
    if (byteCount > KEPT_ROOM_BYTES) return new LzfRoom(byteCount);
    return this.#room ??= new LzfRoom(KEPT_ROOM_BYTES);
  }
}
