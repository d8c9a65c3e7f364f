/**
 * INFO persistence, replication, cluster, modules and keyspace: the data, and where else it is.
 *
 * @module
 */

import type { AppendOnlyFacts, ServerParts } from "../../../engine/mod.ts";

const NO_REPLICATION_ID = "0".repeat(40);

/** Snapshots and the append-only file: none is written. */
export function persistenceLines(server: ServerParts): string[] {
  const { stats, identity } = server;
  const aof = server.appendOnly.facts;
  return [
    "loading:0",
    "async_loading:0",
    "current_cow_peak:0",
    "current_cow_size:0",
    "current_cow_size_age:0",
    "current_fork_perc:0.00",
    "current_save_keys_processed:0",
    "current_save_keys_total:0",
    `rdb_changes_since_last_save:${stats.changesSinceSave}`,
    "rdb_bgsave_in_progress:0",
    `rdb_last_save_time:${Math.floor(identity.startedAtMs / 1000)}`,
    "rdb_last_bgsave_status:ok",
    "rdb_last_bgsave_time_sec:-1",
    "rdb_current_bgsave_time_sec:-1",
    `rdb_saves:${stats.rdbSaves}`,
    "rdb_last_cow_size:0",
    "rdb_last_load_keys_expired:0",
    "rdb_last_load_keys_loaded:0",
    `aof_enabled:${aof.isEnabled ? 1 : 0}`,
    `aof_rewrite_in_progress:${aof.isRewriting ? 1 : 0}`,
    `aof_rewrite_scheduled:${aof.isRewriteScheduled ? 1 : 0}`,
    `aof_last_rewrite_time_sec:${aof.lastRewriteSeconds}`,
    `aof_current_rewrite_time_sec:${aof.currentRewriteSeconds}`,
    `aof_last_bgrewrite_status:${aof.isLastRewriteOk ? "ok" : "err"}`,
    `aof_rewrites:${stats.aofRewrites}`,
    `aof_rewrites_consecutive_failures:${stats.aofRewriteFailuresInARow}`,
    `aof_last_write_status:${aof.isLastWriteOk ? "ok" : "err"}`,
    "aof_last_cow_size:0",
    "module_fork_in_progress:0",
    "module_fork_last_cow_size:0",
    ...(aof.isEnabled ? appendOnlyLines(aof, stats.aofDelayedFsyncs) : []),
  ];
}

function appendOnlyLines(aof: AppendOnlyFacts, delayedFsyncs: number): string[] {
  return [
    `aof_current_size:${aof.currentBytes}`,
    `aof_base_size:${aof.baseBytes}`,
    `aof_pending_rewrite:${aof.isRewriteScheduled ? 1 : 0}`,
    `aof_buffer_length:${aof.bufferBytes}`,
    `aof_pending_bio_fsync:${aof.pendingSyncs}`,
    `aof_delayed_fsync:${delayedFsyncs}`,
  ];
}

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

/** Whether this is a node of a cluster. */
export function clusterLines(): string[] {
  return ["cluster_enabled:0"];
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
