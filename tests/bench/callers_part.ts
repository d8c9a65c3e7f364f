/**
 * Callers part: many callers in one program that want a server, over EasyRedis' client and over ioredis.
 *
 * Each caller asks, waits for the reply, and asks again. The server is the reference one for all, so
 * only the clients differ. They take turns within each round; ratios are to ioredis as it is mostly
 * used, all callers on one connection.
 *
 * @module
 */
import { Redis } from "ioredis";
import { SystemClock } from "../../src/base/clock.ts";
import { ClientPool, SharedConnections } from "../../src/mod.ts";
import type { BenchOptions } from "./bench_options.ts";
import type { ServerStarter } from "./measured_server.ts";
import { median } from "./statistics.ts";
import { TextTable, withCommas } from "./text_table.ts";

const CONNECTION_COUNT = 4;
const CALLS_PER_CALLER = 400;
const TIMEOUT_MS = 10_000;

/** One way to ask. */
interface Way {
  readonly name: string;
  /** Asks for a key. @param callerIndex Who. */
  get(callerIndex: number): Promise<unknown>;
}

/** Measures and prints the table. @param start Starts the server that all ask. */
export async function runCallersPart(start: ServerStarter, options: BenchOptions): Promise<void> {
  await using server = await start();
  const address = { host: "127.0.0.1", port: server.port };
  await using pool = new ClientPool({
    clock: new SystemClock(),
    clientCountMax: CONNECTION_COUNT,
    idleCountMax: CONNECTION_COUNT,
    idleMsMax: TIMEOUT_MS,
  });
  const shared = new SharedConnections(pool, address, {
    connectionCountMax: CONNECTION_COUNT,
    timeoutMs: TIMEOUT_MS,
  });
  const theirs = Array.from(
    { length: CONNECTION_COUNT },
    () => new Redis(server.port, "127.0.0.1"),
  );
  const ways: readonly Way[] = [
    { name: "ioredis, one connection", get: () => theirs[0].get("key") },
    {
      name: `ioredis, ${CONNECTION_COUNT} connections in turn`,
      get: (callerIndex) => theirs[callerIndex % CONNECTION_COUNT].get("key"),
    },
    {
      name: `pool of ${CONNECTION_COUNT}, each connection one caller's at a time`,
      get: async () => {
        using pooled = await pool.acquire(address, { timeoutMs: TIMEOUT_MS });
        return await pooled.client.call("GET", "key");
      },
    },
    {
      name: `pool of ${CONNECTION_COUNT}, connections shared`,
      get: () => shared.call("GET", "key"),
    },
  ];
  try {
    await theirs[0].set("key", "value");
    await report(ways, options);
  } finally {
    for (const client of theirs) client.disconnect();
  }
}

async function report(ways: readonly Way[], options: BenchOptions): Promise<void> {
  const rates = ways.map((): number[] => []);
  for (let round = -1; round < options.pairCount; round++) {
    for (const [index, way] of ways.entries()) {
      const rate = await rateOf(way, options.clientCount);
      if (round >= 0) rates[index].push(rate); // the first one warms up
    }
  }
  const table = new TextTable([
    { title: "client", alignment: "left" },
    { title: "calls /s" },
    { title: "ratio" },
  ]);
  for (const [index, { name }] of ways.entries()) {
    const ratios = rates[index].map((rate, round) => rate / rates[0][round]);
    table.add(name, withCommas(median(rates[index])), median(ratios).toFixed(2));
  }
  console.log(
    `Callers: ${options.clientCount} in one program, each with one GET under way; medians of ` +
      `${options.pairCount} rounds in turn.\n\n${table}\n`,
  );
}

/** Calls a second of so many callers. */
async function rateOf({ get }: Way, callerCount: number): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: callerCount }, async (_, callerIndex) => {
    for (let call = 0; call < CALLS_PER_CALLER; call++) await get(callerIndex);
  }));
  return callerCount * CALLS_PER_CALLER / ((performance.now() - startedMs) / 1000);
}
