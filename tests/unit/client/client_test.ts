/**
 * Client: pipelining, pushes and broken connections, against a scripted server in memory.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../src/base/byte_view.ts";
import { Client, type ClientOptions, DisconnectedError } from "../../../src/client/mod.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { MemoryTransport } from "../../../src/net/mod.ts";
import type { ReplyValue } from "../../../src/resp/mod.ts";

/** The server's end of a connection, held by the test. */
class ScriptedServer {
  readonly #transport: MemoryTransport;
  readonly #chunk = new Uint8Array(64 * 1024);

  constructor(transport: MemoryTransport) {
    this.#transport = transport;
  }

  /** What the client wrote in one go, as binary text; `null` when it has closed. */
  async receive(): Promise<string | null> {
    const byteCount = await this.#transport.read(this.#chunk);
    return byteCount === null ? null : textOfBytes(this.#chunk, 0, byteCount);
  }

  /** Waits for a request, whatever it is, and answers it. */
  async answer(reply: string): Promise<void> {
    await this.receive();
    await this.send(reply);
  }

  async send(reply: string): Promise<void> {
    await this.#transport.write(bytesOfText(reply));
  }

  close(): void {
    this.#transport.close();
  }
}

function connect(options?: ClientOptions): [Client, ScriptedServer] {
  const [ours, theirs] = MemoryTransport.pair();
  return [new Client(ours, options), new ScriptedServer(theirs)];
}

/** What a promise is rejected with. */
async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  return await assertRejects(() => promise) as Error;
}

const PING = "*1\r\n$4\r\nPING\r\n";

Deno.test("Client.call sends its words and resolves with the reply", async () => {
  const [client, server] = connect();
  await using _client = client;
  const reply = client.call("SET", "é", new Uint8Array([255]), 7, 2n ** 60n);
  assertEquals(
    await server.receive(),
    "*5\r\n$3\r\nSET\r\n$2\r\n\xc3\xa9\r\n$1\r\n\xff\r\n$1\r\n7\r\n$19\r\n1152921504606846976\r\n",
  );
  await server.send("+OK\r\n");
  assertEquals(await reply, "OK");
});

Deno.test("Client.call writes the requests of one turn together and matches replies in order", async () => {
  const [client, server] = connect();
  await using _client = client;
  const replies = Promise.all([client.call("PING"), client.call("PING"), client.call("PING")]);
  assertEquals(await server.receive(), PING.repeat(3));
  await server.send(":1\r\n:2\r\n:");
  await server.send("3\r\n");
  assertEquals(await replies, [1, 2, 3]);
});

Deno.test("Client.call sends what was asked for during a write with the next", async () => {
  const [client, server] = connect();
  await using _client = client;
  const first = client.call("PING");
  await server.answer("+a\r\n");
  assertEquals(await first, "a");
  // The pipe takes the first write at once; the second one waits for the reader.
  const others = [client.call("PING")];
  await Promise.resolve();
  others.push(client.call("PING"));
  await Promise.resolve();
  others.push(client.call("PING"));
  const received = [];
  while (received.join("").length < 3 * PING.length) received.push(await server.receive());
  assertEquals(received.join(""), PING.repeat(3));
  await server.send("+b\r\n+c\r\n+d\r\n");
  assertEquals(await Promise.all(others), ["b", "c", "d"]);
});

Deno.test("Client.call keeps a thousand calls in flight", async () => {
  const [client, server] = connect();
  await using _client = client;
  const replies = Array.from({ length: 1000 }, (_, index) => client.call("ECHO", index));
  let requests = "";
  while ((requests.match(/ECHO/g) ?? []).length < 1000) requests += await server.receive();
  await server.send(Array.from({ length: 1000 }, (_, index) => `:${index}\r\n`).join(""));
  assertEquals(await Promise.all(replies), Array.from({ length: 1000 }, (_, index) => index));
});

Deno.test("Client.call rejects with the server's error and goes on", async () => {
  const [client, server] = connect();
  await using _client = client;
  const refused = rejectionOf(client.call("GET"));
  const nested = client.call("EXEC");
  await server.answer("-ERR wrong number\r\n*1\r\n-ERR inner\r\n");
  const error = await refused;
  assertInstanceOf(error, RedisError);
  assertEquals(error.message, "ERR wrong number");
  const [inner] = await nested as ReplyValue[];
  assertInstanceOf(inner, RedisError);
});

