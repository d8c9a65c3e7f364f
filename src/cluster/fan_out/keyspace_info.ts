/**
 * Keyspace info: INFO's section Keyspace over all nodes; all else in INFO is about the node that is
 * asked.
 *
 * Dashboards ask for INFO to see what is wrong, so it never waits for a node that is down: the keys of
 * such a one are not counted.
 *
 * @module
 */

import { textOfBytes } from "../../base/byte_view.ts";
import type { FanOutRequest } from "./fan_out_request.ts";

const SECTION = /# Keyspace\r\n(?:[^#\r\n][^\r\n]*\r\n)*/;

/** What is told of a database. */
interface DatabaseFigures {
  keyCount: number;
  expiringCount: number;
  /** Mean time to live, in milliseconds. */
  ttlMs: number;
}

/** INFO, with the keys of all nodes. */
export async function sumKeyspace(request: FanOutRequest): Promise<void> {
  const { nodes, words, reply } = request;
  const info = await request.ask(nodes.self, words);
  const figures = await request.askPresent(["PEER", "KEYSPACE"]);
  const lines = linesOf((figures as (number | Uint8Array)[][]).map((list) => list.map(numberOf)));
  const text = info instanceof Uint8Array ? textOfBytes(info) : String(info);
  reply.verbatim("txt", text.replace(SECTION, () => `# Keyspace\r\n${lines.join("")}`));
}

/** A number that came as one or as digits. */
function numberOf(figure: number | Uint8Array): number {
  return Number(typeof figure === "number" ? figure : textOfBytes(figure));
}

/** The lines of the section. @param figures Of each node, four numbers for each database that has keys. */
function linesOf(figures: readonly number[][]): string[] {
  const databases = new Map<number, DatabaseFigures>();
  for (const ofNode of figures) {
    for (let at = 0; at < ofNode.length; at += 4) {
      const [index, keyCount, expiringCount, ttlMs] = ofNode.slice(at, at + 4);
      const sum = databases.get(index) ?? { keyCount: 0, expiringCount: 0, ttlMs: 0 };
      const allExpiring = sum.expiringCount + expiringCount;
      sum.ttlMs = allExpiring === 0
        ? 0
        : Math.round((sum.ttlMs * sum.expiringCount + ttlMs * expiringCount) / allExpiring);
      sum.keyCount += keyCount;
      sum.expiringCount = allExpiring;
      databases.set(index, sum);
    }
  }
  return [...databases].toSorted(([a], [b]) => a - b).map(
    ([index, { keyCount, expiringCount, ttlMs }]) =>
      `db${index}:keys=${keyCount},expires=${expiringCount},avg_ttl=${ttlMs}\r\n`,
  );
}
