/**
 * What reading through a group leaves for logs and replicas: words that repeat it exactly.
 *
 * XREADGROUP run anew would deliver other entries at another time, so what leaves is the outcome: who
 * owns which entry since when, and how far the group has come.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import type { CommandContext } from "../../engine/mod.ts";
import type { ConsumerGroup } from "../../store/mod.ts";
import { textOfId } from "./entry_reply.ts";

/** The key and the group that a command names. */
export interface GroupNames {
  readonly key: ByteView;
  readonly group: ByteView;
}

/** Reused: one effect is written after the other. */
const lastId = new StreamId();
const count = new Int64();
const consumerName = new ByteView();

/** Sends how an entry is pending now: `group.entry`, which has a consumer. */
export function sendClaim(
  context: CommandContext,
  names: GroupNames,
  group: ConsumerGroup,
  id: StreamId,
): void {
  if (!context.effects.isWanted) return;
  const { entry } = group;
  context.effects.replaceWith(
    "XCLAIM",
    names.key,
    names.group,
    group.nameOf(entry.consumer, consumerName),
    "0",
    textOfId(id).toText(),
    "TIME",
    String(entry.deliveredMs),
    "RETRYCOUNT",
    String(entry.readDeliveryCount(count).toBigInt()),
    "FORCE",
    "JUSTID",
    "LASTID",
    textOfId(group.readLastId(lastId)).toText(),
  );
}

/** Sends how far the group has come. */
export function sendGroupId(
  context: CommandContext,
  names: GroupNames,
  group: ConsumerGroup,
): void {
  if (!context.effects.isWanted) return;
  context.effects.replaceWith(
    "XGROUP",
    "SETID",
    names.key,
    names.group,
    textOfId(group.readLastId(lastId)).toText(),
    "ENTRIESREAD",
    String(group.readEntriesRead(count).toBigInt()),
  );
}

/** Sends that a consumer was created. */
export function sendConsumerCreation(
  context: CommandContext,
  names: GroupNames,
  consumer: ByteView,
): void {
  context.effects.replaceWith("XGROUP", "CREATECONSUMER", names.key, names.group, consumer);
}
