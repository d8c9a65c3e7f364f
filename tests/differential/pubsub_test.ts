/**
 * Channels against real Redis: who is told what, in which form and order.
 *
 * @module
 */

import { eventually } from "../support/poll.ts";
import { differential } from "../support/differential.ts";
import type { Both } from "../support/both.ts";
import type { RespClient } from "../support/resp_client.ts";

/** Commands that begin or end listening. */
const LISTENING = ["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"] as const;

/** Whether the conversation goes over RESP2, as a reply without an element shows. */
async function isResp2(both: Both): Promise<boolean> {
  return (await both.same("GET", "no such key")).kind !== "null";
}

/** Some fields of the client's own line. */
async function fieldsOf(client: RespClient, name: string, ...fields: string[]): Promise<string[]> {
  const list = String(await client.value("CLIENT", "LIST"));
  const line = list.split("\n").find((line) => line.includes(` name=${name} `)) ?? "";
  return fields.map((field) => new RegExp(` ${field}=(\\S*)`).exec(line)?.[1] ?? "");
}

/** A line of INFO. */
async function infoOf(client: RespClient, name: string): Promise<string | undefined> {
  return new RegExp(`^${name}:.*$`, "m").exec(String(await client.value("INFO", "stats")))?.[0];
}

differential("a message reaches who listens to its channel", async (both) => {
  const listener = await both.onSecondConnection();
  await listener.same("SUBSCRIBE", "news");
  await both.same("PUBLISH", "news", "first");
  await both.same("PUBLISH", "other", "unheard");
  await both.same("PUBLISH", "news", "");
  await both.same("PUBLISH", "news", "line\r\n\0\xff");
  for (let count = 3; count > 0; count--) await listener.sameNext();
  await listener.same("UNSUBSCRIBE", "news");
  await both.same("PUBLISH", "news", "unheard");
  await listener.same("PING");
});

differential("each name of a request is confirmed", async (both) => {
  await both.same("SUBSCRIBE", "a", "b", "a");
  for (let count = 2; count > 0; count--) await both.sameNext();
  await both.same("PSUBSCRIBE", "a*", "a*");
  await both.sameNext();
  await both.same("SSUBSCRIBE", "a");
  await both.same("UNSUBSCRIBE", "b", "nothing");
  await both.sameNext();
  await both.same("PUNSUBSCRIBE", "nothing", "a*");
  await both.sameNext();
  await both.same("SUNSUBSCRIBE", "nothing", "a");
  await both.sameNext();
  await both.same("UNSUBSCRIBE");
  await both.same("PING", "still here");
});

differential("unsubscribing from nothing is confirmed too", async (both) => {
  for (const command of ["UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"]) {
    await both.same(command);
    await both.same(command, "a", "b");
    await both.sameNext();
    await both.same("ECHO", command);
  }
});

differential("a pattern's listeners get messages of all channels that match", async (both) => {
  const listener = await both.onSecondConnection();
  const patterns = ["news.*", "news.?", "*", "[mn]ews.a", "news.\\*", "x", "news.a"];
  for (const pattern of patterns) await listener.same("PSUBSCRIBE", pattern);
  const cases: [channel: string, count: number][] = [["news.*", 4], ["other", 1], ["x", 2], [
    "",
    0,
  ]];
  for (const [channel, count] of cases) {
    await both.same("PUBLISH", channel, "text");
    await listener.sameOutcome(`${count} messages, in any order`, async (client) => {
      const messages = await client.receiveMany(count);
      return messages.map((message) => JSON.stringify(message)).sort();
    });
  }
  await listener.same("PUNSUBSCRIBE", "news.*");
  await both.same("PUBLISH", "news.xyz", "text");
  await listener.sameNext();
});

differential(
  "a client that listens by name and by pattern gets both, the name's first",
  async (both) => {
    const listener = await both.onSecondConnection();
    await listener.same("PSUBSCRIBE", "a*");
    await listener.same("SUBSCRIBE", "abc");
    await both.same("PUBLISH", "abc", "text");
    await listener.sameNext();
    await listener.sameNext();
  },
);

