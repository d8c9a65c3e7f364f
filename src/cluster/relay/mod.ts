/**
 * Relay: any node answers for all keys (`cluster-mode relay`).
 *
 * `RequestRelay` decides where each request goes; a `RelayLink` to each other node takes them there, as
 * `RequestChunk`s over a `RelayConnection`.
 *
 * @module
 */

export type { RoutedRequest } from "./key_owners.ts";
export type { FanOutPort, SeveralOwnersOptions, SeveralOwnersPort } from "./relay_ports.ts";
export { RequestRelay, type RequestRelayOptions } from "./request_relay.ts";
