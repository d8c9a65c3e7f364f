/**
 * Stream reader: a stream from an RDB file or a DUMP payload, older forms included.
 *
 * Nodes are looked through entry by entry and then taken over as they are, entries that were only
 * flagged as deleted included, but for nodes with no others. So whatever foreign nodes say, the stream is
 * sound; the length and the last ID that come with them are believed only so far.
 *
 * Specified in: Redis 7.0 rdb.c, `rdbLoadObject`.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import { type ConsumerGroup, estimateEntriesRead, type StreamValue } from "../../store/mod.ts";
import { ListpackElements } from "./listpack_elements.ts";
import { RDB_STREAM_2, STREAM_ID_BYTES } from "./rdb_format.ts";
import type { RdbInput } from "./rdb_input.ts";
import { StreamNodeInspector } from "./stream_node_inspector.ts";

const DELETED = 1;
const SAME_FIELDS = 2;
/** Nodes, and pending entries, that are one step. */
const STEP_NODES = 8;
const STEP_PENDING = 512;

/** Reads streams. */
export class StreamReader {
  readonly #view = new ByteView();
  readonly #integer = new Int64();
  readonly #count = new Int64();
  readonly #id = new StreamId();
  readonly #masterId = new StreamId();
  readonly #firstId = new StreamId();
  readonly #lastId = new StreamId();
  readonly #elements = new ListpackElements();
  readonly #inspector = new StreamNodeInspector(this.#elements);

  /**
   * Reads a stream into a handle without a value, or begins to.
   *
   * @param form The number of its form.
   * @returns The steps that are left, if it is not a small one without groups.
   * @throws {RdbError} When the bytes are not what the form allows.
   * @throws {DamagedPackError} When a node is not.
   */
  begin(form: number, input: RdbInput, stream: StreamValue): Generator<void, void> | undefined {
    stream.create();
    const nodeCount = input.size();
    if (nodeCount > STEP_NODES) return this.#steps(form, input, stream, nodeCount);
    for (let left = nodeCount; left > 0; left--) this.#readNode(input, stream);
    const groupCount = this.#readFacts(form, input, stream, nodeCount);
    if (groupCount > 0) return this.#groupSteps(form, input, stream, groupCount);
  }

