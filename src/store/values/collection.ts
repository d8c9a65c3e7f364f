/**
 * Collection: what the values of all types but strings have in common.
 *
 * A collection's entry holds two words: the *root*, a block that leads to all others, and how many
 * elements there are. The objects of this class are handles: one is pointed at an entry, used, and
 * pointed at the next, so that a million hashes cost no object each.
 *
 * A handle can also hold a value that belongs to no entry (yet, or no longer): a result that is being
 * built, or one that is freed in slices.
 *
 * Always true: what the handle knows is what the entry says, once `save` was called. A handle is good
 * until its key is changed by other means.
 * Not here: which encoding a type chooses, and when its keys vanish.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import type { KeyHash } from "../../base/key_hash.ts";
import type { Random } from "../../base/random.ts";
import type { Arena, Ref } from "../memory/mod.ts";
import type { CollectionLimits } from "./collection_limits.ts";
import type { ElementLookAhead } from "./element_look_ahead.ts";
import { type Entries, kindOf } from "./entry.ts";

/** What collections are made with. */
export interface CollectionEnvironment {
  readonly arena: Arena;
  readonly entries: Entries;
  /** Hashes elements. */
  readonly hash: KeyHash;
  /** Hashes elements that a command asks for, and knows some in advance. */
  readonly elements: ElementLookAhead;
  readonly random: Random;
  readonly limits: CollectionLimits;
  readonly elementKeeper?: ElementKeeper;
}

/** Has elements saved as they were, while whole values are being copied. */
export interface ElementKeeper {
  /** An element of a hash, set or sorted set with an entry is about to be added, changed or removed. */
  keepElement(handle: Collection, element: ByteView): void;
}

/** Where the entries of collections lie: a keyspace. */
export interface CollectionHost {
  /** Makes an entry with a value word for an absent key. @param key Copied. */
  createCollection(key: ByteView, kind: number): Ref;
}

/** A handle on one value of one type. */
export abstract class Collection {
  /** The type number. */
  abstract readonly type: number;
  /** The entry; 0 while there is none. */
  ref: Ref = 0;
  /** The block that leads to all others; 0 while there is no value. */
  root: Ref = 0;
  /** The encoding number. */
  encoding = 0;
  /** Elements: fields, members, entries. */
  count = 0;

  protected readonly environment: CollectionEnvironment;
  #host: CollectionHost | undefined;
  #key: ByteView | undefined;

  constructor(environment: CollectionEnvironment) {
    this.environment = environment;
  }

  /**
   * Points the handle at the value of a key.
   *
   * @param key Borrowed: the entry is made under it if there is none when the first element comes.
   * @param ref The key's entry, or 0.
   */
  attach(host: CollectionHost, key: ByteView, ref: Ref): this {
    this.#host = host;
    this.#key = key;
    this.ref = ref;
    if (ref === 0) return this.#load(0, 0, 0);
    const { entries } = this.environment;
    return this.#load(
      entries.encodingOf(ref),
      entries.valueBlockOf(ref),
      entries.valueCountOf(ref),
    );
  }

  /** Points the handle at a value without an entry; without arguments, at none, to build one. */
  detach(encoding = 0, root: Ref = 0, count = 0): this {
    this.#host = undefined;
    this.#key = undefined;
    this.ref = 0;
    return this.#load(encoding, root, count);
  }

  /** Steps that freeing the value takes, about. */
  get freeEffort(): number {
    return this.count;
  }

  /** Frees the value; the entry stays, if there is one. */
  free(): void {
    while (this.root !== 0 && this.freeSome());
  }

  /**
   * Frees some thousand elements at most.
   *
   * @returns Whether there is more to free.
   */
  abstract freeSome(): boolean;

  /**
   * Moves blocks off pages that are being emptied, the root maybe too.
   *
   * @param cursor 0 to begin, else what the last call returned; the value may have changed since.
   * @param wantedCount Elements after which it stops, about.
   * @returns The next cursor, 0 when all are through.
   */
  abstract relocate(cursor: number, wantedCount: number): number;

  /** Slots of the table in which elements are looked up; 0 where there is none. */
  get slotCount(): number {
    return 0;
  }

  /** Makes a copy of the whole value and gives its root. */
  abstract copyRoot(): Ref;

  /**
   * Bytes that the value takes in the arena, without the entry.
   *
   * @param sampleCount Elements to look at for an estimate; 0: all.
   */
  abstract memoryBytes(sampleCount: number): number;

  /** Tells who copies the value that an element is about to be added, changed or removed. */
  protected keepElement(element: ByteView): void {
    if (this.ref !== 0) this.environment.elementKeeper?.keepElement(this, element);
  }

  /** Begins the value of an absent key, before its first element. @param root Kept. */
  protected begin(encoding: number, root: Ref): void {
    this.#load(encoding, root, 0);
    if (this.#host !== undefined) {
      this.ref = this.#host.createCollection(this.#key!, kindOf(this.type, encoding));
    }
    this.save();
  }

  /** Writes down what has changed, if there is an entry. */
  protected save(): void {
    if (this.ref === 0) return;
    const { entries } = this.environment;
    entries.setValueWord(this.ref, this.root, this.count);
    entries.setKind(this.ref, kindOf(this.type, this.encoding));
  }

  #load(encoding: number, root: Ref, count: number): this {
    this.encoding = encoding;
    this.root = root;
    this.count = count;
    return this;
  }
}
