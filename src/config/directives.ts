/**
 * Directives: every one that Redis 7.0 knows, a row each.
 *
 * The row is all that CONFIG GET, SET and REWRITE, the file reader and the log need to know. Names,
 * defaults and bounds are Redis' own, because monitoring reads them and configuration files move
 * between the two servers; `tcp-nodelay`, `transaction-rollback` and those about the nodes of a cluster
 * are ours. A directive whose feature does not exist yet has a row as well: it is checked, kept and
 * shown, `isActedUpon` is false, and who sets it is told so in the log. Whoever builds the feature turns
 * that one word.
 *
 * Always true: each default is a value that its kind accepts; names and aliases are lower case and
 * different from each other. A test compares the table with a running Redis.
 *
 * @module
 */
import { anyOf, anyText, BOOLEAN, oneOf, optionalText, PASSWORD } from "./directive_kind.ts";
import { CLUSTER_MODE, NODE_NAME, PEERS } from "./cluster_kinds.ts";
import type { BooleanKind, DirectiveKind, TextKind } from "./directive_kind.ts";
import { INT_MAX, INT_MIN, LONG_MAX, UINT_MAX, ULONG_MAX } from "./numeric_kind.ts";
import {
  integer,
  memorySize,
  memorySizeOrPercent,
  octal,
  signed,
  unsigned,
} from "./numeric_kind.ts";
import type { NumberKind } from "./numeric_kind.ts";
import {
  BIND,
  DIRECTORY,
  KEYSPACE_EVENTS,
  OOM_SCORES,
  OUTPUT_BUFFER_LIMITS,
} from "./special_kinds.ts";
import { PERCENTILES, REPLICA_OF, SAVE } from "./special_kinds.ts";
import { baseName, filledBaseName, hostname, titleTemplate } from "./text_checks.ts";

/** One directive. */
export interface Directive {
  readonly name: string;
  /** A second name, from older versions. */
  readonly alias?: string;
  readonly kind: DirectiveKind;
  /** The value in force if nothing sets it, as CONFIG GET prints it. */
  readonly default: string;
  /** Whether the server does what the directive says; if not, setting it is logged as futile. */
  readonly isActedUpon: boolean;
  /** Whether only a file or the command line may set it. */
  readonly isImmutable?: boolean;
  /** Whether CONFIG GET shows it only by its exact name, not by a pattern. */
  readonly isHidden?: boolean;
  /** Whether the value must not appear in logs. */
  readonly isSensitive?: boolean;
  /** Whether CONFIG SET needs `enable-protected-configs`. */
  readonly isProtected?: boolean;
  /** Whether CONFIG SET applies even the same value again, for files whose content may be new. */
  readonly isVolatile?: boolean;
  /** Whether CONFIG SET is refused while a data set loads. */
  readonly isFixedWhileLoading?: boolean;
}

/** A directive that only files and the command line know; it has no value of its own. */
export interface FileDirective {
  readonly name: string;
  readonly wordsMin: number;
  readonly wordsMax: number;
  readonly isActedUpon: boolean;
  /** Whether the line has no effect since some version of Redis, and is skipped without a word. */
  readonly isObsolete?: boolean;
}

const PORT = integer(signed(0n, 65535n));
const INT = integer(signed(INT_MIN, INT_MAX));
const COUNT = integer(signed(0n, INT_MAX));
const POSITIVE = integer(signed(1n, INT_MAX));
const LONG_COUNT = integer(signed(0n, LONG_MAX));
const ENTRIES = integer(unsigned(0n, LONG_MAX));
const BYTES = memorySize(unsigned(0n, LONG_MAX));
const HUGE_BYTES = memorySize(unsigned(0n, ULONG_MAX));
const OPTIONAL_TEXT = optionalText();
const ANY_TEXT = anyText();

/** `hz` takes any number and moves it into these. */
const HZ_BOUNDS = signed(1n, 500n);

const OUTPUT_BUFFER_DEFAULT = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60";

const PROTECTED_ACTION = oneOf(["no", "yes", "local"]);

