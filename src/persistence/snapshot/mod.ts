/**
 * Snapshots on their way to files, for whoever wants all data as they are now.
 *
 * @module
 */

export type { EntryWriter } from "./entry_writer.ts";
export { RdbEntries } from "./rdb_entries.ts";
export { SnapshotFile } from "./snapshot_file.ts";
export { beginSnapshotJob, type SnapshotJob } from "./snapshot_job.ts";