Deno.test("Client.callBytes gives strings as bytes, next to calls that want text", async () => {
  const [client, server] = connect();
  await using _client = client;
  const replies = Promise.all([
    client.call("GET", "k"),
    client.callBytes("GET", "k"),
    client.call("GET", "k"),
  ]);
  await server.answer("$2\r\n\xc3\xa9\r\n".repeat(3));
  assertEquals(await replies, ["é", new Uint8Array([0xc3, 0xa9]), "é"]);
});

Deno.test("Client.call refuses a call without words, or of no such type, and sends nothing of it", async () => {
  const [client, server] = connect();
  await using _client = client;
  assertThrows(() => client.call(), TypeError);
  assertThrows(() => client.call("GET", null as unknown as string), TypeError);
  const reply = client.call("PING");
  assertEquals(await server.receive(), PING);
  await server.send("+PONG\r\n");
  assertEquals(await reply, "PONG");
});

Deno.test("Client.hello chooses the protocol and gives the server's facts as a map", async () => {
  const [client, server] = connect();
  await using _client = client;
  const facts = client.hello(3, { password: "p", clientName: "me" });
  assertEquals(
    (await server.receive())?.replaceAll(/\r\n|[*$]\d+\r\n/g, " ").replaceAll(/ +/g, " ").trim(),
    "HELLO 3 AUTH default p SETNAME me",
  );
  await server.send("%1\r\n$5\r\nproto\r\n:3\r\n");
  assertEquals(await facts, new Map([["proto", 3]]));
  const again = client.hello(2);
  await server.answer("*2\r\n$5\r\nproto\r\n:2\r\n");
  assertEquals(await again, new Map([["proto", 2]]));
});

Deno.test("Client hands push messages over and matches the replies around them", async () => {
  const pushes: ReplyValue<Uint8Array>[] = [];
  const [client, server] = connect({ receivePush: (push) => pushes.push(push) });
  await using _client = client;
  await server.send(">2\r\n+invalidate\r\n_\r\n");
  const replies = Promise.all([client.call("GET", "a"), client.call("GET", "b")]);
  await server.answer("+1\r\n>1\r\n$1\r\nx\r\n+2\r\n");
  assertEquals(await replies, ["1", "2"]);
  assertEquals(pushes, [["invalidate", null], ["x"]]);
});

Deno.test("Client reads pushes as bytes if asked to", async () => {
  const pushes: ReplyValue<Uint8Array>[] = [];
  const [client, server] = connect({ pushForm: "bytes", receivePush: (push) => pushes.push(push) });
  await using _client = client;
  const reply = client.call("PING");
  await server.answer(">1\r\n$1\r\n\xff\r\n$2\r\nhi\r\n");
  assertEquals(await reply, "hi");
  assertEquals(pushes, [[new Uint8Array([255])]]);
});

Deno.test("Client.call resolves SUBSCRIBE with the last confirmation", async () => {
  for (const pushForm of ["text", "bytes"] as const) {
    const pushes: ReplyValue<Uint8Array>[] = [];
    const [client, server] = connect({ pushForm, receivePush: (push) => pushes.push(push) });
    await using _client = client;
    const subscribed = client.call("subscribe", "a", "b");
    const pong = client.call("PING");
    await server.answer(
      ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n" +
        ">3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n+PONG\r\n",
    );
    assertEquals((await subscribed as ReplyValue[])[2], 2);
    assertEquals(await pong, "PONG");
    assertEquals(pushes.length, 3);
  }
});

Deno.test("Client.call rejects SUBSCRIBE with an error", async () => {
  const [client, server] = connect();
  await using _client = client;
  const refused = rejectionOf(client.call("SUBSCRIBE", "a"));
  await server.answer("-NOPERM no\r\n");
  assertInstanceOf(await refused, RedisError);
});

Deno.test("Client hands over what answers no call in RESP2", async () => {
  const pushes: ReplyValue<Uint8Array>[] = [];
  const [client, server] = connect({ receivePush: (push) => pushes.push(push) });
  await using _client = client;
  await server.send("*3\r\n+message\r\n+a\r\n+x\r\n");
  const reply = client.call("PING");
  await server.answer("+PONG\r\n");
  assertEquals(await reply, "PONG");
  assertEquals(pushes, [["message", "a", "x"]]);
});

