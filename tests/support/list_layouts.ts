/**
 * List layouts: the limits under which transcripts about lists are held, so that every way to lay a
 * list out in nodes is met.
 *
 * @module
 */

import type { Both } from "./both.ts";
import { differential, type Transcript } from "./differential.ts";

/** What decides how a list is laid out. */
interface ListLayout {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  /** Bytes from which on an element is a node by itself; `0`: as without a word. */
  readonly packedThreshold: string;
}

const LAYOUTS: readonly ListLayout[] = [
  {
    name: "everyday nodes",
    config: { "list-max-listpack-size": "-2", "list-compress-depth": "0" },
    packedThreshold: "0",
  },
  {
    name: "two elements a node, compressed",
    config: { "list-max-listpack-size": "2", "list-compress-depth": "1" },
    packedThreshold: "0",
  },
  {
    name: "5 elements a node, plain ones among them",
    config: { "list-max-listpack-size": "5", "list-compress-depth": "2" },
    packedThreshold: "40",
  },
];

/** Elements of all forms that a list stores in its own way. */
export const LIST_ELEMENTS: readonly string[] = [
  "",
  "a",
  "foobar",
  "0",
  "127",
  "128",
  "-1",
  "-4097",
  "32767",
  "8388608",
  "-2147483649",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "007",
  "+5",
  "\0\r\n\xff",
  "x".repeat(63),
  "y".repeat(64),
  "z".repeat(126),
  "w".repeat(4095),
  "v".repeat(4096),
  "u".repeat(20_000),
];

/** Registers a transcript to hold under each layout; see `differential`. */
export function inAllListLayouts(name: string, transcript: Transcript): void {
  for (const layout of LAYOUTS) {
    differential(`${name}: ${layout.name}`, async (both) => {
      await both.send("DEBUG", "QUICKLIST-PACKED-THRESHOLD", layout.packedThreshold);
      try {
        await transcript(both);
      } finally {
        await both.send("DEBUG", "QUICKLIST-PACKED-THRESHOLD", "0");
      }
    }, { config: layout.config });
  }
}

/** Both servers have the same elements under a key, in nodes of the same number and size. */
export async function sameList(both: Both, key: string): Promise<void> {
  await both.same("LLEN", key);
  await both.same("LRANGE", key, "0", "-1");
  await both.same("OBJECT", "ENCODING", key);
  await both.sameOutcome(`layout of ${key}`, async (client) => {
    const reply = await client.command("DEBUG", "OBJECT", key);
    return reply.kind === "simple" ? reply.text.match(/ql_.*/)?.[0] : reply.kind;
  });
}
