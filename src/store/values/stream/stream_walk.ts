/**
 * Stream walk: the entries of a stream between two IDs, one by one, up or down.
 *
 * @module
 */

import type { ByteView } from "../../../base/byte_view.ts";
import { StreamId } from "../../../base/stream_id.ts";
import type { Arena, Ref } from "../../memory/mod.ts";
import { IdMap, StreamNode } from "../../structures/mod.ts";

/** A walk, which can be started again and again; any change of the stream ends it. */
export class StreamWalk {
  /** Whether deleted entries are visited, too. */
  includesDeleted = false;

  readonly #arena: Arena;
  readonly #nodes: IdMap;
  readonly #node: StreamNode;
  readonly #from = new StreamId();
  readonly #to = new StreamId();
  readonly #masterId = new StreamId();
  #isReverse = false;
  #hasNode = false;
  #isOpen = false;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#nodes = new IdMap(arena);
    this.#node = new StreamNode(arena);
  }

  /**
   * Starts a walk before its first entry.
   *
   * @param root The block with the state of the index, which is at `nodesWord`.
   * @param from The least ID to visit; copied.
   * @param to The greatest; copied.
   * @param isReverse From the greatest to the least.
   * @returns Itself.
   */
  start(root: Ref, nodesWord: number, from: StreamId, to: StreamId, isReverse: boolean): this {
    const nodes = this.#nodes.open(root, nodesWord);
    this.#from.set(from);
    this.#to.set(to);
    this.#isReverse = isReverse;
    this.#isOpen = false;
    this.#hasNode = isReverse ? nodes.seekAtMost(to) : nodes.seekAtMost(from) || nodes.seekFirst();
    return this;
  }

  /** Goes to the next entry; returns whether there is one. */
  next(): boolean {
    const nodes = this.#nodes, node = this.#node;
    while (this.#hasNode) {
      if (!this.#isOpen) {
        node.open(nodes.reference, nodes.readId(this.#masterId));
        this.#isOpen = true;
      }
      while (this.#isReverse ? node.previous() : node.next()) {
        if (node.isDeleted && !this.includesDeleted) continue;
        const isBefore = node.id.compare(this.#from) < 0, isBehind = node.id.compare(this.#to) > 0;
        if (!isBefore && !isBehind) return true;
        if (this.#isReverse ? isBefore : isBehind) return this.#end();
      }
      this.#isOpen = false;
      this.#hasNode = this.#isReverse ? nodes.previous() : nodes.next();
    }
    return false;
  }

  /** The entry's ID; good until the walk goes on. */
  get id(): StreamId {
    return this.#node.id;
  }

  /** How many fields the entry has. */
  get fieldCount(): number {
    return this.#node.fieldCount;
  }

  /** Points a view at the name of the entry's next field; borrowed until the next read. */
  readField(into: ByteView): ByteView {
    return this.#node.readField(into);
  }

  /** Points a view at the value of the field that was just read; borrowed until the next read. */
  readValue(into: ByteView): ByteView {
    return this.#node.readValue(into);
  }

  /** Removes the entry, and its node if it was the last; that ends the walk. */
  removeHere(): void {
    const node = this.#node, before = node.ref;
    node.flagDeleted();
    if (node.liveCount === 1) {
      this.#arena.free(node.ref);
      this.#nodes.removeHere();
    } else {
      node.countDeleted(1);
      if (node.ref !== before) this.#nodes.reference = node.ref;
    }
    this.#end();
  }

  #end(): boolean {
    this.#hasNode = false;
    return false;
  }
}
