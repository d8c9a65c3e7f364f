/**
 * Set walk: the members of a set, some at a time.
 *
 * Some at a time because each record of a large set waits for memory when it is looked at alone, and
 * together they wait together; and as a loop may stop, where a visitor can't.
 *
 * Always true: integers come in ascending order, others in the order of their hashes, so that two
 * large sets are walked side by side where one is looked up in the other.
 * Not here: a set that changes meanwhile, but for what `SetValue.scan` promises.
 *
 * @module
 */

import type { Arena, Ref } from "../memory/mod.ts";
import type { Dictionary, Intset } from "../structures/mod.ts";
import type { SetMember } from "./set_member.ts";

/** Members of a dictionary to a batch, or some more; an intset is one batch. */
const BATCH_COUNT = 64;
/** Room for a batch, and room that is kept for larger ones. */
const ROOM_COUNT = 2 * BATCH_COUNT;
const KEPT_ROOM_COUNT = 4096;

/** A walk over one set at a time. */
export class SetWalk {
  /** Members in the batch. */
  count = 0;
  /** Of a dictionary's batch, the records' hashes. */
  hashes: Int32Array = new Int32Array(ROOM_COUNT);

  readonly #arena: Arena;
  #records: Int32Array = new Int32Array(ROOM_COUNT);
  /** What is walked: one of them. */
  #dictionary: Dictionary | undefined;
  #intset: Intset | undefined;
  #cursor = 0;
  #isDone = true;
  readonly #add = (record: number, hash: number): void => {
    if (this.count === this.#records.length) this.#resize(2 * this.count);
    this.#records[this.count] = record;
    this.hashes[this.count++] = hash;
  };

  /** @param arena Where the sets lie. */
  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Whether members come with their hashes. */
  get hasHashes(): boolean {
    return this.#dictionary !== undefined;
  }

  /** Starts over a dictionary; returns itself. @param dictionary Turned to the set throughout. */
  overDictionary(dictionary: Dictionary): this {
    this.#dictionary = dictionary;
    return this.#start();
  }

  /** Starts over an intset; returns itself. @param intset Turned to the set throughout. */
  overIntset(intset: Intset): this {
    this.#dictionary = undefined;
    this.#intset = intset;
    return this.#start();
  }

  /** Starts over nothing; returns itself. */
  overNothing(): this {
    this.#start();
    this.#isDone = true;
    return this;
  }

  /** Goes on to the next batch; `false` at the end. */
  next(): boolean {
    while (!this.#isDone) {
      if (this.#dictionary === undefined) {
        this.#cursor += this.count;
        this.count = this.#intset!.count - this.#cursor;
        this.#isDone = this.count === 0;
      } else {
        this.scan(this.#dictionary, this.#cursor, BATCH_COUNT);
      }
      if (this.count > 0) return true;
    }
    this.count = 0;
    return false;
  }

  /** Makes a batch of what a step of `Dictionary.scan` visits; returns the next cursor. */
  scan(dictionary: Dictionary, cursor: number, wantedCount: number): number {
    this.#dictionary = dictionary;
    this.count = 0;
    if (this.hashes.length > KEPT_ROOM_COUNT) this.#resize(ROOM_COUNT);
    this.#cursor = dictionary.scan(cursor, wantedCount, this.#add);
    this.#isDone = this.#cursor === 0;
    this.#arena.touch(this.#records, this.count);
    return this.#cursor;
  }

  /** Fills in a member of the batch; borrowed from the set. */
  show(index: number, into: SetMember): SetMember {
    if (this.#dictionary !== undefined) {
      return into.setRecord(this.#arena, this.#records[index], this.hashes[index]);
    }
    this.#intset!.read(this.#cursor + index, into.integer);
    return into.setInteger();
  }

  /** The record of a member of the batch; only of a dictionary. */
  recordAt(index: number): Ref {
    return this.#records[index];
  }

  #start(): this {
    this.count = 0;
    this.#cursor = 0;
    this.#isDone = false;
    return this;
  }

  /** Changes the room for a batch; what is in it stays. */
  #resize(roomCount: number): void {
    const records = new Int32Array(roomCount), hashes = new Int32Array(roomCount);
    records.set(this.#records.subarray(0, this.count));
    hashes.set(this.hashes.subarray(0, this.count));
    this.#records = records;
    this.hashes = hashes;
  }
}
