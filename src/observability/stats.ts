/**
 * Server stats: the counters behind INFO stats, and those that CONFIG RESETSTAT sets back elsewhere.
 *
 * The counters are plain public numbers, raised where the thing happens (`stats.keyspaceHits++`).
 * A method or a map entry for each would cost a call or a hash on the hot path, and say no more.
 * Numbers are exact up to 2^53: at a million commands a second for 285 years, at a gigabyte a second
 * for 100 days, and after that off by a byte or two.
 *
 * Not here, because others own the truth and INFO asks them: channels and patterns of pub/sub,
 * tracked keys, memory. Nor `io_threaded_*`, always 0: one thread does the input and output.
 *
 * Always true: whatever `reset` sets to 0 is what CONFIG RESETSTAT of Redis 7.0 sets to 0.
 * Cost: a field increment; `sample` five divisions every 100 ms. Neither allocates.
 *
 * @module
 */
import type { UnixMs } from "../base/clock.ts";
import { AccumulatedTime } from "./accumulated_time.ts";
import { ErrorStats } from "./error_stats.ts";
import { RateMeter } from "./rate_meter.ts";

/** Weight of a new sample in the running share of expired keys. */
const STALE_SAMPLE_WEIGHT = 0.05;

/** Bytes of a "kilobit" as INFO names them; it means KiB and always did. */
const KIB_BYTES = 1024;

/** All server-wide counters. */
export class ServerStats {
  // Connections and traffic.
  /** `total_connections_received`: connections accepted, refused ones not included. */
  connectionsReceived = 0;
  /** `rejected_connections`: connections refused for `maxclients`. */
  connectionsRejected = 0;
  /** `total_commands_processed`: calls of commands, those inside scripts and EXEC included. */
  commandsProcessed = 0;
  /** Bytes read from clients; INFO's `total_net_input_bytes` adds those of replication. */
  clientInputBytes = 0;
  /** Bytes written to clients; INFO's `total_net_output_bytes` adds those of replication. */
  clientOutputBytes = 0;
  /** `total_net_repl_input_bytes`: bytes read from the primary. */
  replicationInputBytes = 0;
  /** `total_net_repl_output_bytes`: bytes written to replicas. */
  replicationOutputBytes = 0;
  /** `total_reads_processed`: reads from sockets. */
  readsProcessed = 0;
  /** `total_writes_processed`: writes to sockets. */
  writesProcessed = 0;
  /** `reply_buffer_shrinks`: times a connection's output buffer was made smaller. */
  replyBufferShrinks = 0;
  /** `reply_buffer_expands`: times a connection's output buffer was made larger. */
  replyBufferExpands = 0;

  // Keyspace.
  /** `keyspace_hits`: look-ups by reading commands that found the key. */
  keyspaceHits = 0;
  /** `keyspace_misses`: look-ups by reading commands that did not. */
  keyspaceMisses = 0;
  /** `expired_keys`: keys removed because their time was over. */
  expiredKeys = 0;
  /** Running share, 0 to 1, of sampled keys that were past their time; see `recordStaleShare`. */
  expiredStaleShare = 0;
  /** `expired_time_cap_reached_count`: expiry cycles that ended for want of time. */
  expireTimeCapReached = 0;
  /** Time spent in expiry cycles; `expire_cycle_cpu_milliseconds` is a thousandth of it. */
  expireCycleUs = 0;
  /** `evicted_keys`: keys removed for `maxmemory`. */
  evictedKeys = 0;
  /** `evicted_clients`: clients closed for `maxmemory-clients`. */
  evictedClients = 0;
  /** Time over `maxmemory`: `total_` and `current_eviction_exceeded_time`. */
  readonly evictionExceeded: AccumulatedTime = new AccumulatedTime();
  /** `lazyfreed_objects` of INFO memory: values freed in the background. */
  lazyFreedObjects = 0;

