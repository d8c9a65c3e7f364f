/**
 * Transaction ledger: what the append-only files of all nodes of a cluster say of transactions over several
 * of them, and what does not add up in that when all is quiet.
 *
 * A transaction that is DECIDED at its coordinator is FINISHED as confirmed, once, at each node that it
 * names, and nowhere else; each PREPARED has its FINISHED, and each DECIDED its ENDED. Half a transaction
 * shows here even where the values happen to add up, and by name.
 *
 * All increments are read, those of before a rewrite too: for logs that are rewritten
 * `aof-disable-auto-gc` has to be on.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { eventually } from "./poll.ts";

/** What was decided is told again and again; the test machine may be slow. */
const PATIENCE = { deadlineMs: 120_000, pauseMs: 100 };

/** A record: its verb, the id that follows, and what comes behind that, if anything does. */
const RECORD =
  /\r\nPEER\r\n\$\d+\r\n(PREPARED|FINISHED|DECIDED|ENDED)\r\n\$\d+\r\n(.+)\r\n(?:\$\d+\r\n(.*)\r\n)?/g;

/** What there is of one transaction. */
interface Entry {
  /** The nodes that are to do it, as its coordinator has decided. */
  decided: readonly string[] | undefined;
  /** Decisions and promises without an end, as the verb and the node. */
  readonly open: Set<string>;
  /** How it has ended, by the names of the nodes. */
  readonly outcomes: Map<string, string[]>;
}

/**
 * Looks through the logs of all nodes.
 *
 * @param directories By the names of the nodes, where they keep their files.
 * @returns What is wrong, and how many transactions were decided.
 */
export function auditTransactions(
  directories: ReadonlyMap<string, string>,
): { faults: readonly string[]; decidedCount: number } {
  const ledger = new Map<string, Entry>();
  for (const [node, directory] of directories) {
    for (const [, verb, id, word = ""] of recordsIn(directory)) {
      const entry = ledger.get(id) ?? { decided: undefined, open: new Set(), outcomes: new Map() };
      ledger.set(id, entry);
      note(entry, node, { verb, word });
    }
  }
  const faults = [...ledger].flatMap(([id, entry]) => {
    return faultsOf(entry).map((fault) => `${id}: ${fault}`);
  });
  const decidedCount = [...ledger.values()].filter(({ decided }) => decided !== undefined).length;
  return { faults, decidedCount };
}

/** Waits until all that was decided is done everywhere; returns how many transactions that are. */
export async function wholeTransactions(
  directories: ReadonlyMap<string, string>,
): Promise<number> {
  let audit = auditTransactions(directories);
  await eventually(() => {
    audit = auditTransactions(directories);
    return audit.faults.length === 0;
  }, PATIENCE).catch(() => assertEquals(audit.faults, []));
  return audit.decidedCount;
}

function note(entry: Entry, node: string, { verb, word }: { verb: string; word: string }): void {
  const { open, outcomes } = entry;
  switch (verb) {
    case "DECIDED":
      // A rewritten log names those again that have not done it yet.
      entry.decided ??= word === "" ? [] : word.split(",");
      return void open.add(`DECIDED ${node}`);
    case "ENDED":
      return void open.delete(`DECIDED ${node}`);
    case "PREPARED":
      return void open.add(`PREPARED ${node}`);
    default:
      open.delete(`PREPARED ${node}`);
      outcomes.set(node, [...outcomes.get(node) ?? [], word]);
  }
}

function faultsOf({ decided, open, outcomes }: Entry): string[] {
  const faults = [...open].map((record) => `${record} without an end`);
  for (const [node, words] of outcomes) {
    if (words.length > 1) faults.push(`finished again at ${node}: ${words}`);
    if (decided?.includes(node) !== true && words.includes("confirmed")) {
      faults.push(`confirmed at ${node} without a decision`);
    }
  }
  for (const node of decided ?? []) {
    const words = outcomes.get(node) ?? ["never finished"];
    if (!words.includes("confirmed")) faults.push(`decided, and ${words} at ${node}`);
  }
  return faults;
}

/** The records of one node, in order. */
function* recordsIn(directory: string): IterableIterator<RegExpExecArray> {
  const files = [...Deno.readDirSync(`${directory}/appendonlydir`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".incr.aof"))
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  for (const name of files) {
    const bytes = Deno.readFileSync(`${directory}/appendonlydir/${name}`);
    yield* new TextDecoder("latin1").decode(bytes).matchAll(RECORD);
  }
}
