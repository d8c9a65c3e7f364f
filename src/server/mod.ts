/**
 * Server: puts the parts together and runs them.
 *
 * @module
 */

export { runServer } from "./boot.ts";
export { newIdentity } from "./identity.ts";
export { SilentSink } from "./log_sinks.ts";
export { makeLog, Server } from "./server.ts";
