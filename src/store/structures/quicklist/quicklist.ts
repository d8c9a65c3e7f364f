/**
 * Quicklist: a list of byte strings, as Redis keeps it: a chain of nodes that hold many elements each.
 *
 * A linked list of single elements would spend more on links than on elements, and one packed block
 * would be moved at each change. Here the ends are quick, the middle is a short walk over nodes, and
 * elements have two bytes of overhead. Which elements share a node follows Redis to the letter
 * (fill_rule.ts; splitting and merging below), as memory, files and DEBUG OBJECT show it.
 *
 *   root -> node <-> node <-> node        each with a listpack or one large element, see node.ts
 *             ^----- previous ---'        the first node's previous is the last; its next is none
 *
 * Under a compress depth, nodes that far from both ends are compressed; who reads one decompresses a
 * copy, who changes one decompresses it for good and compresses it again afterwards.
 *
 * A `Quicklist` is a flyweight: opened on one list after the other. Its root is the first node, so a
 * list of one node costs no other block; the root changes when the first node does.
 *
 * Always true: no node is empty; `count` is the sum of the nodes' counts; nodes nearer to an end than
 * the depth are not compressed.
 * Cost: push and pop O(1), amortized; index, insert and range removal O(nodes + a node).
 * Behaviour: Redis 7.0 quicklist.c.
 *
 * @module
 */

import type { ByteView } from "../../../base/byte_view.ts";
import type { Arena, Ref } from "../../memory/mod.ts";
import { QuicklistCursor } from "./cursor.ts";
import { depthOf, fillOf, mayHold, mayMerge, mayTake, optionsOf } from "./fill_rule.ts";
import { type ListEnd, NodeChain } from "./node_chain.ts";
import { PackedNodes } from "./packed_nodes.ts";
import type { SoughtElement } from "./sought_element.ts";

/** From this size on an element has a node of its own, unless said otherwise: 1 GiB. */
export const PACKED_THRESHOLD_BYTES = 2 ** 30;

/** How many elements a node counts for when it is moved. */
const MOVED_NODE_WEIGHT = 8;
/** Nodes that are freed in one step. */
const FREED_NODE_COUNT = 64;

/** What all lists of an arena share. */
export interface QuicklistLimits {
  /** Elements of so many bytes have a node of their own, unpacked. */
  packedThresholdBytes: number;
}

/** How a list is laid out. */
export interface QuicklistLayout {
  nodeCount: number;
  /** Bytes of all listpacks and plain elements, uncompressed. */
  contentBytes: number;
  /** The fill limit and the compress depth that it was made with. */
  fill: number;
  depth: number;
}

/** A handle on one list after the other. */
export class Quicklist extends NodeChain {
  /** Number of elements. */
  count = 0;

  readonly #limits: QuicklistLimits;
  readonly #cursor: QuicklistCursor;

  /**
   * @param arena Where nodes lie.
   * @param limits Looked at when needed; may change.
   */
  constructor(arena: Arena, limits: QuicklistLimits) {
    super(new PackedNodes(arena));
    this.#limits = limits;
    this.#cursor = this.newCursor();
  }

  /** Points at a list that is not empty; returns itself. */
  open(root: Ref, count: number): this {
    this.root = root;
    this.count = count;
    this.options = this.nodes.optionsOf(root);
    return this;
  }

  /** Points at an empty list, which keeps this fill limit and compress depth. */
  begin(fill: number, depth: number): void {
    this.root = 0;
    this.count = 0;
    this.options = optionsOf(fill, depth);
  }

  /** A cursor for lists of the same arena. */
  newCursor(): QuicklistCursor {
    return new QuicklistCursor(this.nodes);
  }

  // At the ends.

  /** Adds an element at an end; `source[start, stop)` must not lie in the list. */
  push(end: ListEnd, source: Uint8Array, start: number, stop: number): void {
    const node = this.nodeAt(end), isAtHead = end === "head";
    this.count++;
    if (
      node === 0 || stop - start >= this.#limits.packedThresholdBytes ||
      !this.nodes.pushInPlace(node, isAtHead, source, start, stop)
    ) this.#pushElsewhere(node, isAtHead, source, start, stop);
  }

