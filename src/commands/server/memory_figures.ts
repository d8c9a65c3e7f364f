/**
 * Memory figures: what INFO and MEMORY tell of memory, taken at one moment.
 *
 * @module
 */

import type { ServerParts } from "../../engine/mod.ts";

/** All in bytes, but for the count. */
export interface MemoryFigures {
  /** What the arena has handed out, directories of tables, buffers, and what is known of caches. */
  usedBytes: number;
  peakBytes: number;
  /** What the empty store had in use, tables of all databases. */
  startupBytes: number;
  /** What is in use beside keys and values. */
  overheadBytes: number;
  /** Keys and values, and, as Redis counts, what is known of clients' caches. */
  datasetBytes: number;
  clientBytes: number;
  /** Room for effects on their way to the append-only file. */
  logBufferBytes: number;
  keyCount: number;
  arenaUsedBytes: number;
  /** The pages with blocks, whether all their blocks are in use or not. */
  arenaPageBytes: number;
  /** What the arena keeps from the system. */
  arenaHeldBytes: number;
  /** Resident memory of the process. */
  residentBytes: number;
}

/** The figures now. */
export function memoryFigures(server: ServerParts): MemoryFigures {
  const { store, clients, process } = server;
  const arena = store.environment.arena;
  const clientBytes = clients.memoryBytes;
  const logBufferBytes = server.appendOnly.facts.bufferRoomBytes;
  const bufferBytes = clientBytes + logBufferBytes;
  const { databases } = store;
  const tableBytes = databases.reduce((sum, database) => sum + database.tableBytes, 0);
  const trackingBytes = server.tracking.memoryBytes;
  const besideBytes = bufferBytes + trackingBytes;
  const usedBytes = arena.usedBytes + besideBytes;
  return {
    usedBytes,
    peakBytes: arena.usedBytesPeak + besideBytes,
    startupBytes: store.startupBytes,
    overheadBytes: tableBytes + bufferBytes,
    datasetBytes: arena.usedBytes - tableBytes + trackingBytes,
    clientBytes,
    logBufferBytes,
    keyCount: store.keyCount,
    arenaUsedBytes: arena.usedBytes,
    arenaPageBytes: arena.pageBytes,
    arenaHeldBytes: arena.heldBytes,
    residentBytes: process.residentBytes(),
  };
}
