/**
 * PEER of data: what a node tells another of all its keys; for requests that all nodes answer together.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { CommandContext, CommandSpec } from "../../engine/mod.ts";
import { digestsOfDatabases } from "../data_digest.ts";
import { PEER_DATA_FLAGS, peerRow } from "./peer_row.ts";

/** The rows of these commands. */
export const PEER_DATA_COMMANDS: readonly CommandSpec[] = [
  peerRow("digest", 2, digest, PEER_DATA_FLAGS),
  peerRow("draw", 2, draw, PEER_DATA_FLAGS),
  peerRow("keyspace", 2, keyspace, PEER_DATA_FLAGS),
];

/** Reused by all commands: they run one after the other. */
const keyView = new ByteView();

/** `PEER DIGEST` → array of the number of each database that has keys, and the digest of these. */
function digest({ server, reply }: CommandContext): void {
  const digests = digestsOfDatabases(server.store.databases);
  reply.array(digests.length * 2);
  for (const { databaseIndex, digest } of digests) {
    reply.integer(databaseIndex);
    reply.bulkText(digest);
  }
}

/** `PEER DRAW` → array of how many keys the selected database has, and one of them, or nil. */
function draw({ db, reply }: CommandContext): void {
  const ref = db.randomEntry();
  reply.array(2);
  reply.integer(db.count);
  if (ref === 0) reply.nil();
  else reply.bulk(db.entries.keyView(ref, keyView));
}

/** `PEER KEYSPACE` → array of four numbers for each database that has keys, as INFO tells them. */
function keyspace({ server, reply }: CommandContext): void {
  const databases = server.store.databases.filter(({ count }) => count > 0);
  reply.array(databases.length * 4);
  for (const database of databases) {
    reply.integer(database.index);
    reply.integer(database.count);
    reply.integer(database.expiringCount);
    reply.bulkText(String(database.estimateTtlMs())); // may be beyond 64 bits
  }
}