  /** The same where it takes more than writing the element; `node` is that at the end, or 0. */
  #pushElsewhere(
    node: Ref,
    isAtHead: boolean,
    source: Uint8Array,
    start: number,
    stop: number,
  ): void {
    const nodes = this.nodes;
    if (node !== 0 && this.#takes(node, stop - start)) {
      if (isAtHead) nodes.prepend(node, source, start, stop);
      else nodes.append(node, source, start, stop);
    } else {
      const fresh = this.#createNode(source, start, stop);
      if (isAtHead) this.linkBefore(node, fresh);
      else this.linkAfter(node, fresh);
      if (node !== 0 && !nodes.isPlain(node)) nodes.fit(node);
      this.settle(fresh);
    }
  }

  /**
   * Adds the elements of a sound listpack, `source[start, stop)`, behind all others as a node.
   *
   * @returns Whether it did; if not, the node would be larger than the list's options allow.
   */
  pushPacked(source: Uint8Array, start: number, stop: number, elementCount: number): boolean {
    if (!mayHold(this.options, stop - start, elementCount)) return false;
    const fresh = this.nodes.createWith(this.options, source, start, stop, elementCount);
    this.linkAfter(this.nodeAt("tail"), fresh);
    this.settle(fresh);
    this.count += elementCount;
    return true;
  }

  /** Points a view at the element at an end of a list that is not empty. */
  readEnd(end: ListEnd, into: ByteView): ByteView {
    return this.nodes.readEnd(this.nodeAt(end), end === "head", into);
  }

  /** Removes the element at an end of a list that is not empty. */
  dropEnd(end: ListEnd): void {
    const node = this.nodeAt(end);
    this.count--;
    if (this.nodes.dropInPlace(node, end === "head")) return;
    this.unlink(node);
    this.settle(0);
  }

  // In the middle.

  /**
   * Adds an element beside another one.
   *
   * @param cursor Stands on that one; its walk ends here.
   * @param isBehind Behind it, or before it.
   * @param source `source[start, stop)` must not lie in the list.
   */
  insert(
    cursor: QuicklistCursor,
    isBehind: boolean,
    source: Uint8Array,
    start: number,
    stop: number,
  ): void {
    const nodes = this.nodes, node = cursor.node;
    this.count++;
    if (this.#takes(node, stop - start)) {
      const isCompressed = this.#beginChange(node);
      const at = nodes.startOf(node) + cursor.offset;
      const place = isBehind ? nodes.elementEnd(node, at) : at;
      nodes.insertAt(node, place, source, start, stop);
      this.#endChange(node, isCompressed);
    } else if (isBehind ? cursor.isLastOfNode : cursor.isFirstOfNode) {
      this.#insertBesideNode(node, isBehind, source, start, stop);
    } else {
      this.#insertIntoFullNode(cursor, isBehind, source, start, stop);
    }
  }

  /**
   * Puts `source[start, stop)`, which must not lie in the list, in the place of an element.
   *
   * @param cursor Stands on it; its walk ends here.
   */
  replace(cursor: QuicklistCursor, source: Uint8Array, start: number, stop: number): void {
    const nodes = this.nodes, node = cursor.node;
    const isPlain = nodes.isPlain(node);
    const becomesPlain = stop - start >= this.#limits.packedThresholdBytes;
    if (isPlain && becomesPlain) {
      const fresh = nodes.createPlain(this.options, source, start, stop);
      this.linkAfter(node, fresh);
      this.unlink(node);
      this.settle(fresh);
    } else if (!isPlain && !becomesPlain) {
      nodes.decompress(node);
      nodes.replaceAt(node, nodes.startOf(node) + cursor.offset, source, start, stop);
      this.settle(node);
    } else {
      this.insert(cursor, true, source, start, stop);
      // The old one is the last of its node now.
      this.count--;
      if (nodes.countOf(node) === 1) {
        this.unlink(node);
        this.settle(0);
      } else {
        nodes.decompress(node);
        const end = nodes.endOf(node);
        nodes.removeAt(node, nodes.elementBefore(node, end), end, 1);
        this.settle(node);
      }
    }
  }

  /** Removes `elementCount` elements from an index on; all of them must be there. */
  removeRange(index: number, elementCount: number): void {
    const nodes = this.nodes;
    if (elementCount <= 0) return;
    this.count -= elementCount;
    let node = this.root;
    for (let count = nodes.countOf(node); index >= count; count = nodes.countOf(node)) {
      index -= count;
      node = nodes.nextOf(node);
    }
    while (elementCount > 0) {
      const next = nodes.nextOf(node);
      const removedCount = Math.min(elementCount, nodes.countOf(node) - index);
      if (removedCount === nodes.countOf(node)) {
        this.unlink(node);
      } else {
        const isCompressed = this.#beginChange(node);
        const at = nodes.placeOf(node, index), end = nodes.placeOf(node, index + removedCount);
        nodes.removeAt(node, at, end, removedCount);
        this.#endChange(node, isCompressed);
      }
      elementCount -= removedCount;
      index = 0;
      node = next;
    }
    this.settle(0);
  }

  /**
   * Removes elements that are equal to what is looked for.
   *
   * @param countMax Removed at most, counted from the end where the search begins.
   * @returns How many were removed.
   */
  removeEqual(sought: SoughtElement, countMax: number, from: ListEnd): number {
    const nodes = this.nodes, isFromLast = from === "tail";
    let removedCount = 0;
    for (let node = this.nodeAt(from); node !== 0 && removedCount < countMax;) {
      const following = isFromLast ? this.previousOf(node) : nodes.nextOf(node);
      removedCount += this.#removeEqualIn(node, sought, countMax - removedCount, isFromLast);
      node = following;
    }
    this.count -= removedCount;
    if (removedCount > 0) this.settle(0);
    return removedCount;
  }

  // As a whole.

  /** Frees some nodes from the first on; returns whether there are more. */
  freeSome(): boolean {
    for (let freed = 0; freed < FREED_NODE_COUNT && this.root !== 0; freed++) {
      this.count -= this.nodes.countOf(this.root);
      this.unlink(this.root);
    }
    return this.root !== 0;
  }

  /**
   * Moves nodes and blocks off pages that are being emptied; see `Collection.relocate`.
   *
   * A cursor is the index of a node. Going there again at each step is a walk over the list's nodes,
   * but a reference to one would be good only while nobody changes the list.
   */
  relocate(cursor: number, wantedCount: number): number {
    const nodes = this.nodes;
    let node = this.root, index = 0;
    while (index < cursor && node !== 0) {
      node = nodes.nextOf(node);
      index++;
    }
    for (let left = wantedCount; node !== 0 && left > 0; left -= MOVED_NODE_WEIGHT) {
      const moved = nodes.arena.moveOut(node);
      if (moved !== node) this.replaceNode(node, moved);
      nodes.moveBlockOut(moved);
      node = nodes.nextOf(moved);
      index++;
    }
    return node === 0 ? 0 : index;
  }

  /** Copies the list; returns the copy's root. */
  copy(): Ref {
    const nodes = this.nodes;
    let root: Ref = 0, last: Ref = 0;
    for (let node = this.root; node !== 0; node = nodes.nextOf(node)) {
      const copy = nodes.copyNode(node);
      if (root === 0) root = copy;
      else nodes.setNext(last, copy);
      nodes.setPrevious(copy, last);
      last = copy;
    }
    if (root !== 0) nodes.setPrevious(root, last);
    return root;
  }

  /**
   * Bytes that the list takes in the arena.
   *
   * @param sampleCount Nodes to look at for an estimate; 0: all.
   */
  memoryBytes(sampleCount: number): number {
    const nodes = this.nodes;
    let byteCount = 0, nodeCount = 0, elementCount = 0;
    for (let node = this.root; node !== 0; node = nodes.nextOf(node)) {
      byteCount += nodes.memoryBytesOf(node);
      elementCount += nodes.countOf(node);
      if (++nodeCount === sampleCount) break;
    }
    return elementCount === 0 ? 0 : Math.round(byteCount * this.count / elementCount);
  }

  /** Number of nodes, or `countMax` if there are more. */
  countNodes(countMax: number): number {
    let count = 0;
    for (let node = this.root; node !== 0 && count < countMax; count++) {
      node = this.nodes.nextOf(node);
    }
    return count;
  }

  /** The node behind another; 0 behind the last. */
  nodeAfter(node: Ref): Ref {
    return this.nodes.nextOf(node);
  }

  /** Whether a node is one element and not a listpack. */
  isPlainNode(node: Ref): boolean {
    return this.nodes.isPlain(node);
  }

  /** Points a view at a node's content; good until the next one is read. */
  readNode(node: Ref, into: ByteView): ByteView {
    return this.nodes.contentView(node, into);
  }

  /** How the list is laid out. */
  layout(): QuicklistLayout {
    const nodes = this.nodes;
    let nodeCount = 0, contentBytes = 0;
    for (let node = this.root; node !== 0; node = nodes.nextOf(node)) {
      nodeCount++;
      contentBytes += nodes.contentBytesOf(node);
    }
    const options = this.options;
    return { nodeCount, contentBytes, fill: fillOf(options), depth: depthOf(options) };
  }

  // Private: elements and nodes.

  /** Whether a node may take an element of so many bytes. */
  #takes(node: Ref, elementBytes: number): boolean {
    const nodes = this.nodes;
    return elementBytes < this.#limits.packedThresholdBytes && !nodes.isPlain(node) &&
      mayTake(this.options, nodes.contentBytesOf(node), nodes.countOf(node), elementBytes);
  }

  /** A node with one element, which nothing is linked to. */
  #createNode(source: Uint8Array, start: number, stop: number): Ref {
    return stop - start >= this.#limits.packedThresholdBytes
      ? this.nodes.createPlain(this.options, source, start, stop)
      : this.nodes.createPacked(this.options, source, start, stop);
  }

  /** Adds an element beside a full node: to its neighbour, or in a node between the two. */
  #insertBesideNode(
    node: Ref,
    isBehind: boolean,
    source: Uint8Array,
    start: number,
    stop: number,
  ): void {
    const nodes = this.nodes;
    const neighbour = isBehind ? nodes.nextOf(node) : this.previousOf(node);
    if (neighbour !== 0 && this.#takes(neighbour, stop - start)) {
      const isCompressed = this.#beginChange(neighbour);
      if (isBehind) nodes.prepend(neighbour, source, start, stop);
      else nodes.append(neighbour, source, start, stop);
      this.#endChange(neighbour, isCompressed);
    } else {
      const fresh = this.#createNode(source, start, stop);
      if (isBehind) this.linkAfter(node, fresh);
      else this.linkBefore(node, fresh);
      this.settle(fresh);
    }
  }

  /** Adds an element in the middle of a node that cannot take it: the node is cut in two. */
  #insertIntoFullNode(
    cursor: QuicklistCursor,
    isBehind: boolean,
    source: Uint8Array,
    start: number,
    stop: number,
  ): void {
    const nodes = this.nodes, node = cursor.node;
    nodes.decompress(node);
    const at = nodes.startOf(node) + cursor.offset;
    const rest = nodes.split(node, isBehind ? nodes.elementEnd(node, at) : at);
    this.linkAfter(node, rest);
    if (stop - start >= this.#limits.packedThresholdBytes) {
      const plain = nodes.createPlain(this.options, source, start, stop);
      this.linkAfter(node, plain);
      this.settle(plain);
      nodes.fit(node);
    } else if (isBehind) {
      nodes.prepend(rest, source, start, stop);
      nodes.fit(node);
    } else {
      nodes.append(node, source, start, stop);
      nodes.fit(node);
    }
    this.settle(node);
    this.settle(rest);
    if (stop - start < this.#limits.packedThresholdBytes) this.#mergeAround(isBehind ? node : rest);
  }

  #removeEqualIn(node: Ref, sought: SoughtElement, countMax: number, isFromLast: boolean): number {
    const nodes = this.nodes;
    const isCompressed = nodes.isCompressed(node);
    if (isCompressed || nodes.isPlain(node)) {
      if (!this.#cursor.findInNode(node, sought)) return 0;
      if (nodes.isPlain(node)) {
        this.unlink(node);
        return 1;
      }
      nodes.decompress(node);
    }
    const removedCount = nodes.removeEqual(node, sought, countMax, isFromLast);
    if (nodes.countOf(node) === 0) this.unlink(node);
    else this.#endChange(node, isCompressed);
    return removedCount;
  }

  // Private: neighbours and changes.

  /** Merges nodes around one that was cut in two, pair by pair, where the fill rule lets them. */
  #mergeAround(node: Ref): void {
    const nodes = this.nodes;
    const previous = this.previousOf(node), next = nodes.nextOf(node);
    if (previous !== 0) this.#mergeIfMay(this.previousOf(previous), previous);
    if (next !== 0) this.#mergeIfMay(next, nodes.nextOf(next));
    const before = this.previousOf(node);
    const merged = this.#mergeIfMay(before, node) ? before : node;
    this.#mergeIfMay(merged, nodes.nextOf(merged));
  }

  /** Moves the elements of a node to the one before it, if both may be one; 0 is no node. */
  #mergeIfMay(node: Ref, next: Ref): boolean {
    const nodes = this.nodes;
    if (node === 0 || next === 0 || nodes.isPlain(node) || nodes.isPlain(next)) return false;
    const bothBytes = nodes.contentBytesOf(node) + nodes.contentBytesOf(next);
    const bothCount = nodes.countOf(node) + nodes.countOf(next);
    if (!mayMerge(this.options, bothBytes, bothCount)) return false;
    nodes.decompress(node);
    nodes.decompress(next);
    nodes.appendAll(node, next);
    nodes.fit(node);
    this.unlink(next);
    this.settle(node);
    return true;
  }

  /** Makes a node one that can be changed; returns whether it was compressed. */
  #beginChange(node: Ref): boolean {
    const isCompressed = this.nodes.isCompressed(node);
    if (isCompressed) this.nodes.decompress(node);
    return isCompressed;
  }

  #endChange(node: Ref, wasCompressed: boolean): void {
    if (wasCompressed) this.nodes.compress(node);
  }
}
