/**
 * Commands: everything a client can say, one folder for each of Redis' command groups.
 *
 * @module
 */

import type { CommandSpec } from "../engine/mod.ts";
import { BITMAP_COMMANDS } from "./bitmap/mod.ts";
import { CLUSTER_COMMANDS } from "./cluster/mod.ts";
import { CONNECTION_COMMANDS } from "./connection/mod.ts";
import { GENERIC_COMMANDS } from "./generic/mod.ts";
import { HASH_COMMANDS } from "./hash/mod.ts";
import { GEO_COMMANDS } from "./geo/mod.ts";
import { HYPERLOGLOG_COMMANDS } from "./hyperloglog/mod.ts";
import { LIST_COMMANDS } from "./list/mod.ts";
import { PUBSUB_COMMANDS } from "./pubsub/mod.ts";
import { SERVER_COMMANDS } from "./server/mod.ts";
import { SORTED_SET_COMMANDS } from "./sorted_set/mod.ts";
import { SET_COMMANDS } from "./set/mod.ts";
import { STREAM_COMMANDS } from "./stream/mod.ts";
import { STRING_COMMANDS } from "./string/mod.ts";
import { TRANSACTION_COMMANDS } from "./transaction/mod.ts";

export { PEER_COMMANDS } from "./cluster/mod.ts";
export { clientLine } from "./connection/mod.ts";

/** The rows of all commands. */
export const COMMANDS: readonly CommandSpec[] = [
  ...CONNECTION_COMMANDS,
  ...GENERIC_COMMANDS,
  ...SERVER_COMMANDS,
  ...STRING_COMMANDS,
  ...LIST_COMMANDS,
  ...BITMAP_COMMANDS,
  ...HYPERLOGLOG_COMMANDS,
  ...HASH_COMMANDS,
  ...SORTED_SET_COMMANDS,
  ...SET_COMMANDS,
  ...STREAM_COMMANDS,
  ...GEO_COMMANDS,
  ...PUBSUB_COMMANDS,
  ...TRANSACTION_COMMANDS,
  ...CLUSTER_COMMANDS,
];
