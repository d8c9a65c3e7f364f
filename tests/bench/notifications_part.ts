/**
 * Notifications part: how long after its time a key's `expired` event arrives, though nobody touches
 * the key.
 *
 * Keys whose names tell when they are due expire evenly over some seconds, while `redis-benchmark`
 * loads the server; a subscriber notes when each message comes. What the machine adds when three
 * programs want two processors, it adds to both servers.
 *
 * @module
 */
import type { BenchOptions } from "./bench_options.ts";
import type { MeasuredServer, ServerStarter } from "./measured_server.ts";
import { commandText, RawConnection } from "./raw_connection.ts";
import { runBenchmark } from "./redis_benchmark.ts";
import { percentile } from "./statistics.ts";
import { TextTable, withCommas } from "./text_table.ts";

/** Time to set the keys before the first is due, and over which they expire. */
const LEAD_MS = 1_500;
const SPREAD_MS = 5_000;
/** How long the last events may be awaited. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 50;
const BATCH_COMMANDS = 250;
/** Commands of one run of the load, of which one follows the other: at each depth some tenths of a second. */
const LOAD_COMMANDS = 50_000;

const SHARES = [0.5, 0.9, 0.99, 0.999, 1] as const;

/** What one server showed under one load. */
interface DelayReport {
  readonly load: string;
  readonly serverName: string;
  /** Milliseconds from due to arrival. */
  readonly delays: readonly number[];
}

/**
 * Measures both servers and prints the table.
 *
 * @param starters Start the servers, the one to measure against first.
 */
export async function runNotificationsPart(
  starters: readonly ServerStarter[],
  options: BenchOptions,
): Promise<void> {
  const reports: DelayReport[] = [];
  for (const depth of [0, ...options.depths]) {
    for (const start of starters) {
      await using server = await start({ directives: ["--notify-keyspace-events", "Ex"] });
      reports.push(await measure(server, depth, options));
    }
  }
  printReports(reports, options);
}

/** @param depth Pipeline depth of the load; 0 for none. */
async function measure(
  server: MeasuredServer,
  depth: number,
  options: BenchOptions,
): Promise<DelayReport> {
  using subscriber = await ExpirySubscriber.open(server.port);
  await setVolatileKeys(server.port, options.volatileKeyCount);
  const deadlineMs = Date.now() + LEAD_MS + SPREAD_MS + PATIENCE_MS;
  const isDone = () =>
    subscriber.delays.length >= options.volatileKeyCount || Date.now() > deadlineMs;
  while (!isDone()) {
    if (depth === 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    else {
      await runBenchmark({
        port: server.port,
        testName: "SET",
        pipelineDepth: depth,
        requestCount: LOAD_COMMANDS * Math.min(depth, 8),
        clientCount: options.clientCount,
      });
    }
  }
  const load = depth === 0 ? "none" : `SET, \`-P ${depth}\``;
  return { load, serverName: server.name, delays: subscriber.delays };
}

/** Sets keys, the first due after `LEAD_MS`, the others evenly behind it. */
async function setVolatileKeys(port: number, keyCount: number): Promise<void> {
  using connection = await RawConnection.open(port);
  const encoder = new TextEncoder();
  const firstMs = Date.now() + LEAD_MS;
  await connection.stream(Math.ceil(keyCount / BATCH_COMMANDS), (batchIndex) => {
    const first = batchIndex * BATCH_COMMANDS;
    const commandCount = Math.min(BATCH_COMMANDS, keyCount - first);
    let text = "";
    for (let index = first; index < first + commandCount; index++) {
      const dueMs = firstMs + Math.floor(index * SPREAD_MS / keyCount);
      text += commandText(["SET", `due:${dueMs}:${index}`, "x", "PXAT", String(dueMs)]);
    }
    return { bytes: encoder.encode(text), commandCount };
  });
}

/** Notes when the events of the keys arrive. */
class ExpirySubscriber implements Disposable {
  /** Milliseconds from due to arrival, as they came. */
  readonly delays: number[] = [];
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#read().catch(() => {}); // closed
  }

  /** Subscribes, and returns when the server has said so. */
  static async open(port: number): Promise<ExpirySubscriber> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const request = commandText(["SUBSCRIBE", "__keyevent@0__:expired"]);
    await connection.write(new TextEncoder().encode(request));
    await connection.read(new Uint8Array(1024));
    return new ExpirySubscriber(connection);
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const byteCount = await this.#connection.read(buffer);
      if (byteCount === null) return;
      const nowMs = Date.now();
      rest += decoder.decode(buffer.subarray(0, byteCount));
      const end = rest.lastIndexOf("\n") + 1;
      for (const [, dueMs] of rest.slice(0, end).matchAll(/due:(\d+):\d+\r\n/g)) {
        this.delays.push(nowMs - Number(dueMs));
      }
      rest = rest.slice(end);
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

function printReports(reports: readonly DelayReport[], options: BenchOptions): void {
  const table = new TextTable([
    { title: "load", alignment: "left" },
    { title: "server", alignment: "left" },
    ...SHARES.map((share) => ({ title: share === 1 ? "longest" : `${share * 100} %` })),
    { title: "late by over 50 ms" },
    { title: "missing" },
  ]);
  for (const { load, serverName, delays } of reports) {
    const late = delays.filter((delayMs) => delayMs > 50).length;
    table.add(
      load,
      serverName,
      ...SHARES.map((share) => delays.length === 0 ? "" : `${percentile(delays, share)} ms`),
      withCommas(late),
      withCommas(options.volatileKeyCount - delays.length),
    );
  }
  console.log(
    `Expired events: ${withCommas(options.volatileKeyCount)} keys that expire over ` +
      `${SPREAD_MS / 1000} s, ${options.clientCount} connections of \`redis-benchmark -t set\` ` +
      `meanwhile; milliseconds from the moment of the expiry to the arrival of the event.\n\n` +
      `${table}\n`,
  );
}
