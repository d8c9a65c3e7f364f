/**
 * RDB: values as Redis keeps them in files and sends them between servers.
 *
 * @module
 */

export { DumpCodec } from "./dump_codec.ts";
