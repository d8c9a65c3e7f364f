/**
 * Value writer: what a key holds, as RDB files and DUMP payloads have it.
 *
 * Compact encodings go out as the bytes they are, since their blocks are in Redis' own formats; the
 * others element by element. Sorted sets go from the last member to the first, so that whoever reads
 * them may add each before all that came so far.
 *
 * What is large is written with pauses, so that a server may go on meanwhile. Nothing borrowed from the
 * store is kept over a pause, as others may use the same handles and buffers.
 *
 * Specified in: Redis 7.0 rdb.c, `rdbSaveObject`.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { invariant } from "../../base/invariant.ts";
import { StreamId } from "../../base/stream_id.ts";
import {
  type Collection,
  Collections,
  type ConsumerGroup,
  type ElementVisitor,
  ENCODING_INTSET,
  ENCODING_LISTPACK,
  type HashElement,
  HashValue,
  IntegerText,
  ListValue,
  type PastValue,
  type Ref,
  SetMember,
  SetValue,
  SortedSetValue,
  type Store,
  StreamValue,
  stringView,
  TYPE_HASH,
  TYPE_LIST,
  TYPE_SET,
  TYPE_SORTED_SET,
  TYPE_STRING,
} from "../../store/mod.ts";
import {
  QUICKLIST_PACKED,
  QUICKLIST_PLAIN,
  RDB_HASH,
  RDB_HASH_LISTPACK,
  RDB_LIST_QUICKLIST_2,
  RDB_SET,
  RDB_SET_INTSET,
  RDB_SORTED_SET,
  RDB_SORTED_SET_LISTPACK,
  RDB_STREAM_2,
  RDB_STRING,
  STREAM_ID_BYTES,
} from "./rdb_format.ts";
import type { RdbOutput } from "./rdb_output.ts";

/** Elements after which a value's writing pauses. */
const STEP_ELEMENT_COUNT = 1000;
/** And bytes. */
const STEP_BYTES = 64 * 1024;
/** Fields of a step of a hash, whose memory is fetched together. */
const HASH_BATCH_COUNT = 64;

/** What is left to write of a value. */
export type ValueSteps = Generator<void, void>;

/** Writes values of one store. */
export class ValueWriter {
  readonly #store: Store;
  readonly #handles: Collections;
  readonly #view = new ByteView();
  readonly #otherView = new ByteView();
  readonly #member = new SetMember();
  readonly #count = new Int64();
  readonly #id = new StreamId();
  /** Not the store's: a command may be looking at those when a snapshot writes. */
  readonly #digits = new IntegerText();
  #stepCount = 0;
  #stepEnd = 0;

  constructor(store: Store) {
    this.#store = store;
    this.#handles = new Collections(store.environment);
  }

  /** The number of the form in which an entry's value is written. */
  formOf(ref: Ref): number {
    const { entries } = this.#store.environment, encoding = entries.encodingOf(ref);
    switch (entries.typeOf(ref)) {
      case TYPE_STRING:
        return RDB_STRING;
      case TYPE_LIST:
        return RDB_LIST_QUICKLIST_2;
      case TYPE_SET:
        return encoding === ENCODING_INTSET ? RDB_SET_INTSET : RDB_SET;
      case TYPE_SORTED_SET:
        return encoding === ENCODING_LISTPACK ? RDB_SORTED_SET_LISTPACK : RDB_SORTED_SET;
      case TYPE_HASH:
        return encoding === ENCODING_LISTPACK ? RDB_HASH_LISTPACK : RDB_HASH;
      default:
        return RDB_STREAM_2;
    }
  }

  /** Writes an entry's value to its end. */
  write(ref: Ref, output: RdbOutput): void {
    const steps = this.begin(ref, output);
    while (steps !== undefined && !steps.next().done);
  }

