/**
 * Past value: a large hash, set or sorted set as it was at one moment, read in slices while commands
 * change it.
 *
 * A snapshot writes a value of millions of elements with pauses. To copy it before would take as long as
 * to write it, and as much memory. But a change concerns single elements. So the original is walked as it
 * is now, by an order that tells of any element whether the walk is through with it; one that it is not
 * through with is kept as it was before it changes the first time, and read behind the walk. What has
 * changed is remembered, so that the walk passes it over.
 *
 * Hashes and sets are walked by the hashes of their elements (`HashWalk`), sorted sets from the last
 * member to the first, as files have them.
 *
 * Always true: what was read, what is kept, and what the walk is going to meet and not to pass over, are
 * together the value as it was; no element is in two of them.
 * Cost: nothing for what does not change; for each element that does, what adding it to a set and to a
 * value costs. Not for packed values.
 *
 * @module
 */

import { ByteView, EMPTY_BYTES } from "../../base/byte_view.ts";
import { invariant } from "../../base/invariant.ts";
import type { Arena, Ref } from "../memory/mod.ts";
import { HashWalk, recordKeyView, SEGMENT_RECORD_COUNT_MAX } from "../structures/mod.ts";
import type { Collection, CollectionEnvironment } from "./collection.ts";
import { type CollectionLimits, defaultCollectionLimits } from "./collection_limits.ts";
import {
  ENCODING_HASHTABLE,
  ENCODING_SKIPLIST,
  type Entries,
  kindOf,
  TYPE_HASH,
  TYPE_SET,
  TYPE_SORTED_SET,
  VALUE_WORD,
} from "./entry.ts";
import { HashValue } from "./hash_value.ts";
import { SetMember } from "./set_member.ts";
import { SetValue } from "./set_value.ts";
import { SortedSetValue } from "./sorted_set/mod.ts";

/** Elements of one step, whose memory is fetched together. */
const STEP_COUNT = 64;
/** The records of a step, and their hashes: there may be more, which are at home with the last. */
const stepRecords = new Int32Array(STEP_COUNT + SEGMENT_RECORD_COUNT_MAX);
const stepHashes = new Int32Array(STEP_COUNT + SEGMENT_RECORD_COUNT_MAX);

/** What is kept is in the encoding of its original, also where today's limits would have it packed. */
const NOTHING_PACKED: CollectionLimits = {
  ...defaultCollectionLimits(),
  hashMaxListpackEntries: 0,
  setMaxIntsetEntries: 0,
  zsetMaxListpackEntries: 0,
};

/** Takes the elements of a value; all views are borrowed during the call. */
export interface ElementVisitor {
  /** One of a hash. */
  field(field: ByteView, value: ByteView): void;
  /** One of a set. */
  member(member: ByteView): void;
  /** One of a sorted set; they come from the last on, but for those that were kept. */
  scored(member: ByteView, score: number): void;
}

/** Whether a value is of those that can be read so. */
export function canBePast(entries: Entries, ref: Ref): boolean {
  const encoding = entries.encodingOf(ref);
  return encoding === ENCODING_HASHTABLE || encoding === ENCODING_SKIPLIST;
}

/** One value as it was. */
export class PastValue {
  /** The entry of the original; another one when that has moved. */
  ref: Ref;
  /** An entry with key, expiry, last use and kind as they were; of the elements, it has none. */
  readonly image: Ref;
  /** Elements at the beginning. */
  readonly count: number;

  readonly #entries: Entries;
  readonly #reader: ElementReader;

  /** @param ref See `canBePast`; with its key and expiry, the value is what it is now. */
  constructor(environment: CollectionEnvironment, ref: Ref) {
    const { entries } = environment;
    this.ref = ref;
    this.#entries = entries;
    this.count = entries.valueCountOf(ref);
    const key = entries.keyView(ref, new ByteView());
    this.image = entries.createFrom(ref, key, entries.kindOf(ref), entries.flagsOf(ref), 0);
    entries.setValueWord(this.image, 0, 0);
    this.#reader = readerOf(environment, entries.typeOf(ref));
  }

  /**
   * Reads some dozens of elements.
   *
   * @param visitor Must not change anything in the store.
   * @returns Whether there are more.
   */
  step(visitor: ElementVisitor): boolean {
    const reader = this.#reader, { ref } = this, entries = this.#entries;
    const { source } = reader;
    source.detach(entries.encodingOf(ref), entries.valueBlockOf(ref), entries.valueCountOf(ref));
    return reader.step(visitor);
  }

