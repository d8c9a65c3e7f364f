/**
 * INFO replication, cluster, modules and keyspace: the data, and where else it is.
 *
 * @module
 */

import { reshardingLines } from "../../resharding_lines.ts";
import type { ServerParts } from "../../../engine/mod.ts";

const NO_REPLICATION_ID = "0".repeat(40);

/** The primary's side of replication; there are no replicas. */
export function replicationLines(server: ServerParts): string[] {
  const { config } = server;
  const wantsReplicas = config.number("min-replicas-to-write") > 0 &&
    config.number("min-replicas-max-lag") > 0;
  return [
    "role:master",
    "connected_slaves:0",
    ...(wantsReplicas ? ["min_slaves_good_slaves:0"] : []),
    "master_failover_state:no-failover",
    `master_replid:${server.replicationId}`,
    `master_replid2:${NO_REPLICATION_ID}`,
    "master_repl_offset:0",
    "second_repl_offset:-1",
    "repl_backlog_active:0",
    `repl_backlog_size:${config.number("repl-backlog-size")}`,
    "repl_backlog_first_byte_offset:0",
    "repl_backlog_histlen:0",
  ];
}

/** Whether this is a node of a cluster, and how far its slots are that move. */
export function clusterLines({ cluster, resharding }: ServerParts): string[] {
  const lines = [`cluster_enabled:${cluster?.mode === "redirect" ? 1 : 0}`];
  return resharding === undefined ? lines : [...lines, ...reshardingLines(resharding.facts)];
}

/** Modules: there are none. */
export function modulesLines(): string[] {
  return [];
}

/** The databases that have keys. */
export function keyspaceLines(server: ServerParts): string[] {
  return server.store.databases.filter((database) => database.count > 0).map((database) =>
    `db${database.index}:keys=${database.count},expires=${database.expiringCount}` +
    `,avg_ttl=${database.estimateTtlMs()}`
  );
}
