/**
 * Gradual copy: a large hash, set or sorted set is copied in slices while commands change it, and the copy
 * is what the value was at the beginning.
 *
 * Where a snapshot needs the value that a command is about to change, to copy or to write all of it at
 * once would be a stall. But a change concerns single elements: so each is copied before it is changed
 * the first time, and a walk copies the others when it comes to them. What is in the copy is done with. An
 * element that is added meanwhile must not get there; those that the walk may still meet are remembered.
 *
 * Always true: between two commands each element of the value that was is in the copy, or is in the
 * original as it was.
 * Cost: for each element what adding one costs, and a lookup at each change. Not for packed values.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { invariant } from "../../base/invariant.ts";
import type { Ref } from "../memory/mod.ts";
import type { Collection, CollectionEnvironment } from "./collection.ts";
import { type CollectionLimits, defaultCollectionLimits } from "./collection_limits.ts";
import { Collections } from "./collections.ts";
import { ENCODING_HASHTABLE, ENCODING_SKIPLIST, type Entries, kindOf } from "./entry.ts";
import { HashValue } from "./hash_value.ts";
import { SetMember } from "./set_member.ts";
import { SetValue } from "./set_value.ts";
import { SortedSetValue } from "./sorted_set/mod.ts";

/** Elements of one step. */
const STEP_COUNT = 128;

/** A copy is in the encoding of its original, also where today's limits would have it packed. */
const NOTHING_PACKED: CollectionLimits = {
  ...defaultCollectionLimits(),
  hashMaxListpackEntries: 0,
  setMaxIntsetEntries: 0,
  zsetMaxListpackEntries: 0,
};

/** Copies elements of one type from one handle's value to another's. */
interface ElementCopier {
  readonly source: Collection;
  readonly target: Collection;
  /** Copies those of a step of a walk that the copy lacks; returns the next cursor. */
  copySome(cursor: number, isBorn: (element: ByteView) => boolean): number;
  /** Whether the copy has an element. */
  has(element: ByteView): boolean;
  /** Copies an element; returns whether there was one. */
  copyOne(element: ByteView): boolean;
}

/** Whether a value is of those that can be copied so. */
export function isGraduallyCopied(entries: Entries, ref: Ref): boolean {
  const encoding = entries.encodingOf(ref);
  return encoding === ENCODING_HASHTABLE || encoding === ENCODING_SKIPLIST;
}

/** One copy that is being made. */
export class GradualCopy {
  /** The original; another one when its entry has moved. */
  ref: Ref;

  readonly #entries: Entries;
  readonly #copier: ElementCopier;
  /** The entry of the copy. */
  readonly #twin: Ref;
  #cursor = 0;
  /** Elements that are younger than the copy. */
  readonly #born = new Set<string>();

  /** @param ref See `isGraduallyCopied`; with its key and expiry the copy begins. */
  constructor(environment: CollectionEnvironment, ref: Ref) {
    const { entries } = environment;
    this.ref = ref;
    this.#entries = entries;
    const key = entries.keyView(ref, new ByteView());
    this.#twin = entries.createFrom(ref, key, entries.kindOf(ref), entries.flagsOf(ref), 0);
    this.#copier = copierOf(environment, entries.typeOf(ref));
  }

  /** Copies some elements; returns whether there are more. */
  step(): boolean {
    const { source } = this.#copier, { ref } = this, entries = this.#entries;
    source.detach(entries.encodingOf(ref), entries.valueBlockOf(ref), entries.valueCountOf(ref));
    this.#cursor = this.#copier.copySome(this.#cursor, this.#isBorn);
    return this.#cursor !== 0;
  }

