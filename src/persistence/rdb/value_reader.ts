/**
 * Value reader: values from RDB files and DUMP payloads, in every form that Redis up to 7.0 writes.
 *
 * Values are built element by element through the same handles that commands use. So they come out in
 * the encoding that the directives here ask for, and no foreign byte gets into the store unread.
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
  Collections,
  type Keyspace,
  type Ref,
  SortedSetDraft,
  type Store,
} from "../../store/mod.ts";
import {
  DamagedPackError,
  ListpackElements,
  type PackedElements,
  ZiplistElements,
  ZipmapElements,
} from "./packed_elements.ts";
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

/** Reads values into one store. */
export class ValueReader {
  readonly #handles: Collections;
  readonly #draft: SortedSetDraft;
  readonly #streams = new StreamReader();
  readonly #view = new ByteView();
  readonly #otherView = new ByteView();
  readonly #element = new ByteView();

  constructor(store: Store) {
    this.#handles = new Collections(store.environment);
    this.#draft = new SortedSetDraft(store.environment);
  }

  /**
   * Reads a value and puts it under a key, whatever was there.
   *
   * @param form The number of its form.
   * @param removesFirst Whether what was there is removed before, so that the key counts as made anew.
   * @returns The entry.
   * @throws {RdbError} When the bytes are not what the form allows; the key is then as it was.
   */
  read(
    form: number,
    input: RdbInput,
    keyspace: Keyspace,
    key: ByteView,
    removesFirst = false,
  ): Ref {
    if (form === RDB_STRING) {
      const value = input.string(this.#view);
      if (removesFirst) keyspace.remove(key);
      return keyspace.setString(key, value);
    }
    const collection = this.#build(form, input);
    if (removesFirst) keyspace.remove(key);
    keyspace.storeCollection(key, collection);
    return collection.ref;
  }

  /** Reads a value and forgets it. @throws {RdbError} When the bytes are not what the form allows. */
  discard(form: number, input: RdbInput): void {
    if (form === RDB_STRING) input.string(this.#view);
    else this.#build(form, input).free();
  }

  /** Reads a value that belongs to no entry. */
  #build(form: number, input: RdbInput): Collection {
    const collection = this.#handleFor(form, input).detach();
    try {
      this.#readCollection(form, input, collection);
      if (collection.count === 0 && form !== RDB_STREAM && form !== RDB_STREAM_2) {
        throw new EmptyValueError("A collection is empty", input.offset);
      }
    } catch (error) {
      collection.free();
      if (error instanceof DamagedPackError) input.fail(error.message);
      throw error;
    }
    return collection;
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

  #readCollection(form: number, input: RdbInput, collection: Collection): void {
    const { list, hash, stream, sortedSet } = this.#handles;
    if (collection === list) this.#readList(form, input);
    else if (collection === hash) this.#readHash(form, input);
    else if (collection === sortedSet) this.#readSortedSet(form, input);
    else if (collection === stream) this.#streams.read(form, input, stream);
    else this.#readSet(form, input);
  }

  #readList(form: number, input: RdbInput): void {
    const list = this.#handles.list;
    if (form === RDB_LIST_ZIPLIST) return this.#pushAll(new ZiplistElements(this.#string(input)));
    for (let count = input.size(); count > 0; count--) {
      if (form === RDB_LIST) {
        list.push("tail", input.string(this.#view));
      } else if (form === RDB_LIST_QUICKLIST) {
        this.#pushAll(new ZiplistElements(this.#string(input)));
      } else {
        const container = input.size();
        if (container !== QUICKLIST_PLAIN && container !== QUICKLIST_PACKED) {
          input.fail("A node of a list has an unknown form");
        }
        const content = this.#string(input);
        if (content.byteCount === 0) input.fail("A node of a list is empty");
        if (container === QUICKLIST_PLAIN) list.push("tail", content);
        else this.#pushAll(new ListpackElements(content));
      }
    }
  }

  #pushAll(elements: PackedElements): void {
    while (elements.next(this.#element)) this.#handles.list.push("tail", this.#element);
  }

  #readSet(form: number, input: RdbInput): void {
    const set = this.#handles.setAt(0);
    if (form === RDB_SET_INTSET) return this.#readIntset(input);
    for (let count = input.size(); count > 0; count--) {
      if (!set.add(input.string(this.#view))) input.fail("A member comes twice");
    }
  }

  #readIntset(input: RdbInput): void {
    const { bytes, start, end } = this.#string(input);
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    if (view.byteLength < INTSET_HEADER_BYTES) input.fail("An intset is too short");
    const width = view.getUint32(0, true), count = view.getUint32(4, true);
    const isSound = (width === 2 || width === 4 || width === 8) &&
      view.byteLength === INTSET_HEADER_BYTES + count * width;
    if (!isSound) input.fail("An intset has another length than it says");
    for (let at = INTSET_HEADER_BYTES; at < view.byteLength; at += width) {
      const value = width === 2
        ? view.getInt16(at, true)
        : width === 4
        ? view.getInt32(at, true)
        : view.getBigInt64(at, true);
      if (!this.#handles.setAt(0).add(ByteView.ofText(String(value)))) {
        input.fail("A member comes twice");
      }
    }
  }

  #readHash(form: number, input: RdbInput): void {
    const hash = this.#handles.hash;
    if (form === RDB_HASH) {
      for (let count = input.size(); count > 0; count--) {
        const field = input.string(this.#view), value = input.string(this.#otherView);
        if (!hash.set(field, value)) input.fail("A field comes twice");
      }
      return;
    }
    const elements = packOf(form, this.#string(input));
    const field = new ByteView(), value = new ByteView();
    while (elements.next(field)) {
      if (!elements.next(value)) input.fail("A field has no value");
      if (!hash.set(field, value)) input.fail("A field comes twice");
    }
  }

  #readSortedSet(form: number, input: RdbInput): void {
    const draft = this.#draft.begin(), view = this.#view;
    try {
      if (form === RDB_SORTED_SET || form === RDB_SORTED_SET_TEXT) {
        for (let count = input.size(); count > 0; count--) {
          input.string(view);
          const isBinary = form === RDB_SORTED_SET;
          addMember(input, draft, view, isBinary ? input.double() : this.#textScore(input));
        }
      } else {
        const elements = packOf(form, this.#string(input)), member = new ByteView();
        while (elements.next(member)) {
          const score = elements.next(view) ? parseDouble(view) : undefined;
          addMember(input, draft, member, score);
        }
      }
      if (draft.count === 0) throw new EmptyValueError("A collection is empty", input.offset);
      draft.sort();
    } catch (error) {
      draft.discard();
      throw error;
    }
    draft.finish(this.#handles.sortedSet);
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

/** The elements of a value that is packed as a whole. */
function packOf(form: number, view: ByteView): PackedElements {
  const isListpack = form === RDB_HASH_LISTPACK || form === RDB_SORTED_SET_LISTPACK;
  if (isListpack) return new ListpackElements(view);
  return form === RDB_HASH_ZIPMAP ? new ZipmapElements(view) : new ZiplistElements(view);
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
