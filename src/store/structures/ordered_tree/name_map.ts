/**
 * Name map: records that have a name, in the order of the names' bytes.
 *
 * Why not the hash table: consumer groups and consumers are listed in order, and mostly there are few.
 * The tree holds nothing but references: a record has its name in itself, and a node is compared by
 * the first record below it.
 *
 *   entry:   record u32
 *   record:  name length u32 | the owner's words ... | name bytes          at a fixed distance
 *
 * @module
 */

import { ByteView, copyBytes, EMPTY_BYTES } from "../../../base/byte_view.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import { OrderedTree } from "./ordered_tree.ts";

const WORD_BYTES = 4;
/** Makes the smallest node 8 bytes, and each larger one a size that the arena has. */
const FIRST_NODE_ENTRIES = 1;

/** Records by name. */
export class NameMap extends OrderedTree {
  readonly #nameOffset: number = 0;
  /** A view of its own, as the caller's may be pointed elsewhere before an insertion. */
  readonly #wanted = new ByteView();
  readonly #name = new ByteView();

  /** @param ownWords Words of a record between the length of its name and the name. */
  constructor(arena: Arena, ownWords: number) {
    super(arena, 0, FIRST_NODE_ENTRIES);
    this.#nameOffset = (1 + ownWords) * WORD_BYTES;
  }

  /** Goes to the record with a name; returns it, or 0 if there is none. */
  find(name: ByteView): Ref {
    this.#wanted.set(name.bytes, name.start, name.end);
    const isFound = this.seekWanted();
    return isFound ? this.reference : 0;
  }

  /** Adds a record for the name that `find` has just not found; returns it, its own words zero. */
  createFound(): Ref {
    const name = this.#wanted;
    const record = this.arena.allocate(this.#nameOffset + name.byteCount);
    const words = this.arena.words[record >>> PAGE_SHIFT], at = (record & GRANULE_MASK) << 1;
    words[at] = name.byteCount;
    words.fill(0, at + 1, at + this.#nameOffset / WORD_BYTES);
    const offset = this.arena.offsetOf(record) + this.#nameOffset;
    copyBytes(name.bytes, name.start, name.end, this.arena.bytesOf(record), offset);
    this.insertWanted(record);
    name.set(EMPTY_BYTES, 0, 0);
    return record;
  }

  /** Points a view at a record's name; borrowed while the record is there. */
  nameOf(record: Ref, into: ByteView): ByteView {
    const byteCount = this.arena.words[record >>> PAGE_SHIFT][(record & GRANULE_MASK) << 1];
    const start = ((record & GRANULE_MASK) << 3) + this.#nameOffset;
    return into.set(this.arena.pages[record >>> PAGE_SHIFT], start, start + byteCount);
  }

  protected override compareAt(words: Int32Array, at: number, level: number): number {
    return this.#wanted.compare(
      this.nameOf(this.firstReferenceBelow(words, at, level), this.#name),
    );
  }

  protected override writeKey(): void {}
}
