/**
 * MEMORY: what takes how much.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { replyHelp } from "../help.ts";
import { type MemoryFigures, memoryFigures } from "./memory_figures.ts";

const SPECIAL = ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"];

/** The rows of these commands. */
// deno-fmt-ignore
export const MEMORY_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "memory", arity: -2, flags: [], subcommands: [
    { name: "doctor", arity: 2, flags: [], tips: SPECIAL, run: doctor },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "malloc-stats", arity: 2, flags: [], tips: SPECIAL, run: mallocStats },
    { name: "purge", arity: 2, flags: [], run: purge,
      tips: ["request_policy:all_shards", "response_policy:all_succeeded"] },
    { name: "stats", arity: 2, flags: [], tips: SPECIAL, run: stats },
    { name: "usage", arity: -3, flags: ["readonly"], keys: [keyAt(2, "RO")], run: usage },
  ] },
]);

/** A dictionary's share of an entry, and of the segment's free slots. */
const SLOT_BYTES = 16;
/** Elements of a collection that MEMORY USAGE looks at. */
const SAMPLE_COUNT_DEFAULT = 5;
/** Less than this in use is not worth a diagnosis. */
const DIAGNOSED_BYTES_MIN = 5 * 1024 * 1024;

/** What MEMORY DOCTOR says below that, in Redis' words. */
const TOO_LITTLE_DATA =
  "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used " +
  "in these conditions. Please, leave for your mission on Earth and fill it with some data. The new " +
  "Sam and I will be back to our programming as soon as I finished rebooting.\n";
const HIGH_FRAGMENTATION = 1.4;
const HIGH_PEAK = 1.5;

/** `MEMORY USAGE key [SAMPLES n]` → integer: bytes of key and value, or nil. */
function usage(context: CommandContext, args: Args): void {
  let sampleCount = SAMPLE_COUNT_DEFAULT;
  for (let index = 3; index < args.count; index += 2) {
    if (!args.isWord(index, "samples") || index + 1 >= args.count) throw SYNTAX_ERROR;
    sampleCount = args.integer(index + 1);
    if (sampleCount < 0) throw SYNTAX_ERROR;
  }
  const { db, reply } = context;
  const ref = db.peek(args.at(2));
  if (ref === 0) reply.nil();
  else {
    const { values } = context.server.store.environment;
    reply.integer(values.memoryBytes(ref, sampleCount) + SLOT_BYTES);
  }
}

/** `MEMORY STATS` → map of figures. */
function stats(context: CommandContext): void {
  const { reply, server } = context;
  const figures = memoryFigures(server);
  const databases = server.store.databases.filter((database) => database.count > 0);
  const heldByWhom = shareNumbers(figures), summedUp = totalNumbers(figures);
  reply.map(heldByWhom.length + databases.length + summedUp.length);
  for (const [name, value] of heldByWhom) replyNumber(name, value);
  for (const database of databases) {
    reply.bulkText(`db.${database.index}`);
    reply.map(3);
    replyNumber("overhead.hashtable.main", database.tableBytes);
    replyNumber("overhead.hashtable.expires", 0);
    replyNumber("overhead.hashtable.slot-to-keys", 0);
  }
  for (const [name, value] of summedUp) replyNumber(name, value);

  function replyNumber(name: string, value: number): void {
    reply.bulkText(name);
    if (/percentage|ratio|^fragmentation$/.test(name)) reply.double(value);
    else reply.integer(Math.round(value));
  }
}

/** A figure of MEMORY STATS. */
type NamedNumber = readonly [name: string, value: number];

/** The figures before the databases: who holds how much. */
function shareNumbers(figures: MemoryFigures): readonly NamedNumber[] {
  return [
    ["peak.allocated", figures.peakBytes],
    ["total.allocated", figures.usedBytes],
    ["startup.allocated", figures.startupBytes],
    ["replication.backlog", 0],
    ["clients.slaves", 0],
    ["clients.normal", figures.clientBytes],
    ["cluster.links", 0],
    ["aof.buffer", figures.logBufferBytes],
    ["lua.caches", 0],
    ["functions.caches", 0],
  ];
}

