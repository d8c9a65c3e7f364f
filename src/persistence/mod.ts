/**
 * Persistence: data in forms that outlive the server.
 *
 * @module
 */

export { AofError, AppendOnlyFile } from "./aof/mod.ts";
export { DumpCodec } from "./rdb/mod.ts";