  // Compaction of memory.
  /** `active_defrag_hits`: blocks moved. */
  activeDefragHits = 0;
  /** `active_defrag_misses`: blocks looked at and left. */
  activeDefragMisses = 0;
  /** `active_defrag_key_hits`: keys of which a block moved. */
  activeDefragKeyHits = 0;
  /** `active_defrag_key_misses`: keys of which none did. */
  activeDefragKeyMisses = 0;
  /** `active_defrag_running` of INFO memory: percent of the processor that it takes; 0: not now. */
  activeDefragRunning = 0;
  /** Time compacting: `total_` and `current_active_defrag_time`. */
  readonly activeDefrag: AccumulatedTime = new AccumulatedTime();

  // Errors.
  /** `total_error_replies`: errors sent; raised by `recordErrorReply`. */
  errorReplies = 0;
  /** `unexpected_error_replies`: errors sent to a primary, a replica or the AOF loader. */
  unexpectedErrorReplies = 0;
  /** Memory that the server had used which wrote the RDB file that is being loaded, as that says. */
  loadingRdbUsedBytes = 0;
  /** Error replies by code, for INFO errorstats. */
  readonly errors: ErrorStats = new ErrorStats();

  // Persistence and replication.
  /** `sync_full`: full synchronizations with replicas. */
  fullSyncs = 0;
  /** `sync_partial_ok`: partial synchronizations accepted. */
  partialSyncsAccepted = 0;
  /** `sync_partial_err`: partial synchronizations refused. */
  partialSyncsRefused = 0;
  /** `dump_payload_sanitizations`: payloads checked in depth. */
  dumpPayloadSanitizations = 0;
  /** `latest_fork_usec`: how long the last snapshot took to start. Nothing forks here. */
  latestForkUs = 0;
  /** `total_forks`: snapshots started. */
  forks = 0;
  /** `rdb_changes_since_last_save` of INFO persistence: changes that no snapshot holds yet. */
  changesSinceSave = 0;
  /** `rdb_saves` of INFO persistence: snapshots written to a file. */
  rdbSaves = 0;
  /** `aof_rewrites` of INFO persistence. */
  aofRewrites = 0;
  /** `aof_rewrites_consecutive_failures` of INFO persistence. */
  aofRewriteFailuresInARow = 0;
  /** `aof_delayed_fsync` of INFO persistence: writes that waited for a running fsync. */
  aofDelayedFsyncs = 0;

  readonly #commandRate: RateMeter;
  readonly #inputRate: RateMeter;
  readonly #outputRate: RateMeter;
  readonly #replicationInputRate: RateMeter;
  readonly #replicationOutputRate: RateMeter;

  /**
   * @param now The moment from which rates count
   */
  constructor(now: UnixMs) {
    this.#commandRate = new RateMeter(now);
    this.#inputRate = new RateMeter(now);
    this.#outputRate = new RateMeter(now);
    this.#replicationInputRate = new RateMeter(now);
    this.#replicationOutputRate = new RateMeter(now);
  }

  /** `total_net_input_bytes`: bytes read from clients and from the primary. */
  get netInputBytes(): number {
    return this.clientInputBytes + this.replicationInputBytes;
  }

  /** `total_net_output_bytes`: bytes written to clients and to replicas. */
  get netOutputBytes(): number {
    return this.clientOutputBytes + this.replicationOutputBytes;
  }

  /** `instantaneous_ops_per_sec`, a whole number. */
  get instantaneousOpsPerSecond(): number {
    return this.#commandRate.perSecond;
  }