  /**
   * Begins to write an entry's value, without the number of its form.
   *
   * @returns What is left, if it takes pauses; the value must not change meanwhile, and nothing else
   * may be written with this writer.
   */
  begin(ref: Ref, output: RdbOutput): ValueSteps | undefined {
    const type = this.#store.environment.entries.typeOf(ref);
    if (type === TYPE_STRING) {
      const view = this.#stringOf(ref);
      if (view.byteCount > STEP_BYTES) return started(this.#longString(ref, output));
      output.string(view);
      return undefined;
    }
    const handle = this.#handleOf(ref, type), packed = this.#packedOf(type);
    if (packed !== undefined) {
      output.string(packed);
      return undefined;
    }
    this.#resetStep(output);
    return started(this.#collection(handle, output));
  }

  /** The same for a value as it was; what it is by now does not matter. */
  beginPast(past: PastValue, output: RdbOutput): ValueSteps | undefined {
    this.#resetStep(output);
    return started(this.#past(past, output));
  }

  /** Points a view at the value of a handle if it is one block in Redis' own format. */
  #packedOf(type: number): ByteView | undefined {
    switch (type) {
      case TYPE_SET:
        return this.#handles.setAt(0).intsetView(this.#view);
      case TYPE_SORTED_SET:
        return this.#handles.sortedSet.packedView(this.#view);
      case TYPE_HASH:
        return this.#handles.hash.packedView(this.#view);
    }
  }

  #handleOf(ref: Ref, type: number): Collection {
    const { entries } = this.#store.environment;
    return this.#handles.of(type).detach(
      entries.encodingOf(ref),
      entries.valueBlockOf(ref),
      entries.valueCountOf(ref),
    );
  }

  #stringOf(ref: Ref): ByteView {
    return stringView(this.#store.environment.entries, ref, this.#view, this.#digits);
  }

  /** Whether so much was written since the last pause that the next one is due. */
  #isPauseDue(output: RdbOutput): boolean {
    if (++this.#stepCount < STEP_ELEMENT_COUNT && output.length < this.#stepEnd) return false;
    return true;
  }

