/**
 * Pub/Sub: messages that are sent to whoever listens, and kept by nobody.
 *
 * @module
 */

export { Channels } from "./channels.ts";
export { KeyspaceNotifications } from "./keyspace_notifications.ts";
export { mayTellOfKeys } from "./key_channels.ts";