/** The figures behind the databases: sums and ratios. */
function totalNumbers(figures: MemoryFigures): readonly NamedNumber[] {
  const { keyCount } = figures;
  const addedBytes = figures.usedBytes - figures.startupBytes;
  return [
    ["overhead.total", figures.overheadBytes],
    ["keys.count", keyCount],
    ["keys.bytes-per-key", keyCount === 0 ? 0 : Math.floor(addedBytes / keyCount)],
    ["dataset.bytes", figures.datasetBytes],
    ["dataset.percentage", 100 * figures.datasetBytes / Math.max(1, addedBytes)],
    ["peak.percentage", 100 * figures.usedBytes / Math.max(1, figures.peakBytes)],
    ["allocator.allocated", figures.arenaUsedBytes],
    ["allocator.active", figures.arenaPageBytes],
    ["allocator.resident", figures.arenaHeldBytes],
    ["allocator-fragmentation.ratio", figures.arenaPageBytes / Math.max(1, figures.arenaUsedBytes)],
    ["allocator-fragmentation.bytes", figures.arenaPageBytes - figures.arenaUsedBytes],
    ["allocator-rss.ratio", figures.arenaHeldBytes / Math.max(1, figures.arenaPageBytes)],
    ["allocator-rss.bytes", figures.arenaHeldBytes - figures.arenaPageBytes],
    ["rss-overhead.ratio", figures.residentBytes / Math.max(1, figures.arenaHeldBytes)],
    ["rss-overhead.bytes", figures.residentBytes - figures.arenaHeldBytes],
    ["fragmentation", figures.residentBytes / Math.max(1, figures.usedBytes)],
    ["fragmentation.bytes", figures.residentBytes - figures.usedBytes],
  ];
}

/** `MEMORY DOCTOR` → report for people. */
function doctor(context: CommandContext): void {
  context.reply.verbatim("txt", diagnose(memoryFigures(context.server)));
}

/** What is remarkable about the figures, in a few sentences. */
function diagnose(figures: MemoryFigures): string {
  if (figures.usedBytes < DIAGNOSED_BYTES_MIN) {
    return TOO_LITTLE_DATA;
  }
  const findings: string[] = [];
  if (figures.peakBytes / figures.usedBytes > HIGH_PEAK) {
    findings.push("Peak memory: much more was in use before than is now.");
  }
  if (figures.arenaPageBytes / figures.arenaUsedBytes > HIGH_FRAGMENTATION) {
    findings.push("Fragmentation: many pages are partly free; activedefrag empties some of them.");
  }
  if (figures.clientBytes > figures.arenaUsedBytes) {
    findings.push("Clients: their buffers take more than the data; see CLIENT LIST.");
  }
  return findings.length === 0 ? "No memory issue was found.\n" : `${findings.join("\n")}\n`;
}

/** `MEMORY PURGE` → OK; pages without data went back to the system. */
function purge(context: CommandContext): void {
  while (context.server.store.environment.arena.trim());
  context.reply.ok();
}

/** `MEMORY MALLOC-STATS` → the arena's figures, for people. */
function mallocStats(context: CommandContext): void {
  const arena = context.server.store.environment.arena;
  context.reply.verbatim(
    "txt",
    `arena: ${arena.blockCount} blocks, ${arena.usedBytes} bytes in use, ${arena.heldBytes} bytes held\n`,
  );
}

/** `MEMORY HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "DOCTOR",
    "    Return memory problems reports.",
    "MALLOC-STATS",
    "    Return internal statistics report from the memory allocator.",
    "PURGE",
    "    Attempt to purge dirty pages for reclamation by the allocator.",
    "STATS",
    "    Return information about the memory usage of the server.",
    "USAGE <key> [SAMPLES <count>]",
    "    Return memory in bytes used by <key> and its value. Nested values are",
    "    sampled up to <count> times (default: 5, 0 means sample all).",
  ]);
}
