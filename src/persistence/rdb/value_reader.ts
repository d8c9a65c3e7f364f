/**
 * Value reader: values from RDB files and DUMP payloads, in every form that Redis up to 7.0 writes.
 *
 * What comes packed in a form that is used here too is looked through, and taken over as it is if
 * nothing speaks against it: it is sound, and has no more elements than the directives here allow; how
 * long they are does not matter, as in Redis. All else is built element by element through the same
 * handles that commands use. So values come out in the encoding that Redis would give them, and no
 * foreign byte gets into the store unread.
 *
 * A large value is read in steps, so that others have their turn in between.
 *
 * Always true: a value is complete before its key is touched; what was begun is freed on failure.
 * Specified in: Redis 7.0 rdb.c, `rdbLoadObject`.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { parseDouble } from "../../base/double.ts";
import {
  type Collection,
  type CollectionLimits,
  Collections,
  type ExpiryChoice,
  type Keyspace,
  type Ref,
  SortedSetDraft,
  type Store,
} from "../../store/mod.ts";
import { ListpackElements } from "./listpack_elements.ts";
import {
  DamagedPackError,
  type PackedElements,
  ZiplistElements,
  ZipmapElements,
} from "./packed_elements.ts";
import { PairInspector } from "./pair_inspector.ts";
import { EmptyValueError } from "./rdb_error.ts";
import {
  QUICKLIST_PACKED,
  QUICKLIST_PLAIN,
  RDB_HASH,
  RDB_HASH_LISTPACK,
  RDB_HASH_ZIPLIST,
  RDB_HASH_ZIPMAP,
  RDB_LIST,
  RDB_LIST_QUICKLIST,
  RDB_LIST_QUICKLIST_2,
  RDB_LIST_ZIPLIST,
  RDB_SET,
  RDB_SET_INTSET,
  RDB_SORTED_SET,
  RDB_SORTED_SET_LISTPACK,
  RDB_SORTED_SET_TEXT,
  RDB_SORTED_SET_ZIPLIST,
  RDB_STREAM,
  RDB_STREAM_2,
  RDB_STRING,
} from "./rdb_format.ts";
import type { RdbInput } from "./rdb_input.ts";
import { StreamReader } from "./stream_reader.ts";

/** Scores as text: lengths that stand for values which are no numbers. */
const SCORE_NAN = 253;
const SCORE_INFINITE = 254;
const SCORE_MINUS_INFINITE = 255;
const INTSET_HEADER_BYTES = 8;
/** Elements, or nodes of them, that are one step. */
const STEP_ELEMENTS = 512;
const STEP_NODES = 8;
const STEP_LINKS = 4096;

/** A value that is being read: yields where others may have their turn. */
export type ReadingSteps = Generator<void, void>;

/** Reads so many parts of a value that follow each other. */
type RowReader = (input: RdbInput, count: number) => void;

/** Reads values into one store. */
export class ValueReader {
  readonly #limits: CollectionLimits;
  readonly #handles: Collections;
  readonly #draft: SortedSetDraft;
  readonly #streams = new StreamReader();
  readonly #listpack = new ListpackElements();
  readonly #pairs = new PairInspector();
  readonly #view = new ByteView();
  readonly #otherView = new ByteView();
  readonly #element = new ByteView();
  /** The collection that is being read, or was read last. */
  #collection: Collection | undefined;

  constructor(store: Store) {
    this.#limits = store.environment.limits;
    this.#handles = new Collections(store.environment);
    this.#draft = new SortedSetDraft(store.environment);
  }

