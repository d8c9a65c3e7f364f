/**
 * Memory part: what a key costs, and whether anybody has to wait while many keys come and go.
 *
 * Each server in turn is filled with keys, flushed with ASYNC, then filled with keys that all expire
 * within the same second; a probe sends a PING each millisecond all the while. Memory is what `ps`
 * says about the process, less what it said of the empty server.
 *
 * @module
 */
import type { BenchOptions } from "./bench_options.ts";
import { fillKeys } from "./key_filler.ts";
import type { MeasuredServer } from "./measured_server.ts";
import type { RawConnection } from "./raw_connection.ts";
import { StallProbe, type StallReport, stallText } from "./stall_probe.ts";
import { mebibytes, TextTable, withCommas } from "./text_table.ts";

/** A server's memory is back when less than this share of what was added is left. */
const BACK_SHARE = 0.02;
/** Pause between two looks at the memory. */
const LOOK_MS = 100;
/** Time after a fill in which a server may settle before its memory is read. */
const SETTLE_MS = 500;
/** Spare time before keys expire, and the time that empty pages have to be given back. */
const LEAD_MS = 1_500;

/** What one server showed. */
interface MemoryReport {
  readonly serverName: string;
  readonly emptyBytes: number;
  readonly bytesPerKey: number;
  readonly keysPerSecond: number;
  readonly filling: StallReport;
  readonly flushing: ReturnReport;
  readonly expiring: ReturnReport;
}

/** How memory came back. */
interface ReturnReport {
  readonly stalls: StallReport;
  /** Milliseconds until `used_memory` was back; `undefined`: not within the time limit. */
  readonly usedBackMs: number | undefined;
  /** Share of the resident memory over empty that was given back at the end, 0 to 1. */
  readonly residentBackShare: number;
}

/**
 * Measures both servers one after the other and prints the table.
 *
 * @param starters Start the servers; each is started fresh and ended before the next.
 */
export async function runMemoryPart(
  starters: readonly (() => Promise<MeasuredServer>)[],
  options: BenchOptions,
): Promise<void> {
  const reports: MemoryReport[] = [];
  for (const start of starters) {
    await using server = await start();
    reports.push(await measure(server, options));
  }
  printReports(reports, options);
}

/** Takes one server through filling, flushing and expiring. */
async function measure(server: MeasuredServer, options: BenchOptions): Promise<MemoryReport> {
  using probe = await StallProbe.connect(server.port);
  using control = await server.connect();
  await pause(SETTLE_MS);
  const memory = new MemoryWatch({ server, control, probe });
  const empty = await memory.look();

  const filled = await probe.watch(() =>
    fillKeys({ port: server.port, keyCount: options.keyCount })
  );
  await pause(SETTLE_MS);
  const full = await memory.look();
  const limits = { empty, timeoutMs: options.returnTimeoutMs };
  const flushing = await memory.watchReturn(
    { ...limits, countsFromMs: Date.now() },
    () => control.ask("FLUSHALL", "ASYNC"),
  );

  const fillMs = filled.result * options.expiringKeyCount / options.keyCount;
  const expiresAtMs = Math.ceil((Date.now() + fillMs * 2 + LEAD_MS) / 1000) * 1000;
  await fillKeys({
    port: server.port,
    keyCount: options.expiringKeyCount,
    expiresInSecondAt: expiresAtMs,
  });
  const leftMs = expiresAtMs - Date.now();
  if (leftMs < 0) console.log(`(${server.name}: the expiring keys came ${-leftMs} ms late)`);
  const expiring = await memory.watchReturn(
    { ...limits, countsFromMs: expiresAtMs + 1000 },
    () => pause(Math.max(0, leftMs)),
  );
  return {
    serverName: server.name,
    emptyBytes: empty.residentBytes,
    bytesPerKey: (full.residentBytes - empty.residentBytes) / options.keyCount,
    keysPerSecond: options.keyCount / filled.result * 1000,
    filling: filled.stalls,
    flushing,
    expiring,
  };
}

/** A server's memory at one moment. */
interface MemoryLook {
  /** What the system says. */
  readonly residentBytes: number;
  /** What the server says, `used_memory`. */
  readonly usedBytes: number;
}

/** Looks at the memory of one server, and at how it comes back. */
class MemoryWatch {
  readonly #parts: { server: MeasuredServer; control: RawConnection; probe: StallProbe };

  constructor(parts: { server: MeasuredServer; control: RawConnection; probe: StallProbe }) {
    this.#parts = parts;
  }