  /** Keeps an element before it is changed. @param handle On the original, as it is now. */
  keep(handle: Collection, element: ByteView): void {
    const reader = this.#reader;
    reader.source.detach(handle.encoding, handle.root, handle.count);
    reader.keep(element);
  }

  /** Entries to be freed when the value is wanted no more: the image and what it has kept. */
  end(): Ref[] {
    const entries = this.#entries, { kept, touched } = this.#reader;
    entries.setValueWord(this.image, kept.root, kept.count);
    if (touched.root === 0) return [this.image];
    const kind = kindOf(TYPE_SET, ENCODING_HASHTABLE);
    const others = entries.create(kind, EMPTY_BYTES, 0, 0, VALUE_WORD, 0);
    entries.setValueWord(others, touched.root, touched.count);
    return [this.image, others];
  }
}

function readerOf(environment: CollectionEnvironment, type: number): ElementReader {
  const { arena, entries, hash, elements, random } = environment;
  const keeping = { arena, entries, hash, elements, random, limits: NOTHING_PACKED };
  switch (type) {
    case TYPE_HASH:
      return new FieldReader(environment, keeping);
    case TYPE_SET:
      return new MemberReader(environment, keeping);
  }
  invariant(
    type === TYPE_SORTED_SET,
    "Cannot read a value of the past that is none of a hash, a set and a sorted set",
  );
  return new ScoreReader(environment, keeping);
}

/** Reads a value of one type. */
interface ElementReader {
  /** Turned to the original by the caller. */
  readonly source: Collection;
  /** Elements as they were, which the walk does not meet as such. */
  readonly kept: Collection;
  /** All that the walk is to pass over, kept or not. */
  readonly touched: SetValue;
  /** Reads some; returns whether there are more. */
  step(visitor: ElementVisitor): boolean;
  /** Keeps an element that is about to change. */
  keep(element: ByteView): void;
}

/** Walks a dictionary by the hashes of its records, and behind it another: that of what was kept. */
abstract class HashedReader<Value extends HashValue | SetValue> implements ElementReader {
  readonly source: Value;
  readonly kept: Value;
  readonly touched: SetValue;

  readonly #environment: CollectionEnvironment;
  readonly #walk: HashWalk;
  readonly #keptWalk: HashWalk;
  readonly #member = new SetMember();

  constructor(environment: CollectionEnvironment, source: Value, kept: Value, touched: SetValue) {
    this.#environment = environment;
    this.source = source;
    this.kept = kept;
    this.touched = touched;
    this.#walk = new HashWalk(environment.arena);
    this.#keptWalk = new HashWalk(environment.arena);
  }

  step(visitor: ElementVisitor): boolean {
    const { source, kept } = this;
    // A set that was replaced by one of integers has had all its members kept.
    if (source.root === 0 || source.encoding !== ENCODING_HASHTABLE) this.#walk.end();
    if (!this.#walk.isDone) {
      this.#readSome(this.#walk, source, visitor, this.touched.count > 0);
    } else if (kept.root !== 0) {
      this.#readSome(this.#keptWalk, kept, visitor, false);
    }
    return !this.#walk.isDone || (kept.root !== 0 && !this.#keptWalk.isDone);
  }

  keep(element: ByteView): void {
    const { bytes, start, end } = element;
    if (this.#walk.isThrough(this.#environment.hash.of(bytes, start, end))) return;
    if (this.touched.add(element)) this.keepOld(element);
  }

  /** Shows the element that a record of a dictionary is. */
  protected abstract show(record: Ref, visitor: ElementVisitor): void;
  /** Keeps an element as it is, if there is one. */
  protected abstract keepOld(element: ByteView): void;

  #readSome(walk: HashWalk, value: Value, visitor: ElementVisitor, isSelective: boolean): void {
    const { arena } = this.#environment;
    let count = 0;
    walk.step(value.root, STEP_COUNT, (record, hash) => {
      stepRecords[count] = record;
      stepHashes[count++] = hash;
    });
    arena.touch(stepRecords, count);
    for (let index = 0; index < count; index++) {
      const record = stepRecords[index];
      const isPassedOver = isSelective &&
        this.touched.hasMember(this.#member.setRecord(arena, record, stepHashes[index]));
      if (!isPassedOver) this.show(record, visitor);
    }
  }
}

class FieldReader extends HashedReader<HashValue> {
  readonly #field = new ByteView();
  readonly #value = new ByteView();

