/**
 * List value: the list of one key.
 *
 * Redis 7.0 has one encoding for lists of any length, `quicklist`; so has this. The value adds to the
 * structure what the entry keeps (root and count) and the directives, which a list takes over when it
 * is made: later changes of `list-max-listpack-size` and `list-compress-depth` are for new lists.
 *
 * Elements are looked at through the handle's one cursor: `first`, `last` and `at` place it, and what
 * changes an element changes the one it stands on.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import type { Ref } from "../memory/mod.ts";
import {
  type ListEnd,
  Quicklist,
  type QuicklistCursor,
  type QuicklistLayout,
  SoughtElement,
} from "../structures/mod.ts";
import { Collection, type CollectionEnvironment } from "./collection.ts";
import { defaultCollectionLimits } from "./collection_limits.ts";
import { ENCODING_QUICKLIST, TYPE_LIST } from "./entry.ts";

/** Nodes that are counted to tell how long freeing takes: with so many, very long. */
const COUNTED_NODES_MAX = 20_000;
const DEFAULT_LIMITS = defaultCollectionLimits();

/** A handle on one list after the other. */
export class ListValue extends Collection {
  readonly type = TYPE_LIST;

  readonly #list: Quicklist;
  readonly #cursor: QuicklistCursor;
  readonly #sought = new SoughtElement();

  constructor(environment: CollectionEnvironment) {
    super(environment);
    this.#list = new Quicklist(environment.arena, environment.limits);
    this.#cursor = this.#list.newCursor();
  }

  /** Adds an element at an end; `element` must not lie in this list. */
  push(end: ListEnd, element: ByteView): void {
    const list = this.#opened();
    list.push(end, element.bytes, element.start, element.end);
    if (this.root === 0) this.begin(ENCODING_QUICKLIST, list.root);
    this.#note();
  }

  /**
   * Adds the first element to an absent list, which then keeps to the defaults of the directives
   * whatever these say: so do the lists that SORT stores in Redis.
   */
  beginByDefaults(element: ByteView): void {
    const list = this.#list, { listMaxListpackSize, listCompressDepth } = DEFAULT_LIMITS;
    list.begin(listMaxListpackSize, listCompressDepth);
    list.push("tail", element.bytes, element.start, element.end);
    this.begin(ENCODING_QUICKLIST, list.root);
    this.#note();
  }

  /**
   * Adds the elements of a sound listpack behind all others, as they are.
   *
   * @param elementCount How many they are, one at least; none of them as large as to need a node.
   * @returns Whether it did; if not, they are to be pushed one by one.
   */
  pushPacked(listpack: ByteView, elementCount: number): boolean {
    const list = this.#opened();
    if (!list.pushPacked(listpack.bytes, listpack.start, listpack.end, elementCount)) return false;
    if (this.root === 0) this.begin(ENCODING_QUICKLIST, list.root);
    this.#note();
    return true;
  }

  /** Points a view at the element at an end of a list that is not empty. */
  readEnd(end: ListEnd, into: ByteView): ByteView {
    return this.#opened().readEnd(end, into);
  }

  /** Removes the element at an end of a list that is not empty. */
  dropEnd(end: ListEnd): void {
    this.#opened().dropEnd(end);
    this.#note();
  }

  /**
   * Moves the element at an end of a list that is not empty to an end of the same list.
   *
   * @param element A copy of it.
   */
  rotate(from: ListEnd, to: ListEnd, element: ByteView): void {
    const list = this.#opened();
    list.dropEnd(from);
    list.push(to, element.bytes, element.start, element.end);
    this.#note();
  }

  /** The cursor on the first element of a list that is not empty. */
  first(): QuicklistCursor {
    this.#cursor.toFirst(this.#opened());
    return this.#cursor;
  }

  /** The cursor on the last element of a list that is not empty. */
  last(): QuicklistCursor {
    this.#cursor.toLast(this.#opened());
    return this.#cursor;
  }

  /** The cursor on an element by its index, from 0 to below the count. */
  at(index: number): QuicklistCursor {
    this.#cursor.toIndex(this.#opened(), index);
    return this.#cursor;
  }

  /** Elements equal to these bytes, for a cursor to be asked about; borrowed, good for one search. */
  sought(element: ByteView): SoughtElement {
    return this.#sought.set(element);
  }

  /** Adds an element before or behind the one that the cursor stands on. */
  insert(isBehind: boolean, element: ByteView): void {
    const { bytes, start, end } = element;
    this.#list.insert(this.#cursor, isBehind, bytes, start, end);
    this.#note();
  }

  /** Puts another element in the place of the one that the cursor stands on. */
  replace(element: ByteView): void {
    this.#list.replace(this.#cursor, element.bytes, element.start, element.end);
    this.#note();
  }

  /** Removes elements from an index on; all of them must be there. */
  removeRange(index: number, elementCount: number): void {
    if (elementCount === 0) return;
    this.#opened().removeRange(index, elementCount);
    this.#note();
  }

  /**
   * Removes elements equal to one.
   *
   * @param countMax Removed at most, counted from `from`.
   * @returns How many were removed.
   */
  removeEqual(element: ByteView, countMax: number, from: ListEnd): number {
    const removedCount = this.#opened().removeEqual(this.#sought.set(element), countMax, from);
    if (removedCount > 0) this.#note();
    return removedCount;
  }

  /** The first node of a list that is not empty; how many there are is what `layout` says. */
  firstNode(): Ref {
    return this.root;
  }

  /** The node behind another; 0 behind the last. */
  nextNode(node: Ref): Ref {
    return this.#list.nodeAfter(node);
  }

  /** Whether a node is one element and not a listpack. */
  isPlainNode(node: Ref): boolean {
    return this.#list.isPlainNode(node);
  }

  /** Points a view at a node's content; good until the next one is read. */
  readNode(node: Ref, into: ByteView): ByteView {
    return this.#list.readNode(node, into);
  }

  /** How the list is laid out. */
  layout(): QuicklistLayout {
    return this.#opened().layout();
  }

  /** A step for each node, as a node is freed at once however many elements it has. */
  override get freeEffort(): number {
    return this.root === 0 ? 0 : this.#opened().countNodes(COUNTED_NODES_MAX);
  }

  freeSome(): boolean {
    const isMore = this.#opened().freeSome();
    this.root = this.#list.root;
    this.count = this.#list.count;
    return isMore;
  }

  relocate(cursor: number, wantedCount: number): number {
    const next = this.#opened().relocate(cursor, wantedCount);
    this.root = this.#list.root;
    return next;
  }

  copyRoot(): Ref {
    return this.#opened().copy();
  }

  memoryBytes(sampleCount: number): number {
    return this.#opened().memoryBytes(sampleCount);
  }

  /** The structure, pointed at this value. */
  #opened(): Quicklist {
    if (this.root !== 0) return this.#list.open(this.root, this.count);
    const limits = this.environment.limits;
    this.#list.begin(limits.listMaxListpackSize, limits.listCompressDepth);
    return this.#list;
  }

  /** Takes over what the structure says after a change. */
  #note(): void {
    this.root = this.#list.root;
    this.count = this.#list.count;
    this.save();
  }
}
