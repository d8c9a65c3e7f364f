/**
 * AOF: effects in files, from which a server that was stopped comes back.
 *
 * @module
 */

export { AofError } from "./aof_error.ts";
export { AppendOnlyFile } from "./append_only_file.ts";
