/**
 * Process probe: what the operating system says of this process.
 *
 * @module
 */

import process from "node:process";
import type { ProcessProbe } from "../engine/mod.ts";

/** Asks Deno. */
export class DenoProcessProbe implements ProcessProbe {
  residentBytes(): number {
    return Deno.memoryUsage().rss;
  }

  systemMemoryBytes(): number {
    return Deno.systemMemoryInfo().total;
  }

  heapBytes(): { usedBytes: number; totalBytes: number } {
    const usage = Deno.memoryUsage();
    return { usedBytes: usage.heapUsed, totalBytes: usage.heapTotal };
  }

  processorSeconds(): { user: number; system: number } {
    const usage = process.cpuUsage();
    return { user: usage.user / 1e6, system: usage.system / 1e6 };
  }

  threadSeconds(): { user: number; system: number } {
    // Older runtimes only know of the process as a whole.
    const usage = process.threadCpuUsage === undefined
      ? process.cpuUsage()
      : process.threadCpuUsage();
    return { user: usage.user / 1e6, system: usage.system / 1e6 };
  }

  collectGarbage(): void {
    (globalThis as { gc?: () => void }).gc?.();
  }
}