  *#steps(
    form: number,
    input: RdbInput,
    stream: StreamValue,
    nodeCount: number,
  ): Generator<void, void> {
    for (let left = nodeCount; left > 0; left--) {
      if (left % STEP_NODES === 0) yield;
      this.#readNode(input, stream);
    }
    const groupCount = this.#readFacts(form, input, stream, nodeCount);
    yield* this.#groupSteps(form, input, stream, groupCount);
  }

  /** Reads what is said of a stream behind its nodes; returns how many groups follow. */
  #readFacts(form: number, input: RdbInput, stream: StreamValue, nodeCount: number): number {
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
    return input.size();
  }

  #readNode(input: RdbInput, stream: StreamValue): void {
    const view = this.#view, masterId = this.#masterId;
    if (input.string(view).byteCount !== STREAM_ID_BYTES) input.fail("A node has no ID");
    setIdBytes(masterId, view.bytes, view.start);
    if (masterId.compare(stream.readLastId(this.#lastId)) <= 0) input.fail("IDs do not rise");
    const listpack = input.string(view), inspector = this.#inspector;
    if (inspector.mayTake(listpack, masterId)) {
      const { liveCount, firstId, lastId } = inspector;
      stream.appendNode(masterId, listpack, liveCount, firstId, lastId);
    } else this.#readEntries(input, stream, listpack);
  }

  /** Reads a node whose ID was read, element by element. */
  #readEntries(input: RdbInput, stream: StreamValue, listpack: ByteView): void {
    const elements = this.#elements.open(listpack), lastId = this.#lastId;
    const liveCount = this.#number(input), deletedCount = this.#number(input);
    const masterFieldCount = this.#number(input);
    this.#skip(input, masterFieldCount);
    if (this.#number(input) !== 0) input.fail("A master entry has no end");
    let deletedLeft = deletedCount, liveLeft = liveCount;
    for (let left = liveCount + deletedCount; left > 0; left--) {
      const flags = this.#number(input);
      const id = this.#readId(input);
      const isBrief = (flags & SAME_FIELDS) !== 0;
      const fieldCount = isBrief ? masterFieldCount : this.#number(input);
      this.#skip(input, isBrief ? fieldCount : 2 * fieldCount);
      // Elements of the entry, for a walk from the end: its head, then values or counted pairs.
      const elementCount = isBrief ? 3 + fieldCount : 4 + 2 * fieldCount;
      if (this.#number(input) !== elementCount) input.fail("An entry is not as long as it says");
      if ((flags & DELETED) !== 0) {
        deletedLeft--;
        continue;
      }
      if (fieldCount === 0) input.fail("An entry has no fields");
      if (id.compare(lastId) <= 0 || id.compare(this.#masterId) < 0) {
        input.fail("IDs do not rise");
      }
      lastId.set(id);
      if (liveLeft-- === liveCount) this.#firstId.set(id);
    }
    if (deletedLeft !== 0) input.fail("A node has not as many deleted entries as it says");
    if (elements.skip()) input.fail("A node has more elements than entries");
    if (liveCount > 0) {
      stream.appendNode(this.#masterId, listpack, liveCount, this.#firstId, lastId);
    }
  }

  /** Reads an entry's ID: its distance from the master's. */
  #readId(input: RdbInput): StreamId {
    this.#readInteger(input, this.#integer);
    this.#readInteger(input, this.#count);
    return this.#id.setAtDistance(this.#masterId, this.#integer, this.#count);
  }

  #number(input: RdbInput): number {
    const value = this.#elements.nextCount();
    if (value < 0) input.fail("A node has no number, or a senseless one, where one belongs");
    return value;
  }

  #readInteger(input: RdbInput, into: Int64): void {
    if (!this.#elements.nextInteger(into)) {
      input.fail("A node has no number where one belongs");
    }
  }

  #skip(input: RdbInput, elementCount: number): void {
    for (let left = elementCount; left > 0; left--) {
      if (!this.#elements.skip()) input.fail("A node ends within an entry");
    }
  }

  *#groupSteps(
    form: number,
    input: RdbInput,
    stream: StreamValue,
    groupCount: number,
  ): Generator<void, void> {
    for (; groupCount > 0; groupCount--) yield* this.#readGroup(form, input, stream);
  }

  *#readGroup(form: number, input: RdbInput, stream: StreamValue): Generator<void, void> {
    if (stream.findGroup(input.string(this.#view)) !== undefined) input.fail("A group comes twice");
    const group = stream.createGroup(this.#view);
    group.setLastId(readIdParts(input, this.#id));
    if (form === RDB_STREAM_2) {
      group.setEntriesRead(input.size64(this.#count));
    } else {
      if (!estimateEntriesRead(stream, this.#id, this.#count)) this.#count.setNumber(-1);
      group.setEntriesRead(this.#count);
    }
    for (let left = input.size(); left > 0; left--) {
      if (left % STEP_PENDING === 0) yield;
      if (group.findPending(input.streamId(this.#id))) input.fail("A pending entry comes twice");
      group.createPending(input.long(this.#count).toNumber());
      group.entry.setDeliveryCount(input.size64(this.#count));
    }
    yield* this.#readConsumers(input, group);
  }

  *#readConsumers(input: RdbInput, group: ConsumerGroup): Generator<void, void> {
    let ownedCount = 0;
    for (let consumerCount = input.size(); consumerCount > 0; consumerCount--) {
      if (group.findConsumer(input.string(this.#view)) !== 0) {
        input.fail("Duplicate stream consumer detected");
      }
      const seenMs = input.long(this.#count).toNumber();
      const consumer = group.createConsumer(seenMs);
      for (let left = input.size(); left > 0; left--, ownedCount++) {
        if (left % STEP_PENDING === 0) yield;
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

/** Sets an ID from its sixteen bytes, the highest first. */
function setIdBytes(id: StreamId, bytes: Uint8Array, at: number): void {
  id.setWords(
    wordAt(bytes, at),
    wordAt(bytes, at + 4),
    wordAt(bytes, at + 8),
    wordAt(bytes, at + 12),
  );
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
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