// deno-fmt-ignore
const SYSLOG_FACILITY = oneOf([
  "user", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
]);

// deno-fmt-ignore
const EVICTION_POLICY = oneOf([
  "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
  "allkeys-lru", "allkeys-lfu", "allkeys-random", "noeviction",
]);

const SHUTDOWN_WAYS = anyOf(["default", "save", "nosave", "now", "force"], (text) => {
  const ways = text.split(" ");
  return ways.includes("save") && ways.includes("nosave")
    ? "shutdown options SAVE and NOSAVE can't be used simultaneously"
    : undefined;
});

/** All directives that have a value. */
// deno-fmt-ignore
export const DIRECTIVES = [
  // Listening and connections
  { name: "bind", kind: BIND, default: "* -::*", isActedUpon: true },
  { name: "port", kind: PORT, default: "6379", isActedUpon: true },
  { name: "unixsocket", kind: OPTIONAL_TEXT, default: "", isActedUpon: true, isImmutable: true },
  { name: "unixsocketperm", kind: octal(unsigned(0n, 0o777n)), default: "0", isActedUpon: true, isImmutable: true },
  { name: "tcp-backlog", kind: COUNT, default: "511", isActedUpon: false, isImmutable: true },
  { name: "tcp-keepalive", kind: COUNT, default: "300", isActedUpon: true },
  { name: "tcp-nodelay", kind: BOOLEAN, default: "yes", isActedUpon: true, isHidden: true },
  { name: "timeout", kind: COUNT, default: "0", isActedUpon: true },
  { name: "maxclients", kind: integer(unsigned(1n, UINT_MAX)), default: "10000", isActedUpon: true },
  { name: "protected-mode", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "bind-source-addr", kind: OPTIONAL_TEXT, default: "", isActedUpon: false },
  { name: "socket-mark-id", kind: integer(unsigned(0n, UINT_MAX)), default: "0", isActedUpon: false, isImmutable: true },
  // Limits on clients
  { name: "client-query-buffer-limit", kind: memorySize(unsigned(1n << 20n, LONG_MAX)), default: "1073741824", isActedUpon: true },
  { name: "client-output-buffer-limit", kind: OUTPUT_BUFFER_LIMITS, default: OUTPUT_BUFFER_DEFAULT, isActedUpon: true },
  { name: "proto-max-bulk-len", kind: memorySize(signed(1n << 20n, LONG_MAX)), default: "536870912", isActedUpon: true },
  { name: "maxmemory-clients", kind: memorySizeOrPercent(signed(-100n, LONG_MAX)), default: "0", isActedUpon: true },
  { name: "tracking-table-max-keys", kind: ENTRIES, default: "1000000", isActedUpon: true },
  // Process, log, files
  { name: "databases", kind: POSITIVE, default: "16", isActedUpon: true, isImmutable: true },
  { name: "dir", kind: DIRECTORY, default: ".", isActedUpon: true, isProtected: true, isFixedWhileLoading: true },
  { name: "loglevel", kind: oneOf(["debug", "verbose", "notice", "warning"]), default: "notice", isActedUpon: true },
  { name: "logfile", kind: ANY_TEXT, default: "", isActedUpon: true, isImmutable: true },
  { name: "pidfile", kind: OPTIONAL_TEXT, default: "", isActedUpon: true, isImmutable: true },
  { name: "daemonize", kind: BOOLEAN, default: "no", isActedUpon: false, isImmutable: true },
  { name: "supervised", kind: oneOf(["upstart", "systemd", "auto", "no"]), default: "no", isActedUpon: false, isImmutable: true },
  { name: "syslog-enabled", kind: BOOLEAN, default: "no", isActedUpon: false, isImmutable: true },
  { name: "syslog-ident", kind: ANY_TEXT, default: "redis", isActedUpon: false, isImmutable: true },
  { name: "syslog-facility", kind: SYSLOG_FACILITY, default: "local0", isActedUpon: false, isImmutable: true },
  { name: "always-show-logo", kind: BOOLEAN, default: "no", isActedUpon: true, isImmutable: true },
  { name: "set-proc-title", kind: BOOLEAN, default: "yes", isActedUpon: false, isImmutable: true },
  { name: "proc-title-template", kind: anyText(titleTemplate), default: "{title} {listen-addr} {server-mode}", isActedUpon: false },
  { name: "crash-log-enabled", kind: BOOLEAN, default: "yes", isActedUpon: false },
  { name: "crash-memcheck-enabled", kind: BOOLEAN, default: "yes", isActedUpon: false },
  { name: "disable-thp", kind: BOOLEAN, default: "yes", isActedUpon: false, isImmutable: true },
  { name: "ignore-warnings", kind: ANY_TEXT, default: "", isActedUpon: false },
  { name: "shutdown-timeout", kind: COUNT, default: "10", isActedUpon: false },
  { name: "shutdown-on-sigint", kind: SHUTDOWN_WAYS, default: "default", isActedUpon: true },
  { name: "shutdown-on-sigterm", kind: SHUTDOWN_WAYS, default: "default", isActedUpon: true },
  { name: "oom-score-adj", kind: oneOf(["no", "yes", "relative", "absolute"], { relative: "yes" }), default: "no", isActedUpon: false },
  { name: "oom-score-adj-values", kind: OOM_SCORES, default: "0 200 800", isActedUpon: false },
  // Threads and processors
  { name: "io-threads", kind: integer(signed(1n, 128n)), default: "1", isActedUpon: false, isImmutable: true },
  { name: "io-threads-do-reads", kind: BOOLEAN, default: "no", isActedUpon: false, isImmutable: true },
  { name: "server_cpulist", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isImmutable: true },
  { name: "bio_cpulist", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isImmutable: true },
  { name: "aof_rewrite_cpulist", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isImmutable: true },
  { name: "bgsave_cpulist", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isImmutable: true },
  // Access
  { name: "requirepass", kind: PASSWORD, default: "", isActedUpon: true, isSensitive: true },
  { name: "aclfile", kind: ANY_TEXT, default: "", isActedUpon: false, isImmutable: true },
  { name: "acllog-max-len", kind: LONG_COUNT, default: "128", isActedUpon: false },
  { name: "acl-pubsub-default", kind: oneOf(["allchannels", "resetchannels"]), default: "resetchannels", isActedUpon: false },
  { name: "enable-protected-configs", kind: PROTECTED_ACTION, default: "no", isActedUpon: true, isImmutable: true },
  { name: "enable-debug-command", kind: PROTECTED_ACTION, default: "no", isActedUpon: true, isImmutable: true },
  { name: "enable-module-command", kind: PROTECTED_ACTION, default: "no", isActedUpon: false, isImmutable: true },
  // Background work
  { name: "hz", kind: integer(signed(0n, INT_MAX), HZ_BOUNDS), default: "10", isActedUpon: true },
  { name: "dynamic-hz", kind: BOOLEAN, default: "yes", isActedUpon: false },
  { name: "active-expire-effort", kind: integer(signed(1n, 10n)), default: "1", isActedUpon: false },
  { name: "activerehashing", kind: BOOLEAN, default: "yes", isActedUpon: false },
  { name: "lazyfree-lazy-expire", kind: BOOLEAN, default: "no", isActedUpon: true },
  { name: "lazyfree-lazy-server-del", kind: BOOLEAN, default: "no", isActedUpon: true },
  { name: "lazyfree-lazy-user-del", kind: BOOLEAN, default: "no", isActedUpon: true },
  { name: "lazyfree-lazy-user-flush", kind: BOOLEAN, default: "no", isActedUpon: true },
  { name: "lazyfree-lazy-eviction", kind: BOOLEAN, default: "no", isActedUpon: true },
  { name: "jemalloc-bg-thread", kind: BOOLEAN, default: "yes", isActedUpon: false },
  { name: "activedefrag", kind: BOOLEAN, default: "no", isActedUpon: true },
  { name: "active-defrag-ignore-bytes", kind: memorySize(unsigned(1n, LONG_MAX)), default: "104857600", isActedUpon: true },
  { name: "active-defrag-threshold-lower", kind: integer(signed(0n, 1000n)), default: "10", isActedUpon: true },
  { name: "active-defrag-threshold-upper", kind: integer(signed(0n, 1000n)), default: "100", isActedUpon: true },
  { name: "active-defrag-cycle-min", kind: integer(signed(1n, 99n)), default: "1", isActedUpon: true },
  { name: "active-defrag-cycle-max", kind: integer(signed(1n, 99n)), default: "25", isActedUpon: true },
  { name: "active-defrag-max-scan-fields", kind: integer(signed(1n, LONG_MAX)), default: "1000", isActedUpon: true },
  // Memory
  { name: "maxmemory", kind: HUGE_BYTES, default: "0", isActedUpon: true },
  { name: "maxmemory-policy", kind: EVICTION_POLICY, default: "noeviction", isActedUpon: true },
  { name: "maxmemory-samples", kind: POSITIVE, default: "5", isActedUpon: true },
  { name: "maxmemory-eviction-tenacity", kind: integer(signed(0n, 100n)), default: "10", isActedUpon: true },
  { name: "lfu-log-factor", kind: COUNT, default: "10", isActedUpon: true },
  { name: "lfu-decay-time", kind: COUNT, default: "1", isActedUpon: true },
  // Watching the server
  { name: "slowlog-log-slower-than", kind: integer(signed(-1n, LONG_MAX)), default: "10000", isActedUpon: true },
  { name: "slowlog-max-len", kind: LONG_COUNT, default: "128", isActedUpon: true },
  { name: "latency-monitor-threshold", kind: LONG_COUNT, default: "0", isActedUpon: true },
  { name: "latency-tracking", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "latency-tracking-info-percentiles", kind: PERCENTILES, default: "50 99 99.9", isActedUpon: true },
  { name: "notify-keyspace-events", kind: KEYSPACE_EVENTS, default: "", isActedUpon: true },
  // Encodings of values
  { name: "hash-max-listpack-entries", kind: ENTRIES, default: "512", isActedUpon: true, alias: "hash-max-ziplist-entries" },
  { name: "hash-max-listpack-value", kind: BYTES, default: "64", isActedUpon: true, alias: "hash-max-ziplist-value" },
  { name: "set-max-intset-entries", kind: ENTRIES, default: "512", isActedUpon: true },
  { name: "zset-max-listpack-entries", kind: ENTRIES, default: "128", isActedUpon: true, alias: "zset-max-ziplist-entries" },
  { name: "zset-max-listpack-value", kind: BYTES, default: "64", isActedUpon: true, alias: "zset-max-ziplist-value" },
  { name: "list-max-listpack-size", kind: INT, default: "-2", isActedUpon: true, alias: "list-max-ziplist-size" },
  { name: "list-compress-depth", kind: COUNT, default: "0", isActedUpon: true },
  { name: "stream-node-max-bytes", kind: BYTES, default: "4096", isActedUpon: true },
  { name: "stream-node-max-entries", kind: LONG_COUNT, default: "100", isActedUpon: true },
  { name: "hll-sparse-max-bytes", kind: BYTES, default: "3000", isActedUpon: true },
  // Snapshots
  { name: "save", kind: SAVE, default: "3600 1 300 100 60 10000", isActedUpon: true },
  { name: "dbfilename", kind: anyText(baseName("dbfilename", "filename")), default: "dump.rdb", isActedUpon: true, isProtected: true },
  { name: "rdbcompression", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "rdbchecksum", kind: BOOLEAN, default: "yes", isActedUpon: true, isImmutable: true },
  { name: "rdb-del-sync-files", kind: BOOLEAN, default: "no", isActedUpon: false },
  { name: "rdb-save-incremental-fsync", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "stop-writes-on-bgsave-error", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "sanitize-dump-payload", kind: oneOf(["no", "yes", "clients"]), default: "no", isActedUpon: false },
  // Append-only file
  { name: "appendonly", kind: BOOLEAN, default: "no", isActedUpon: true, isFixedWhileLoading: true },
  { name: "appendfilename", kind: anyText(filledBaseName("appendfilename", "filename")), default: "appendonly.aof", isActedUpon: true, isImmutable: true },
  { name: "appenddirname", kind: anyText(filledBaseName("appenddirname", "dirname")), default: "appendonlydir", isActedUpon: true, isImmutable: true },
  { name: "appendfsync", kind: oneOf(["everysec", "always", "no"]), default: "everysec", isActedUpon: true },
  { name: "no-appendfsync-on-rewrite", kind: BOOLEAN, default: "no", isActedUpon: true },
  { name: "auto-aof-rewrite-percentage", kind: COUNT, default: "100", isActedUpon: true },
  { name: "auto-aof-rewrite-min-size", kind: memorySize(signed(0n, LONG_MAX)), default: "67108864", isActedUpon: true },
  { name: "aof-load-truncated", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "aof-use-rdb-preamble", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "aof-timestamp-enabled", kind: BOOLEAN, default: "no", isActedUpon: true },
  { name: "aof-rewrite-incremental-fsync", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "aof-disable-auto-gc", kind: BOOLEAN, default: "no", isActedUpon: true },
  // Transactions
  { name: "transaction-rollback", kind: BOOLEAN, default: "no", isActedUpon: true, isHidden: true },
  // Scripts
  { name: "busy-reply-threshold", kind: LONG_COUNT, default: "5000", isActedUpon: false, alias: "lua-time-limit" },
  { name: "lua-enable-deprecated-api", kind: BOOLEAN, default: "no", isActedUpon: false, isImmutable: true, isHidden: true },
  // Replication
  { name: "replicaof", kind: REPLICA_OF, default: "", isActedUpon: false, alias: "slaveof", isImmutable: true },
  { name: "masteruser", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isSensitive: true },
  { name: "masterauth", kind: PASSWORD, default: "", isActedUpon: false, isSensitive: true },
  { name: "replica-serve-stale-data", kind: BOOLEAN, default: "yes", isActedUpon: false, alias: "slave-serve-stale-data" },
  { name: "replica-read-only", kind: BOOLEAN, default: "yes", isActedUpon: false, alias: "slave-read-only" },
  { name: "replica-priority", kind: COUNT, default: "100", isActedUpon: false, alias: "slave-priority" },
  { name: "replica-announced", kind: BOOLEAN, default: "yes", isActedUpon: false },
  { name: "replica-announce-ip", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, alias: "slave-announce-ip" },
  { name: "replica-announce-port", kind: PORT, default: "0", isActedUpon: false, alias: "slave-announce-port" },
  { name: "replica-lazy-flush", kind: BOOLEAN, default: "no", isActedUpon: false, alias: "slave-lazy-flush" },
  { name: "replica-ignore-maxmemory", kind: BOOLEAN, default: "yes", isActedUpon: false, alias: "slave-ignore-maxmemory" },
  { name: "replica-ignore-disk-write-errors", kind: BOOLEAN, default: "no", isActedUpon: false },
  { name: "propagation-error-behavior", kind: oneOf(["ignore", "panic", "panic-on-replicas"]), default: "ignore", isActedUpon: true },
  { name: "repl-diskless-sync", kind: BOOLEAN, default: "yes", isActedUpon: false },
  { name: "repl-diskless-sync-delay", kind: COUNT, default: "5", isActedUpon: false },
  { name: "repl-diskless-sync-max-replicas", kind: COUNT, default: "0", isActedUpon: false },
  { name: "repl-diskless-load", kind: oneOf(["disabled", "on-empty-db", "swapdb"]), default: "disabled", isActedUpon: false, isFixedWhileLoading: true },
  { name: "repl-disable-tcp-nodelay", kind: BOOLEAN, default: "no", isActedUpon: false },
  { name: "repl-ping-replica-period", kind: POSITIVE, default: "10", isActedUpon: false, alias: "repl-ping-slave-period" },
  { name: "repl-timeout", kind: POSITIVE, default: "60", isActedUpon: false },
  { name: "repl-backlog-size", kind: memorySize(signed(1n, LONG_MAX)), default: "1048576", isActedUpon: false },
  { name: "repl-backlog-ttl", kind: LONG_COUNT, default: "3600", isActedUpon: false },
  { name: "min-replicas-to-write", kind: COUNT, default: "0", isActedUpon: false, alias: "min-slaves-to-write" },
  { name: "min-replicas-max-lag", kind: COUNT, default: "10", isActedUpon: false, alias: "min-slaves-max-lag" },
  // Cluster
  { name: "cluster-mode", kind: CLUSTER_MODE, default: "none", isActedUpon: true, isImmutable: true, isHidden: true },
  { name: "peers", kind: PEERS, default: "", isActedUpon: true, isImmutable: true, isHidden: true },
  { name: "self", kind: NODE_NAME, default: "", isActedUpon: true, isImmutable: true, isHidden: true },
  { name: "cluster-secret", kind: OPTIONAL_TEXT, default: "", isActedUpon: true, isImmutable: true, isHidden: true, isSensitive: true },
  { name: "cluster-enabled", kind: BOOLEAN, default: "no", isActedUpon: false, isImmutable: true },
  { name: "cluster-config-file", kind: ANY_TEXT, default: "nodes.conf", isActedUpon: true, isImmutable: true },
  { name: "cluster-node-timeout", kind: LONG_COUNT, default: "15000", isActedUpon: true },
  { name: "cluster-transaction-timeout", kind: LONG_COUNT, default: "3000", isActedUpon: true, isHidden: true },
  { name: "cluster-port", kind: PORT, default: "0", isActedUpon: false, isImmutable: true },
  { name: "cluster-announce-ip", kind: OPTIONAL_TEXT, default: "", isActedUpon: false },
  { name: "cluster-announce-hostname", kind: optionalText(hostname), default: "", isActedUpon: false },
  { name: "cluster-announce-port", kind: PORT, default: "0", isActedUpon: false },
  { name: "cluster-announce-tls-port", kind: PORT, default: "0", isActedUpon: false },
  { name: "cluster-announce-bus-port", kind: PORT, default: "0", isActedUpon: false },
  { name: "cluster-preferred-endpoint-type", kind: oneOf(["ip", "hostname", "unknown-endpoint"]), default: "ip", isActedUpon: false },
  { name: "cluster-replica-validity-factor", kind: COUNT, default: "10", isActedUpon: false, alias: "cluster-slave-validity-factor" },
  { name: "cluster-replica-no-failover", kind: BOOLEAN, default: "no", isActedUpon: false, alias: "cluster-slave-no-failover" },
  { name: "cluster-migration-barrier", kind: COUNT, default: "1", isActedUpon: false },
  { name: "cluster-allow-replica-migration", kind: BOOLEAN, default: "yes", isActedUpon: false },
  { name: "cluster-require-full-coverage", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "cluster-allow-reads-when-down", kind: BOOLEAN, default: "no", isActedUpon: true },
  { name: "cluster-allow-pubsubshard-when-down", kind: BOOLEAN, default: "yes", isActedUpon: true },
  { name: "cluster-link-sendbuf-limit", kind: HUGE_BYTES, default: "0", isActedUpon: false },
  // TLS
  { name: "tls-port", kind: PORT, default: "0", isActedUpon: false },
  { name: "tls-session-cache-size", kind: COUNT, default: "20480", isActedUpon: false },
  { name: "tls-session-cache-timeout", kind: COUNT, default: "300", isActedUpon: false },
  { name: "tls-cluster", kind: BOOLEAN, default: "no", isActedUpon: false },
  { name: "tls-replication", kind: BOOLEAN, default: "no", isActedUpon: false },
  { name: "tls-auth-clients", kind: oneOf(["no", "yes", "optional"]), default: "yes", isActedUpon: false },
  { name: "tls-prefer-server-ciphers", kind: BOOLEAN, default: "no", isActedUpon: false },
  { name: "tls-session-caching", kind: BOOLEAN, default: "yes", isActedUpon: false },
  { name: "tls-cert-file", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isVolatile: true },
  { name: "tls-key-file", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isVolatile: true },
  { name: "tls-key-file-pass", kind: OPTIONAL_TEXT, default: "", isActedUpon: false },
  { name: "tls-client-cert-file", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isVolatile: true },
  { name: "tls-client-key-file", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isVolatile: true },
  { name: "tls-client-key-file-pass", kind: OPTIONAL_TEXT, default: "", isActedUpon: false },
  { name: "tls-dh-params-file", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isVolatile: true },
  { name: "tls-ca-cert-file", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isVolatile: true },
  { name: "tls-ca-cert-dir", kind: OPTIONAL_TEXT, default: "", isActedUpon: false, isVolatile: true },
  { name: "tls-protocols", kind: OPTIONAL_TEXT, default: "", isActedUpon: false },
  { name: "tls-ciphers", kind: OPTIONAL_TEXT, default: "", isActedUpon: false },
  { name: "tls-ciphersuites", kind: OPTIONAL_TEXT, default: "", isActedUpon: false },
  // For tests of the server itself
  { name: "use-exit-on-panic", kind: BOOLEAN, default: "no", isActedUpon: false, isHidden: true },
  { name: "rdb-key-save-delay", kind: INT, default: "0", isActedUpon: true, isHidden: true },
  { name: "key-load-delay", kind: INT, default: "0", isActedUpon: true, isHidden: true },
  { name: "watchdog-period", kind: COUNT, default: "0", isActedUpon: false, isHidden: true },
  { name: "loading-process-events-interval-bytes", kind: integer(signed(1024n, INT_MAX)), default: "2097152", isActedUpon: false, isHidden: true },
] as const satisfies readonly Directive[];

