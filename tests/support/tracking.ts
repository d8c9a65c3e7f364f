/**
 * Tracking: what tests of client-side caching ask of both servers beside commands.
 *
 * @module
 */

import type { Both } from "./both.ts";
import { eventually } from "./poll.ts";
import { escapeBytes, plainOf, wireOf } from "./reply.ts";
import type { RespClient } from "./resp_client.ts";

/** A word that no message has. */
export const END = "end of messages";

/** Ways to track that together have each option but REDIRECT; the last one's prefixes are of `cachedKeys`. */
export const TRACKING_MODES: readonly (readonly string[])[] = [
  [],
  ["NOLOOP"],
  ["OPTIN"],
  ["OPTOUT", "NOLOOP"],
  ["BCAST"],
  ["BCAST", "NOLOOP"],
  ["BCAST", "PREFIX", "a:", "PREFIX", "b"],
];

/** Keys for clients with caches, of three prefixes in turn. */
export function cachedKeys(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${"abc"[number % 3]}:${number}`);
}

/**
 * What a client has been sent up to now is the same; a PING ends it.
 *
 * @param client the connections
 */
export async function sameMessages(client: Both): Promise<string[]> {
  return await client.sameOutcome("messages so far", async (side) => {
    await side.send("PING", END);
    const seen: string[] = [];
    while (seen.at(-1)?.includes(END) !== true) {
      seen.push(escapeBytes(wireOf(await side.receive())));
    }
    return seen;
  });
}

/** Has a client's messages sent to the one of a name, which it has by CLIENT SETNAME. */
export async function redirect(from: Both, name: string, ...options: string[]): Promise<void> {
  await from.sameOutcome(
    `CLIENT TRACKING ON REDIRECT ${name} ${options.join(" ")}`,
    async (side) => {
      const id = idOf(name, await side.value("CLIENT", "LIST"));
      await side.value("CLIENT", "TRACKING", "ON", "REDIRECT", id!, ...options);
      return String(await side.value("CLIENT", "GETREDIR")) === id;
    },
  );
}

/** Waits until the client of a name is gone. */
export async function untilGone(both: Both, name: string): Promise<void> {
  await both.sameOutcome(`${name} is gone`, async (side) => {
    await eventually(async () => idOf(name, await side.value("CLIENT", "LIST")) === undefined);
    return true;
  });
}

/** What INFO says of tracking is the same. */
export async function sameFigures(both: Both): Promise<void> {
  await both.sameOutcome("INFO of tracking", async (side) => {
    const text = String(await side.value("INFO", "everything"));
    return text.split("\r\n").filter((line) => /^tracking_(clients|total)/.test(line));
  });
}

/** What CLIENT INFO and TRACKINGINFO say of tracking is the same, but for ids. */
export async function sameTracking(client: Both): Promise<void> {
  await client.sameOutcome("CLIENT INFO and TRACKINGINFO", async (side: RespClient) => {
    const line = String(await side.value("CLIENT", "INFO"));
    const info = await side.command("CLIENT", "TRACKINGINFO");
    return [
      /flags=\w+/.exec(line)![0],
      line.includes(" redir=-1 "),
      line.includes(" redir=0 "),
      JSON.stringify(plainOf(info)).replace(/\d{2,}/g, "id"),
    ];
  });
}

function idOf(name: string, list: unknown): string | undefined {
  return new RegExp(`^id=(\\d+) .* name=${name} `, "m").exec(String(list))?.[1];
}
