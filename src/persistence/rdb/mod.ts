/**
 * RDB: values as Redis keeps them in files and sends them between servers.
 *
 * @module
 */

export { DumpCodec } from "./dump_codec.ts";
export { ForeignRdbError, RdbError, ShortRdbError } from "./rdb_error.ts";
export { type RdbFileOptions, RdbFileWriter } from "./rdb_file_writer.ts";
export { RdbLoader, type RdbLoadOptions, type RdbLoadResult } from "./rdb_loader.ts";