/** The directives without a value: more lines, other names, or a thing to be made at start-up. */
// deno-fmt-ignore
const FILE_DIRECTIVES: readonly FileDirective[] = [
  { name: "include", wordsMin: 1, wordsMax: 1, isActedUpon: true },
  { name: "rename-command", wordsMin: 2, wordsMax: 2, isActedUpon: true },
  { name: "user", wordsMin: 1, wordsMax: Infinity, isActedUpon: false },
  { name: "loadmodule", wordsMin: 1, wordsMax: Infinity, isActedUpon: false },
  { name: "list-max-ziplist-entries", wordsMin: 1, wordsMax: 1, isActedUpon: false, isObsolete: true },
  { name: "list-max-ziplist-value", wordsMin: 1, wordsMax: 1, isActedUpon: false, isObsolete: true },
  { name: "lua-replicate-commands", wordsMin: 1, wordsMax: 1, isActedUpon: false, isObsolete: true },
];

const BY_NAME: ReadonlyMap<string, Directive> = new Map(
  DIRECTIVES.flatMap((directive: Directive) =>
    [directive.name, directive.alias ?? directive.name].map((name) => [name, directive] as const)
  ),
);

/** Every name of a directive that has a value, aliases too, in the order of the table. */
export const DIRECTIVE_NAMES: readonly string[] = [...BY_NAME.keys()];

/** The directive with a name or alias, in any case. */
export function findDirective(name: string): Directive | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** The directive with a name, in any case, that only files know. */
export function findFileDirective(name: string): FileDirective | undefined {
  return FILE_DIRECTIVES.find((directive) => directive.name === name.toLowerCase());
}

type Row = typeof DIRECTIVES[number];

/** Name of any directive that has a value. */
export type DirectiveName = Row["name"];
/** Name of a directive that is on or off. */
export type BooleanName = Extract<Row, { kind: BooleanKind }>["name"];
/** Name of a directive whose value is a number. */
export type NumberName = Extract<Row, { kind: NumberKind }>["name"];
/** Name of a directive whose value is a word, several words or free text. */
export type TextName = Extract<Row, { kind: TextKind }>["name"];
