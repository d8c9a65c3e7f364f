/**
 * PING, ECHO, SELECT, QUIT, RESET, AUTH and HELLO against real Redis.
 *
 * What may differ: the id in HELLO's reply, as both servers count their own clients.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { differential } from "../support/differential.ts";
import { type Reply, wireOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

differential("PING replies PONG or the message", async (both) => {
  await both.same("PING");
  await both.same("ping", "hello");
  await both.same("PiNg", "");
  await both.same("PING", "\x00\r\n\xff");
  await both.bothRefuse("ERR wrong number", "PING", "one", "two");
});

differential("ECHO replies the message", async (both) => {
  await both.same("ECHO", "hello");
  await both.same("ECHO", "");
  await both.same("ECHO", "\x00\r\n\xff");
  await both.bothRefuse("ERR wrong number", "ECHO");
  await both.bothRefuse("ERR wrong number", "ECHO", "one", "two");
});

differential("SELECT changes the database of this client only", async (both) => {
  const other = await both.onSecondConnection();
  await both.same("SET", "key", "in 0");
  await both.same("SELECT", "1");
  await both.same("GET", "key");
  await other.same("GET", "key");
  await both.same("SELECT", "15");
  await both.same("SELECT", "0");
  await both.same("GET", "key");
});

differential("SELECT refuses what is no database", async (both) => {
  for (const index of ["16", "-1", "2147483647", "2147483648", "9223372036854775807"]) {
    await both.same("SELECT", index);
  }
  for (const index of ["x", "", "1.0", " 1", "+1", "01", "9223372036854775808"]) {
    await both.same("SELECT", index);
  }
  await both.same("PING");
  await both.bothRefuse("ERR wrong number", "SELECT");
  await both.bothRefuse("ERR wrong number", "SELECT", "0", "1");
});

differential("QUIT replies OK and closes; what follows it is not run", async (both) => {
  await both.sameRaw("*1\r\n$4\r\nQUIT\r\n*1\r\n$4\r\nPING\r\n");
  await both.sameRaw("*3\r\n$4\r\nquit\r\n$1\r\na\r\n$1\r\nb\r\n");
  await both.sameRaw("PING\r\nQUIT\r\nPING\r\n");
});

differential("what a browser sends closes the connection without a word", async (both) => {
  await both.sameRaw("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nSET key value\r\n");
  await both.sameRaw("PING\r\nhOST: localhost\r\nSET key value\r\n");
  await both.sameRaw("*1\r\n$4\r\npost\r\n*1\r\n$4\r\nPING\r\n");
  await both.sameRaw("Host localhost\r\n");
  await both.same("GET", "key");
});

differential("RESET makes the session as new", async (both) => {
  await both.same("CLIENT", "SETNAME", "somebody");
  await both.same("SELECT", "3");
  await both.same("SET", "key", "in 3");
  await both.same("RESET");
  await both.same("CLIENT", "GETNAME");
  await both.same("GET", "key");
  await both.same("CLIENT", "REPLY", "ON");
  await both.bothRefuse("ERR wrong number", "RESET", "now");
});

differential("RESET makes CLIENT REPLY OFF void and goes back to RESP2", async (both) => {
  await both.begin("CLIENT", "REPLY", "OFF");
  await both.same("RESET");
  await both.same("GET", "absent");
});

differential("AUTH without a password configured", async (both) => {
  await both.bothRefuse("ERR AUTH <password> called", "AUTH", "secret");
  await both.same("AUTH", "default", "anything");
  await both.bothRefuse("WRONGPASS", "AUTH", "nobody", "anything");
  await both.bothRefuse("ERR syntax", "AUTH", "default", "anything", "more");
  await both.bothRefuse("ERR wrong number", "AUTH");
});

differential("AUTH with a password configured", async (both) => {
  const other = await both.onSecondConnection();
  await both.same("CONFIG", "SET", "requirepass", "secret");
  try {
    await both.same("PING"); // who was there before stays authenticated
    await other.same("RESET");
    await other.bothRefuse("NOAUTH", "PING");
    await other.bothRefuse("NOAUTH", "GET", "key");
    await other.bothRefuse("NOAUTH HELLO", "HELLO", "3");
    await other.bothRefuse("NOAUTH HELLO", "HELLO");
    await other.bothRefuse("NOPROTO", "HELLO", "4");
    await other.bothRefuse("WRONGPASS", "AUTH", "Secret");
    await other.bothRefuse("WRONGPASS", "AUTH", "");
    await other.bothRefuse("WRONGPASS", "AUTH", "nobody", "secret");
    await other.bothRefuse("WRONGPASS", "HELLO", "3", "AUTH", "default", "wrong");
    await other.bothRefuse("NOAUTH", "PING");
    await other.same("AUTH", "secret");
    await other.same("PING");
    await other.bothRefuse("WRONGPASS", "AUTH", "wrong");
    await other.same("PING");
    await other.same("RESET");
    await other.bothRefuse("NOAUTH", "PING");
    await other.same("AUTH", "default", "secret");
    await other.same("PING");
  } finally {
    await both.send("CONFIG", "SET", "requirepass", "");
  }
});

differential("HELLO AUTH takes effect though a later option is refused", async (both) => {
  const other = await both.onSecondConnection();
  await both.same("CONFIG", "SET", "requirepass", "secret");
  try {
    await other.same("RESET");
    await other.bothRefuse(
      "ERR Client names",
      "HELLO",
      "3",
      "AUTH",
      "default",
      "secret",
      "SETNAME",
      "a b",
    );
    await other.same("GET", "absent");
  } finally {
    await both.send("CONFIG", "SET", "requirepass", "");
  }
});

differential(
  "HELLO replies the server's fields in the protocol that was asked for",
  async (both) => {
    for (const words of [["HELLO"], ["HELLO", "2"], ["hello", "3"], ["HELLO"]]) {
      await both.sameOutcome(words.join(" "), (client) => helloWithoutId(client, words));
      await both.same("GET", "absent");
    }
  },
);

differential("HELLO takes its options in any case and order", async (both) => {
  for (
    const words of [
      ["HELLO", "3", "SETNAME", "ant"],
      ["HELLO", "3", "setname", "bee", "auth", "default", "any"],
      ["HELLO", "2", "AUTH", "default", "", "SetName", ""],
      ["HELLO", "2", "SETNAME", "one", "SETNAME", "two"],
    ]
  ) {
    await both.sameOutcome(words.join(" "), (client) => helloWithoutId(client, words));
    await both.same("CLIENT", "GETNAME");
  }
});

differential("HELLO refuses other versions and options", async (both) => {
  for (const version of ["1", "4", "-1", "0", "9223372036854775807"]) {
    await both.bothRefuse("NOPROTO", "HELLO", version);
  }
  for (const version of ["x", "", "3.0", " 3", "9223372036854775808", "SETNAME"]) {
    await both.bothRefuse("ERR Protocol version", "HELLO", version);
  }
  await both.bothRefuse("ERR Syntax error in HELLO", "HELLO", "3", "FOO");
  await both.bothRefuse("ERR Syntax error in HELLO", "HELLO", "3", "a\r\nb\x00c");
  await both.bothRefuse("ERR Syntax error in HELLO", "HELLO", "3", "SETNAME");
  await both.bothRefuse("ERR Syntax error in HELLO", "HELLO", "3", "AUTH", "default");
  await both.bothRefuse("ERR Client names", "HELLO", "3", "SETNAME", "a b");
  await both.bothRefuse("WRONGPASS", "HELLO", "3", "AUTH", "nobody", "x");
  await both.same("GET", "absent");
});

/** The wire of HELLO's reply, the client's id replaced. */
async function helloWithoutId(client: RespClient, words: readonly string[]): Promise<string> {
  const reply = await client.command(...words);
  const values: Reply[] = reply.kind === "map"
    ? reply.pairs.flat()
    : reply.kind === "array"
    ? [...reply.items]
    : [];
  assertEquals(values.length, 14, wireOf(reply));
  const idIndex = values.findIndex((value) => value.kind === "bulk" && value.text === "id") + 1;
  assertEquals(values[idIndex].kind, "integer");
  values[idIndex] = { kind: "simple", text: "(id)" };
  return `${reply.kind} ${values.map(wireOf).join("")}`;
}
