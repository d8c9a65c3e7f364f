/**
 * Memory usage: who holds how many bytes, as INFO memory, MEMORY STATS and MEMORY DOCTOR tell it.
 *
 * Data lives in the arena, which counts its blocks; clients' buffers lie in the JavaScript heap and are
 * added up here. The rest of the heap (code, caches, garbage) is not counted as used: it is what stands
 * between `usedBytes` and the resident memory, and shows as fragmentation.
 *
 * Cost: O(clients + databases).
 *
 * @module
 */

import type { ServerParts } from "../../engine/mod.ts";

/** What one database's table takes. */
export interface DatabaseUsage {
  readonly index: number;
  /** Bytes of the table that finds keys; expiries are links in the entries and need none. */
  readonly tableBytes: number;
}

/** Bytes by holder. */
export interface MemoryUsage {
  /** Data and clients' buffers. */
  readonly usedBytes: number;
  /** The most that data has been, with the buffers of now. */
  readonly peakBytes: number;
  /** Used before there was any data: the arena is empty then. */
  readonly startupBytes: 0;
  /** What is used but is not entries: tables and buffers. */
  readonly overheadBytes: number;
  /** Entries: keys and values. */
  readonly datasetBytes: number;
  /** Input and output buffers of all clients. */
  readonly clientBytes: number;
  /** Live blocks of the arena. */
  readonly arenaUsedBytes: number;
  /** Pages of the arena, whether their blocks are live or not. */
  readonly arenaHeldBytes: number;
  /** Resident memory of the process. */
  readonly residentBytes: number;
  readonly keyCount: number;
  /** Databases with keys. */
  readonly databases: readonly DatabaseUsage[];
}

/** Adds up who holds what now. */
export function measureMemory(server: ServerParts): MemoryUsage {
  const { arena } = server.store.environment;
  let clientBytes = 0;
  for (const { connection } of server.clients) {
    clientBytes += connection.inputBufferBytes + connection.outputBytes;
  }
  let tableBytes = 0, keyCount = 0;
  for (const database of server.store.databases) {
    tableBytes += database.tableBytes;
    keyCount += database.count;
  }
  const overheadBytes = clientBytes + tableBytes;
  return {
    usedBytes: arena.usedBytes + clientBytes,
    peakBytes: arena.usedBytesPeak + clientBytes,
    startupBytes: 0,
    overheadBytes,
    // The directories of tables are small, but lie outside the arena.
    datasetBytes: Math.max(0, arena.usedBytes - tableBytes),
    clientBytes,
    arenaUsedBytes: arena.usedBytes,
    arenaHeldBytes: arena.heldBytes,
    residentBytes: server.process.residentBytes(),
    keyCount,
    databases: server.store.databases.filter((database) => database.count > 0)
      .map(({ index, tableBytes }) => ({ index, tableBytes })),
  };
}

/** A part as a multiple of a whole; 1 when there is no whole yet. */
export function ratioOf(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
