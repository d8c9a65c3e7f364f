/**
 * Cluster: several servers that share the keys among them.
 *
 * Who is in it and who has which slot says the `ClusterRegistry`; `ServerCluster` is one node's view
 * of it, with a `PeerLink` to each other node; the `RedirectGate` sends clients to the owner of their
 * keys.
 *
 * @module
 */

export type { ClusterRegistry, MapAgreement } from "./cluster_registry.ts";
export { type ClusterSettings, clusterSettingsOf } from "./cluster_settings.ts";
export { FanOut, type FanOutNodes, type FanOutParts, NodeCalls } from "./fan_out/mod.ts";
export { keyedDigest } from "./peer_handshake.ts";
export {
  type FanOutPort,
  RequestRelay,
  type RequestRelayOptions,
  type RoutedRequest,
  type SeveralOwnersPort,
} from "./relay/mod.ts";
export { RedirectGate } from "./redirect_gate.ts";
export { ServerCluster } from "./server_cluster.ts";
export {
  DiskTopologyFile,
  ReshardingRegistry,
  ServerResharding,
  SlotIndex,
  SlotSet,
  Topology,
  type TopologyFile,
} from "./migration/mod.ts";
export { type NodeAddress, SlotMap } from "./slot_map.ts";
export {
  DistributedTransactions,
  imageOf,
  type KeyChange,
  type KeyEvent,
  type KeyImage,
  MISSED_KEY,
  NEW_KEY,
  type OwnerRead,
  type OwnerReader,
  type PlacedKey,
  putImage,
  type TransactionRequest,
  type TrialInput,
  type TrialOutcome,
  type TrialRunner,
  type TrialWait,
  usesKeys,
  withElements,
} from "./transaction/mod.ts";