  /**
   * Reads a value and puts it under a key; what was there is removed before, so that the key counts as
   * made anew.
   *
   * @param form The number of its form.
   * @throws {RdbError} When the bytes are not what the form allows; the key is then as it was.
   */
  read(form: number, input: RdbInput, keyspace: Keyspace, key: ByteView): void {
    if (form === RDB_STRING) {
      const value = input.string(this.#view);
      keyspace.discard(key);
      keyspace.setString(key, value);
      return;
    }
    this.#readWhole(form, input);
    keyspace.discard(key);
    this.store(keyspace, key, false);
  }

  /** Reads a value to its end and forgets it. @throws {RdbError} When the bytes are not what the form allows. */
  check(form: number, input: RdbInput): void {
    if (form === RDB_STRING) {
      input.string(this.#view);
      return;
    }
    this.#readWhole(form, input);
    this.forget();
  }

  /** Puts a string under a key, whatever was there; returns the entry. @param expiry What it has then. */
  readString(input: RdbInput, keyspace: Keyspace, key: ByteView, expiry: ExpiryChoice): Ref {
    return keyspace.setString(key, input.string(this.#view), expiry);
  }

  /**
   * Reads a collection, or begins to, if it is large; nothing else may be read meanwhile.
   *
   * @returns The steps that are left, of which the first must be taken; who gives up then has them
   *   return. `undefined`: there are none. After the last, `store` or `forget` must follow.
   * @throws {RdbError} When the bytes are not what the form allows; so do the steps.
   */
  begin(form: number, input: RdbInput): ReadingSteps | undefined {
    const collection = this.#collection = this.#handleFor(form, input).detach();
    let isSound = false;
    try {
      const steps = this.#readCollection(form, input);
      if (steps === undefined) this.#requireElements(form, input);
      isSound = true;
      return steps && this.#goOn(form, input, steps);
    } catch (error) {
      return failAsDamaged(error, input);
    } finally {
      if (!isSound) collection.free();
    }
  }

  /** Puts the collection that was read under a key, whatever was there; returns the entry. */
  store(keyspace: Keyspace, key: ByteView, expiry: ExpiryChoice): Ref {
    const collection = this.#collection!;
    keyspace.storeCollection(key, collection, expiry);
    return collection.ref;
  }

  /** Frees the collection that was read. */
  forget(): void {
    this.#collection!.free();
  }

  #readWhole(form: number, input: RdbInput): void {
    const steps = this.begin(form, input);
    if (steps !== undefined) takeAll(steps);
  }

  *#goOn(form: number, input: RdbInput, steps: ReadingSteps): ReadingSteps {
    const collection = this.#collection!;
    let isComplete = false;
    try {
      yield* steps;
      this.#requireElements(form, input);
      isComplete = true;
    } catch (error) {
      failAsDamaged(error, input);
    } finally {
      // Not only after a failure: whoever takes the steps may give up.
      if (!isComplete) collection.free();
    }
  }

  #requireElements(form: number, input: RdbInput): void {
    if (this.#collection!.count === 0 && form !== RDB_STREAM && form !== RDB_STREAM_2) {
      throw new EmptyValueError("A collection is empty", input.offset);
    }
  }

  #handleFor(form: number, input: RdbInput): Collection {
    switch (form) {
      case RDB_LIST:
      case RDB_LIST_ZIPLIST:
      case RDB_LIST_QUICKLIST:
      case RDB_LIST_QUICKLIST_2:
        return this.#handles.list;
      case RDB_SET:
      case RDB_SET_INTSET:
        return this.#handles.setAt(0);
      case RDB_SORTED_SET:
      case RDB_SORTED_SET_TEXT:
      case RDB_SORTED_SET_ZIPLIST:
      case RDB_SORTED_SET_LISTPACK:
        return this.#handles.sortedSet;
      case RDB_HASH:
      case RDB_HASH_ZIPMAP:
      case RDB_HASH_ZIPLIST:
      case RDB_HASH_LISTPACK:
        return this.#handles.hash;
      case RDB_STREAM:
      case RDB_STREAM_2:
        return this.#handles.stream;
      default:
        return input.fail(`A value has the unknown form ${form}`);
    }
  }