  /** Copies an element before it is changed. @param handle On the original, as it is now. */
  keep(handle: Collection, element: ByteView): void {
    const copier = this.#copier;
    if (copier.has(element) || this.#isBorn(element)) return;
    copier.source.detach(handle.encoding, handle.root, handle.count);
    if (!copier.copyOne(element)) this.#born.add(element.toText());
  }

  /** The entry of the copy, whole or not; the caller's from now on. */
  take(): Ref {
    const { type, encoding, root, count } = this.#copier.target;
    this.#entries.setKind(this.#twin, kindOf(type, encoding));
    this.#entries.setValueWord(this.#twin, root, count);
    return this.#twin;
  }

  readonly #isBorn = (element: ByteView): boolean =>
    this.#born.size > 0 && this.#born.has(element.toText());
}

function copierOf(environment: CollectionEnvironment, type: number): ElementCopier {
  const { arena, entries, hash, elements, random } = environment;
  const source = new Collections(environment).of(type).detach();
  const target = new Collections({ arena, entries, hash, elements, random, limits: NOTHING_PACKED })
    .of(type).detach();
  if (source instanceof HashValue && target instanceof HashValue) {
    return new FieldCopier(source, target);
  }
  if (source instanceof SetValue && target instanceof SetValue) {
    return new MemberCopier(source, target);
  }
  invariant(
    source instanceof SortedSetValue && target instanceof SortedSetValue,
    "Cannot copy a value element by element that is none of a hash, a set and a sorted set",
  );
  return new ScoreCopier(source, target);
}

class FieldCopier implements ElementCopier {
  readonly source: HashValue;
  readonly target: HashValue;
  readonly #field = new ByteView();
  readonly #value = new ByteView();

  constructor(source: HashValue, target: HashValue) {
    this.source = source;
    this.target = target;
  }

  copySome(cursor: number, isBorn: (element: ByteView) => boolean): number {
    const { source, target } = this;
    return source.scan(cursor, STEP_COUNT, (element) => {
      const field = source.readField(element, this.#field);
      if (target.find(field) !== 0 || isBorn(field)) return;
      target.set(field, source.readValue(element, this.#value));
    });
  }

  has(field: ByteView): boolean {
    return this.target.find(field) !== 0;
  }

  copyOne(field: ByteView): boolean {
    const element = this.source.find(field);
    if (element === 0) return false;
    this.target.set(field, this.source.readValue(element, this.#value));
    return true;
  }
}

class MemberCopier implements ElementCopier {
  readonly source: SetValue;
  readonly target: SetValue;
  readonly #member = new SetMember();

  constructor(source: SetValue, target: SetValue) {
    this.source = source;
    this.target = target;
  }

  copySome(cursor: number, isBorn: (element: ByteView) => boolean): number {
    const { source, target } = this, { walk } = source;
    const next = source.scan(cursor, STEP_COUNT);
    for (let index = 0; index < walk.count; index++) {
      const member = walk.show(index, this.#member);
      if (!isBorn(member.view)) target.addMember(member);
    }
    return next;
  }

  has(member: ByteView): boolean {
    return this.target.has(member);
  }

  copyOne(member: ByteView): boolean {
    return this.source.has(member) && this.target.add(member);
  }
}

/** In order of the scores: a sorted set is quick to build from its lowest member on, and slow in any other way. */
class ScoreCopier implements ElementCopier {
  readonly source: SortedSetValue;
  readonly target: SortedSetValue;
  readonly #member = new ByteView();
  /** What the walk came to last. */
  #last = new ByteView();
  #lastScore = 0;

  constructor(source: SortedSetValue, target: SortedSetValue) {
    this.source = source;
    this.target = target;
  }

  copySome(cursor: number, isBorn: (element: ByteView) => boolean): number {
    const { source, target } = this;
    let position = cursor === 0 ? source.first() : this.#behindLast();
    for (let left = STEP_COUNT; position !== 0; position = source.next(position)) {
      const member = source.memberAt(position, this.#member), score = source.scoreAt(position);
      if (!target.find(member) && !isBorn(member)) target.addMissed(member, score);
      if (--left > 0) continue;
      this.#last = new ByteView(member.copy());
      this.#lastScore = score;
      return 1;
    }
    return 0;
  }

  has(member: ByteView): boolean {
    return this.target.find(member);
  }

  copyOne(member: ByteView): boolean {
    return this.source.find(member) && this.target.set(member, this.source.score);
  }

  /** The position behind the last one: its member may be gone by now, or have another score. */
  #behindLast(): number {
    const { source } = this, last = this.#last, score = this.#lastScore;
    if (source.find(last) && source.score === score) return source.at(source.rankOfFound() + 1);
    let low = source.countBelow(score, false), high = source.countBelow(score, true);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isBehind = source.memberAt(source.at(middle), this.#member).compare(last) > 0;
      if (isBehind) high = middle;
      else low = middle + 1;
    }
    return source.at(low);
  }
}
