/**
 * Persistence: data in forms that outlive the server.
 *
 * @module
 */

export { AofError, AppendOnlyFile } from "./aof/mod.ts";
export type { ByteSource } from "./byte_source.ts";
export { replaceFileSync } from "./durable_files.ts";
export { DiskErrorGate, LoadingGate } from "./persistence_gates.ts";
export {
  DumpCodec,
  RdbError,
  type RdbFileOptions,
  RdbFileWriter,
  RdbLoader,
  type RdbLoadOptions,
  type RdbLoadResult,
} from "./rdb/mod.ts";
export { ServerPersistence } from "./server_persistence.ts";
