/**
 * Blocked: requests that wait on connections of their own, in a conversation with both servers.
 *
 * What a transcript does next is often what ends the wait, so it must not come before the request:
 * a request is known to wait once the server's list of clients says so.
 *
 * @module
 */

import type { Both } from "./both.ts";
import { eventually } from "./poll.ts";
import type { Argument, RespClient } from "./resp_client.ts";

let lastNumber = 0;

/**
 * Has a new connection send a request, and waits until it blocks on both servers.
 *
 * @param both who asks the servers; not blocked itself
 * @param args the request
 * @returns the connection; read the reply by `sameNext`
 */
export async function beginBlocked(both: Both, ...args: Argument[]): Promise<Both> {
  const other = await both.onSecondConnection();
  await blockOn(both, other, ...args);
  return other;
}

/**
 * The same on a connection that is there.
 *
 * @param both who asks the servers; not blocked itself
 * @param other who sends the request
 */
export async function blockOn(both: Both, other: Both, ...args: Argument[]): Promise<void> {
  const name = `waiter-${++lastNumber}`;
  await other.same("CLIENT", "SETNAME", name);
  await other.begin(...args);
  await both.sameOutcome(
    `wait until ${name} is blocked`,
    (client) =>
      eventually(() => isBlocked(client, name), {
        pauseMs: 1,
        what: `${args.join(" ")} to block`,
      }),
  );
}

/** Whether the client of this name is blocked. */
async function isBlocked(client: RespClient, name: string): Promise<boolean> {
  const list = String(await client.value("CLIENT", "LIST"));
  return list.split("\n").some((line) =>
    line.includes(` name=${name} `) && / flags=[a-zA-Z]*b/.test(line)
  );
}
