/**
 * ID map: stream IDs to references, in order of the IDs.
 *
 * A stream finds its nodes by it and a consumer group its pending entries. The IDs lie in the nodes of
 * the tree, so that a search reads nothing else.
 *
 *   entry:  ID 4 words | reference u32
 *
 * @module
 */

import { STREAM_ID_WORDS, StreamId } from "../../../base/stream_id.ts";
import type { Arena, Ref } from "../../memory/mod.ts";
import { OrderedTree } from "./ordered_tree.ts";

/** Makes the smallest node 64 bytes, and each larger one a size that the arena has. */
const FIRST_NODE_ENTRIES = 3;

/** References by ID. */
export class IdMap extends OrderedTree {
  readonly #wanted = new StreamId();

  constructor(arena: Arena) {
    super(arena, STREAM_ID_WORDS, FIRST_NODE_ENTRIES);
  }

  /** Goes to the entry of an ID; returns its reference, or 0 if there is none. */
  find(id: StreamId): Ref {
    this.#wanted.set(id);
    return this.seekWanted() ? this.reference : 0;
  }

  /** Adds the ID that `find` has just not found. */
  insertFound(ref: Ref): void {
    this.insertWanted(ref);
  }

  /** Goes to the first entry whose ID is not less; returns whether there is one. */
  seekAtLeast(id: StreamId): boolean {
    this.#wanted.set(id);
    return this.seekWantedOrAfter();
  }

  /** Goes to the last entry whose ID is not greater; returns whether there is one. */
  seekAtMost(id: StreamId): boolean {
    this.#wanted.set(id);
    return this.seekWantedOrBefore();
  }

  /** Reads the ID at the cursor; returns `into`. */
  readId(into: StreamId): StreamId {
    return into.read(this.cursorWords, this.cursorAt);
  }

  protected override compareAt(words: Int32Array, at: number): number {
    return this.#wanted.compareTo(words, at);
  }

  protected override writeKey(words: Int32Array, at: number): void {
    this.#wanted.write(words, at);
  }
}
