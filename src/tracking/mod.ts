/**
 * Tracking: clients that keep in a cache of their own what they read, and are told when it changes.
 *
 * The table says who may have which key, the prefixes who wants to hear of all keys that begin so.
 *
 * @module
 */

export { ServerTracking } from "./server_tracking.ts";
