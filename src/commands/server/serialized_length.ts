/**
 * Serialized length: how many bytes a value takes in an RDB file, as DEBUG OBJECT tells it.
 *
 * Counted by the rules of the format without writing anything. What the format may also do is compress
 * texts of more than 20 bytes; that depends on their content, and is not counted.
 *
 *   length   1 byte up to 63, 2 up to 16383, 5 up to 32 bits, 9 beyond
 *   string   length, bytes; a number of up to 32 bits: 2, 3 or 5 bytes
 *   score    8 bytes
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64, parseInt64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import {
  encodingName,
  HashValue,
  type Keyspace,
  Listpack,
  ListValue,
  type Ref,
  SetMember,
  SetValue,
  SortedSetValue,
  StreamValue,
} from "../../store/mod.ts";

const SCORE_BYTES = 8;
const STREAM_ID_BYTES = 16;
const MOMENT_BYTES = 8;
/** Longest text that is looked at as a number. */
const NUMBER_TEXT_BYTES_MAX = 11;
/** An intset's header, and bytes of one of its integers, by the greatest of them. */
const INTSET_HEADER_BYTES = 8;

const view = new ByteView();
const member = new SetMember();
const integer = new Int64();
const id = new StreamId();

/** Bytes of a key's value in an RDB file, uncompressed. */
export function serializedBytesOf(db: Keyspace, ref: Ref): number {
  if (db.isString(ref)) return stringBytes(db.stringOf(ref, view));
  if (encodingName(db.entries, ref) === "listpack") {
    return blobBytes(new Listpack(db.entries.arena).open(db.entries.valueBlockOf(ref)).byteCount);
  }
  const collection = db.collectionOf(ref);
  if (collection instanceof ListValue) return listBytes(collection);
  if (collection instanceof SetValue) return setBytes(collection);
  if (collection instanceof SortedSetValue) return sortedSetBytes(collection);
  if (collection instanceof HashValue) return hashBytes(collection);
  return collection instanceof StreamValue ? streamBytes(collection) : 0;
}

function listBytes(list: ListValue): number {
  const { nodeCount, contentBytes } = list.layout();
  return lengthBytes(nodeCount) + blobsBytes(nodeCount, contentBytes) + nodeCount;
}

function setBytes(set: SetValue): number {
  let sum = 0, greatest = 0;
  const walk = set.startWalk();
  while (walk.next()) {
    for (let index = 0; index < walk.count; index++) {
      walk.show(index, member);
      sum += stringBytes(member.view);
      if (set.isIntset) greatest = Math.max(greatest, bytesOfInteger(member.integer));
    }
  }
  if (set.isIntset) return blobBytes(INTSET_HEADER_BYTES + greatest * set.count);
  return lengthBytes(set.count) + sum;
}

function sortedSetBytes(set: SortedSetValue): number {
  let sum = lengthBytes(set.count);
  for (let position = set.first(); position !== 0; position = set.next(position)) {
    sum += stringBytes(set.memberAt(position, view)) + SCORE_BYTES;
  }
  return sum;
}

function hashBytes(hash: HashValue): number {
  let sum = lengthBytes(hash.count);
  hash.forEach((element) => {
    sum += stringBytes(hash.readField(element, view)) + stringBytes(hash.readValue(element, view));
  });
  return sum;
}

function streamBytes(stream: StreamValue): number {
  const { nodeCount, contentBytes } = stream;
  let sum = lengthBytes(nodeCount) + nodeCount * (1 + STREAM_ID_BYTES);
  sum += blobsBytes(nodeCount, contentBytes);
  sum += lengthBytes(stream.count) + idBytes(stream.readLastId(id));
  sum += idBytes(stream.readFirstId(id)) + idBytes(stream.readDeletedId(id));
  sum += lengthBytes(stream.readEntriesAdded(integer).toNumber());
  sum += lengthBytes(stream.groupCount);
  for (let group = stream.firstGroup(); group !== undefined; group = stream.nextGroup()) {
    sum += stringBytes(stream.groupName(group, view)) + idBytes(group.readLastId(id));
    sum += lengthBytes(group.readEntriesRead(integer).toNumber());
    const pendingBytes = STREAM_ID_BYTES + MOMENT_BYTES + 1;
    sum += lengthBytes(group.pendingCount) + group.pendingCount * pendingBytes;
    sum += lengthBytes(group.consumerCount);
    for (let one = group.firstConsumer(); one !== 0; one = group.nextConsumer()) {
      const count = group.pendingCountOf(one);
      sum += stringBytes(group.nameOf(one, view)) + MOMENT_BYTES;
      sum += lengthBytes(count) + count * STREAM_ID_BYTES;
    }
  }
  return sum;
}

/** Bytes of a string, which may be written as a number. */
function stringBytes(text: ByteView): number {
  if (text.byteCount <= NUMBER_TEXT_BYTES_MAX) {
    if (parseInt64(text.bytes, text.start, text.end, integer)) {
      const byteCount = bytesOfSmallInteger(integer);
      if (byteCount > 0) return 1 + byteCount;
    }
  }
  return blobBytes(text.byteCount);
}

/** Bytes of an integer in the format's own form; 0 if it takes more than 32 bits. */
function bytesOfSmallInteger({ lo, hi }: Int64): number {
  if (hi !== lo >> 31) return 0;
  return lo === (lo << 24) >> 24 ? 1 : lo === (lo << 16) >> 16 ? 2 : 4;
}

/** Bytes of an integer in an intset. */
function bytesOfInteger(value: Int64): number {
  return Math.max(2, bytesOfSmallInteger(value) || 8);
}

/** Bytes of so much content in as many pieces, about equally long. */
function blobsBytes(pieceCount: number, contentBytes: number): number {
  return pieceCount === 0 ? 0 : contentBytes + pieceCount * lengthBytes(contentBytes / pieceCount);
}

function blobBytes(byteCount: number): number {
  return lengthBytes(byteCount) + byteCount;
}

function idBytes({ msHigh, msLow, sequenceHigh, sequenceLow }: StreamId): number {
  const number = (high: number, low: number) => (high >>> 0) * 2 ** 32 + (low >>> 0);
  return lengthBytes(number(msHigh, msLow)) + lengthBytes(number(sequenceHigh, sequenceLow));
}

/** Bytes of a length. @param length Negative: one of 64 bits that is not known. */
function lengthBytes(length: number): number {
  if (length < 0 || length >= 2 ** 32) return 9;
  return length < 2 ** 6 ? 1 : length < 2 ** 14 ? 2 : 5;
}
