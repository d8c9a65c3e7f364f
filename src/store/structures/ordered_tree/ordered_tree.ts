/**
 * Ordered tree: entries in order, found, added and removed in O(log n), walked both ways.
 *
 * It is a B+ tree, because a pending entries list grows at its end and shrinks at its beginning,
 * and must take little for one entry and for a million. Where a radix tree has a small block for
 * each branching, here up to a kilobyte of neighbours lies together. A node doubles as it fills; and
 * when the last node is full, its entries stay there and the next begins empty, so a list that grew in
 * order has full nodes.
 *
 *   state:  root node u32 | entry count u32           two words in a block of the owner's
 *
 *   root           [ .  d  k ]          the first key of a node above leaves is not looked at
 *                   /   |   \
 *   leaves   [a b c] [d f g] [k m]
 *
 * Leaves, at level 0, hold the owner's references; nodes above hold their children with, for a key,
 * a bound that is above all keys before and not above any in the child. Nodes don't point to their
 * neighbours or parents: a walk keeps its path. So there is one *cursor*, which the `seek` functions
 * place and any change makes useless.
 *
 * Always true: no node but a root is empty; a root above leaves has two children at least.
 * Cost: O(log n) with nodes of up to a kilobyte; 4 bytes and the key for each entry, and as much again
 * at worst for room.
 * Idea: Bayer and McCreight 1970.
 *
 * @module
 */

import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import { COUNT_MASK, LEVEL_SHIFT, NODE_HEADER_WORDS, TreeNodes } from "./tree_nodes.ts";

/** Words of the state, which lie in a block of the owner's; all zero for an empty tree. */
export const TREE_STATE_WORDS = 2;

/** Called with each reference. */
export type ReferenceVisitor = (ref: Ref) => void;

/** Called with each reference; says which to keep instead. */
export type ReferenceMover = (ref: Ref) => Ref;

/** More levels than two to the 32 entries need. */
const DEPTH_MAX = 24;

/** The tree without the keys: what they are and how they are ordered is for the classes below it. */
export abstract class OrderedTree {
  protected readonly arena: Arena;
  readonly #nodes: TreeNodes;
  /** Words of an entry: of its key, and one. */
  readonly #entryWords: number = 0;
  /** The entry on its way into a node. */
  readonly #entry: Int32Array;
  #holder: Ref = 0;
  #stateWord = 0;

  /** The cursor: nodes from the root to a leaf, and the place in each. */
  readonly #path = new Int32Array(DEPTH_MAX);
  readonly #slots = new Int32Array(DEPTH_MAX);
  #depth = 0;

  /** @param firstNodeEntries Entries that the smallest node has room for. */
  constructor(arena: Arena, keyWords: number, firstNodeEntries: number) {
    this.arena = arena;
    this.#entryWords = keyWords + 1;
    this.#entry = new Int32Array(this.#entryWords);
    this.#nodes = new TreeNodes(arena, this.#entryWords, firstNodeEntries);
  }

  /**
   * Points at a tree.
   *
   * @param holder The block with the tree's state; must stay where it is while it is used here.
   * @param stateWord Index of the state's first word in that block.
   */
  open(holder: Ref, stateWord: number): this {
    this.#holder = holder;
    this.#stateWord = stateWord;
    this.#depth = 0;
    return this;
  }

  /** How many entries there are. */
  get count(): number {
    return this.#state(1) >>> 0;
  }

  /** Bytes of all nodes. */
  get nodeBytes(): number {
    return this.#root === 0 ? 0 : this.#nodes.bytesBelow(this.#root);
  }

  // The cursor.

  /** Goes to the first entry; returns whether there is one. */
  seekFirst(): boolean {
    return this.#seekEdge(false);
  }

  /** Goes to the last entry; returns whether there is one. */
  seekLast(): boolean {
    return this.#seekEdge(true);
  }

