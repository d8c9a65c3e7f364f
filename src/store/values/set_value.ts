/**
 * Set values: members without order, each there once.
 *
 * A set whose members are all integers is an *intset* while it has few of them; any other is a
 * dictionary of records that hold a member each. The first member that is no integer, or one member
 * too many, turns an intset into a dictionary; nothing turns one back.
 *
 *   root:  the intset's block, or the dictionary's root
 *
 * A *place* is where a member stands until the set changes: its index in an intset, its record in a
 * dictionary.
 *
 * Always true: an intset has no more members than the limit had when the last one came.
 * Cost: O(1) for each member in a dictionary, O(n) for a change of an intset, whose n is small.
 * Behaviour: Redis 7.0, `t_set.c`. Not here: when a key vanishes, and what a command replies.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { Ref } from "../memory/mod.ts";
import { createKeyRecord, Dictionary, Intset, recordKeyView } from "../structures/mod.ts";
import { Collection, type CollectionEnvironment } from "./collection.ts";
import { ENCODING_HASHTABLE, ENCODING_INTSET, TYPE_SET } from "./entry.ts";
import { SetMember } from "./set_member.ts";
import { SetWalk } from "./set_walk.ts";

/** Most members of an intset, whatever the configuration says. */
const INTSET_COUNT_MAX = 2 ** 30;
/** Sets above this don't fit into a processor's nearer caches. */
const LARGE_COUNT = 8192;

/** A handle on a set. */
export class SetValue extends Collection {
  override readonly type = TYPE_SET;
  /** The last walk or step of a scan. */
  readonly walk: SetWalk;

  readonly #intset: Intset;
  readonly #dictionary: Dictionary;
  readonly #member = new SetMember();
  /** A member that is moved while another is the one asked about. */
  readonly #movedMember = new SetMember();
  readonly #placeView = new ByteView();
  #soughtRecords = new Int32Array(0);
  readonly #moveRecord = (record: Ref): Ref => this.environment.arena.moveOut(record);
  readonly #freeRecord = (record: Ref): void => this.environment.arena.free(record);

  constructor(environment: CollectionEnvironment) {
    super(environment);
    this.#intset = new Intset(environment.arena);
    this.#dictionary = new Dictionary(environment.arena);
    this.walk = new SetWalk(environment.arena);
  }

  /** Points a view at the intset of a set that is one; else gives nothing. */
  intsetView(into: ByteView): ByteView | undefined {
    return this.isIntset ? this.#openIntset().view(into) : undefined;
  }

  /** Whether the members are integers in ascending order. */
  get isIntset(): boolean {
    return this.encoding === ENCODING_INTSET;
  }

