/**
 * Results: members as they are replied, and sorted sets that are stored in place of a reply.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { CommandContext } from "../../engine/mod.ts";
import type { ReplyWriter } from "../../resp/mod.ts";
import type { SortedSetDraft, SortedSetValue } from "../../store/mod.ts";

/** Reused by all commands: they run one after the other. */
const view = new ByteView();

/** Writes the header for so many members: with scores they are pairs in RESP3, else a flat array. */
export function replyMemberCount(reply: ReplyWriter, count: number, withScores: boolean): void {
  reply.array(withScores && reply.protocol === 2 ? count * 2 : count);
}

/** Writes a member of a sorted set or draft. */
export function replyMember(
  reply: ReplyWriter,
  set: SortedSetValue | SortedSetDraft,
  position: number,
  withScores: boolean,
): void {
  if (withScores && reply.protocol === 3) reply.array(2);
  reply.bulk(set.memberAt(position, view));
  if (withScores) reply.double(set.scoreAt(position));
}

/**
 * Stores a draft under a key, whatever was there; nothing when it is empty. Replies how many members
 * it has.
 *
 * @param event Name of the keyspace event.
 */
export function storeDraft(
  context: CommandContext,
  key: ByteView,
  draft: SortedSetDraft,
  event: string,
): void {
  const { db, reply } = context;
  const count = draft.count;
  if (count > 0) {
    draft.sort();
    const set = db.sortedSetHandle(0);
    draft.finish(set);
    db.storeCollection(key, set);
    context.modified(key, event);
  } else {
    draft.discard();
    if (db.discard(key)) context.modified(key, "del");
  }
  reply.integer(count);
}
