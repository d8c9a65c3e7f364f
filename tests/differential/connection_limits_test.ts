/**
 * Limits of what a client may hold, and what a pause keeps still, against real Redis.
 *
 * @module
 */

import { type Both, ignoringClosed } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { eventually } from "../support/poll.ts";
import { encodeCommand, type RespClient } from "../support/resp_client.ts";

const MEGABYTE = 1024 * 1024;
/** Requests for a megabyte each; what the system's buffers take is a small part of that. */
const REQUEST_COUNT = 100;

/** A second client, by name, that asks for much and reads nothing. */
async function beginUnread(both: Both, name: string): Promise<void> {
  await both.same("SETRANGE", "big", MEGABYTE - 1, "x");
  const other = await both.onSecondConnection();
  await other.same("CLIENT", "SETNAME", name);
  await sendUntilClosed(other, encodeCommand(["GET", "big"]).repeat(REQUEST_COUNT));
}

/** Sends bytes on both sides; the servers may close before they have taken them all. */
async function sendUntilClosed(other: Both, bytes: string): Promise<void> {
  await other.sameOutcome(
    `${bytes.length} bytes of requests`,
    (client) => ignoringClosed(client.sendRaw(bytes)),
  );
}

/** Waits until no client has a name. */
async function waitForEnd(both: Both, name: string): Promise<void> {
  await both.sameOutcome(`${name} is closed`, (client) =>
    eventually(
      async () => !String(await client.value("CLIENT", "LIST")).includes(` name=${name} `),
      { what: `${name} to be closed` },
    ));
}

async function statistic(client: RespClient, name: string): Promise<string | undefined> {
  const info = String(await client.value("INFO", "stats"));
  return new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1];
}

differential("client-output-buffer-limit closes a client that does not read", async (both) => {
  await both.same("CONFIG", "SET", "client-output-buffer-limit", "normal 20mb 0 0");
  await beginUnread(both, "unread");
  await waitForEnd(both, "unread");
  await both.same("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0");
}, { protocols: [2] });

differential(
  "client-output-buffer-limit closes a client that does not read for too long",
  async (both) => {
    await both.same("CONFIG", "SET", "client-output-buffer-limit", "normal 0 20mb 1");
    await beginUnread(both, "unread");
    await waitForEnd(both, "unread");
    await both.same("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0");
  },
  { protocols: [2] },
);

differential("a small client-output-buffer-limit leaves alone who reads", async (both) => {
  await both.same("CONFIG", "SET", "client-output-buffer-limit", "normal 1 2 3");
  await both.same("SETRANGE", "some", 10_000, "x");
  for (let count = 0; count < 10; count++) await both.same("GET", "some");
  await both.same("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0");
}, { protocols: [2] });

differential("client-output-buffer-limit counts all of a large reply", async (both) => {
  const name = "n".repeat(110);
  for (let number = 100; number < 1000; number++) await both.same("SET", name + number, "");
  await both.same("CONFIG", "SET", "client-output-buffer-limit", "normal 100000 0 0");
  const other = await both.onSecondConnection();
  await other.same("CLIENT", "SETNAME", "large");
  await sendUntilClosed(other, encodeCommand(["KEYS", "*"]));
  await waitForEnd(both, "large");
  await both.same("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0");
}, { protocols: [2] });

differential("maxmemory-clients closes a client that does not read", async (both) => {
  await both.same("CONFIG", "RESETSTAT");
  await both.same("CONFIG", "SET", "maxmemory-clients", "20mb");
  await beginUnread(both, "unread");
  await waitForEnd(both, "unread");
  await both.sameOutcome("evicted_clients", (client) => statistic(client, "evicted_clients"));
  await both.same("CONFIG", "SET", "maxmemory-clients", "0");
}, { protocols: [2] });

differential("maxmemory-clients counts the keys that a client watches", async (both) => {
  await both.same("CLIENT", "NO-EVICT", "ON");
  const other = await both.onSecondConnection();
  await other.same("CLIENT", "SETNAME", "watcher");
  await both.same("CONFIG", "SET", "maxmemory-clients", "300000");
  const watches = Array.from(
    { length: 40 },
    (_, batch) => ["WATCH", ...Array.from({ length: 1000 }, (_, index) => `${batch}:${index}`)],
  );
  await sendUntilClosed(other, watches.map(encodeCommand).join(""));
  await waitForEnd(both, "watcher");
  await both.same("CONFIG", "SET", "maxmemory-clients", "0");
  await both.same("CLIENT", "NO-EVICT", "OFF");
}, { protocols: [2] });

differential("a key whose time comes during CLIENT PAUSE is not seen, and stays", async (both) => {
  await both.same("CONFIG", "RESETSTAT");
  await both.same("MULTI");
  await both.same("SET", "a", "1", "PX", "5");
  await both.same("CLIENT", "PAUSE", "60000", "WRITE");
  await both.same("SET", "b", "2", "PX", "5");
  await both.same("EXEC");
  await both.sameOutcome("both are hidden", (client) =>
    eventually(
      async () => (await client.value("EXISTS", "a", "b")) === 0,
      { what: "the keys to be hidden" },
    ));
  await both.same("GET", "a");
  await both.same("TYPE", "b");
  await both.same("TTL", "b");
  await both.same("KEYS", "*");
  await both.same("DBSIZE");
  await both.sameOutcome("expired_keys", (client) => statistic(client, "expired_keys"));
  await both.same("CLIENT", "UNPAUSE");
  await both.same("EXISTS", "a", "b");
  await both.same("DBSIZE");
  await both.sameOutcome("expired_keys", (client) => statistic(client, "expired_keys"));
});
