/**
 * The documentation rows behind COMMAND DOCS, found by a command's full name.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { commandDoc } from "./mod.ts";
 *
 * assertEquals(commandDoc("client|kill")?.since, "2.4.0");
 * ```
 *
 * A new command gets a row in the file of its group; a new group gets a file and a line in
 * `COMMAND_DOCS`.
 *
 * @module
 */

import { BITMAP_DOCS } from "./bitmap.ts";
import type { CommandDoc } from "./command_doc.ts";
import { CLUSTER_DOCS } from "./cluster.ts";
import { CONNECTION_DOCS } from "./connection.ts";
import { GENERIC_DOCS } from "./generic.ts";
import { HASH_DOCS } from "./hash.ts";
import { GEO_DOCS } from "./geo.ts";
import { HYPERLOGLOG_DOCS } from "./hyperloglog.ts";
import { LIST_DOCS } from "./list.ts";
import { PUBSUB_DOCS } from "./pubsub.ts";
import { SERVER_DOCS } from "./server.ts";
import { SORTED_SET_DOCS } from "./sorted_set.ts";
import { SET_DOCS } from "./set.ts";
import { STREAM_DOCS } from "./stream.ts";
import { STRING_DOCS } from "./string.ts";
import { TRANSACTION_DOCS } from "./transaction.ts";

export type { ArgumentDoc, ArgumentFlag, ArgumentType } from "./argument_doc.ts";
export type { CommandDoc, CommandGroup, DocFlag, HistoryEntry } from "./command_doc.ts";
export { describeDoc } from "./doc_value.ts";
export type { DocEntry, DocList, DocMap, DocStatus, DocValue } from "./doc_value.ts";

/** The documentation of every command, containers with their sub-commands inside. */
export const COMMAND_DOCS: readonly CommandDoc[] = [
  ...CONNECTION_DOCS,
  ...CLUSTER_DOCS,
  ...STRING_DOCS,
  ...LIST_DOCS,
  ...BITMAP_DOCS,
  ...HYPERLOGLOG_DOCS,
  ...HASH_DOCS,
  ...SORTED_SET_DOCS,
  ...SET_DOCS,
  ...STREAM_DOCS,
  ...GEO_DOCS,
  ...GENERIC_DOCS,
  ...SERVER_DOCS,
  ...PUBSUB_DOCS,
  ...TRANSACTION_DOCS,
];

/** Commands and sub-commands by full name. */
const DOCS_BY_FULL_NAME: ReadonlyMap<string, CommandDoc> = new Map(
  COMMAND_DOCS.flatMap((doc) => [doc, ...(doc.subcommands ?? [])])
    .map((doc) => [doc.fullName, doc]),
);

/**
 * Finds the documentation of a command.
 *
 * @param fullName Its name in lower case; of a sub-command, `container|name`.
 * @returns Its row, or `undefined` if there is none.
 */
export function commandDoc(fullName: string): CommandDoc | undefined {
  return DOCS_BY_FULL_NAME.get(fullName);
}