  /** Reads a collection into its handle; returns the steps that this takes if it is large. */
  #readCollection(form: number, input: RdbInput): ReadingSteps | undefined {
    const { list, hash, stream, sortedSet } = this.#handles;
    switch (this.#collection) {
      case list:
        return this.#readList(form, input);
      case hash:
        return this.#readHash(form, input);
      case sortedSet:
        return this.#readSortedSet(form, input);
      case stream:
        return this.#streams.begin(form, input, stream);
      default:
        return this.#readSet(form, input);
    }
  }

  #readList(form: number, input: RdbInput): ReadingSteps | undefined {
    switch (form) {
      case RDB_LIST_QUICKLIST_2:
        return readRow(input, STEP_NODES, this.#readNodes);
      case RDB_LIST_QUICKLIST:
        return readRow(input, STEP_NODES, this.#readZiplists);
      case RDB_LIST:
        return readRow(input, STEP_ELEMENTS, this.#readElements);
      default:
        this.#readZiplists(input, 1);
    }
  }

  readonly #readElements: RowReader = (input, count) => {
    for (; count > 0; count--) this.#handles.list.push("tail", this.#string(input));
  };

  readonly #readZiplists: RowReader = (input, count) => {
    for (; count > 0; count--) this.#pushAll(new ZiplistElements(this.#string(input)));
  };

  readonly #readNodes: RowReader = (input, count) => {
    for (; count > 0; count--) this.#readNode(input);
  };

  #readNode(input: RdbInput): void {
    const list = this.#handles.list, container = input.size();
    if (container !== QUICKLIST_PLAIN && container !== QUICKLIST_PACKED) {
      input.fail("A node of a list has an unknown form");
    }
    const content = this.#string(input);
    if (content.byteCount === 0) input.fail("A node of a list is empty");
    if (container === QUICKLIST_PLAIN) return list.push("tail", content);
    const elements = this.#listpack.open(content);
    elements.skipAll();
    const isTaken = elements.readCount > 0 && list.pushPacked(content, elements.readCount);
    if (!isTaken) this.#pushAll(elements.open(content));
  }

  #pushAll(elements: PackedElements): void {
    while (elements.next(this.#element)) this.#handles.list.push("tail", this.#element);
  }

  #readSet(form: number, input: RdbInput): ReadingSteps | undefined {
    if (form === RDB_SET) return readRow(input, STEP_ELEMENTS, this.#readMembers);
    this.#readIntset(input);
  }

  readonly #readMembers: RowReader = (input, count) => {
    const set = this.#handles.setAt(0);
    for (; count > 0; count--) {
      if (!set.add(this.#string(input))) input.fail("A member comes twice");
    }
  };

  #readIntset(input: RdbInput): void {
    const intset = this.#string(input), { bytes, start, end } = intset;
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    if (view.byteLength < INTSET_HEADER_BYTES) input.fail("An intset is too short");
    const width = view.getUint32(0, true), count = view.getUint32(4, true);
    const isSound = (width === 2 || width === 4 || width === 8) &&
      view.byteLength === INTSET_HEADER_BYTES + count * width;
    if (!isSound) input.fail("An intset has another length than it says");
    const set = this.#handles.setAt(0);
    if (isAscending(view, width) && count > 0 && set.takeIntset(intset, count)) return;
    for (let at = INTSET_HEADER_BYTES; at < view.byteLength; at += width) {
      const isNew = set.add(ByteView.ofText(String(integerAt(view, at, width))));
      if (!isNew) input.fail("A member comes twice");
    }
  }

  #readHash(form: number, input: RdbInput): ReadingSteps | undefined {
    if (form === RDB_HASH) return readRow(input, STEP_ELEMENTS, this.#readFields);
    const pack = this.#string(input);
    if (form === RDB_HASH_ZIPMAP) this.#setPairs(form, input, pack);
    else if (form !== RDB_HASH_LISTPACK || !this.#takePairs(pack)) {
      this.#atAnyLength(() => this.#setPairs(form, input, pack));
    }
  }

  #takePairs(pack: ByteView): boolean {
    const pairs = this.#pairs;
    return pairs.mayTake(this.#listpack.open(pack), false) &&
      this.#handles.hash.takePacked(pack, pairs.pairCount);
  }

  /** Sets the fields that come in a pack. */
  #setPairs(form: number, input: RdbInput, pack: ByteView): void {
    const hash = this.#handles.hash, elements = this.#packOf(form, pack);
    const field = this.#element, value = this.#otherView;
    while (elements.next(field)) {
      if (!elements.next(value)) input.fail("A field has no value");
      if (!hash.set(field, value)) input.fail("A field comes twice");
    }
  }

  readonly #readFields: RowReader = (input, count) => {
    const hash = this.#handles.hash;
    for (; count > 0; count--) {
      const field = this.#string(input), value = input.string(this.#otherView);
      if (!hash.set(field, value)) input.fail("A field comes twice");
    }
  };

  #readSortedSet(form: number, input: RdbInput): ReadingSteps | undefined {
    const isListpack = form === RDB_SORTED_SET_LISTPACK;
    const isPacked = isListpack || form === RDB_SORTED_SET_ZIPLIST;
    if (!isPacked) return this.#draftSteps(form, input);
    const pack = this.#string(input);
    if (isListpack && this.#takeScoredPack(pack)) return;
    this.#atAnyLength(() => takeAll(this.#draftSteps(form, input, pack)));
  }

  /** Has elements stay packed however long they are, as those of a pack do. */
  #atAnyLength(read: () => void): void {
    const limits = this.#limits, { hashMaxListpackValue, zsetMaxListpackValue } = limits;
    limits.hashMaxListpackValue = limits.zsetMaxListpackValue = Infinity;
    try {
      read();
    } finally {
      Object.assign(limits, { hashMaxListpackValue, zsetMaxListpackValue });
    }
  }

  *#draftSteps(form: number, input: RdbInput, pack?: ByteView): ReadingSteps {
    const draft = this.#draft.begin();
    let isComplete = false;
    try {
      if (pack === undefined) yield* this.#draftMembers(form, input);
      else this.#draftPack(input, this.#packOf(form, pack));
      if (draft.count === 0) throw new EmptyValueError("A collection is empty", input.offset);
      draft.sort();
      while (draft.linkSome(STEP_LINKS)) yield;
      isComplete = true;
    } finally {
      if (!isComplete) draft.discard();
    }
    draft.finish(this.#handles.sortedSet);
  }

  #takeScoredPack(pack: ByteView): boolean {
    const pairs = this.#pairs;
    return pairs.mayTake(this.#listpack.open(pack), true) &&
      this.#handles.sortedSet.takePacked(pack, pairs.pairCount);
  }

  *#draftMembers(form: number, input: RdbInput): ReadingSteps {
    const draft = this.#draft, member = this.#view;
    for (let left = input.size(); left > 0; left--) {
      if (left % STEP_ELEMENTS === 0) yield;
      input.string(member);
      const score = form === RDB_SORTED_SET ? input.double() : this.#textScore(input);
      addMember(input, draft, member, score);
    }
  }

  #draftPack(input: RdbInput, elements: PackedElements): void {
    const member = this.#element, score = this.#otherView;
    while (elements.next(member)) {
      addMember(input, this.#draft, member, elements.next(score) ? parseDouble(score) : undefined);
    }
  }

  /** The elements of a value that is packed as a whole. */
  #packOf(form: number, view: ByteView): PackedElements {
    const isListpack = form === RDB_HASH_LISTPACK || form === RDB_SORTED_SET_LISTPACK;
    if (isListpack) return this.#listpack.open(view);
    return form === RDB_HASH_ZIPMAP ? new ZipmapElements(view) : new ZiplistElements(view);
  }

  #textScore(input: RdbInput): number | undefined {
    const length = input.byte();
    if (length === SCORE_NAN) return NaN;
    if (length === SCORE_INFINITE) return Infinity;
    if (length === SCORE_MINUS_INFINITE) return -Infinity;
    return parseDouble(input.raw(length, this.#otherView));
  }

  #string(input: RdbInput): ByteView {
    return input.string(this.#view);
  }
}

