/**
 * Value writer: what a key holds, as RDB files and DUMP payloads have it.
 *
 * Compact encodings go out as the bytes they are, since their blocks are in Redis' own formats; the
 * others element by element. Sorted sets go from the last member to the first, so that whoever reads
 * them may add each before all that came so far.
 *
 * Specified in: Redis 7.0 rdb.c, `rdbSaveObject`.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import {
  Collections,
  type ConsumerGroup,
  HashValue,
  IntegerText,
  ListValue,
  type Ref,
  SetMember,
  SetValue,
  SortedSetValue,
  type Store,
  StreamValue,
  stringView,
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

  constructor(store: Store) {
    this.#store = store;
    this.#handles = new Collections(store.environment);
  }

  /** Writes the number of an entry's form, and then its value in that form. */
  write(ref: Ref, output: RdbOutput): void {
    const { entries } = this.#store.environment, type = entries.typeOf(ref);
    if (type === TYPE_STRING) return this.#writeString(ref, output);
    const handle = this.#handles.of(type).detach(
      entries.encodingOf(ref),
      entries.valueBlockOf(ref),
      entries.valueCountOf(ref),
    );
    if (handle instanceof ListValue) this.#writeList(handle, output);
    else if (handle instanceof SetValue) this.#writeSet(handle, output);
    else if (handle instanceof SortedSetValue) this.#writeSortedSet(handle, output);
    else if (handle instanceof HashValue) this.#writeHash(handle, output);
    else if (handle instanceof StreamValue) this.#writeStream(handle, output);
  }

  #writeString(ref: Ref, output: RdbOutput): void {
    const { entries } = this.#store.environment;
    output.byte(RDB_STRING);
    output.string(stringView(entries, ref, this.#view, this.#digits));
  }

  #writeList(list: ListValue, output: RdbOutput): void {
    output.byte(RDB_LIST_QUICKLIST_2);
    output.size(list.layout().nodeCount);
    list.forEachNode((content, isPlain) => {
      output.size(isPlain ? QUICKLIST_PLAIN : QUICKLIST_PACKED);
      output.string(content);
    });
  }

  #writeSet(set: SetValue, output: RdbOutput): void {
    const intset = set.intsetView(this.#view);
    if (intset !== undefined) {
      output.byte(RDB_SET_INTSET);
      return output.string(intset);
    }
    output.byte(RDB_SET);
    output.size(set.count);
    const walk = set.startWalk();
    while (walk.next()) {
      for (let index = 0; index < walk.count; index++) {
        output.string(walk.show(index, this.#member).view);
      }
    }
  }

  #writeSortedSet(set: SortedSetValue, output: RdbOutput): void {
    const listpack = set.packedView(this.#view);
    if (listpack !== undefined) {
      output.byte(RDB_SORTED_SET_LISTPACK);
      return output.string(listpack);
    }
    output.byte(RDB_SORTED_SET);
    output.size(set.count);
    for (let at = set.last(); at !== 0; at = set.previous(at)) {
      output.string(set.memberAt(at, this.#view));
      output.double(set.scoreAt(at));
    }
  }

  #writeHash(hash: HashValue, output: RdbOutput): void {
    const listpack = hash.packedView(this.#view);
    if (listpack !== undefined) {
      output.byte(RDB_HASH_LISTPACK);
      return output.string(listpack);
    }
    output.byte(RDB_HASH);
    output.size(hash.count);
    hash.forEach((element) => {
      output.string(hash.readField(element, this.#view));
      output.string(hash.readValue(element, this.#otherView));
    });
  }

  #writeStream(stream: StreamValue, output: RdbOutput): void {
    const id = this.#id;
    output.byte(RDB_STREAM_2);
    output.size(stream.nodeCount);
    stream.forEachNode((masterId, listpack) => {
      output.size(STREAM_ID_BYTES);
      output.streamId(masterId);
      output.string(listpack);
    });
    output.size(stream.count);
    writeIdParts(output, stream.readLastId(id));
    writeIdParts(output, stream.readFirstId(id));
    writeIdParts(output, stream.readDeletedId(id));
    this.#writeCount(output, stream.readEntriesAdded(this.#count));
    output.size(stream.groupCount);
    for (let group = stream.firstGroup(); group !== undefined; group = stream.nextGroup()) {
      output.string(stream.groupName(group, this.#view));
      this.#writeGroup(group, output);
    }
  }

  #writeGroup(group: ConsumerGroup, output: RdbOutput): void {
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
      }
    }
  }

  #writeCount(output: RdbOutput, count: Int64): void {
    output.size64(count.hi, count.lo);
  }
}

/** Writes an ID as two lengths. */
function writeIdParts(output: RdbOutput, id: StreamId): void {
  output.size64(id.msHigh, id.msLow);
  output.size64(id.sequenceHigh, id.sequenceLow);
}
