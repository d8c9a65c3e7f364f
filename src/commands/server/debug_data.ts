/**
 * DEBUG of data: DIGEST, DIGEST-VALUE, HTSTATS, HTSTATS-KEY.
 *
 * @module
 */

import type { CommandContext } from "../../engine/mod.ts";
import { NO_SUCH_KEY, NOT_A_HASH_TABLE, OUT_OF_RANGE_DATABASE } from "../../errors/catalogue.ts";
import { formatFixed } from "../../observability/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { digestOfData, digestOfValue } from "../data_digest.ts";

const TABLE_TITLE = "Hash table 0 stats (main hash table):\n";
const NO_TABLE_STATS = "No stats available for empty dictionaries\n";

/** `DEBUG DIGEST` → status: a digest of all data. */
export function digest(context: CommandContext): void {
  context.reply.simple(digestOfData(context.server.store.databases));
}

/** `DEBUG DIGEST-VALUE [key ...]` → array of statuses: a digest of each value. */
export function digestValues(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  reply.array(args.count - 2);
  for (let index = 2; index < args.count; index++) {
    reply.simple(digestOfValue(db, db.lookUp(args.at(index))));
  }
}

/** `DEBUG HTSTATS index` → report on a database's tables. */
export function tableStats(context: CommandContext, args: Args): void {
  const database = context.server.store.databases[args.integer(2)];
  if (database === undefined) throw OUT_OF_RANGE_DATABASE;
  const { count, slotCount, tableBytes, expiringCount } = database;
  const table = count === 0
    ? NO_TABLE_STATS
    : `${tableText(count, slotCount)} bytes: ${tableBytes}\n`;
  context.reply.verbatim(
    "txt",
    `[Dictionary HT]\n${TABLE_TITLE}${table}[Expires HT]\nTime wheel:\n` +
      (expiringCount === 0 ? NO_TABLE_STATS : ` number of elements: ${expiringCount}\n`),
  );
}

/** `DEBUG HTSTATS-KEY key` → report on the table in which a collection's elements are found. */
export function tableStatsOfKey(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const ref = db.readUnnoticed(args.at(2));
  if (ref === 0) throw NO_SUCH_KEY;
  const collection = db.isString(ref) ? undefined : db.collectionOf(ref);
  if (collection === undefined || collection.slotCount === 0) throw NOT_A_HASH_TABLE;
  reply.verbatim("txt", TABLE_TITLE + tableText(collection.count, collection.slotCount));
}

function tableText(count: number, slotCount: number): string {
  const fillPercent = formatFixed(100 * count / slotCount, 2);
  return ` table size: ${slotCount}\n number of elements: ${count}\n fill: ${fillPercent}%\n`;
}
