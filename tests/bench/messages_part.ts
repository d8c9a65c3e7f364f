/**
 * Messages part: how fast messages reach few and many subscribers, and how fast transactions run.
 *
 * A delivery is one message at one subscriber. The time runs from the first PUBLISH until the last
 * subscriber has read the last byte. Publisher and subscribers are processes of their own; on a machine
 * with two processors they share one while the server has the other, so what the subscribers need is
 * printed beside the figures: where it comes near the time of the run, they are the limit.
 *
 * @module
 */
import type { BenchOptions } from "./bench_options.ts";
import type { MeasuredServer, ServerStarter } from "./measured_server.ts";
import { type Batch, commandText, type RawConnection } from "./raw_connection.ts";
import { median } from "./statistics.ts";
import { SubscriberProcess } from "./subscriber_process.ts";
import { TextTable, withCommas } from "./text_table.ts";

const SUBSCRIBER_COUNTS = [1, 100, 1_000, 10_000];
/** Messages that the publisher sends at once. */
const BATCH_SIZES = [1, 16];
const CHANNEL = "news";
const MESSAGE = "m".repeat(64);
/** What a subscriber reads of one message. */
const FRAME_BYTES = `*3\r\n$7\r\nmessage\r\n$4\r\n${CHANNEL}\r\n$64\r\n${MESSAGE}\r\n`.length;
/** Deliveries of a run that finds out how many make a longer one. */
const CALIBRATION_DELIVERIES = 40_000;
/** SETs of a transaction, and transactions that are sent at once. */
const SET_COUNT = 10;
const TRANSACTION_BATCH = 8;
/** How transactions are sent: a few keys again and again, or as many as a server in use has. */
const TRANSACTION_LOADS: readonly TransactionLoad[] = [
  { clientCount: 1, batchCount: 1 },
  { clientCount: 50, batchCount: 1 },
  { clientCount: 50, batchCount: 1_000 },
];
const CALIBRATION_TRANSACTIONS = 4_000;

/** What a run showed. */
interface Run {
  readonly perSecond: number;
  /** Processor time of the subscribers as a share of the run's time. */
  readonly readerShare: number;
}

/** Who sends transactions. */
interface TransactionLoad {
  readonly clientCount: number;
  /** Batches that they take turns with; no two have a key in common. */
  readonly batchCount: number;
}

/** Runs something so many times over on one server. */
type Runner = (count: number) => Promise<Run>;

/**
 * Measures and prints the table.
 *
 * @param starters Start the reference and the subject.
 */
export async function runMessagesPart(
  starters: readonly [ServerStarter, ServerStarter],
  options: BenchOptions,
): Promise<void> {
  await using reference = await starters[0]();
  await using subject = await starters[1]();
  const servers = [reference, subject] as const;
  const table = new TextTable([
    { title: "subscribers" },
    { title: "messages at once" },
    ...servers.map((server) => ({ title: `${server.name} /s` })),
    { title: "ratio" },
    { title: "lowest to highest" },
    { title: "readers' share" },
  ]);
  for (const readerCount of SUBSCRIBER_COUNTS) {
    if (readerCount > options.connectionCount) continue;
    const readers = await Promise.all(
      servers.map(({ port }) => SubscriberProcess.start(port, { channel: CHANNEL, readerCount })),
    );
    try {
      for (const batchSize of BATCH_SIZES) {
        const runners = servers.map((server, index) => (messageCount: number) =>
          publish(server, readers[index], { readerCount, batchSize, messageCount })
        );
        const firstCount = Math.ceil(CALIBRATION_DELIVERIES / readerCount);
        const cells = await compare(runners, { firstCount, perCount: readerCount, options });
        table.add(withCommas(readerCount), String(batchSize), ...cells);
      }
    } finally {
      for (const process of readers) await process[Symbol.asyncDispose]();
    }
  }
  console.log(
    `Messages: deliveries a second, ${MESSAGE.length} bytes each; medians of ${options.pairCount} ` +
      `pairs of runs in turn; readers' share: processor time of the subscribers' process in a run, ` +
      `as part of its time.\n\n${table}\n`,
  );
  await compareTransactions(servers, options);
}

