/**
 * Entries and IDs as replies.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { STREAM_ID_TEXT_BYTES_MAX, type StreamId } from "../../base/stream_id.ts";
import type { ReplyWriter } from "../../resp/mod.ts";
import type { StreamValue, StreamWalk } from "../../store/mod.ts";

/** Reused: one is written after the other. */
const idBytes = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);
const word = new ByteView();
const textView = new ByteView();

/** Replies an ID. */
export function replyId(reply: ReplyWriter, id: StreamId): void {
  reply.bulkBytes(idBytes, 0, id.writeText(idBytes, 0));
}

/** An ID's text; borrowed until the next call. */
export function textOfId(id: StreamId): ByteView {
  return textView.set(idBytes, 0, id.writeText(idBytes, 0));
}

/** Replies the entry that a walk has come to: its ID, and its fields with their values. */
export function replyEntry(reply: ReplyWriter, walk: StreamWalk): void {
  reply.array(2);
  replyId(reply, walk.id);
  let fieldCount = walk.fieldCount;
  reply.array(2 * fieldCount);
  for (; fieldCount > 0; fieldCount--) {
    reply.bulk(walk.readField(word));
    reply.bulk(walk.readValue(word));
  }
}

/** Replies the entry with an ID; returns whether there is one. */
export function replyEntryWithId(reply: ReplyWriter, stream: StreamValue, id: StreamId): boolean {
  const walk = stream.walk(id, id, false);
  if (!walk.next()) return false;
  replyEntry(reply, walk);
  return true;
}

/**
 * Replies an array of the entries of a walk.
 *
 * @param countMax How many at most; 0: all.
 */
export function replyEntries(reply: ReplyWriter, walk: StreamWalk, countMax: number): void {
  const mark = reply.openArray();
  let count = 0;
  while ((countMax === 0 || count < countMax) && walk.next()) {
    replyEntry(reply, walk);
    count++;
  }
  reply.closeArray(mark, count);
}