differential("channels of shards are a world of their own", async (both) => {
  const listener = await both.onSecondConnection();
  await listener.same("SSUBSCRIBE", "abc");
  await listener.same("SUBSCRIBE", "abc");
  await listener.same("PSUBSCRIBE", "*");
  await both.same("SPUBLISH", "abc", "to the shard");
  await listener.sameNext();
  await both.same("SPUBLISH", "other", "to nobody");
  await both.same("PUBLISH", "abc", "to the others");
  await listener.sameNext();
  await listener.sameNext();
  await listener.same("SUNSUBSCRIBE");
  await both.same("SPUBLISH", "abc", "to nobody");
});

differential("who listens may say little over RESP2, and anything over RESP3", async (both) => {
  for (const command of LISTENING) {
    const listener = await both.onSecondConnection();
    await listener.same(command, "a");
    const requests = [
      "GET a",
      "MULTI",
      "PUBLISH a x",
      "CLIENT ID x",
      "HELLO 9",
      "NONSENSE",
      "PING",
    ];
    for (
      const request of [...requests, "PING text", "PING a b", "EXEC", "AUTH x", "PUBSUB NUMPAT"]
    ) {
      await listener.same(...request.split(" "));
    }
    await listener.same("UNSUBSCRIBE", "b");
    await listener.same("GET", "a");
    await listener.same(command.replace("SUB", "UNSUB"), "a");
    await listener.same("GET", "a");
    await listener.same("PING");
  }
});

differential("a client that listens to itself gets the message before the reply", async (both) => {
  if (await isResp2(both)) return;
  await both.same("SUBSCRIBE", "a");
  await both.same("PUBLISH", "a", "text");
  await both.sameNext();
  await both.same("PSUBSCRIBE", "a*");
  await both.same("MULTI");
  for (const text of ["first", "second"]) await both.same("PUBLISH", "a", text);
  await both.begin("EXEC");
  await both.begin("ECHO", "end");
  await both.sameOutcome("all up to the end", async (client) => {
    const replies = [];
    for (let isEnd = false; !isEnd;) {
      const reply = JSON.stringify(await client.receive());
      replies.push(reply);
      isEnd = reply.includes("end");
    }
    return replies;
  });
});

differential("SUBSCRIBE in a transaction counts from EXEC on", async (both) => {
  await both.same("MULTI");
  await both.same("SUBSCRIBE", "a", "b");
  await both.same("PSUBSCRIBE", "a*");
  await both.same("PING");
  await both.begin("EXEC");
  await both.sameOutcome("the rest of the replies", (client) => client.receiveMany(1));
  await both.begin("PING");
  await both.sameOutcome("all replies up to PONG", async (client) => {
    const replies = [];
    for (let isEnd = false; !isEnd;) {
      const reply = JSON.stringify(await client.receive());
      replies.push(reply);
      isEnd = /PONG|pong/.test(reply) && replies.length > 1;
      if (replies.length > 8) isEnd = true;
      if (/pong/i.test(reply)) isEnd = true;
    }
    return replies;
  });
});

differential("SSUBSCRIBE is refused in a transaction", async (both) => {
  await both.same("MULTI");
  await both.same("SSUBSCRIBE", "a");
  await both.same("SUNSUBSCRIBE", "a");
  await both.begin("EXEC");
  await both.sameNext();
  await both.same("SPUBLISH", "a", "text");
});

differential("RESET ends all listening without a word, and so does QUIT", async (both) => {
  const listener = await both.onSecondConnection();
  for (const command of LISTENING) await listener.same(command, "a", "b");
  for (let count = 3; count > 0; count--) await listener.sameNext();
  await listener.same("RESET");
  await both.same("PUBLISH", "a", "text");
  await both.same("SPUBLISH", "a", "text");
  await both.same("PUBSUB", "NUMPAT");
  await listener.same("GET", "a");
  await listener.same("SUBSCRIBE", "a");
  await listener.begin("QUIT");
  await listener.sameOutcome("all that comes", (client) => client.readToEnd());
  await both.sameOutcome(
    "nobody listens",
    (client) => eventually(async () => await client.value("PUBLISH", "a", "text") === 0),
  );
});

differential("HELLO changes the form of messages", async (both) => {
  const listener = await both.onSecondConnection();
  await listener.send("HELLO", "3");
  await listener.same("SUBSCRIBE", "a");
  await both.same("PUBLISH", "a", "text");
  await listener.sameNext();
  await listener.send("HELLO", "2");
  await both.same("PUBLISH", "a", "text");
  await listener.sameNext();
  await listener.bothRefuse("ERR Can't execute", "HELLO", "3");
  await listener.same("UNSUBSCRIBE", "a");
});