  /** `instantaneous_input_kbps`: KiB per second from all sides. */
  get instantaneousInputKibPerSecond(): number {
    return kibPerSecond(this.#inputRate);
  }

  /** `instantaneous_output_kbps`: KiB per second to all sides. */
  get instantaneousOutputKibPerSecond(): number {
    return kibPerSecond(this.#outputRate);
  }

  /** `instantaneous_input_repl_kbps`: KiB per second from the primary. */
  get instantaneousReplicationInputKibPerSecond(): number {
    return kibPerSecond(this.#replicationInputRate);
  }

  /** `instantaneous_output_repl_kbps`: KiB per second to replicas. */
  get instantaneousReplicationOutputKibPerSecond(): number {
    return kibPerSecond(this.#replicationOutputRate);
  }

  /**
   * Takes the readings the rates are made of; to be called every `RATE_SAMPLE_INTERVAL_MS`.
   *
   * @param now The moment of the readings
   */
  sample(now: UnixMs): void {
    this.#commandRate.sample(this.commandsProcessed, now);
    this.#inputRate.sample(this.netInputBytes, now);
    this.#outputRate.sample(this.netOutputBytes, now);
    this.#replicationInputRate.sample(this.replicationInputBytes, now);
    this.#replicationOutputRate.sample(this.replicationOutputBytes, now);
  }

  /**
   * Counts an error sent to a client.
   *
   * @param code First word of the error without the leading `-`, binary text
   */
  recordErrorReply(code: string): void {
    this.errorReplies++;
    this.errors.record(code);
  }

  /**
   * Blends what an expiry cycle saw into `expiredStaleShare`, so that it moves slowly.
   *
   * @param staleShare Share of the keys it sampled that were past their time, 0 to 1
   */
  recordStaleShare(staleShare: number): void {
    this.expiredStaleShare = staleShare * STALE_SAMPLE_WEIGHT +
      this.expiredStaleShare * (1 - STALE_SAMPLE_WEIGHT);
  }

  /**
   * Sets all counters back, as CONFIG RESETSTAT does; the stats of commands are reset by row.
   *
   * @param now The moment from which rates count again
   */
  reset(now: UnixMs): void {
    this.#resetTraffic(now);
    this.#resetKeyspace();
    this.#resetPersistence();
    this.errorReplies = 0;
    this.unexpectedErrorReplies = 0;
    this.errors.reset();
  }

  #resetTraffic(now: UnixMs): void {
    this.connectionsReceived = 0;
    this.connectionsRejected = 0;
    this.commandsProcessed = 0;
    this.clientInputBytes = 0;
    this.clientOutputBytes = 0;
    this.replicationInputBytes = 0;
    this.replicationOutputBytes = 0;
    this.readsProcessed = 0;
    this.writesProcessed = 0;
    this.replyBufferShrinks = 0;
    this.replyBufferExpands = 0;
    this.#commandRate.reset(now);
    this.#inputRate.reset(now);
    this.#outputRate.reset(now);
    this.#replicationInputRate.reset(now);
    this.#replicationOutputRate.reset(now);
  }

  #resetKeyspace(): void {
    this.keyspaceHits = 0;
    this.keyspaceMisses = 0;
    this.expiredKeys = 0;
    this.expiredStaleShare = 0;
    this.expireTimeCapReached = 0;
    this.expireCycleUs = 0;
    this.evictedKeys = 0;
    this.evictedClients = 0;
    this.evictionExceeded.reset();
    this.lazyFreedObjects = 0;
    this.activeDefragHits = 0;
    this.activeDefragMisses = 0;
    this.activeDefragKeyHits = 0;
    this.activeDefragKeyMisses = 0;
    this.activeDefrag.reset();
  }

  #resetPersistence(): void {
    this.fullSyncs = 0;
    this.partialSyncsAccepted = 0;
    this.partialSyncsRefused = 0;
    this.dumpPayloadSanitizations = 0;
    this.latestForkUs = 0;
    this.forks = 0;
    this.rdbSaves = 0;
    this.aofRewrites = 0;
    this.aofRewriteFailuresInARow = 0;
    this.aofDelayedFsyncs = 0;
  }
}

/** A rate in bytes as KiB, in the single precision that Redis prints. */
function kibPerSecond(meter: RateMeter): number {
  return Math.fround(Math.fround(meter.perSecond) / KIB_BYTES);
}
