/**
 * INFO stats, commandstats, errorstats and latencystats: what was counted since the start, or since
 * CONFIG RESETSTAT.
 *
 * @module
 */

import type { ServerParts } from "../../../engine/mod.ts";
import { formatFixed } from "../../../observability/mod.ts";
import { withSubcommands } from "../chosen_commands.ts";

/** Counters of the whole server. */
export function statsLines(server: ServerParts): string[] {
  const { stats } = server;
  const nowUs = server.clock.monotonicUs();
  return [
    `total_connections_received:${stats.connectionsReceived}`,
    `total_commands_processed:${stats.commandsProcessed}`,
    `instantaneous_ops_per_sec:${stats.instantaneousOpsPerSecond}`,
    `total_net_input_bytes:${stats.netInputBytes}`,
    `total_net_output_bytes:${stats.netOutputBytes}`,
    `total_net_repl_input_bytes:${stats.replicationInputBytes}`,
    `total_net_repl_output_bytes:${stats.replicationOutputBytes}`,
    `instantaneous_input_kbps:${formatFixed(stats.instantaneousInputKibPerSecond, 2)}`,
    `instantaneous_output_kbps:${formatFixed(stats.instantaneousOutputKibPerSecond, 2)}`,
    `instantaneous_input_repl_kbps:${
      formatFixed(stats.instantaneousReplicationInputKibPerSecond, 2)
    }`,
    `instantaneous_output_repl_kbps:${
      formatFixed(stats.instantaneousReplicationOutputKibPerSecond, 2)
    }`,
    `rejected_connections:${stats.connectionsRejected}`,
    `sync_full:${stats.fullSyncs}`,
    `sync_partial_ok:${stats.partialSyncsAccepted}`,
    `sync_partial_err:${stats.partialSyncsRefused}`,
    `expired_keys:${stats.expiredKeys}`,
    `expired_stale_perc:${formatFixed(stats.expiredStaleShare * 100, 2)}`,
    `expired_time_cap_reached_count:${stats.expireTimeCapReached}`,
    `expire_cycle_cpu_milliseconds:${Math.trunc(stats.expireCycleUs / 1000)}`,
    `evicted_keys:${stats.evictedKeys}`,
    `evicted_clients:${stats.evictedClients}`,
    `total_eviction_exceeded_time:${stats.evictionExceeded.totalMs(nowUs)}`,
    `current_eviction_exceeded_time:${stats.evictionExceeded.currentMs(nowUs)}`,
    `keyspace_hits:${stats.keyspaceHits}`,
    `keyspace_misses:${stats.keyspaceMisses}`,
    `pubsub_channels:${server.messages.channelCount}`,
    `pubsub_patterns:${server.messages.patternCount}`,
    `pubsubshard_channels:${server.messages.shardChannelCount}`,
    `latest_fork_usec:${stats.latestForkUs}`,
    `total_forks:${stats.forks}`,
    `migrate_cached_sockets:${server.peers.clientCount}`,
    "slave_expires_tracked_keys:0",
    `active_defrag_hits:${stats.activeDefragHits}`,
    `active_defrag_misses:${stats.activeDefragMisses}`,
    `active_defrag_key_hits:${stats.activeDefragKeyHits}`,
    `active_defrag_key_misses:${stats.activeDefragKeyMisses}`,
    `total_active_defrag_time:${stats.activeDefrag.totalMs(nowUs)}`,
    `current_active_defrag_time:${stats.activeDefrag.currentMs(nowUs)}`,
    `tracking_total_keys:${server.tracking.keyCount}`,
    `tracking_total_items:${server.tracking.itemCount}`,
    `tracking_total_prefixes:${server.tracking.prefixCount}`,
    `unexpected_error_replies:${stats.unexpectedErrorReplies}`,
    `total_error_replies:${stats.errorReplies}`,
    `dump_payload_sanitizations:${stats.dumpPayloadSanitizations}`,
    `total_reads_processed:${stats.readsProcessed}`,
    `total_writes_processed:${stats.writesProcessed}`,
    "io_threaded_reads_processed:0",
    "io_threaded_writes_processed:0",
    `reply_buffer_shrinks:${stats.replyBufferShrinks}`,
    `reply_buffer_expands:${stats.replyBufferExpands}`,
  ];
}

/** Calls, times and failures of each command that was called. */
export function commandStatsLines(server: ServerParts): string[] {
  return withSubcommands(server.commands.commands).filter(({ stats }) => stats.isUsed)
    .map(({ stats, fullName }) => stats.commandStatLine(fullName));
}

/** Error replies by code. */
export function errorStatsLines(server: ServerParts): string[] {
  return server.stats.errors.infoLines();
}

/** Percentiles of each command's time, while `latency-tracking` is on. */
export function latencyStatsLines(server: ServerParts): string[] {
  const { config } = server;
  if (!config.boolean("latency-tracking")) return [];
  const percentiles = config.text("latency-tracking-info-percentiles").split(" ")
    .filter((word) => word !== "").map(Number);
  return withSubcommands(server.commands.commands)
    .filter(({ stats }) => stats.latency.totalCount > 0)
    .map(({ stats, fullName }) => stats.latencyStatLine(fullName, percentiles));
}
