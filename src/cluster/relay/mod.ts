/**
 * Relay: any node answers for all keys (`cluster-mode relay`).
 *
 * `RequestRelay` decides where each request goes; a `RelayLink` to each other node takes them there, as
 * `RequestChunk`s over a `RelayConnection`.
 *
 * @module
 */

export {
  type FanOutPort,
  RequestRelay,
  type RequestRelayOptions,
  type RoutedRequest,
  type SeveralOwnersOptions,
  type SeveralOwnersPort,
} from "./request_relay.ts";
