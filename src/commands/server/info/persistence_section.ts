/**
 * INFO persistence: what is in files, what is on its way there, and what comes out of them.
 *
 * @module
 */

import type { AppendOnlyFacts, LoadingProgress, ServerParts } from "../../../engine/mod.ts";

/** Snapshots, the append-only file, loading. */
export function persistenceLines(server: ServerParts): string[] {
  const { stats, persistence, appendOnly } = server;
  const { loading } = persistence, { facts } = appendOnly;
  return [
    `loading:${bit(loading !== undefined)}`,
    "async_loading:0",
    ...presentSaveLines(server),
    `rdb_changes_since_last_save:${stats.changesSinceSave}`,
    ...rdbLines(server),
    ...aofLines(server),
    "module_fork_in_progress:0",
    "module_fork_last_cow_size:0",
    ...(facts.isEnabled ? fileLines(facts, stats.aofDelayedFsyncs) : []),
    ...(loading === undefined ? [] : loadingLines(server, loading)),
  ];
}

/** The snapshot that is being written. What Redis' child copies is here what waits for the disk. */
function presentSaveLines({ persistence }: ServerParts): string[] {
  const { keyCount, savedKeyCount, waitingBytes, waitingBytesPeak } = persistence.saving;
  const share = keyCount === 0 ? 0 : savedKeyCount / keyCount * 100;
  return [
    `current_cow_peak:${waitingBytesPeak}`,
    `current_cow_size:${waitingBytes}`,
    "current_cow_size_age:0",
    `current_fork_perc:${share.toFixed(2)}`,
    `current_save_keys_processed:${savedKeyCount}`,
    `current_save_keys_total:${keyCount}`,
  ];
}

function rdbLines({ persistence, stats }: ServerParts): string[] {
  const { saving, lastLoad } = persistence;
  return [
    `rdb_bgsave_in_progress:${bit(saving.isRunning)}`,
    `rdb_last_save_time:${saving.lastSaveSeconds}`,
    `rdb_last_bgsave_status:${saving.isLastGood ? "ok" : "err"}`,
    `rdb_last_bgsave_time_sec:${saving.lastDurationSeconds}`,
    `rdb_current_bgsave_time_sec:${saving.currentDurationSeconds}`,
    `rdb_saves:${stats.rdbSaves}`,
    `rdb_last_cow_size:${saving.lastPeakBytes}`,
    `rdb_last_load_keys_expired:${lastLoad.expiredKeyCount}`,
    `rdb_last_load_keys_loaded:${lastLoad.loadedKeyCount}`,
  ];
}

function aofLines({ stats, appendOnly }: ServerParts): string[] {
  const aof = appendOnly.facts;
  return [
    `aof_enabled:${bit(aof.isEnabled)}`,
    `aof_rewrite_in_progress:${bit(aof.isRewriting)}`,
    `aof_rewrite_scheduled:${bit(aof.isRewriteScheduled)}`,
    `aof_last_rewrite_time_sec:${aof.lastRewriteSeconds}`,
    `aof_current_rewrite_time_sec:${aof.currentRewriteSeconds}`,
    `aof_last_bgrewrite_status:${aof.isLastRewriteOk ? "ok" : "err"}`,
    `aof_rewrites:${stats.aofRewrites}`,
    `aof_rewrites_consecutive_failures:${stats.aofRewriteFailuresInARow}`,
    `aof_last_write_status:${aof.isLastWriteOk ? "ok" : "err"}`,
    "aof_last_cow_size:0",
  ];
}

/** What is there only with an append-only file. */
function fileLines(aof: AppendOnlyFacts, delayedFsyncs: number): string[] {
  return [
    `aof_current_size:${aof.currentBytes}`,
    `aof_base_size:${aof.baseBytes}`,
    `aof_pending_rewrite:${bit(aof.isRewriteScheduled)}`,
    `aof_buffer_length:${aof.bufferBytes}`,
    `aof_pending_bio_fsync:${aof.pendingSyncs}`,
    `aof_delayed_fsync:${delayedFsyncs}`,
  ];
}

function loadingLines({ clock, stats }: ServerParts, loading: LoadingProgress): string[] {
  const { startSeconds, totalBytes, loadedBytes } = loading;
  const share = totalBytes === 0 ? 0 : loadedBytes / totalBytes * 100;
  const elapsedSeconds = Math.floor(clock.nowMs() / 1000) - startSeconds;
  const leftSeconds = elapsedSeconds === 0
    ? 1
    : Math.floor(elapsedSeconds * (totalBytes - loadedBytes) / (loadedBytes + 1));
  return [
    `loading_start_time:${startSeconds}`,
    `loading_total_bytes:${totalBytes}`,
    `loading_rdb_used_mem:${stats.loadingRdbUsedBytes}`,
    `loading_loaded_bytes:${loadedBytes}`,
    `loading_loaded_perc:${share.toFixed(2)}`,
    `loading_eta_seconds:${leftSeconds}`,
  ];
}

function bit(isTrue: boolean): number {
  return isTrue ? 1 : 0;
}