/** Reads a counted row: at once where it is short, else in steps. */
function readRow(input: RdbInput, stepCount: number, read: RowReader): ReadingSteps | undefined {
  const count = input.size();
  if (count > stepCount) return rowSteps(input, count, { stepCount, read });
  read(input, count);
}

function* rowSteps(
  input: RdbInput,
  count: number,
  { stepCount, read }: { stepCount: number; read: RowReader },
): ReadingSteps {
  for (let left = count; left > 0; left -= stepCount) {
    read(input, Math.min(left, stepCount));
    yield;
  }
}

/** Takes all steps at once. */
function takeAll(steps: ReadingSteps): void {
  while (!steps.next().done);
}

/** Gives a damaged pack its place in the file. */
function failAsDamaged(error: unknown, input: RdbInput): never {
  if (error instanceof DamagedPackError) input.fail(error.message);
  throw error;
}

/** An integer of an intset. */
function integerAt(view: DataView, at: number, width: number): number | bigint {
  if (width === 2) return view.getInt16(at, true);
  return width === 4 ? view.getInt32(at, true) : view.getBigInt64(at, true);
}

function isAscending(intset: DataView, width: number): boolean {
  for (let at = INTSET_HEADER_BYTES + width; at < intset.byteLength; at += width) {
    if (integerAt(intset, at - width, width) >= integerAt(intset, at, width)) return false;
  }
  return true;
}

function addMember(
  input: RdbInput,
  draft: SortedSetDraft,
  member: ByteView,
  score: number | undefined,
): void {
  if (score === undefined || Number.isNaN(score)) input.fail("A score is no number");
  if (draft.find(member)) input.fail("A member comes twice");
  draft.addMissed(member, score);
}
