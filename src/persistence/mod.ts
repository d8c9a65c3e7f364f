/**
 * Persistence: data in forms that outlive the server.
 *
 * @module
 */

export { DumpCodec } from "./rdb/mod.ts";