differential("messages and confirmations come though no reply is wanted", async (both) => {
  const listener = await both.onSecondConnection();
  await listener.begin("CLIENT", "REPLY", "OFF");
  await listener.begin("SUBSCRIBE", "a", "b");
  await listener.sameNext();
  await listener.sameNext();
  await both.same("PUBLISH", "a", "text");
  await listener.sameNext();
  await listener.begin("PING");
  await listener.begin("UNSUBSCRIBE");
  await listener.sameOutcome("two confirmations", async (client) => {
    const replies = (await client.receiveMany(2)).map((reply) => JSON.stringify(reply));
    // Redis has its channels in the order of their hashes, so the counts go to either name.
    return replies.map((reply) => reply.replace(/"[01]"/, "")).sort();
  });
  await listener.same("CLIENT", "REPLY", "ON");
  await listener.begin("CLIENT", "REPLY", "SKIP");
  await listener.same("PSUBSCRIBE", "a");
  await listener.same("PING");
});

differential("PUBSUB tells what is listened to", async (both) => {
  const listener = await both.onSecondConnection();
  await both.same("PUBSUB", "CHANNELS");
  await listener.same("SUBSCRIBE", "abc", "abd", "x");
  await listener.sameNext();
  await listener.sameNext();
  await listener.same("PSUBSCRIBE", "a*", "b*");
  await listener.sameNext();
  await listener.same("SSUBSCRIBE", "shard", "other");
  await listener.sameNext();
  const other = await both.onSecondConnection();
  await other.same("SUBSCRIBE", "abc");
  await other.same("PSUBSCRIBE", "a*");
  for (const subcommand of ["CHANNELS", "SHARDCHANNELS"]) {
    await both.sameUnordered("PUBSUB", subcommand);
    for (const pattern of ["*", "ab?", "s*", "none", ""]) {
      await both.sameUnordered("PUBSUB", subcommand, pattern);
    }
  }
  for (const subcommand of ["NUMSUB", "SHARDNUMSUB"]) {
    await both.same("PUBSUB", subcommand);
    await both.same("PUBSUB", subcommand, "abc", "none", "shard", "abc", "a*");
  }
  await both.same("PUBSUB", "NUMPAT");
  await both.same("PUBSUB", "HELP");
  for (const words of ["NUMPAT x", "CHANNELS a b", "SHARDCHANNELS a b", "NONSENSE", "HELP x", ""]) {
    await both.same("PUBSUB", ...words.split(" ").filter((word) => word !== ""));
  }
});

differential("commands of channels refuse wrong arity", async (both) => {
  for (
    const words of [
      "SUBSCRIBE",
      "PSUBSCRIBE",
      "SSUBSCRIBE",
      "PUBLISH",
      "PUBLISH a",
      "PUBLISH a b c",
    ]
  ) {
    await both.same(...words.split(" "));
  }
  await both.same("SPUBLISH", "a");
  for (const command of ["PUBLISH", "SPUBLISH", "SUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE"]) {
    await both.same("COMMAND", "GETKEYS", command, "a", "b");
  }
});

differential("CLIENT LIST, CLIENT KILL and INFO tell who listens", async (both) => {
  const listener = await both.onSecondConnection();
  await listener.same("CLIENT", "SETNAME", "listener");
  await listener.same("SUBSCRIBE", "a", "b", "c");
  await listener.sameNext();
  await listener.sameNext();
  await listener.same("PSUBSCRIBE", "a*");
  await listener.same("SSUBSCRIBE", "x", "y");
  await listener.sameNext();
  await both.sameOutcome(
    "the listener's line",
    (client) => fieldsOf(client, "listener", "flags", "sub", "psub", "ssub", "cmd"),
  );
  await both.sameOutcome(
    "the lines of subscribers",
    async (client) =>
      String(await client.value("CLIENT", "LIST", "TYPE", "PUBSUB")).split("\n").length,
  );
  for (const name of ["pubsub_channels", "pubsub_patterns", "pubsubshard_channels"]) {
    await both.sameOutcome(name, (client) => infoOf(client, name));
  }
  await both.same("CLIENT", "KILL", "TYPE", "pubsub");
  await listener.sameOutcome("the end", (client) => client.readToEnd());
  await both.sameOutcome(
    "nobody is left",
    (client) =>
      eventually(async () => await infoOf(client, "pubsub_channels") === "pubsub_channels:0"),
  );
});
