/**
 * Open records: what a node's append-only files say of transactions over several nodes that are not over.
 *
 * @module
 */

/** A record of one: its verb, and the id that follows. */
const RECORD = /\r\nPEER\r\n\$\d+\r\n(PREPARED|FINISHED|DECIDED|ENDED)\r\n\$\d+\r\n(.+)\r\n/g;
/** What closes what. */
const OPENERS = new Map([["FINISHED", "PREPARED"], ["ENDED", "DECIDED"]]);

/** The promises and decisions in a node's log behind which no end stands, as verb and id. */
export function openRecords(directory: string): string[] {
  const open = new Set<string>();
  const files = [...Deno.readDirSync(`${directory}/appendonlydir`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".incr.aof"))
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  for (const name of files) {
    const bytes = Deno.readFileSync(`${directory}/appendonlydir/${name}`);
    for (const [, verb, id] of new TextDecoder("latin1").decode(bytes).matchAll(RECORD)) {
      const opener = OPENERS.get(verb);
      if (opener === undefined) open.add(`${verb} ${id}`);
      else open.delete(`${opener} ${id}`);
    }
  }
  return [...open];
}
