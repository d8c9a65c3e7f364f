/**
 * INFO server, clients, cpu and memory: the process and what it holds.
 *
 * @module
 */

import { textOfBytes } from "../../../base/byte_view.ts";
import { formatHundredths, formatMemorySize, formatPercent } from "../../../base/units.ts";
import { EASYREDIS_VERSION, REDIS_VERSION } from "../../../base/version.ts";
import type { ServerParts } from "../../../engine/mod.ts";
import { memoryFigures } from "../memory_figures.ts";

const DAY_SECONDS = 24 * 60 * 60;

/** The program, its process and its age. */
export function serverLines(server: ServerParts): string[] {
  const { identity, config, clock, store } = server;
  const uptimeSeconds = Math.floor((clock.nowMs() - identity.startedAtMs) / 1000);
  return [
    `redis_version:${REDIS_VERSION}`,
    `easyredis_version:${EASYREDIS_VERSION}`,
    "redis_git_sha1:00000000",
    "redis_git_dirty:0",
    "redis_build_id:0",
    `redis_mode:${server.cluster?.mode === "redirect" ? "cluster" : "standalone"}`,
    `os:${identity.operatingSystem}`,
    "arch_bits:64",
    "monotonic_clock:performance.now",
    "multiplexing_api:tokio",
    `process_id:${identity.pid}`,
    "process_supervised:no",
    `run_id:${identity.runId}`,
    `tcp_port:${identity.port}`,
    `server_time_usec:${clock.nowUs()}`,
    `uptime_in_seconds:${uptimeSeconds}`,
    `uptime_in_days:${Math.floor(uptimeSeconds / DAY_SECONDS)}`,
    `hz:${config.number("hz")}`,
    `configured_hz:${config.number("hz")}`,
    `lru_clock:${store.environment.accessClock}`,
    `executable:${binaryTextOf(identity.executablePath)}`,
    `config_file:${binaryTextOf(identity.configPath)}`,
    "io_threads_active:0",
  ];
}

/** Who is connected, and how large their buffers are. */
export function clientsLines(server: ServerParts): string[] {
  let blockedCount = 0, timedCount = 0, inputBytesMax = 0, outputBytesMax = 0;
  for (const session of server.clients) {
    if (session.isShownBlocked) blockedCount++;
    if (session.waiter?.timer !== undefined) timedCount++;
    inputBytesMax = Math.max(inputBytesMax, session.connection.inputBufferBytes);
    outputBytesMax = Math.max(outputBytesMax, session.connection.outputBytes);
  }
  return [
    `connected_clients:${server.clients.count}`,
    "cluster_connections:0",
    `maxclients:${server.config.number("maxclients")}`,
    `client_recent_max_input_buffer:${inputBytesMax}`,
    `client_recent_max_output_buffer:${outputBytesMax}`,
    `blocked_clients:${blockedCount}`,
    `tracking_clients:${server.tracking.clientCount}`,
    `clients_in_timeout_table:${timedCount}`,
  ];
}

/** Who holds how many bytes. */
export function memoryLines(server: ServerParts): string[] {
  const figures = memoryFigures(server);
  const { usedBytes, peakBytes, residentBytes } = figures;
  const { arenaUsedBytes, arenaPageBytes, arenaHeldBytes } = figures;
  const systemBytes = server.process.systemMemoryBytes();
  const maxBytes = server.config.number("maxmemory");
  const netBytes = usedBytes - figures.startupBytes;
  return [
    ...twice("used_memory", usedBytes),
    ...twice("used_memory_rss", residentBytes),
    ...twice("used_memory_peak", peakBytes),
    `used_memory_peak_perc:${formatPercent(usedBytes, peakBytes)}`,
    `used_memory_overhead:${figures.overheadBytes}`,
    `used_memory_startup:${figures.startupBytes}`,
    `used_memory_dataset:${figures.datasetBytes}`,
    `used_memory_dataset_perc:${formatPercent(figures.datasetBytes, netBytes)}`,
    `allocator_allocated:${arenaUsedBytes}`,
    `allocator_active:${arenaPageBytes}`,
    `allocator_resident:${arenaHeldBytes}`,
    ...twice("total_system_memory", systemBytes),
    "used_memory_lua:0",
    "used_memory_vm_eval:0",
    "used_memory_lua_human:0B",
    "used_memory_scripts_eval:0",
    "number_of_cached_scripts:0",
    "number_of_functions:0",
    "number_of_libraries:0",
    "used_memory_vm_functions:0",
    ...twice("used_memory_vm_total", 0),
    "used_memory_functions:0",
    ...twice("used_memory_scripts", 0),
    ...twice("maxmemory", maxBytes),
    `maxmemory_policy:${server.config.text("maxmemory-policy")}`,
    ...excess("allocator_frag", arenaPageBytes, arenaUsedBytes),
    ...excess("allocator_rss", arenaHeldBytes, arenaPageBytes),
    ...excess("rss_overhead", residentBytes, arenaHeldBytes),
    ...excess("mem_fragmentation", residentBytes, usedBytes),
    `mem_not_counted_for_evict:${server.memoryLimit.uncountedBytes}`,
    "mem_replication_backlog:0",
    "mem_total_replication_buffers:0",
    "mem_clients_slaves:0",
    `mem_clients_normal:${figures.clientBytes}`,
    "mem_cluster_links:0",
    `mem_aof_buffer:${figures.logBufferBytes}`,
    "mem_allocator:arena",
    `active_defrag_running:${server.stats.activeDefragRunning}`,
    `lazyfree_pending_objects:${server.store.environment.lazyFree.pendingCount}`,
    `lazyfreed_objects:${server.stats.lazyFreedObjects}`,
  ];
}

/** Processor time. */
export function cpuLines(server: ServerParts): string[] {
  const all = server.process.processorSeconds(), thread = server.process.threadSeconds();
  return [
    `used_cpu_sys:${all.system.toFixed(6)}`,
    `used_cpu_user:${all.user.toFixed(6)}`,
    "used_cpu_sys_children:0.000000",
    "used_cpu_user_children:0.000000",
    `used_cpu_sys_main_thread:${thread.system.toFixed(6)}`,
    `used_cpu_user_main_thread:${thread.user.toFixed(6)}`,
  ];
}

/** A path as binary text: its bytes in UTF-8. */
function binaryTextOf(path: string): string {
  return textOfBytes(new TextEncoder().encode(path));
}

/** An amount, exact and for people. */
function twice(name: string, byteCount: number): string[] {
  return [`${name}:${byteCount}`, `${name}_human:${formatMemorySize(byteCount)}`];
}

/** How far an amount goes beyond another, as a multiple and in bytes. */
function excess(name: string, byteCount: number, baseBytes: number): string[] {
  return [
    `${name}_ratio:${formatHundredths(byteCount / Math.max(1, baseBytes))}`,
    `${name}_bytes:${byteCount - baseBytes}`,
  ];
}