  constructor(environment: CollectionEnvironment, keeping: CollectionEnvironment) {
    super(
      environment,
      new HashValue(environment).detach(),
      new HashValue(keeping).detach(),
      new SetValue(keeping).detach(),
    );
  }

  protected override show(record: Ref, visitor: ElementVisitor): void {
    const { source } = this;
    visitor.field(source.readField(record, this.#field), source.readValue(record, this.#value));
  }

  protected override keepOld(field: ByteView): void {
    const element = this.source.find(field);
    if (element !== 0) this.kept.set(field, this.source.readValue(element, this.#value));
  }
}

class MemberReader extends HashedReader<SetValue> {
  readonly #arena: Arena;
  readonly #view = new ByteView();

  constructor(environment: CollectionEnvironment, keeping: CollectionEnvironment) {
    super(
      environment,
      new SetValue(environment).detach(),
      new SetValue(keeping).detach(),
      new SetValue(keeping).detach(),
    );
    this.#arena = environment.arena;
  }

  protected override show(record: Ref, visitor: ElementVisitor): void {
    visitor.member(recordKeyView(this.#arena, record, this.#view));
  }

  protected override keepOld(member: ByteView): void {
    if (this.source.has(member)) this.kept.add(member);
  }
}

/** Walks from the last member to the first, and behind that through those that were kept. */
class ScoreReader implements ElementReader {
  readonly source: SortedSetValue;
  readonly kept: SortedSetValue;
  readonly touched: SetValue;

  readonly #member = new ByteView();
  /** What the walk has met last; none before its first step. */
  #last: ByteView | undefined;
  #lastScore = 0;
  #isThroughAll = false;
  /** The position before that; good while `hasMoved` is not set. */
  #position = 0;
  #hasMoved = true;
  /** Position in what was kept. */
  #keptPosition = -1;

  constructor(environment: CollectionEnvironment, keeping: CollectionEnvironment) {
    this.source = new SortedSetValue(environment).detach();
    this.kept = new SortedSetValue(keeping).detach();
    this.touched = new SetValue(keeping).detach();
  }

  step(visitor: ElementVisitor): boolean {
    if (!this.#isThroughAll) {
      this.#stepSource(visitor);
      return !this.#isThroughAll || this.kept.count > 0;
    }
    const { kept } = this;
    let position = this.#keptPosition < 0 ? kept.last() : this.#keptPosition;
    for (let left = STEP_COUNT; position !== 0 && left > 0; left--) {
      visitor.scored(kept.memberAt(position, this.#member), kept.scoreAt(position));
      position = kept.previous(position);
    }
    this.#keptPosition = position;
    return position !== 0;
  }

  keep(member: ByteView): void {
    this.#hasMoved = true;
    if (this.#isThroughAll || !this.touched.add(member)) return;
    const { source } = this;
    if (source.find(member) && !this.#isThrough(source.score, member)) {
      this.kept.set(member, source.score);
    }
  }

  #stepSource(visitor: ElementVisitor): void {
    const { source, touched } = this, isSelective = touched.count > 0;
    let position = this.#hasMoved ? this.#nextPosition() : this.#position;
    for (let left = STEP_COUNT; position !== 0; position = source.previous(position)) {
      const member = source.memberAt(position, this.#member), score = source.scoreAt(position);
      if (!isSelective || !touched.has(member)) visitor.scored(member, score);
      if (--left > 0) continue;
      this.#last = new ByteView(member.copy());
      this.#lastScore = score;
      position = source.previous(position);
      break;
    }
    this.#position = position;
    this.#hasMoved = false;
    this.#isThroughAll = position === 0;
  }

  #isThrough(score: number, member: ByteView): boolean {
    if (this.#last === undefined) return false;
    return score > this.#lastScore ||
      (score === this.#lastScore && member.compare(this.#last) >= 0);
  }

  /** The position to go on from: the member met last may be gone by now, or have another score. */
  #nextPosition(): number {
    const { source } = this, last = this.#last, score = this.#lastScore;
    if (last === undefined) return source.last();
    let low = source.countBelow(score, false), high = source.countBelow(score, true);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isBefore = source.memberAt(source.at(middle), this.#member).compare(last) < 0;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return source.at(low - 1);
  }
}
