/**
 * Collections part: what elements cost in each type, and whether anybody waits for a large one.
 *
 * Each shape gets a fresh server, because freed memory of one would serve the next. Memory is what
 * `ps` says; times of single commands are the server's own (`INFO commandstats`), since a reply of
 * a million elements would measure the reader.
 *
 * @module
 */
import type { BenchOptions } from "./bench_options.ts";
import {
  type CollectionShape,
  fillShape,
  LARGE_SHAPES,
  largeKeyOf,
  SMALL_SHAPES,
} from "./collection_shapes.ts";
import type { MeasuredServer } from "./measured_server.ts";
import type { RawConnection } from "./raw_connection.ts";
import { StallProbe, stallText } from "./stall_probe.ts";
import { TextTable, withCommas } from "./text_table.ts";

/** Time after a fill in which a server may settle before its memory is read. */
const SETTLE_MS = 500;
/** How long to watch a server that frees. */
const FREEING_MS = 2_000;

type Starter = () => Promise<MeasuredServer>;

/**
 * Measures both servers shape by shape and prints three tables.
 *
 * @param starters Start the servers, the one to measure against first.
 */
export async function runCollectionsPart(
  starters: readonly Starter[],
  options: BenchOptions,
): Promise<void> {
  await measureMemory(starters, options);
  await measureCommands(starters, options);
  await measureStalls(starters, options);
}

async function measureMemory(starters: readonly Starter[], options: BenchOptions): Promise<void> {
  const { elementCount } = options;
  const rows: string[][] = [];
  let names: string[] = [];
  for (const shape of [...SMALL_SHAPES, ...LARGE_SHAPES]) {
    const figures: number[] = [];
    names = [];
    for (const start of starters) {
      await using server = await start();
      names.push(server.name);
      await pause(SETTLE_MS);
      const emptyBytes = await server.residentBytes();
      await fillShape(server.port, shape, elementCount);
      await pause(SETTLE_MS);
      figures.push((await server.residentBytes() - emptyBytes) / elementCount);
    }
    const cells = figures.map((bytes) => bytes.toFixed(1));
    rows.push([shape.title, ...cells, (figures[1] / figures[0]).toFixed(2)]);
  }
  const title = `resident bytes an element, ${withCommas(elementCount)} elements`;
  printTable([title, ...names, "ratio"], rows);
}

/** Commands over large collections, by what they need. */
const LONG_COMMANDS: readonly (readonly string[])[] = [
  ["SUNION", "large:SADD", "other:SADD"],
  ["SINTERSTORE", "to", "large:SADD", "other:SADD"],
  ["ZUNIONSTORE", "to", "2", "large:ZADD", "other:ZADD"],
  ["SORT", "large:RPUSH", "ALPHA", "LIMIT", "0", "1"],
  ["SORT", "large:SADD", "ALPHA", "STORE", "to"],
  ["KEYS", "*nothing*"],
  ["HGETALL", "large:HSET"],
  ["LRANGE", "large:RPUSH", "0", "-1"],
  ["XRANGE", "large:XADD", "-", "+"],
];

async function measureCommands(starters: readonly Starter[], options: BenchOptions): Promise<void> {
  const { elementCount } = options;
  const names: string[] = [];
  const columns: number[][] = [];
  for (const start of starters) {
    await using server = await start();
    names.push(server.name);
    for (const shape of LARGE_SHAPES) await fillShape(server.port, shape, elementCount);
    await fillShape(server.port, { ...SMALL_SHAPES[1], elementsOfKey: 1 }, elementCount);
    using connection = await server.connect();
    for (const type of ["SADD", "ZADD"]) {
      await connection.ask("COPY", `large:${type}`, `other:${type}`);
    }
    const milliseconds: number[] = [];
    for (const words of LONG_COMMANDS) {
      const runs: number[] = [];
      for (let run = 0; run < options.pairCount; run++) {
        runs.push(await commandMs(connection, words));
      }
      milliseconds.push(runs.sort((a, b) => a - b)[runs.length >> 1]);
    }
    columns.push(milliseconds);
  }
  const rows = LONG_COMMANDS.map((words, index) => {
    const [theirs, ours] = [columns[0][index], columns[1][index]];
    return [words.join(" "), theirs.toFixed(1), ours.toFixed(1), (ours / theirs).toFixed(2)];
  });
  const title = `milliseconds, ${withCommas(elementCount)} elements each`;
  printTable([title, ...names, "ratio"], rows);
}

/** How long the server says that a command took. */
async function commandMs(connection: RawConnection, words: readonly string[]): Promise<number> {
  await connection.ask("CONFIG", "RESETSTAT");
  await connection.askAndDiscard(...words);
  const text = await connection.ask("INFO", "commandstats");
  const name = words[0].toLowerCase();
  const microseconds = Number(new RegExp(`cmdstat_${name}:calls=1,usec=(\\d+)`).exec(text)?.[1]);
  if (Number.isNaN(microseconds)) throw new Error(`INFO commandstats: no ${name}`);
  return microseconds / 1000;
}

async function measureStalls(starters: readonly Starter[], options: BenchOptions): Promise<void> {
  const rows: string[][] = LARGE_SHAPES.flatMap((shape) => [
    [`${shape.title} grows: longest stall`],
    [`  UNLINK of it: longest stall`],
  ]);
  const names: string[] = [];
  for (const start of starters) {
    await using server = await start();
    names.push(server.name);
    using probe = await StallProbe.connect(server.port);
    using connection = await server.connect();
    for (const [index, shape] of LARGE_SHAPES.entries()) {
      const stalls = await stallsOf(server, { probe, connection, shape, options });
      rows[2 * index].push(stalls.growing);
      rows[2 * index + 1].push(stalls.freeing);
    }
  }
  printTable([`${withCommas(options.growingElementCount)} elements`, ...names], rows);
}

async function stallsOf(
  server: MeasuredServer,
  parts: {
    probe: StallProbe;
    connection: RawConnection;
    shape: CollectionShape;
    options: BenchOptions;
  },
): Promise<{ growing: string; freeing: string }> {
  const { probe, connection, shape, options } = parts;
  const growing = await probe.watch(() =>
    fillShape(server.port, shape, options.growingElementCount)
  );
  const freeing = await probe.watch(async () => {
    await connection.ask("UNLINK", largeKeyOf(shape));
    await pause(FREEING_MS);
  });
  return { growing: stallText(growing.stalls), freeing: stallText(freeing.stalls) };
}

function printTable(titles: readonly string[], rows: readonly string[][]): void {
  const table = new TextTable(titles.map((title, index) => ({
    title,
    alignment: index === 0 ? "left" : "right",
  })));
  for (const row of rows) table.add(...row);
  console.log(`${table}\n`);
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