  /** Goes on to the entry behind the cursor's; returns whether there is one. */
  next(): boolean {
    let index = this.#depth - 1;
    while (index >= 0 && ++this.#slots[index] >= this.#nodes.countOf(this.#path[index])) index--;
    return this.#descendFrom(index, false);
  }

  /** Goes back to the entry before the cursor's; returns whether there is one. */
  previous(): boolean {
    let index = this.#depth - 1;
    while (index >= 0 && --this.#slots[index] < 0) index--;
    return this.#descendFrom(index, true);
  }

  /** The reference at the cursor, which stands at an entry. */
  get reference(): Ref {
    const index = this.#depth - 1;
    return this.#nodes.referenceOf(this.#path[index], this.#slots[index]);
  }

  /** Changes the reference at the cursor; the key must stay the same. */
  set reference(ref: Ref) {
    const index = this.#depth - 1;
    this.#nodes.setReference(this.#path[index], this.#slots[index], ref);
  }

  /** Removes the entry at the cursor; what its reference names stays the owner's. */
  removeHere(): void {
    this.#setState(1, this.#state(1) - 1);
    this.#removeEntry(this.#depth - 1);
    this.#depth = 0;
  }

  /**
   * Removes the last entries, some at a time: for taking a tree apart in slices.
   *
   * @param visit Called with the reference of each.
   * @returns How many; 0 when the tree is empty.
   */
  removeSome(visit: ReferenceVisitor): number {
    if (!this.seekLast()) return 0;
    const index = this.#depth - 1, leaf = this.#path[index];
    const count = this.#nodes.countOf(leaf);
    this.#setState(1, this.#state(1) - count);
    for (let slot = 0; slot < count; slot++) visit(this.#nodes.referenceOf(leaf, slot));
    this.#nodes.setCount(leaf, 0);
    this.#settle(index);
    this.#depth = 0;
    return count;
  }

  /**
   * Moves nodes off pages that are being emptied, and lets what is referred to be moved.
   *
   * @param move Gets each reference, the cursor being at its entry; gives the one to keep.
   * @param first Entries to pass over.
   * @param wantedCount Entries after which it stops.
   * @returns How many entries it has passed so far; 0 at the end.
   */
  relocate(move: ReferenceMover, first = 0, wantedCount = Infinity): number {
    let passedCount = 0;
    for (let hasEntry = this.seekFirst(); hasEntry; hasEntry = this.next()) {
      if (passedCount++ < first) continue;
      if (passedCount > first + wantedCount) return passedCount - 1;
      const leafIndex = this.#depth - 1;
      if (this.#slots[leafIndex] === 0 || passedCount === first + 1) this.#movePath();
      const ref = this.#nodes.referenceOf(this.#path[leafIndex], this.#slots[leafIndex]);
      const moved = move(ref);
      if (moved !== ref) {
        this.#nodes.setReference(this.#path[leafIndex], this.#slots[leafIndex], moved);
      }
    }
    return 0;
  }

  /** Moves the nodes on the way to the cursor off pages that are being emptied. */
  #movePath(): void {
    for (let index = 0; index < this.#depth; index++) {
      const node = this.#path[index], moved = this.arena.moveOut(node);
      if (moved === node) continue;
      this.#path[index] = moved;
      if (index === 0) this.#setState(0, moved);
      else this.#nodes.setReference(this.#path[index - 1], this.#slots[index - 1], moved);
    }
  }

  // For the classes with keys.

  /**
   * Order of the wanted key and an entry's: negative when the wanted one is less.
   *
   * @param words Of the node.
   * @param at Index of the entry's first word.
   * @param level Of the node: at 0 the entry is one of the owner's, else it is a child.
   */
  protected abstract compareAt(words: Int32Array, at: number, level: number): number;

  /** Writes the wanted key to `words[at, ...)`. */
  protected abstract writeKey(words: Int32Array, at: number): void;

  /**
   * Goes to the entry with the wanted key, or to where it would be, perhaps behind a node's last.
   *
   * @returns Whether it is there.
   */
  protected seekWanted(): boolean {
    const pages = this.arena.words, entryWords = this.#entryWords;
    let node = this.#root, depth = 0;
    if (node === 0) {
      this.#depth = 0;
      return false;
    }
    for (;;) {
      const words = pages[node >>> PAGE_SHIFT], header = (node & GRANULE_MASK) << 1;
      const firstAt = header + NODE_HEADER_WORDS;
      const level = words[header] >>> LEVEL_SHIFT;
      let low = level > 0 ? 1 : 0, high = words[header] & COUNT_MASK;
      let isFound = false;
      // The last entry first, as additions mostly come behind it; then halves as usual.
      for (let middle = high - 1; low < high; middle = (low + high) >>> 1) {
        const order = this.compareAt(words, firstAt + middle * entryWords, level);
        if (order < 0) {
          high = middle;
        } else if (order > 0 || level > 0) {
          low = middle + 1;
        } else {
          low = middle;
          isFound = true;
          break;
        }
      }
      const slot = level > 0 ? low - 1 : low;
      this.#path[depth] = node;
      this.#slots[depth++] = slot;
      if (level === 0) {
        this.#depth = depth;
        return isFound;
      }
      node = words[firstAt + (slot + 1) * entryWords - 1];
    }
  }

  /** Goes to the first entry that is not less than the wanted key; returns whether there is one. */
  protected seekWantedOrAfter(): boolean {
    if (this.seekWanted()) return true;
    if (this.#depth === 0) return false;
    const index = this.#depth - 1;
    if (this.#slots[index] < this.#nodes.countOf(this.#path[index])) return true;
    this.#slots[index]--;
    return this.next();
  }

  /** Goes to the last entry that is not greater than the wanted key; returns whether there is one. */
  protected seekWantedOrBefore(): boolean {
    return this.seekWanted() || (this.#depth > 0 && this.previous());
  }

  /** Adds an entry with the wanted key, which `seekWanted` has just not found. */
  protected insertWanted(ref: Ref): void {
    this.#setState(1, this.#state(1) + 1);
    this.writeKey(this.#entry, 0);
    this.#entry[this.#entryWords - 1] = ref;
    if (this.#depth === 0) {
      const root = this.#nodes.create(0, 1);
      this.#setState(0, root);
      this.#nodes.insert(root, 0, this.#entry);
    } else {
      this.#insertEntry(this.#depth - 1);
      this.#depth = 0;
    }
  }

  /** The words among which the cursor's key lies. */
  protected get cursorWords(): Int32Array {
    return this.#nodes.wordsOf(this.#path[this.#depth - 1]);
  }

  /** Index in `cursorWords` of the cursor's key. */
  protected get cursorAt(): number {
    return this.#nodes.entryAt(this.#path[this.#depth - 1], this.#slots[this.#depth - 1]);
  }

  /** The first of the owner's references below an entry of a node at `level`. */
  protected firstReferenceBelow(words: Int32Array, at: number, level: number): Ref {
    let ref = words[at + this.#entryWords - 1];
    for (; level > 0; level--) ref = this.#nodes.referenceOf(ref, 0);
    return ref;
  }

  // Finding.

  #seekEdge(isLast: boolean): boolean {
    const root = this.#root;
    this.#depth = 0;
    if (root === 0) return false;
    this.#path[0] = root;
    this.#slots[0] = isLast ? this.#nodes.countOf(root) - 1 : 0;
    this.#depth = this.#nodes.levelOf(root) + 1;
    return this.#descendFrom(0, isLast);
  }

  /** Follows first or last children down from the cursor's place at this depth; -1: off the end. */
  #descendFrom(index: number, isToLast: boolean): boolean {
    if (index < 0) return false;
    for (; index < this.#depth - 1; index++) {
      const child = this.#nodes.referenceOf(this.#path[index], this.#slots[index]);
      this.#path[index + 1] = child;
      this.#slots[index + 1] = isToLast ? this.#nodes.countOf(child) - 1 : 0;
    }
    return true;
  }

  // Growing.

  /** Puts `#entry` at the cursor's place in the node at this depth, making room as needed. */
  #insertEntry(index: number): void {
    const nodes = this.#nodes;
    for (;; index--) {
      let node = this.#path[index];
      const count = nodes.countOf(node), slot = this.#slots[index];
      if (count === nodes.capacityOf(node) && count < nodes.entriesMax) {
        node = this.#resize(index, 2 * count);
      }
      if (count < nodes.capacityOf(node)) return nodes.insert(node, slot, this.#entry);
      if (index === 0) index = this.#addRoot();
      const right = this.#split(node, slot);
      // The entry is placed, so the register is free for what the parent gets.
      nodes.copyKey(right, 0, this.#entry, 0);
      this.#entry[this.#entryWords - 1] = right;
      this.#slots[index - 1]++;
    }
  }

  /** Moves the upper half of a full node to a new one and places `#entry`; returns the new node. */
  #split(node: Ref, slot: number): Ref {
    const nodes = this.#nodes, count = nodes.countOf(node), level = nodes.levelOf(node);
    const keptCount = slot === count ? count : count >>> 1;
    const right = nodes.create(level, count - keptCount + 1);
    nodes.moveEntries(node, keptCount, right);
    if (slot > keptCount || slot === count) nodes.insert(right, slot - keptCount, this.#entry);
    else nodes.insert(node, slot, this.#entry);
    return right;
  }

  /** Puts a new root above the old one; returns the depth at which that one is now. */
  #addRoot(): number {
    const nodes = this.#nodes, old = this.#path[0];
    const root = nodes.create(nodes.levelOf(old) + 1, 2);
    nodes.wordsOf(root).fill(0, nodes.entryAt(root, 0), nodes.entryAt(root, 1));
    nodes.setReference(root, 0, old);
    nodes.setCount(root, 1);
    this.#setState(0, root);
    this.#path.copyWithin(1, 0, this.#depth);
    this.#slots.copyWithin(1, 0, this.#depth);
    this.#path[0] = root;
    this.#slots[0] = 0;
    this.#depth++;
    return 1;
  }

  // Shrinking.

  #removeEntry(index: number): void {
    this.#nodes.remove(this.#path[index], this.#slots[index]);
    this.#settle(index);
  }

  /** Brings a node that has lost entries back into order: gone, merged, smaller, or as it is. */
  #settle(index: number): void {
    const node = this.#path[index], count = this.#nodes.countOf(node);
    if (index === 0) return this.#settleRoot(node, count);
    if (count === 0) {
      this.#nodes.free(node);
      return this.#removeEntry(index - 1);
    }
    if (count * 4 < this.#nodes.entriesMax && this.#mergeWithNeighbour(index)) return;
    if (count * 4 < this.#nodes.capacityOf(node)) this.#resize(index, count * 2);
  }

  #settleRoot(root: Ref, count: number): void {
    if (count === 0) {
      this.#nodes.free(root);
      this.#setState(0, 0);
    } else if (count === 1 && this.#nodes.levelOf(root) > 0) {
      // The child can be alone, too, if it could not be merged with a neighbour that is gone now.
      const child = this.#nodes.referenceOf(root, 0);
      this.#nodes.free(root);
      this.#setState(0, child);
      this.#path[0] = child;
      this.#settleRoot(child, this.#nodes.countOf(child));
    } else if (count * 4 < this.#nodes.capacityOf(root)) {
      this.#resize(0, count * 2);
    }
  }

  /** Joins a node with the one beside it if both fit well into one; returns whether it did. */
  #mergeWithNeighbour(index: number): boolean {
    const nodes = this.#nodes, parent = this.#path[index - 1], slot = this.#slots[index - 1];
    const rightSlot = slot > 0 ? slot : 1;
    if (rightSlot >= nodes.countOf(parent)) return false;
    const left = nodes.referenceOf(parent, rightSlot - 1);
    const right = nodes.referenceOf(parent, rightSlot);
    const count = nodes.countOf(left) + nodes.countOf(right);
    if (count * 4 > nodes.entriesMax * 3) return false;
    this.#path[index] = left;
    this.#slots[index - 1] = rightSlot - 1;
    const merged = nodes.capacityOf(left) < count ? this.#resize(index, count) : left;
    // The first key of a node above leaves was not looked at so far; the parent knows the bound.
    if (nodes.levelOf(right) > 0) {
      nodes.copyKey(parent, rightSlot, nodes.wordsOf(right), nodes.entryAt(right, 0));
    }
    nodes.moveEntries(right, 0, merged);
    nodes.free(right);
    this.#slots[index - 1] = rightSlot;
    this.#removeEntry(index - 1);
    return true;
  }

  /** Gives the node at this depth room for so many entries; returns it, which may have moved. */
  #resize(index: number, entryCount: number): Ref {
    const moved = this.#nodes.resize(this.#path[index], entryCount);
    this.#path[index] = moved;
    if (index === 0) this.#setState(0, moved);
    else this.#nodes.setReference(this.#path[index - 1], this.#slots[index - 1], moved);
    return moved;
  }

  // The state.

  get #root(): Ref {
    return this.#state(0);
  }

  #state(word: number): number {
    const words = this.arena.words[this.#holder >>> PAGE_SHIFT];
    return words[((this.#holder & GRANULE_MASK) << 1) + this.#stateWord + word];
  }

  #setState(word: number, value: number): void {
    const words = this.arena.words[this.#holder >>> PAGE_SHIFT];
    words[((this.#holder & GRANULE_MASK) << 1) + this.#stateWord + word] = value;
  }
}