  #resetStep(output: RdbOutput): void {
    this.#stepCount = 0;
    this.#stepEnd = output.length + STEP_BYTES;
  }

  #collection(handle: Collection, output: RdbOutput): ValueSteps {
    if (handle instanceof ListValue) return this.#list(handle, output);
    if (handle instanceof SetValue) return this.#set(handle, output);
    if (handle instanceof SortedSetValue) return this.#sortedSet(handle, output);
    if (handle instanceof HashValue) return this.#hash(handle, output);
    invariant(handle instanceof StreamValue, "A value has a type that is none");
    return this.#stream(handle, output);
  }

  /** A long string in pieces; as the view does not outlive a pause, each piece is looked up anew. */
  *#longString(ref: Ref, output: RdbOutput): ValueSteps {
    const { byteCount } = this.#stringOf(ref);
    const compressor = output.beginCompressed(byteCount);
    for (let at = 0; compressor?.isWorthIt && at < byteCount; at += STEP_BYTES) {
      const { bytes, start } = this.#stringOf(ref);
      compressor.add(bytes, start + at, start + Math.min(byteCount, at + STEP_BYTES));
      yield;
    }
    if (compressor?.isWorthIt) {
      const { bytes, length } = compressor;
      output.compressedHeader(length, byteCount);
      for (let at = 0; at < length; at += STEP_BYTES) {
        output.raw(bytes, at, Math.min(length, at + STEP_BYTES));
        yield;
      }
      return;
    }
    output.size(byteCount);
    for (let at = 0; at < byteCount; at += STEP_BYTES) {
      const { bytes, start } = this.#stringOf(ref);
      output.raw(bytes, start + at, start + Math.min(byteCount, at + STEP_BYTES));
      yield;
    }
  }

  *#list(list: ListValue, output: RdbOutput): ValueSteps {
    output.size(list.layout().nodeCount);
    for (let node = list.firstNode(); node !== 0; node = list.nextNode(node)) {
      output.size(list.isPlainNode(node) ? QUICKLIST_PLAIN : QUICKLIST_PACKED);
      output.string(list.readNode(node, this.#view));
      if (this.#isPauseDue(output)) {
        yield;
        this.#resetStep(output);
      }
    }
  }

  *#set(set: SetValue, output: RdbOutput): ValueSteps {
    output.size(set.count);
    const walk = set.startWalk();
    while (walk.next()) {
      let isPauseDue = false;
      for (let index = 0; index < walk.count; index++) {
        output.string(walk.show(index, this.#member).view);
        isPauseDue = this.#isPauseDue(output);
      }
      if (isPauseDue) {
        yield;
        this.#resetStep(output);
      }
    }
  }

  *#sortedSet(set: SortedSetValue, output: RdbOutput): ValueSteps {
    output.size(set.count);
    for (let at = set.last(); at !== 0; at = set.previous(at)) {
      output.string(set.memberAt(at, this.#view));
      output.double(set.scoreAt(at));
      if (this.#isPauseDue(output)) {
        yield;
        this.#resetStep(output);
      }
    }
  }

  *#hash(hash: HashValue, output: RdbOutput): ValueSteps {
    let isPauseDue = false;
    const writePair = (element: HashElement): void => {
      output.string(hash.readField(element, this.#view));
      output.string(hash.readValue(element, this.#otherView));
      isPauseDue = this.#isPauseDue(output);
    };
    output.size(hash.count);
    let cursor = 0;
    do {
      cursor = hash.scan(cursor, HASH_BATCH_COUNT, writePair);
      if (isPauseDue) {
        yield;
        this.#resetStep(output);
        isPauseDue = false;
      }
    } while (cursor !== 0);
  }

  *#past(past: PastValue, output: RdbOutput): ValueSteps {
    let isPauseDue = false;
    const visitor: ElementVisitor = {
      field: (field, value) => {
        output.string(field);
        output.string(value);
        isPauseDue = this.#isPauseDue(output);
      },
      member: (member) => {
        output.string(member);
        isPauseDue = this.#isPauseDue(output);
      },
      scored: (member, score) => {
        output.string(member);
        output.double(score);
        isPauseDue = this.#isPauseDue(output);
      },
    };
    output.size(past.count);
    while (past.step(visitor)) {
      if (!isPauseDue) continue;
      yield;
      this.#resetStep(output);
      isPauseDue = false;
    }
  }

  *#stream(stream: StreamValue, output: RdbOutput): ValueSteps {
    const id = this.#id, view = this.#view;
    output.size(stream.nodeCount);
    for (let node = stream.firstNode(id); node !== 0; node = stream.nextNode(id)) {
      output.size(STREAM_ID_BYTES);
      output.streamId(id);
      output.string(stream.readNode(node, id, view));
      if (this.#isPauseDue(output)) {
        yield;
        this.#resetStep(output);
      }
    }
    output.size(stream.count);
    writeIdParts(output, stream.readLastId(id));
    writeIdParts(output, stream.readFirstId(id));
    writeIdParts(output, stream.readDeletedId(id));
    this.#writeCount(output, stream.readEntriesAdded(this.#count));
    output.size(stream.groupCount);
    for (let group = stream.firstGroup(); group !== undefined; group = stream.nextGroup()) {
      output.string(stream.groupName(group, this.#view));
      yield* this.#group(group, output);
    }
  }

  *#group(group: ConsumerGroup, output: RdbOutput): ValueSteps {
    const id = this.#id;
    writeIdParts(output, group.readLastId(id));
    this.#writeCount(output, group.readEntriesRead(this.#count));
    output.size(group.pendingCount);
    const pending = group.walk(0);
    for (let hasEntry = pending.seekFirst(); hasEntry; hasEntry = pending.next()) {
      group.entry.open(pending.reference);
      output.streamId(pending.readId(id));
      this.#count.setNumber(group.entry.deliveredMs);
      output.long(this.#count.hi, this.#count.lo);
      this.#writeCount(output, group.entry.readDeliveryCount(this.#count));
      if (this.#isPauseDue(output)) {
        yield;
        this.#resetStep(output);
      }
    }
    output.size(group.consumerCount);
    for (let consumer = group.firstConsumer(); consumer !== 0; consumer = group.nextConsumer()) {
      output.string(group.nameOf(consumer, this.#view));
      this.#count.setNumber(group.seenMsOf(consumer));
      output.long(this.#count.hi, this.#count.lo);
      output.size(group.pendingCountOf(consumer));
      const list = group.walk(consumer);
      for (let hasEntry = list.seekFirst(); hasEntry; hasEntry = list.next()) {
        output.streamId(list.readId(id));
        if (this.#isPauseDue(output)) {
          yield;
          this.#resetStep(output);
        }
      }
    }
  }

  #writeCount(output: RdbOutput, count: Int64): void {
    output.size64(count.hi, count.lo);
  }
}

/** Takes the steps up to the first pause; gives what is left, if there is. */
function started(steps: ValueSteps): ValueSteps | undefined {
  return steps.next().done ? undefined : steps;
}

/** Writes an ID as two lengths. */
function writeIdParts(output: RdbOutput, id: StreamId): void {
  output.size64(id.msHigh, id.msLow);
  output.size64(id.sequenceHigh, id.sequenceLow);
}