  /** The memory now. */
  async look(): Promise<MemoryLook> {
    const residentBytes = await this.#parts.server.residentBytes();
    return { residentBytes, usedBytes: await this.#usedBytes() };
  }

  /**
   * Does something that frees memory and waits until it is free.
   *
   * @param limits The memory to come back to; the moment from which time counts, Unix time; and
   * the longest time to wait from then on.
   * @param act What frees the memory.
   */
  async watchReturn(
    limits: { empty: MemoryLook; countsFromMs: number; timeoutMs: number },
    act: () => Promise<unknown>,
  ): Promise<ReturnReport> {
    const { empty, countsFromMs, timeoutMs } = limits;
    const full = await this.look();
    const backBytes = empty.usedBytes + (full.usedBytes - empty.usedBytes) * BACK_SHARE;
    const { result: usedBackMs, stalls } = await this.#parts.probe.watch(async () => {
      await act();
      let backMs: number | undefined;
      while (Date.now() < countsFromMs + timeoutMs && backMs === undefined) {
        await pause(LOOK_MS);
        const isBack = await this.#usedBytes() <= backBytes;
        if (isBack) backMs = Math.max(0, Date.now() - countsFromMs);
      }
      await pause(LEAD_MS); // time for empty pages to go back to the system
      return backMs;
    });
    const keptBytes = await this.#parts.server.residentBytes() - empty.residentBytes;
    const residentBackShare = 1 - keptBytes / (full.residentBytes - empty.residentBytes);
    return { stalls, usedBackMs, residentBackShare };
  }

  async #usedBytes(): Promise<number> {
    const text = await this.#parts.control.ask("INFO", "memory");
    const usedBytes = Number(/used_memory:(\d+)/.exec(text)?.[1]);
    if (Number.isNaN(usedBytes)) throw new Error("INFO memory: no used_memory");
    return usedBytes;
  }
}

/** Prints one row for each figure, one column for each server. */
function printReports(reports: readonly MemoryReport[], options: BenchOptions): void {
  const table = new TextTable([
    { title: "", alignment: "left" },
    ...reports.map((report) => ({ title: report.serverName })),
    { title: "ratio" },
  ]);
  const addRow = (title: string, cellOf: (report: MemoryReport) => string): void =>
    table.add(title, ...reports.map(cellOf));
  const addRatioRow = (
    title: string,
    valueOf: (report: MemoryReport) => number,
    textOf: (value: number) => string,
  ): void => {
    const values = reports.map(valueOf);
    table.add(title, ...values.map(textOf), (values[1] / values[0]).toFixed(2));
  };
  const { returnTimeoutMs } = options;
  addRatioRow("empty server, resident", (report) => report.emptyBytes, mebibytes);
  addRatioRow("resident bytes a key", (report) => report.bytesPerKey, (value) => value.toFixed(1));
  addRatioRow("SET a second, one connection", (report) => report.keysPerSecond, withCommas);
  addRow("filling: longest stall", (report) => stallText(report.filling));
  addRow("FLUSHALL ASYNC: longest stall", (report) => stallText(report.flushing.stalls));
  addRow("  used_memory back after", (report) => backText(report.flushing, returnTimeoutMs));
  addRow("  resident memory given back", (report) => shareText(report.flushing));
  addRow("expiring: longest stall", (report) => stallText(report.expiring.stalls));
  addRow("  used_memory back after", (report) => backText(report.expiring, returnTimeoutMs));
  addRow("  resident memory given back", (report) => shareText(report.expiring));
  console.log(
    `Memory: ${withCommas(options.keyCount)} keys of 16 + 16 bytes, \`SET key:<12 digits> ` +
      `value:abcdefghij\` pipelined by 256; then FLUSHALL ASYNC; then ` +
      `${withCommas(options.expiringKeyCount)} keys with PXAT in the same second (times count ` +
      `from its end). Resident: \`ps -o rss=\`. Stalls: a PING each millisecond; "own": the ` +
      `probe's own longest gap for want of a processor.\n\n${table}\n`,
  );
}

function backText(report: ReturnReport, timeoutMs: number): string {
  if (report.usedBackMs === undefined) return `over ${timeoutMs / 1000} s`;
  return `${(report.usedBackMs / 1000).toFixed(1)} s`;
}

function shareText(report: ReturnReport): string {
  return `${Math.max(0, Math.round(report.residentBackShare * 100))} %`;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