  /** Whether a member is there. */
  has(member: ByteView): boolean {
    return this.hasMember(this.#member.setBytes(member));
  }

  /** Adds a member. @param member Copied. @returns Whether it was not there before. */
  add(member: ByteView): boolean {
    return this.addMember(this.#member.setBytes(member));
  }

  /**
   * Takes over the members of a sound intset, as they are, for a set that is absent.
   *
   * @param count How many there are.
   * @returns Whether it did; if not, they are too many for an intset.
   */
  takeIntset(intset: ByteView, count: number): boolean {
    const { arena, limits } = this.environment;
    if (count > Math.min(limits.setMaxIntsetEntries, INTSET_COUNT_MAX)) return false;
    this.begin(ENCODING_INTSET, arena.store(intset.bytes, intset.start, intset.end));
    this.count = count;
    this.save();
    return true;
  }

  /** Removes a member; returns whether it was there. */
  remove(member: ByteView): boolean {
    if (this.root === 0) return false;
    const sought = this.#member.setBytes(member);
    if (this.encoding === ENCODING_INTSET) {
      if (!sought.isInteger || !this.#openIntset().remove(sought.integer)) return false;
      this.root = this.#intset.ref;
    } else {
      const record = this.#find(sought);
      if (record === 0) return false;
      this.keepElement(member);
      this.#removeFound(record);
    }
    this.count--;
    this.save();
    return true;
  }

  /** The same as `has` for a member that is on its way through several sets. */
  hasMember(member: SetMember): boolean {
    if (this.root === 0) return false;
    if (this.encoding !== ENCODING_INTSET) return this.#find(member) !== 0;
    return member.isInteger && this.#openIntset().has(member.integer);
  }

  /** The same as `add` for such a member. */
  addMember(member: SetMember): boolean {
    if (this.root === 0) this.#beginWith(member);
    if (this.encoding === ENCODING_INTSET) {
      if (member.isInteger) return this.#addInteger(member);
      this.#convert();
    }
    if (this.#find(member) !== 0) return false;
    const { arena, elements } = this.environment;
    const view = member.view;
    this.keepElement(view);
    const record = createKeyRecord(arena, view.bytes, view.start, view.end);
    this.#dictionary.insertFound(member.hashBy(elements), record);
    this.root = this.#dictionary.root;
    this.count++;
    this.save();
    return true;
  }

  // Members by chance.

  /** The place of a member, each equally likely; the set must not be empty. */
  drawPlace(): number {
    const random = this.environment.random;
    if (this.encoding === ENCODING_INTSET) return random.below(this.count);
    return this.#dictionary.open(this.root).randomRecord(random);
  }

  /** Fills in the member at a place; borrowed from the set. */
  show(place: number, into: SetMember): SetMember {
    if (this.encoding === ENCODING_INTSET) {
      this.#openIntset().read(place, into.integer);
      return into.setInteger();
    }
    return into.setBytes(recordKeyView(this.environment.arena, place, this.#placeView));
  }

  /** Removes the member at the place drawn last; nothing but `show` may have been called since. */
  removeDrawn(place: number): void {
    if (this.encoding === ENCODING_INTSET) {
      this.#openIntset().removeAt(place);
      this.root = this.#intset.ref;
    } else {
      this.keepElement(recordKeyView(this.environment.arena, place, this.#placeView));
      this.#removeFound(place);
    }
    this.count--;
    this.save();
  }

  // All members.

  /** Starts a walk over all members; the set must not change while it goes on. */
  startWalk(): SetWalk {
    if (this.root === 0) return this.walk.overNothing();
    if (this.encoding === ENCODING_INTSET) return this.walk.overIntset(this.#openIntset());
    return this.walk.overDictionary(this.#dictionary.open(this.root));
  }

  /**
   * Makes the next members from a cursor on the batch of `walk`; see `Dictionary.scan` for what is
   * promised though the set changes between the calls. An intset is given whole.
   *
   * @param wantedCount Members wanted.
   * @returns The next cursor, 0 at the end.
   */
  scan(cursor: number, wantedCount: number): number {
    if (this.encoding !== ENCODING_INTSET && this.root !== 0) {
      return this.walk.scan(this.#dictionary.open(this.root), cursor, wantedCount);
    }
    this.startWalk().next();
    return 0;
  }

  /** Has the memory fetched in which the members of another set's batch will be looked for. */
  lookAhead(walk: SetWalk): void {
    if (this.count < LARGE_COUNT || this.encoding === ENCODING_INTSET || !walk.hasHashes) return;
    if (this.#soughtRecords.length < walk.count) {
      this.#soughtRecords = new Int32Array(walk.hashes.length);
    }
    this.#dictionary.open(this.root).touch(walk.hashes, walk.count, this.#soughtRecords);
  }

  // The whole value.

  /** Takes over the value of a handle without an entry; what was here is freed. */
  replaceBy(other: SetValue): void {
    if (this.environment.elementKeeper !== undefined) this.#keepAll(other);
    this.free();
    this.encoding = other.encoding;
    this.root = other.root;
    this.count = other.count;
    this.save();
    other.detach();
  }

  /** Tells that all members are about to be removed, and those of another set added. */
  #keepAll(other: SetValue): void {
    const member = new SetMember();
    for (const walk of [this.startWalk(), other.startWalk()]) {
      while (walk.next()) {
        for (let index = 0; index < walk.count; index++) {
          this.keepElement(walk.show(index, member).view);
        }
      }
    }
  }

  override freeSome(): boolean {
    if (this.root === 0) return false;
    if (this.encoding === ENCODING_INTSET) {
      this.environment.arena.free(this.root);
      this.root = 0;
      return false;
    }
    const hasMore = this.#dictionary.open(this.root).dismantleSome(this.#freeRecord);
    this.root = this.#dictionary.root;
    return hasMore;
  }

  override relocate(cursor: number, wantedCount: number): number {
    if (this.encoding === ENCODING_INTSET) {
      this.root = this.environment.arena.moveOut(this.root);
      return 0;
    }
    const dictionary = this.#dictionary.open(this.root);
    const next = dictionary.relocate(cursor, wantedCount, this.#moveRecord);
    this.root = dictionary.root;
    return next;
  }

  override get slotCount(): number {
    return this.encoding === ENCODING_HASHTABLE ? this.#dictionary.open(this.root).slotCount : 0;
  }

  override copyRoot(): Ref {
    if (this.encoding === ENCODING_INTSET) return this.#openIntset().copy();
    const arena = this.environment.arena;
    const view = new ByteView();
    return this.#dictionary.open(this.root).duplicate((record) => {
      const { bytes, start, end } = recordKeyView(arena, record, view);
      return createKeyRecord(arena, bytes, start, end);
    });
  }

  override memoryBytes(sampleCount: number): number {
    const arena = this.environment.arena;
    if (this.encoding === ENCODING_INTSET) return arena.capacityOf(this.root);
    const countMax = sampleCount === 0 ? Infinity : sampleCount;
    const walk = this.startWalk();
    let lookedAtCount = 0, recordBytes = 0;
    while (lookedAtCount < countMax && walk.next()) {
      for (let index = 0; index < walk.count && lookedAtCount < countMax; index++) {
        recordBytes += arena.capacityOf(walk.recordAt(index));
        lookedAtCount++;
      }
    }
    return this.#dictionary.tableBytes + Math.round(recordBytes / lookedAtCount * this.count);
  }

  #beginWith(member: SetMember): void {
    if (member.isInteger) this.begin(ENCODING_INTSET, this.#intset.create().ref);
    else this.begin(ENCODING_HASHTABLE, this.#dictionary.create().root);
  }

  #addInteger(member: SetMember): boolean {
    // What is copied element by element is no intset, but may become one meanwhile.
    this.keepElement(member.view);
    const intset = this.#openIntset();
    if (!intset.add(member.integer)) return false;
    this.root = intset.ref;
    this.count++;
    const countMax = Math.min(this.environment.limits.setMaxIntsetEntries, INTSET_COUNT_MAX);
    if (this.count > countMax) this.#convert();
    this.save();
    return true;
  }

  /** Makes a dictionary of the intset; saving is for the caller. */
  #convert(): void {
    const { arena, elements } = this.environment;
    const intset = this.#openIntset(), dictionary = this.#dictionary.create();
    const member = this.#movedMember;
    for (let index = 0; index < this.count; index++) {
      intset.read(index, member.integer);
      const { bytes, start, end } = member.setInteger().view;
      dictionary.insert(member.hashBy(elements), createKeyRecord(arena, bytes, start, end));
    }
    arena.free(intset.ref);
    this.root = dictionary.root;
    this.encoding = ENCODING_HASHTABLE;
  }

  #openIntset(): Intset {
    return this.#intset.open(this.root);
  }

  /** The member's record, or 0; the dictionary remembers the place. */
  #find(member: SetMember): Ref {
    const hash = member.hashBy(this.environment.elements);
    const { bytes, start, end } = member.view;
    return this.#dictionary.open(this.root).find(hash, bytes, start, end);
  }

  /** Removes the record that the dictionary found last, and frees it. */
  #removeFound(record: Ref): void {
    this.#dictionary.removeFound();
    this.root = this.#dictionary.root;
    this.environment.arena.free(record);
  }
}
