/**
 * Connections part: what an idle connection costs, and what happens when all talk at once.
 *
 * The connections are opened by this process, so it needs as many file descriptors as the server;
 * where the system allows fewer, it opens fewer and says so.
 *
 * @module
 */
import type { BenchOptions } from "./bench_options.ts";
import type { MeasuredServer } from "./measured_server.ts";
import type { RawConnection } from "./raw_connection.ts";
import { mebibytes, TextTable, withCommas } from "./text_table.ts";

/** File descriptors that are needed for other things than connections. */
const SPARE_DESCRIPTORS = 200;
/** Connections that are being opened at the same time; below the backlog of 511. */
const OPENING_MAX = 100;
/** PINGs from each connection when all talk. */
const ROUND_COUNT = 5;
/** Time after which memory is read. */
const SETTLE_MS = 500;

/** What one server showed. */
interface ConnectionsReport {
  readonly serverName: string;
  readonly idleBytes: number;
  readonly talkingBytes: number;
  readonly closedBytes: number;
  readonly pingsPerSecond: number;
  readonly longestRoundMs: number;
}

/**
 * Measures both servers one after the other and prints the table.
 *
 * @param starters Start the servers; each is started fresh and ended before the next.
 */
export async function runConnectionsPart(
  starters: readonly (() => Promise<MeasuredServer>)[],
  options: BenchOptions,
): Promise<void> {
  const allowed = await descriptorLimit() - SPARE_DESCRIPTORS;
  const connectionCount = Math.min(options.connectionCount, allowed);
  if (connectionCount < options.connectionCount) {
    console.log(
      `(\`ulimit -Hn\` allows ${connectionCount} connections, not ${options.connectionCount})\n`,
    );
  }
  const reports: ConnectionsReport[] = [];
  for (const start of starters) {
    await using server = await start();
    reports.push(await measure(server, connectionCount));
  }
  printReports(reports, connectionCount);
}

/** Opens the connections, leaves them idle, lets all talk, and closes them. */
async function measure(
  server: MeasuredServer,
  connectionCount: number,
): Promise<ConnectionsReport> {
  await pause(SETTLE_MS);
  const emptyBytes = await server.residentBytes();
  const bytesOverEmpty = async (): Promise<number> => {
    await pause(SETTLE_MS);
    return await server.residentBytes() - emptyBytes;
  };
  const connections: RawConnection[] = [];
  try {
    while (connections.length < connectionCount) {
      const count = Math.min(OPENING_MAX, connectionCount - connections.length);
      connections.push(...await Promise.all(Array.from({ length: count }, () => server.connect())));
    }
    // The last one to be let in answers: now the server holds all of them.
    await connections[connections.length - 1].ping();
    const idleBytes = await bytesOverEmpty();
    const roundsMs: number[] = [];
    for (let round = 0; round < ROUND_COUNT; round++) {
      const startedMs = performance.now();
      await Promise.all(connections.map((connection) => connection.ping()));
      roundsMs.push(performance.now() - startedMs);
    }
    const talkingBytes = await bytesOverEmpty();
    for (const connection of connections.splice(0)) connection[Symbol.dispose]();
    const totalMs = roundsMs.reduce((sum, roundMs) => sum + roundMs, 0);
    return {
      serverName: server.name,
      idleBytes,
      talkingBytes,
      closedBytes: await bytesOverEmpty(),
      pingsPerSecond: connectionCount * ROUND_COUNT / totalMs * 1000,
      longestRoundMs: Math.max(...roundsMs),
    };
  } finally {
    for (const connection of connections) connection[Symbol.dispose]();
  }
}

/** Prints one row for each figure, one column for each server. */
function printReports(reports: readonly ConnectionsReport[], connectionCount: number): void {
  const table = new TextTable([
    { title: "resident memory over empty", alignment: "left" },
    ...reports.map((report) => ({ title: report.serverName })),
    { title: "ratio" },
  ]);
  const addRow = (
    title: string,
    valueOf: (report: ConnectionsReport) => number,
    textOf: (value: number) => string,
  ): void => {
    const values = reports.map(valueOf);
    table.add(title, ...values.map(textOf), (values[1] / values[0]).toFixed(2));
  };
  addRow("all idle", (report) => report.idleBytes, mebibytes);
  addRow("all have talked", (report) => report.talkingBytes, mebibytes);
  addRow("all closed", (report) => report.closedBytes, mebibytes);
  addRow("PING a second, all talking", (report) => report.pingsPerSecond, withCommas);
  addRow("longest round", (report) => report.longestRoundMs, (value) => `${value.toFixed(0)} ms`);
  console.log(
    `Connections: ${withCommas(connectionCount)} from one process, idle, then ${ROUND_COUNT} ` +
      `rounds in which each sends a PING and waits. Resident: \`ps -o rss=\`.\n\n${table}\n`,
  );
}

/** How many file descriptors the system lets this process have; Deno raises its own limit to it. */
async function descriptorLimit(): Promise<number> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", "ulimit -Hn"] }).output();
  const text = new TextDecoder().decode(stdout).trim();
  return text === "unlimited" ? Infinity : Number(text);
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
