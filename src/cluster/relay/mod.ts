/**
 * Relay: any node answers for all keys (`cluster-mode relay`).
 *
 * `RequestRelay` decides where each request goes.
 *
 * @module
 */

export {
  type FanOutPort,
  type RelayHelpers,
  RequestRelay,
  type RoutedRequest,
  type SeveralOwnersPort,
} from "./request_relay.ts";
