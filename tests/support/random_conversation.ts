/**
 * Random conversation: random commands held with both servers, each compared as its shape permits.
 *
 * @module
 */

import type { Random } from "../../src/base/random.ts";
import type { Both } from "./both.ts";
import { type RandomCommand, randomCommand } from "./random_commands.ts";
import type { RandomComparison } from "./random_parts.ts";
import type { Reply } from "./reply.ts";
import type { RespClient } from "./resp_client.ts";

/** Two clocks are read a moment apart, in seconds. */
const TOLERANCE_SECONDS = 1;
const TRANSACTION_COMMANDS_MAX = 10;

/** Fields of INFO that count the same on two servers; HELLO, INFO and PING are the test's own. */
const COUNTED =
  /^(?:keyspace_hits|keyspace_misses|total_error_replies|errorstat_\w+|cmdstat_(?!hello|info|ping)[^:]+):/;

type Verb = (both: Both, args: readonly string[]) => Promise<Reply>;

const VERBS: Readonly<Record<RandomComparison, Verb>> = {
  same: (both, args) => both.same(...args),
  unordered: (both, args) => both.sameUnordered(...args),
  unorderedPairs: (both, args) => both.sameUnorderedPairs(...args),
  shape: (both, args) => both.sameShape(...args),
  number: (both, args) => both.within(0, ...args),
  within: (both, args) => both.within(TOLERANCE_SECONDS, ...args),
};

/** Says a command to both. */
export function sayBoth(both: Both, { args, comparison }: RandomCommand): Promise<Reply> {
  return VERBS[comparison](both, args);
}

/** How a transaction is drawn. */
export interface TransactionOptions {
  /** The connection that watches a key meanwhile, and then tries its own; absent: there is none. */
  readonly watcher?: Both;
  /** Whether a command may be part of it. @default any may */
  readonly mayHold?: (args: readonly string[]) => boolean;
}

/** Has a connection run a transaction. */
export async function runRandomTransaction(
  both: Both,
  random: Random,
  { watcher, mayHold = () => true }: TransactionOptions,
): Promise<void> {
  const draw = () => drawSame(random, mayHold);
  await watcher?.same("WATCH", ...draw().slice(1, 2), "a");
  await watcher?.same("MULTI");
  await both.same("MULTI");
  for (let left = 1 + random.below(TRANSACTION_COMMANDS_MAX); left > 0; left--) {
    await both.same(...draw());
  }
  for (let left = random.below(2); left > 0; left--) await watcher?.same(...draw());
  await both.same(random.below(10) === 0 ? "DISCARD" : "EXEC");
  await watcher?.same("EXEC");
}

/**
 * What a server has counted since it began: hits, misses, errors, and the calls of each command, but not
 * their times.
 */
export async function countersOf(client: RespClient): Promise<string[]> {
  const text = String(await client.value("INFO", "all"));
  return text.split("\r\n")
    .filter((line) => COUNTED.test(line))
    .map((line) => line.replace(/usec=\d+,usec_per_call=[\d.]+,/, ""))
    .sort();
}

/** A command whose replies are equal to the byte. */
function drawSame(
  random: Random,
  mayHold: (args: readonly string[]) => boolean,
): readonly string[] {
  for (;;) {
    const { args, comparison } = randomCommand(random);
    if (comparison === "same" && mayHold(args)) return args;
  }
}