/** Measures MULTI, SETs, EXEC and prints the table. */
async function compareTransactions(
  servers: readonly MeasuredServer[],
  options: BenchOptions,
): Promise<void> {
  const table = new TextTable([
    { title: "clients" },
    { title: "keys" },
    ...servers.map((server) => ({ title: `${server.name} /s` })),
    { title: "ratio" },
    { title: "lowest to highest" },
  ]);
  for (const { clientCount, batchCount } of TRANSACTION_LOADS) {
    const batches = Array.from({ length: batchCount }, (_, index) => transactionBatch(index));
    const runners = servers.map((server) => (transactionCount: number) =>
      transact(server, { clientCount, batches, transactionCount })
    );
    const cells = await compare(runners, {
      firstCount: CALIBRATION_TRANSACTIONS,
      perCount: 1,
      options,
    });
    const keyCount = batchCount * TRANSACTION_BATCH * SET_COUNT;
    table.add(withCommas(clientCount), withCommas(keyCount), ...cells.slice(0, -1));
  }
  console.log(
    `Transactions: MULTI, ${SET_COUNT} SETs, EXEC; ${TRANSACTION_BATCH} of them sent at once by ` +
      `each client.\n\n${table}\n`,
  );
}

/** Runs both in turn; returns the cells of a row from the rates on. */
async function compare(
  runners: readonly Runner[],
  { firstCount, perCount, options }: {
    firstCount: number;
    /** What each of the count is in the rate. */
    perCount: number;
    options: BenchOptions;
  },
): Promise<string[]> {
  let slowest = Infinity;
  for (const run of runners) slowest = Math.min(slowest, (await run(firstCount)).perSecond);
  const count = Math.max(1, Math.round(slowest * options.runSeconds / perCount));
  const results: Run[][] = [[], []];
  for (let pairIndex = 0; pairIndex < options.pairCount; pairIndex++) {
    for (const [index, run] of runners.entries()) results[index].push(await run(count));
  }
  const ratios = results[1].map((run, index) => run.perSecond / results[0][index].perSecond);
  const share = (runs: readonly Run[]): string =>
    median(runs.map((run) => run.readerShare)).toFixed(2);
  return [
    ...results.map((runs) => withCommas(median(runs.map((run) => run.perSecond)))),
    median(ratios).toFixed(2),
    `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    results.map(share).join(", "),
  ];
}

/** Publishes messages and waits until all subscribers have them. */
async function publish(
  server: MeasuredServer,
  readers: SubscriberProcess,
  { readerCount, batchSize, messageCount }: {
    readerCount: number;
    batchSize: number;
    messageCount: number;
  },
): Promise<Run> {
  using publisher = await server.connect();
  const batchCount = Math.max(1, Math.round(messageCount / batchSize));
  const text = commandText(["PUBLISH", CHANNEL, MESSAGE]).repeat(batchSize);
  const batch = { bytes: new TextEncoder().encode(text), commandCount: batchSize };
  const deliveryCount = batchCount * batchSize * readerCount;
  const arrival = readers.arrivalOf(deliveryCount * FRAME_BYTES);
  const startedMs = performance.timeOrigin + performance.now();
  await publisher.stream(batchCount, () => batch);
  const { atMs, readerSeconds } = await arrival;
  const seconds = (atMs - startedMs) / 1000;
  return { perSecond: deliveryCount / seconds, readerShare: readerSeconds / seconds };
}

/** Runs transactions. */
async function transact(
  server: MeasuredServer,
  { clientCount, batches, transactionCount }: {
    clientCount: number;
    batches: readonly Batch[];
    transactionCount: number;
  },
): Promise<Run> {
  const clients: RawConnection[] = [];
  try {
    for (let index = 0; index < clientCount; index++) clients.push(await server.connect());
    const batchCount = Math.ceil(transactionCount / TRANSACTION_BATCH / clientCount);
    let nextIndex = 0;
    const nextBatch = () => batches[nextIndex++ % batches.length];
    const startedMs = performance.now();
    await Promise.all(clients.map((client) => client.stream(batchCount, nextBatch)));
    const seconds = (performance.now() - startedMs) / 1000;
    return { perSecond: clientCount * batchCount * TRANSACTION_BATCH / seconds, readerShare: 0 };
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
}

/** Transactions on keys of their own; what is counted are the lines of their replies. */
function transactionBatch(batchIndex: number): Batch {
  let text = "", lineCount = 0;
  for (let transaction = 0; transaction < TRANSACTION_BATCH; transaction++) {
    text += commandText(["MULTI"]);
    for (let set = 0; set < SET_COUNT; set++) {
      text += commandText(["SET", `key:${batchIndex}:${transaction}:${set}`, "value"]);
    }
    text += commandText(["EXEC"]);
    lineCount += 1 + SET_COUNT + 1 + SET_COUNT;
  }
  return { bytes: new TextEncoder().encode(text), commandCount: lineCount };
}