Deno.test("Client rejects all waiting calls when the server closes, and later ones", async () => {
  const [client, server] = connect();
  await using _client = client;
  const first = client.call("PING");
  const rejections = Promise.all([
    rejectionOf(client.call("PING")),
    rejectionOf(client.call("PING")),
  ]);
  await server.answer("+PONG\r\n*2\r\n+half");
  assertEquals(await first, "PONG");
  server.close();
  for (const error of await rejections) assertInstanceOf(error, DisconnectedError);
  assert(client.isClosed);
  assertInstanceOf(await rejectionOf(client.call("PING")), DisconnectedError);
});

Deno.test("Client closes when a reply makes no sense", async () => {
  const [client, server] = connect();
  await using _client = client;
  const rejection = rejectionOf(client.call("PING"));
  await server.answer("HTTP/1.1 400\r\n");
  const error = await rejection;
  assertInstanceOf(error, DisconnectedError);
  assertEquals((error.cause as Error).name, "MalformedReplyError");
  assertEquals(await server.receive(), null);
});

Deno.test("Client names the error with which the server turned it away", async () => {
  const [client, server] = connect();
  await using _client = client;
  await server.send("-ERR max number of clients reached\r\n");
  assertEquals(await server.receive(), null);
  const error = await rejectionOf(client.call("PING"));
  assertEquals((error.cause as Error).message, "ERR max number of clients reached");
});

Deno.test("Client breaks when a push handler throws", async () => {
  const failure = new Error("handler");
  const [client, server] = connect({
    receivePush: () => {
      throw failure;
    },
  });
  await using _client = client;
  const rejection = rejectionOf(client.call("PING"));
  await server.answer(">1\r\n+x\r\n+PONG\r\n");
  assertEquals((await rejection).cause, failure);
});

Deno.test("Client.flushed waits until all is sent, or can't be any more", async () => {
  const written: number[] = [];
  let resolveWrite!: () => void;
  let failWrite!: (error: Error) => void;
  const client = new Client({
    read: () => new Promise(() => {}),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        written.push(bytes.length);
        resolveWrite = () => resolve(bytes.length);
        failWrite = reject;
      }),
    close: () => {},
  });
  await client.flushed();
  client.call("PING").catch(() => {});
  let isFlushed = false;
  const flushed = client.flushed().then(() => isFlushed = true);
  await Promise.resolve();
  assertEquals([written, isFlushed], [[PING.length], false]);
  resolveWrite();
  await flushed;
  client.call("PING").catch(() => {});
  await Promise.resolve();
  failWrite(new Error("broken"));
  await client.flushed();
  assert(client.isClosed);
});

Deno.test("Client.close rejects waiting calls, and closing again is harmless", async () => {
  const [client, server] = connect();
  const rejection = rejectionOf(client.call("PING"));
  await client.close();
  await client.close();
  assertInstanceOf(await rejection, DisconnectedError);
  // The request may or may not have gone out; then comes the end.
  while (await server.receive() !== null);
});

Deno.test("Client.close works from within a push handler", async () => {
  const pushes: ReplyValue<Uint8Array>[] = [];
  const [client, server] = connect({
    receivePush: (push) => {
      pushes.push(push);
      client.close();
    },
  });
  const rejection = rejectionOf(client.call("PING"));
  await server.answer(">1\r\n+x\r\n>1\r\n+y\r\n+PONG\r\n");
  assertInstanceOf(await rejection, DisconnectedError);
  await client.close();
  assertEquals(pushes, [["x"]]);
});

Deno.test("Client breaks when a write fails", async () => {
  const failure = new Error("wire cut");
  let end: (byteCount: null) => void = () => {};
  const reading = new Promise<null>((resolve) => end = resolve);
  await using client = new Client({
    read: () => reading,
    write: () => Promise.reject(failure),
    close: () => end(null),
  });
  assertEquals((await rejectionOf(client.call("PING"))).cause, failure);
});

Deno.test("Client sends all of a request that the transport takes bit by bit", async () => {
  let sent = "";
  let end: (byteCount: null) => void = () => {};
  const reading = new Promise<null>((resolve) => end = resolve);
  const client = new Client({
    read: () => reading,
    write: (bytes) => {
      sent += textOfBytes(bytes, 0, 1);
      if (sent.length === PING.length) end(null);
      return Promise.resolve(1);
    },
    close: () => end(null),
  });
  await rejectionOf(client.call("PING"));
  await client.close();
  assertEquals(sent, PING);
});
