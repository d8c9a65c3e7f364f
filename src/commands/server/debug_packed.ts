/**
 * DEBUG of packed data: LISTPACK, QUICKLIST, QUICKLIST-PACKED-THRESHOLD, and what OBJECT says of lists.
 *
 * Redis prints listpacks to its standard output; here they go to the log, as all else that a server
 * has to say.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { parseMemorySize } from "../../base/units.ts";
import type { CommandContext } from "../../engine/mod.ts";
import {
  NO_SUCH_KEY,
  NOT_A_LISTPACK,
  NOT_A_QUICKLIST,
  PACKED_THRESHOLD_OUT_OF_RANGE,
} from "../../errors/catalogue.ts";
import { formatFixed } from "../../observability/mod.ts";
import type { Args } from "../../resp/mod.ts";
import {
  encodingName,
  type Keyspace,
  Listpack,
  PACKED_THRESHOLD_BYTES,
  type Ref,
  TYPE_HASH,
} from "../../store/mod.ts";

/** Greatest threshold that Redis takes for a list's elements. */
const PACKED_THRESHOLD_BYTES_MAX = 2 ** 32 - 2 ** 20;
/** Elements of a listpack that are logged, and bytes of each. */
const LOGGED_ELEMENT_COUNT_MAX = 1000;
const LOGGED_BYTES_MAX = 40;

/** `DEBUG QUICKLIST-PACKED-THRESHOLD size` → OK; elements of so many bytes get a node of their own. */
export function setPackedThreshold(context: CommandContext, args: Args): void {
  const byteCount = parseMemorySize(args.text(2));
  if (byteCount === undefined || byteCount > PACKED_THRESHOLD_BYTES_MAX) {
    throw PACKED_THRESHOLD_OUT_OF_RANGE;
  }
  context.server.store.environment.limits.packedThresholdBytes = byteCount ||
    PACKED_THRESHOLD_BYTES;
  context.reply.ok();
}

/** `DEBUG LISTPACK key` → status; the log shows the elements. */
export function showListpack(context: CommandContext, args: Args): void {
  const { db, server, reply } = context;
  const ref = entryAt(db, args, 2);
  if (encodingName(db.entries, ref) !== "listpack") throw NOT_A_LISTPACK;
  const { arena } = db.entries, isBare = db.entries.typeOf(ref) === TYPE_HASH;
  const listpack = new Listpack(arena, isBare).open(db.entries.valueBlockOf(ref));
  const lines = [`{total bytes ${listpack.byteCount}} {num entries ${listpack.count}}`];
  const view = new ByteView();
  let position = listpack.first();
  for (let index = 0; position !== 0 && index < LOGGED_ELEMENT_COUNT_MAX; index++) {
    const form = listpack.isInteger(position) ? "int" : "str";
    const text = listpack.read(position, view).toText().slice(0, LOGGED_BYTES_MAX);
    lines.push(`{index ${index}, offset ${position}, ${form} ${JSON.stringify(text)}}`);
    position = listpack.next(position);
  }
  for (const line of lines) server.log.notice(line);
  reply.simple("Listpack structure printed on stdout");
}

/** `DEBUG QUICKLIST key [0 | 1]` → status; the log shows how the list is laid out. */
export function showQuicklist(context: CommandContext, args: Args): void {
  const { db, server, reply } = context;
  const ref = entryAt(db, args, 2);
  const text = listLayoutText(db, ref);
  if (text === "") throw NOT_A_QUICKLIST;
  server.log.notice(`{count ${db.entries.valueCountOf(ref)}}${text}`);
  reply.simple("Quicklist structure printed on stdout");
}

/** What DEBUG OBJECT says of a list beside what it says of any value; empty for other types. */
export function listLayoutText(db: Keyspace, ref: Ref): string {
  const list = db.listOf(ref);
  if (list === undefined) return "";
  const { nodeCount, contentBytes, fill, depth } = list.layout();
  return ` ql_nodes:${nodeCount} ql_avg_node:${formatFixed(list.count / nodeCount, 2)} ` +
    `ql_listpack_max:${fill} ql_compressed:${depth === 0 ? 0 : 1} ` +
    `ql_uncompressed_size:${contentBytes}`;
}

/** @throws {RedisError} When there is no such key. */
function entryAt(db: Keyspace, args: Args, index: number): Ref {
  const ref = db.readUnnoticed(args.at(index));
  if (ref === 0) throw NO_SUCH_KEY;
  return ref;
}
