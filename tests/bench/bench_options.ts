/**
 * Benchmark options: what the command line of `deno task bench` asks for.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";

const PARTS = [
  "speed",
  "memory",
  "connections",
  "collections",
  "persistence",
  "messages",
  "notifications",
  "relay",
  "callers",
] as const;

/** The parts of the benchmark. */
export type BenchPart = typeof PARTS[number];

/** What to measure and how long. */
export interface BenchOptions {
  /** Parts to run, in order. */
  readonly parts: readonly BenchPart[];
  /** Tests of `redis-benchmark` by name. */
  readonly testNames: readonly string[];
  /** Pipeline depths. */
  readonly depths: readonly number[];
  /** Pairs of runs (Redis, EasyRedis) that count. */
  readonly pairCount: number;
  /** How long one run should take about, in seconds. */
  readonly runSeconds: number;
  /** Connections of `redis-benchmark`. */
  readonly clientCount: number;
  /** Keys of the memory part. */
  readonly keyCount: number;
  /** Keys of the persistence part. */
  readonly savedKeyCount: number;
  /** Keys that expire in the same second. */
  readonly expiringKeyCount: number;
  /** How long to wait for memory to come back, in milliseconds. */
  readonly returnTimeoutMs: number;
  /** Connections of the connections part. */
  readonly connectionCount: number;
  /** Elements of the collections part. */
  readonly elementCount: number;
  /** Elements of one collection that grows and is freed while others are served. */
  readonly growingElementCount: number;
  /** Keys whose expiry is to be told. */
  readonly volatileKeyCount: number;
  /** Program to measure against. */
  readonly referenceProgram: string;
}

/** What is printed for `--help`. */
export const BENCH_USAGE = `Usage: deno task bench [options]

Measures EasyRedis beside redis-server in the same run.

Parts (all of them unless some are named)
  --speed             redis-benchmark, throughput test by test
  --memory            memory per key, stalls while filling, expiring, flushing
  --connections       many connections, idle and then all talking
  --collections       memory per element, long commands, stalls while one grows
  --messages          messages to few and many subscribers, transactions
  --persistence       BGSAVE and BGREWRITEAOF under writes, loading, appendfsync
  --notifications     how late the events of expired keys arrive under load
  --relay             a cluster's node that is asked for another one's keys
  --callers           many callers in one program, over our client and over ioredis

Options
  --quick             about a minute in all
  --tests A,B,...     tests of redis-benchmark (PING_MBULK,SET,GET,INCR,MSET), or ALL
  --depths 1,16,64    pipeline depths
  --pairs N           pairs of runs for each line (5; quick: 3)
  --clients N         connections of redis-benchmark (50)
  --keys N            keys of the memory part (10000000; quick: 2000000),
                      of the persistence part (5000000; quick: 500000)
  --elements N        elements of the collections part (1000000; quick: 200000)
  --connection-count N  connections of the connections part, and the most subscribers (10000)
  --reference PROGRAM what to measure against (redis-server)

EASYREDIS_EXECUTABLE names a compiled server to be measured instead of main.ts.`;

const DEFAULT_TESTS = "PING_MBULK,SET,GET,INCR,MSET";
const ALL_TESTS = DEFAULT_TESTS + ",LPUSH,RPUSH,LPOP,RPOP,SADD,HSET,SPOP,ZADD,ZPOPMIN," +
  "LRANGE_100,LRANGE_300,LRANGE_500,LRANGE_600";
/** Elements that a collection grows to, for each of the collections part. */
const GROWTH = 5;
const DEFAULT_DEPTHS = "1,16,64";

/**
 * Reads the command line.
 *
 * @returns The options, or `undefined` if the usage is asked for.
 * @throws {Error} An argument is unknown or not a number above zero.
 */
export function parseBenchOptions(words: string[]): BenchOptions | undefined {
  const given = parseArgs(words, {
    boolean: ["quick", ...PARTS, "help"],
    string: [
      ...["tests", "depths", "pairs", "clients", "keys", "elements", "connection-count"],
      "reference",
    ],
    unknown: (word: string) => {
      throw new Error(`Unknown argument: ${word}\n\n${BENCH_USAGE}`);
    },
  });
  if (given.help) return undefined;
  const isQuick = given.quick;
  const count = (name: string, text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : countOf(name, text);
  const named = PARTS.filter((part) => given[part]);
  const elementCount = count("elements", given.elements, isQuick ? 200_000 : 1_000_000);
  const tests = given.tests ?? DEFAULT_TESTS;
  return {
    parts: named.length > 0 ? named : PARTS,
    testNames: listOf(tests.toUpperCase() === "ALL" ? ALL_TESTS : tests),
    depths: listOf(given.depths ?? DEFAULT_DEPTHS).map((word) => countOf("depths", word)),
    pairCount: count("pairs", given.pairs, isQuick ? 3 : 5),
    runSeconds: isQuick ? 0.2 : 2,
    clientCount: count("clients", given.clients, 50),
    keyCount: count("keys", given.keys, isQuick ? 2_000_000 : 10_000_000),
    savedKeyCount: count("keys", given.keys, isQuick ? 500_000 : 5_000_000),
    expiringKeyCount: 1_000_000,
    returnTimeoutMs: isQuick ? 6_000 : 20_000,
    connectionCount: count("connection-count", given["connection-count"], 10_000),
    elementCount,
    growingElementCount: elementCount * GROWTH,
    volatileKeyCount: 20_000,
    referenceProgram: given.reference ?? "redis-server",
  };
}

function listOf(text: string): string[] {
  return text.split(",").map((word) => word.trim()).filter((word) => word !== "");
}

function countOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: not a count: "${text}"`);
  return value;
}
