/**
 * Stream reader: a stream from an RDB file or a DUMP payload, older forms included.
 *
 * Entries are added one by one, as XADD would: so whatever foreign nodes say, the stream is sound, and
 * its nodes are of the size that the directives here ask for. Entries that were only flagged as
 * deleted stay behind; the length and the last ID that come with them are believed only so far.
 *
 * Specified in: Redis 7.0 rdb.c, `rdbLoadObject`.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64, parseInt64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import { type ConsumerGroup, estimateEntriesRead, type StreamValue } from "../../store/mod.ts";
import { ListpackElements } from "./packed_elements.ts";
import { RDB_STREAM_2, STREAM_ID_BYTES } from "./rdb_format.ts";
import type { RdbInput } from "./rdb_input.ts";

const DELETED = 1;
const SAME_FIELDS = 2;

/** Reads streams. */
export class StreamReader {
  readonly #view = new ByteView();
  readonly #integer = new Int64();
  readonly #count = new Int64();
  readonly #id = new StreamId();
  readonly #masterId = new StreamId();
  readonly #words = new WordRow();

  /**
   * Reads a stream into a handle without a value.
   *
   * @param form The number of its form.
   * @throws {RdbError} When the bytes are not what the form allows.
   * @throws {DamagedPackError} When a node is not.
   */
  read(form: number, input: RdbInput, stream: StreamValue): void {
    stream.create();
    const nodeCount = input.size();
    for (let left = nodeCount; left > 0; left--) {
      if (input.string(this.#view).byteCount !== STREAM_ID_BYTES) input.fail("A node has no ID");
      const { bytes, start } = this.#view;
      new StreamIdInput(bytes, start).read(this.#masterId);
      this.#readNode(input, stream);
    }
    // As Redis would rather start than refuse here, so does this; but the entries are right.
    if (input.size() > 0 && nodeCount === 0) input.fail("A stream with entries has no nodes");
    const lastId = readIdParts(input, this.#id);
    if (lastId.compare(stream.readLastId(this.#masterId)) > 0) stream.setLastId(lastId);
    if (form === RDB_STREAM_2) {
      readIdParts(input, this.#id); // the first ID follows from the entries
      stream.setDeletedId(readIdParts(input, this.#id));
      stream.setEntriesAdded(input.size64(this.#count));
    } else {
      stream.setEntriesAdded(this.#count.setNumber(stream.count));
    }
    for (let groupCount = input.size(); groupCount > 0; groupCount--) {
      this.#readGroup(form, input, stream);
    }
  }

  #readNode(input: RdbInput, stream: StreamValue): void {
    const elements = new ListpackElements(input.string(this.#view));
    const number = (): number => this.#number(input, elements);
    const liveCount = number(), deletedCount = number();
    const masterFieldCount = number();
    const masterFields: ByteView[] = [];
    for (let index = 0; index < masterFieldCount; index++) {
      masterFields.push(copyNext(input, elements));
    }
    if (number() !== 0) input.fail("A master entry has no end");
    let deletedLeft = deletedCount;
    for (let entry = liveCount + deletedCount; entry > 0; entry--) {
      const flags = number();
      this.#readDistance(input, elements);
      const words = this.#words.clear();
      if ((flags & SAME_FIELDS) !== 0) {
        for (const field of masterFields) words.add(field, copyNext(input, elements));
      } else {
        for (let fieldCount = number(); fieldCount > 0; fieldCount--) {
          words.add(copyNext(input, elements), copyNext(input, elements));
        }
      }
      // Elements of the entry, for a walk from the end: its head, then values or counted pairs.
      const isBrief = (flags & SAME_FIELDS) !== 0;
      const elementCount = isBrief ? 3 + words.fieldCount : 4 + 2 * words.fieldCount;
      if (number() !== elementCount) input.fail("An entry is not as long as it says");
      if ((flags & DELETED) !== 0) {
        deletedLeft--;
        continue;
      }
      if (words.fieldCount === 0) input.fail("An entry has no fields");
      if (this.#id.compare(stream.readLastId(lastId)) <= 0) input.fail("IDs do not rise");
      stream.append(this.#id, words, 0, words.fieldCount, words.byteCount);
    }
    if (deletedLeft !== 0) input.fail("A node has not as many deleted entries as it says");
    if (elements.next(this.#view)) input.fail("A node has more elements than entries");
  }

  /** Reads the distance of an entry's ID from the master's into the ID. */
  #readDistance(input: RdbInput, elements: ListpackElements): void {
    const id = this.#id.set(this.#masterId), distance = this.#integer;
    this.#readInteger(input, elements);
    addTo(id.msHigh, id.msLow, distance);
    id.msHigh = distance.hi;
    id.msLow = distance.lo;
    this.#readInteger(input, elements);
    addTo(id.sequenceHigh, id.sequenceLow, distance);
    id.sequenceHigh = distance.hi;
    id.sequenceLow = distance.lo;
  }

  #number(input: RdbInput, elements: ListpackElements): number {
    this.#readInteger(input, elements);
    const value = this.#integer.toNumber();
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) input.fail("A node has a senseless number");
    return value;
  }

  #readInteger(input: RdbInput, elements: ListpackElements): void {
    const view = this.#view;
    const isInteger = elements.next(view) &&
      parseInt64(view.bytes, view.start, view.end, this.#integer);
    if (!isInteger) input.fail("A node has no number where one belongs");
  }

  #readGroup(form: number, input: RdbInput, stream: StreamValue): void {
    if (stream.findGroup(input.string(this.#view)) !== undefined) input.fail("A group comes twice");
    const group = stream.createGroup(this.#view);
    group.setLastId(readIdParts(input, this.#id));
    if (form === RDB_STREAM_2) {
      group.setEntriesRead(input.size64(this.#count));
    } else {
      if (!estimateEntriesRead(stream, this.#id, this.#count)) this.#count.setNumber(-1);
      group.setEntriesRead(this.#count);
    }
    for (let pendingCount = input.size(); pendingCount > 0; pendingCount--) {
      if (group.findPending(input.streamId(this.#id))) input.fail("A pending entry comes twice");
      group.createPending(input.long(this.#count).toNumber());
      group.entry.setDeliveryCount(input.size64(this.#count));
    }
    this.#readConsumers(input, group);
  }

  #readConsumers(input: RdbInput, group: ConsumerGroup): void {
    let ownedCount = 0;
    for (let consumerCount = input.size(); consumerCount > 0; consumerCount--) {
      if (group.findConsumer(input.string(this.#view)) !== 0) {
        input.fail("Duplicate stream consumer detected");
      }
      const seenMs = input.long(this.#count).toNumber();
      const consumer = group.createConsumer(seenMs);
      for (let count = input.size(); count > 0; count--, ownedCount++) {
        const isPending = group.findPending(input.streamId(this.#id));
        if (!isPending) input.fail("Consumer entry not found in group global PEL");
        if (group.entry.consumer !== 0) {
          input.fail("Stream consumer PEL entry already has a consumer assigned");
        }
        group.assign(this.#id, consumer);
      }
    }
    if (ownedCount !== group.pendingCount) input.fail("A pending entry belongs to nobody");
  }
}

const lastId = new StreamId();

/** An entry's fields and values, each with bytes of its own. */
class WordRow {
  /** Bytes of all words. */
  byteCount = 0;
  readonly #words: ByteView[] = [];

  /** How many pairs there are. */
  get fieldCount(): number {
    return this.#words.length / 2;
  }

  /** A word by number, fields and values in turn. */
  at(index: number): ByteView {
    return this.#words[index];
  }

  clear(): this {
    this.#words.length = 0;
    this.byteCount = 0;
    return this;
  }

  add(field: ByteView, value: ByteView): void {
    this.#words.push(field, value);
    this.byteCount += field.byteCount + value.byteCount;
  }
}

/** Reads the sixteen bytes of an ID from a string. */
class StreamIdInput {
  readonly #view: DataView;

  constructor(bytes: Uint8Array, start: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset + start, STREAM_ID_BYTES);
  }

  read(into: StreamId): void {
    const view = this.#view;
    into.setWords(view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12));
  }
}

function copyNext(input: RdbInput, elements: ListpackElements): ByteView {
  const view = new ByteView();
  if (!elements.next(view)) input.fail("A node ends within an entry");
  return new ByteView(view.copy());
}

/** Adds a 64-bit number to a distance, modulo 2^64. */
function addTo(high: number, low: number, distance: Int64): void {
  const sum = (low >>> 0) + (distance.lo >>> 0);
  distance.lo = sum | 0;
  distance.hi = (high + distance.hi + (sum > 0xffffffff ? 1 : 0)) | 0;
}

function readIdParts(input: RdbInput, into: StreamId): StreamId {
  input.size64(part);
  into.msHigh = part.hi;
  into.msLow = part.lo;
  input.size64(part);
  into.sequenceHigh = part.hi;
  into.sequenceLow = part.lo;
  return into;
}

const part = new Int64();
