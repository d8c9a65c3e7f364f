/**
 * Engine: what a command is and how one runs.
 *
 * @module
 */

export { BlockedClients, type Demand, type WaitTerms } from "./blocked_clients.ts";
export { ChangeListeners, type Removal } from "./change_listeners.ts";
export { ClientRegistry } from "./client_registry.ts";
export type {
  Cluster,
  ClusterMode,
  ClusterNode,
  NodeStatus,
  OwnedRange,
  PeerConnection,
  PeerGreetings,
  PeerTransactions,
  RemoteKeyListeners,
  RemoteWait,
  TransactionRecordVerb,
  TransactionVerb,
} from "./cluster_ports.ts";
export { Command } from "./command.ts";
export { CommandTable } from "./command_table.ts";
export { CommandContext, type NestedRunner, NO_EVENT } from "./context.ts";
export { Dispatcher } from "./dispatcher.ts";
export { Effects, type EffectSink, type EffectWord } from "./effects.ts";
export { toRedisError } from "./failure.ts";
export {
  AppendOnlyGate,
  AuthenticatedGate,
  type Gate,
  type GateOutcome,
  MemoryGate,
  MonitorGate,
  PauseGate,
  type PauseKind,
  POSTPONED,
  ProtectedGate,
  RELAYED,
  RELAYED_ALONE,
  requestHas,
  SubscriberGate,
} from "./gates.ts";
export { HeldKeys, type HeldUse, type Hold, type HoldMode } from "./held_keys.ts";
export { KeyRecord, KeyRegistry } from "./key_registry.ts";
export { evictionDurationUs, MemoryLimit } from "./memory_limit.ts";
export type { Messages, Subscriber, TopicKind } from "./message_ports.ts";
export { Monitors } from "./monitors.ts";
export type {
  AppendOnly,
  AppendOnlyFacts,
  ChangeListener,
  KeyWatch,
  Lifecycle,
  LoadCounts,
  LoadingProgress,
  OpenTransaction,
  PayloadCodec,
  Persistence,
  ProcessProbe,
  ReloadOptions,
  SavingFacts,
  ServerIdentity,
  ServerParts,
  ShutdownWay,
  Transactions,
} from "./ports.ts";
export { isQuietEvent } from "./quiet_events.ts";
export { Replayer } from "./replayer.ts";
export type { ImportedEntry, Resharding, ReshardingFacts } from "./resharding_ports.ts";
export { RequestBatch } from "./request_batch.ts";
export { parseCursor } from "./scan_cursor.ts";
export { parseScanOptions, patternAt, type ScanOptions } from "./scan_options.ts";
export { type ReplyMode, Session, type SessionOptions } from "./session.ts";
export {
  type AclCategory,
  type AcrossNodes,
  type CommandFlag,
  type CommandHandler,
  type CommandSpec,
  defineCommands,
  keyAt,
  keyAtWord,
  type KeyFlag,
  keyRange,
  keysCounted,
  type KeySpec,
  type KeyUse,
  unknownKeys,
} from "./spec.ts";
export type {
  ClientTracking,
  Tracking,
  TrackingOptions,
  TrackingSources,
} from "./tracking_ports.ts";
