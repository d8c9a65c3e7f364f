/**
 * What others see of a client, against real Redis: its line in CLIENT LIST while it waits, after
 * RESET and after a request that is no command, and its passwords, which no log may show.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { eventually } from "../support/poll.ts";
import { plainOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

differential("CLIENT LIST shows a client that CLIENT PAUSE holds back as blocked", async (both) => {
  const other = await both.onSecondConnection();
  await other.same("CLIENT", "SETNAME", "held");
  await both.same("CLIENT", "PAUSE", "60000", "WRITE");
  await other.begin("SET", "key", "value");
  await both.sameOutcome("flags and command", async (client) => {
    await eventually(
      async () => (await fieldOf(client, "held", "flags")) !== "N",
      { what: "the write to be held back" },
    );
    return [await fieldOf(client, "held", "flags"), await fieldOf(client, "held", "cmd")];
  });
  await both.same("CLIENT", "UNPAUSE");
  await other.sameNext();
  await both.sameOutcome("flags afterwards", (client) => fieldOf(client, "held", "flags"));
});

differential("CLIENT UNPAUSE lets held requests run behind its own pipeline", async (both) => {
  const other = await both.onSecondConnection();
  await both.same("CLIENT", "PAUSE", "60000", "WRITE");
  await other.begin("SET", "key", "late");
  await other.begin("APPEND", "key", "r");
  await both.sameOutcome("pipeline", async (client) => {
    const replies = await client.pipeline([["CLIENT", "UNPAUSE"], ["PING"], ["ECHO", "x"]]);
    return replies.map(plainOf);
  });
  await other.sameNext();
  await other.sameNext();
  await both.same("GET", "key");
});

differential("QUIT of a client that was held back closes its connection", async (both) => {
  const other = await both.onSecondConnection();
  await both.same("CLIENT", "PAUSE", "60000", "WRITE");
  await other.begin("SET", "key", "value");
  await other.begin("QUIT");
  await other.begin("PING");
  await both.same("CLIENT", "UNPAUSE");
  await other.sameOutcome("all that comes", (client) => client.readToEnd());
  await both.same("GET", "key");
});

differential("RESET leaves CLIENT NO-EVICT as it was", async (both) => {
  await both.same("CLIENT", "NO-EVICT", "ON");
  await both.same("RESET");
  await both.same("CLIENT", "SETNAME", "reset");
  await both.sameOutcome("flags", (client) => fieldOf(client, "reset", "flags"));
});

differential("RESET that CLIENT REPLY SKIP mutes stays mute", async (both) => {
  await both.begin("CLIENT", "REPLY", "SKIP");
  await both.begin("RESET");
  await both.same("PING", "first reply");
});

differential("CLIENT LIST shows no command for a request that was none", async (both) => {
  const other = await both.onSecondConnection();
  await other.same("CLIENT", "SETNAME", "odd");
  for (const words of [["NONSENSE"], ["CLIENT", "NONSENSE"], ["GET"], ["CLIENT"]]) {
    await other.same(...words);
    await both.sameOutcome(`after ${words.join(" ")}`, (client) => fieldOf(client, "odd", "cmd"));
  }
});

differential("CLIENT KILL takes several conditions, all of which count", async (both) => {
  const other = await both.onSecondConnection();
  await other.same("CLIENT", "SETNAME", "victim");
  await both.sameOutcome("kill by all of its properties", async (client) => {
    const field = async (name: string) => String(await fieldOf(client, "victim", name));
    const conditions = ["ID", await field("id"), "TYPE", "normal", "USER", "default"];
    const addresses = ["ADDR", await field("addr"), "LADDR", await field("laddr")];
    const kill = (...words: string[]) => client.value("CLIENT", "KILL", ...words);
    return {
      missed: await kill(...conditions, "ADDR", "127.0.0.1:1"),
      hit: await kill(...conditions, ...addresses, "SKIPME", "yes"),
    };
  });
  await other.sameOutcome("the victim's connection has ended", (client) => client.readToEnd());
});

differential("SLOWLOG shows no passwords", async (both) => {
  await both.same("SLOWLOG", "RESET");
  await both.same("AUTH", "default", "secret");
  await both.same("AUTH", "secret");
  await both.same("AUTH", "nobody", "secret");
  await both.same("AUTH", "a", "b", "c");
  await both.send("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "ant");
  await both.same("HELLO", "3", "AUTH", "nobody", "secret", "ODD");
  await both.same("CONFIG", "SET", "masterauth", "secret", "maxmemory-samples", "5");
  await both.same("CONFIG", "SET", "MasterAuth", "secret", "nonsense", "5");
  await both.same("CONFIG", "SET", "masterauth", "");
  await both.same("ECHO", "not secret");
  await both.sameOutcome("arguments in the slow log", async (client) => {
    const entries = await client.value("SLOWLOG", "GET", "-1") as unknown[][];
    return entries.map((entry) => entry[3]);
  });
}, { config: { "slowlog-log-slower-than": "0" } });

/** A field of the line of the client that has a name; `undefined` without such a client. */
async function fieldOf(
  client: RespClient,
  clientName: string,
  field: string,
): Promise<string | undefined> {
  const lines = String(await client.value("CLIENT", "LIST")).split("\n");
  const line = lines.find((each) => each.includes(` name=${clientName} `));
  return line === undefined ? undefined : new RegExp(`(?:^| )${field}=(\\S*)`).exec(line)?.[1];
}
