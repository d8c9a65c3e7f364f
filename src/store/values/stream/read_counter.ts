/**
 * Read counter: how many entries a group has read, and how many it still has to.
 *
 * Entries are not numbered. But a stream knows how many were ever added, so the number of an ID is
 * known at its ends: the last ID is the last one added, and the first entry has as many behind it as
 * the stream is long. From there a group counts on by one for each entry it reads. Entries deleted in
 * the middle break the count: then it is unknown until the group reaches the end.
 *
 * Behaviour: Redis 7.0 streamReplyWithRange, streamReplyWithCGLag.
 *
 * @module
 */

import { Int64 } from "../../../base/int64.ts";
import { StreamId } from "../../../base/stream_id.ts";
import type { ConsumerGroup } from "./consumer_group.ts";
import type { StreamValue } from "./stream_value.ts";

/** Reused: one is counted after the other. */
const count = new Int64();
const term = new Int64();
const id = new StreamId();
const firstId = new StreamId();

/**
 * Notes that a group reads an entry, if it lies ahead of what was read before.
 *
 * @returns Whether it does: the group's last ID is now that of the entry.
 */
export function advanceGroup(
  stream: StreamValue,
  group: ConsumerGroup,
  entryId: StreamId,
): boolean {
  if (entryId.compare(group.readLastId(id)) <= 0) return false;
  if (isKnown(group.readEntriesRead(count)) && !hasDeletedFrom(stream, entryId)) {
    count.add(term.setNumber(1));
    group.setEntriesRead(count);
  } else if (!isZero(stream.readEntriesAdded(count))) {
    if (!estimateEntriesRead(stream, entryId, count)) count.setNumber(-1);
    group.setEntriesRead(count);
  }
  group.setLastId(entryId);
  return true;
}

/**
 * Reads how many entries a group has not read yet.
 *
 * @returns Whether that is known.
 */
export function readLag(stream: StreamValue, group: ConsumerGroup, into: Int64): boolean {
  if (isZero(stream.readEntriesAdded(into))) return true;
  group.readLastId(groupId);
  const isCounted = isKnown(group.readEntriesRead(count)) && !hasDeletedFrom(stream, groupId);
  if (!isCounted && !estimateEntriesRead(stream, groupId, count)) return false;
  count.negate();
  stream.readEntriesAdded(into).add(count);
  return true;
}

const groupId = new StreamId();

/** Estimates how many entries were added up to an ID; returns whether that can be known. */
export function estimateEntriesRead(stream: StreamValue, upTo: StreamId, into: Int64): boolean {
  if (isZero(stream.readEntriesAdded(into))) return true;
  const order = upTo.compare(stream.readLastId(id));
  if (order === 0 || (order < 0 && stream.count === 0)) return true;
  if (order > 0) return false;
  stream.readFirstId(firstId);
  const deletedId = stream.readDeletedId(id);
  if (!deletedId.isLeast && deletedId.compare(firstId) >= 0) return false;
  const orderToFirst = upTo.compare(firstId);
  if (orderToFirst > 0) return false;
  return into.add(term.setNumber((orderToFirst === 0 ? 1 : 0) - stream.count));
}

/** Whether an entry from an ID on may have been deleted from among the others. */
function hasDeletedFrom(stream: StreamValue, from: StreamId): boolean {
  if (stream.count === 0) return false;
  const deletedId = stream.readDeletedId(id);
  if (deletedId.isLeast || stream.readFirstId(firstId).compare(deletedId) > 0) return false;
  return from.compare(deletedId) <= 0;
}

function isKnown(entriesRead: Int64): boolean {
  return (entriesRead.hi & entriesRead.lo) !== -1;
}

function isZero(value: Int64): boolean {
  return (value.hi | value.lo) === 0;
}
