/**
 * Connection: reading, replying, back-pressure and closing, over a pipe in memory.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../src/base/byte_view.ts";
import {
  BufferPool,
  Connection,
  type ConnectionShare,
  MemoryTransport,
  Outbox,
  type Receiver,
  Resumptions,
  Turns,
} from "../../../src/net/mod.ts";
import { Args, INCOMPLETE, RequestParser } from "../../../src/resp/mod.ts";

const INPUT_BYTES_MIN = 1024;
const INPUT_BYTES_MAX = 16 * 1024;
const TRUSTED_BYTES_MAX = 1024 * 1024 + 1024;

/** What a server would share among connections; notes what it is told. */
class Share implements ConnectionShare {
  readonly buffers = new BufferPool();
  readonly turns = new Turns();
  readonly resumptions = new Resumptions();
  readonly outbox = new Outbox(this.turns);
  queryBytesMax = 1024 * 1024 * 1024;
  clearance: Promise<void> | undefined;
  farewell: Promise<void> | undefined;
  readonly nowMs = 0;
  readBytes = 0;
  writtenBytes = 0;
  overflowCount = 0;
  memoryBytes = 0;
  waitingBytesMost = 0;
  /** Output over this closes the connection. */
  outputBytesMax = Infinity;
  /** With more output than this no request is read. */
  unreadBytesMax = Infinity;

  countRead(byteCount: number): void {
    this.readBytes += byteCount;
  }

  countWrite(byteCount: number): void {
    this.writtenBytes += byteCount;
  }

  queryOverflow(): void {
    this.overflowCount++;
  }

  outputWaits(connection: Connection, byteCount: number): void {
    this.waitingBytesMost = Math.max(this.waitingBytesMost, byteCount);
    if (byteCount > this.outputBytesMax) connection.close();
  }

  mayHaveMore(outputBytes: number): boolean {
    return outputBytes < this.unreadBytesMax;
  }

  memoryChanged(byteDelta: number): void {
    this.memoryBytes += byteDelta;
  }
}

/**
 * Answers each request with its last argument. `BLOCK` holds back what follows it, `QUIT` closes,
 * `KILL` closes at once, `SELF` sends to itself out of turn.
 */
class Echo implements Receiver {
  wantsMore = false;
  isBlocked = false;
  closedCount = 0;
  requestCount = 0;
  /** Stops after so many requests to let replies go out. */
  batchRequestCountMax = Infinity;
  readonly #parser = new RequestParser({ bulkBytesMax: 512 * 1024 * 1024 });
  readonly #args = new Args();
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get neededBytes(): number {
    return this.#parser.neededBytes;
  }

  receive(bytes: Uint8Array, from: number, to: number): number {
    this.wantsMore = false;
    const connection = this.#connection, reply = connection.reply;
    if (this.isBlocked || connection.isClosing) return from;
    for (let count = 0;;) {
      if (this.#parser.parse(bytes, from, to, this.#args) === INCOMPLETE) return from;
      from = this.#parser.end;
      this.requestCount++;
      const { args } = this.#parser;
      if (args.text(0) === "QUIT") connection.closeAfterReply();
      if (args.text(0) === "KILL") connection.close();
      if (args.text(0) === "SELF") {
        connection.openOutput().simple("message");
        connection.flush();
      }
      reply.bulk(args.at(args.count - 1));
      this.isBlocked = args.text(0) === "BLOCK";
      if (this.isBlocked || connection.isClosing || connection.isClosed) return from;
      if (++count === this.batchRequestCountMax) {
        this.wantsMore = true;
        return from;
      }
    }
  }

  closed(): void {
    this.closedCount++;
  }

  /** Lets it go on after `BLOCK`. */
  unblock(): void {
    this.isBlocked = false;
    this.#connection.resume();
  }
}

/** A connection, its peer's end, and what the connection was made of. */
class Fixture implements AsyncDisposable {
  readonly share: Share;
  readonly connection: Connection;
  readonly receiver: Echo;
  readonly peer: MemoryTransport;
  readonly running: Promise<void>;
  #pending = "";

  constructor(share = new Share()) {
    this.share = share;
    const [ours, theirs] = MemoryTransport.pair();
    this.peer = theirs;
    this.connection = new Connection(ours, share);
    this.receiver = new Echo(this.connection);
    this.running = this.connection.run(this.receiver);
  }

  async send(text: string): Promise<void> {
    await this.peer.write(bytesOfText(text));
  }

  /** Waits until the peer has been sent just this, in however many pieces. */
  async expect(text: string): Promise<void> {
    const chunk = new Uint8Array(64 * 1024);
    while (this.#pending.length < text.length) {
      const byteCount = await this.peer.read(chunk);
      if (byteCount === null) break;
      this.#pending += textOfBytes(chunk, 0, byteCount);
    }
    // Long texts are not compared by assertEquals: it would take minutes to show how they differ.
    if (text.length < 1000) assertEquals(this.#pending.slice(0, text.length), text);
    assert(this.#pending.startsWith(text), `received ${this.#pending.length} bytes that differ`);
    this.#pending = this.#pending.slice(text.length);
  }

  /** Waits for the connection to end, having sent nothing more. */
  async expectEnd(): Promise<void> {
    assertEquals(await this.peer.read(new Uint8Array(100)), null);
    await this.running;
    assert(this.connection.isClosed);
    assertEquals(this.receiver.closedCount, 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.peer.close();
    await this.running;
  }
}

function request(...words: string[]): string {
  return `*${words.length}\r\n` + words.map((word) => `$${word.length}\r\n${word}\r\n`).join("");
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** Lets everything happen that needs no more bytes from outside. */
async function settle(): Promise<void> {
  const turns = new Turns();
  for (let turn = 0; turn < 5; turn++) {
    for (let step = 0; step < 50; step++) await Promise.resolve();
    await turns.next();
  }
}

Deno.test("Connection answers requests, one or many in a read, split anywhere", async () => {
  await using fixture = new Fixture();
  await fixture.send(request("ECHO", "one"));
  await fixture.expect(bulk("one"));
  await fixture.send(request("ECHO", "two") + request("ECHO", "three") + "*2\r\n$4\r\nEC");
  await fixture.expect(bulk("two") + bulk("three"));
  await fixture.send("HO\r\n$4\r\nfour\r");
  await fixture.send("\n");
  await fixture.expect(bulk("four"));
  assertEquals(
    fixture.share.readBytes,
    request("ECHO", "one").length +
      request("ECHO", "two").length + request("ECHO", "three").length +
      request("ECHO", "four").length,
  );
  assertEquals(
    fixture.share.writtenBytes,
    (bulk("one") + bulk("two") + bulk("three") + bulk("four"))
      .length,
  );
});

Deno.test("Connection: what comes together runs before the first reply is sent", async () => {
  const share = new Share();
  await using one = new Fixture(share);
  await using other = new Fixture(share);
  await settle(); // both wait for input now
  const requestCounts: number[] = [];
  for (const { transport } of [one.connection, other.connection]) {
    const write = transport.write.bind(transport);
    transport.write = (bytes) => {
      requestCounts.push(one.receiver.requestCount + other.receiver.requestCount);
      return write(bytes);
    };
  }
  await Promise.all([one.send(request("ECHO", "x")), other.send(request("ECHO", "y"))]);
  await Promise.all([one.expect(bulk("x")), other.expect(bulk("y"))]);
  assertEquals(requestCounts, [2, 2]);
});

Deno.test("Connection holds no output buffer while it has nothing to say", async () => {
  await using fixture = new Fixture();
  assertEquals(fixture.connection.outputBufferBytes, 0);
  await fixture.send(request("ECHO", "x"));
  await fixture.expect(bulk("x"));
  await settle();
  assertEquals([fixture.connection.outputBufferBytes, fixture.connection.outputBytes], [0, 0]);
  await fixture.send("*2\r\n");
  await settle();
  assertEquals(fixture.connection.outputBufferBytes, 0);
  fixture.connection.openOutput();
  fixture.connection.flush();
  assertEquals(fixture.connection.outputBufferBytes, 0);
});

Deno.test("Connection does not read from a peer that does not read", async () => {
  await using fixture = new Fixture();
  const text = "x".repeat(10_000);
  let sentCount = 0;
  // The pipe holds one write; what the connection reads is answered by writes that nobody takes.
  const sending = (async () => {
    for (; sentCount < 100; sentCount++) await fixture.send(request("ECHO", text));
  })();
  await settle();
  assert(sentCount < 5, `${sentCount} requests were taken`);
  assert(fixture.receiver.requestCount < 5);
  for (let count = 0; count < 100; count++) await fixture.expect(bulk(text));
  await sending;
  assertEquals(fixture.receiver.requestCount, 100);
});

Deno.test("Connection reads ahead from a peer that does not read, as far as it may", async () => {
  const share = new Share();
  share.unreadBytesMax = 2 * 100_000;
  await using fixture = new Fixture(share);
  const { connection, receiver } = fixture;
  const word = "x".repeat(100_000);
  connection.readAhead(); // nobody is waited for
  await fixture.send(request("ECHO", "first"));
  await settle(); // that reply is in the pipe, the next waits for it to be read
  await fixture.send(request("ECHO", "second"));
  await settle();
  for (let count = 0; count < 4; count++) {
    connection.readAhead();
    const sent = fixture.send(request("ECHO", word));
    await settle();
    if (count < 3) await sent;
  }
  assertEquals(receiver.requestCount, 4);
  assert(connection.outputBytes >= share.unreadBytesMax);
  await fixture.expect(bulk("first") + bulk("second") + bulk(word) + bulk(word));
  await fixture.expect(bulk(word) + bulk(word));
  assertEquals(receiver.requestCount, 6);
});

Deno.test("Connection that reads ahead still sends everything when its peer ends or quits", async () => {
  for (const hasQuit of [false, true]) {
    await using fixture = new Fixture();
    await fixture.send(request("ECHO", "first"));
    await settle();
    await fixture.send(request("ECHO", "second"));
    await settle();
    fixture.connection.readAhead();
    await fixture.send(request(hasQuit ? "QUIT" : "ECHO", "third"));
    await settle();
    fixture.connection.readAhead();
    await fixture.expect(bulk("first") + bulk("second") + bulk("third"));
    if (hasQuit) await fixture.expectEnd();
  }
});

Deno.test("Connection sends replies between parts of a batch that is large", async () => {
  await using fixture = new Fixture();
  fixture.receiver.batchRequestCountMax = 3;
  await fixture.send(request("ECHO", "x").repeat(10));
  await fixture.expect(bulk("x").repeat(10));
  assert(fixture.share.waitingBytesMost <= 3 * bulk("x").length);
});

Deno.test("Connection lets its input buffer grow with what comes and shrink again", async () => {
  await using fixture = new Fixture();
  const { connection } = fixture;
  assertEquals(connection.inputBufferBytes, INPUT_BYTES_MIN);
  const pipeline = request("ECHO", "some text").repeat(10_000);
  const sending = fixture.send(pipeline);
  await fixture.expect(bulk("some text").repeat(10_000));
  await sending;
  assertEquals(connection.inputBufferBytes, INPUT_BYTES_MAX);
  for (let count = 0; count < 100; count++) {
    await fixture.send(request("ECHO", "x"));
    await fixture.expect(bulk("x"));
  }
  assertEquals(connection.inputBufferBytes, INPUT_BYTES_MIN);
});

Deno.test("Connection keeps a large input buffer while reads now and then fill it", async () => {
  await using fixture = new Fixture();
  const pipeline = request("ECHO", "some text").repeat(5000);
  for (let round = 0; round < 5; round++) {
    const sending = fixture.send(pipeline);
    await fixture.expect(bulk("some text").repeat(5000));
    await sending;
    for (let count = 0; count < 50; count++) {
      await fixture.send(request("ECHO", "x"));
      await fixture.expect(bulk("x"));
    }
    assertEquals(fixture.connection.inputBufferBytes, INPUT_BYTES_MAX);
  }
});

Deno.test("Connection takes a long argument and gives its buffer back", async () => {
  await using fixture = new Fixture();
  const text = "0123456789".repeat(500_000);
  const sending = fixture.send(request("ECHO", text));
  await fixture.expect(bulk(text));
  await sending;
  await settle();
  assert(fixture.connection.inputBufferBytes <= INPUT_BYTES_MAX);
  assertEquals(fixture.connection.inputBytes, 0);
});

Deno.test("Connection takes a long argument between others of a pipeline, in pieces", async () => {
  await using fixture = new Fixture();
  const text = "0123456789".repeat(20_000);
  const all = request("ECHO", "a") + request("ECHO", text) + request("ECHO", "b");
  const sending = (async () => {
    for (let at = 0; at < all.length; at += 777) await fixture.send(all.slice(at, at + 777));
  })();
  await fixture.expect(bulk("a") + bulk(text) + bulk("b"));
  await sending;
});

Deno.test("Connection believes no announced length before the bytes come", async () => {
  await using fixture = new Fixture();
  await fixture.send("*2\r\n$4\r\nECHO\r\n$500000000\r\nabc");
  await settle();
  assertEquals(fixture.connection.inputBufferBytes, TRUSTED_BYTES_MAX);
  for (let readCount = 0; readCount < 10; readCount++) {
    await fixture.send("abc");
    await settle();
  }
  assertEquals(fixture.connection.inputBufferBytes, TRUSTED_BYTES_MAX); // it doubles when full, not by reads
});

Deno.test("Connection closes when more input waits than it may", async () => {
  const share = new Share();
  share.queryBytesMax = 10_000;
  const fixture = new Fixture(share);
  await fixture.send(request("ECHO", "x".repeat(9900)));
  await fixture.expect(bulk("x".repeat(9900)));
  await fixture.send("*2\r\n$4\r\nECHO\r\n$50000\r\n" + "x".repeat(20_000)).catch(() => {});
  await fixture.expectEnd();
  assertEquals(share.overflowCount, 1);
});

Deno.test("Connection closes when its owner finds too much output waiting", async () => {
  const share = new Share();
  share.outputBytesMax = 1000;
  const fixture = new Fixture(share);
  await fixture.send(request("ECHO", "x".repeat(2000)));
  await fixture.expectEnd();
  await settle();
  assertEquals(fixture.connection.outputBufferBytes, 0);
});

Deno.test("Connection sends pushes while it waits for requests, together", async () => {
  await using fixture = new Fixture();
  await settle();
  const { connection } = fixture;
  connection.openOutput().simple("one");
  connection.openOutput().simple("two");
  connection.flush();
  connection.openOutput().simple("three");
  connection.flush();
  await fixture.expect("+one\r\n+two\r\n+three\r\n");
  await fixture.send(request("ECHO", "x"));
  await fixture.expect(bulk("x"));
  connection.openOutput().simple("four");
  connection.flush();
  await fixture.expect("+four\r\n");
});

Deno.test("Connection sends pushes after a flush with nothing to say", async () => {
  await using fixture = new Fixture();
  await settle();
  fixture.connection.flush();
  fixture.connection.openOutput();
  fixture.connection.flush();
  await settle();
  fixture.connection.openOutput().simple("late");
  fixture.connection.flush();
  await fixture.expect("+late\r\n");
});

Deno.test("Connection lets pushes wait for a slow peer and counts them", async () => {
  await using fixture = new Fixture();
  const { connection } = fixture;
  await settle();
  for (let count = 0; count < 10; count++) {
    connection.openOutput().simple("message");
    connection.flush();
    await settle();
  }
  // The pipe has taken the first.
  assertEquals(connection.outputBytes, 9 * "+message\r\n".length);
  assertEquals(fixture.share.waitingBytesMost, 9 * "+message\r\n".length);
  await fixture.expect("+message\r\n".repeat(10));
  await settle();
  assertEquals(connection.outputBytes, 0);
});

Deno.test("Connection sends what a request causes for itself with its reply, in order", async () => {
  await using fixture = new Fixture();
  await fixture.send(request("ECHO", "a") + request("SELF", "b") + request("ECHO", "c"));
  await fixture.expect(bulk("a") + "+message\r\n" + bulk("b") + bulk("c"));
  await using other = new Fixture(fixture.share);
  await other.send(request("ECHO", "d"));
  await other.expect(bulk("d"));
});

Deno.test("Connection holds requests back while the receiver is blocked", async () => {
  await using fixture = new Fixture();
  await fixture.send(request("BLOCK", "a") + request("ECHO", "b"));
  await fixture.expect(bulk("a"));
  await fixture.send(request("ECHO", "c"));
  await settle();
  assertEquals(fixture.receiver.requestCount, 1);
  fixture.receiver.unblock();
  assertEquals(fixture.receiver.requestCount, 1, "goes on behind this turn's work");
  await fixture.expect(bulk("b") + bulk("c"));
  await fixture.send(request("ECHO", "d"));
  await fixture.expect(bulk("d"));
});

Deno.test("Connection goes on with a large batch that was held back", async () => {
  await using fixture = new Fixture();
  fixture.receiver.batchRequestCountMax = 2;
  await fixture.send(request("BLOCK", "a") + request("ECHO", "b").repeat(7));
  await fixture.expect(bulk("a"));
  fixture.receiver.unblock();
  await fixture.expect(bulk("b").repeat(7));
});

Deno.test("Connection.closeAfterReply sends the replies so far and drops what follows", async () => {
  const fixture = new Fixture();
  await fixture.send(request("ECHO", "a") + request("QUIT", "bye") + request("ECHO", "b"));
  await fixture.expect(bulk("a") + bulk("bye"));
  await fixture.expectEnd();
  assertEquals(fixture.receiver.requestCount, 2);
});

Deno.test("Connection.closeAfterReply works for a request that was held back", async () => {
  const fixture = new Fixture();
  await fixture.send(request("BLOCK", "a") + request("QUIT", "bye") + request("ECHO", "b"));
  await fixture.expect(bulk("a"));
  fixture.receiver.unblock();
  await fixture.expect(bulk("bye"));
  await fixture.expectEnd();
});

Deno.test("Connection.closeAfterReply works while a read is pending", async () => {
  const fixture = new Fixture();
  await settle();
  fixture.connection.openOutput().simple("farewell");
  fixture.connection.closeAfterReply();
  assert(fixture.connection.isClosing);
  await fixture.expect("+farewell\r\n");
  await fixture.expectEnd();
});

Deno.test("Connection.closeAfterReply closes at once when there is nothing to send", async () => {
  const fixture = new Fixture();
  await settle();
  fixture.connection.closeAfterReply();
  await fixture.expectEnd();
});

Deno.test("Connection.closeAfterReply leaves the connection open until the share's farewell", async () => {
  const serving = new Fixture(), heldBack = new Fixture(), reading = new Fixture();
  await heldBack.send(request("BLOCK", "a") + request("QUIT", "bye"));
  await heldBack.expect(bulk("a"));
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const { share } of [serving, heldBack, reading]) share.farewell = promise;
  await serving.send(request("QUIT", "bye"));
  await serving.expect(bulk("bye"));
  heldBack.receiver.unblock();
  await heldBack.expect(bulk("bye"));
  reading.connection.closeAfterReply();
  await settle();
  for (const { connection } of [serving, heldBack, reading]) assert(!connection.isClosed);
  resolve();
  for (const fixture of [serving, heldBack, reading]) await fixture.expectEnd();
});

Deno.test("Connection.closeAfterReply waits for a slow peer to take the replies", async () => {
  const fixture = new Fixture();
  const { connection } = fixture;
  for (const text of ["one", "two", "three"]) {
    connection.openOutput().simple(text);
    connection.flush();
    await settle();
  }
  connection.closeAfterReply();
  await settle();
  assertEquals([connection.isClosed, connection.outputBytes], [false, "+two\r\n+three\r\n".length]);
  await fixture.expect("+one\r\n+two\r\n+three\r\n");
  await fixture.expectEnd();
});

Deno.test("Connection.close ends a pending read and drops what was not sent", async () => {
  const fixture = new Fixture();
  await settle();
  fixture.connection.openOutput().simple("never sent");
  fixture.connection.close();
  fixture.connection.close();
  fixture.connection.flush();
  await fixture.expectEnd();
  assertEquals(fixture.share.writtenBytes, 0);
});

Deno.test("Connection.close ends a pending write", async () => {
  const fixture = new Fixture();
  const text = "x".repeat(100_000);
  await fixture.send(request("ECHO", text).repeat(3)).catch(() => {});
  await settle();
  assert(fixture.connection.outputBytes > 0);
  fixture.connection.close();
  await fixture.running;
  assertEquals([fixture.receiver.closedCount, fixture.connection.outputBytes], [1, 0]);
});

Deno.test("Connection.close within a request harms no other connection", async () => {
  const share = new Share();
  await using other = new Fixture(share);
  const fixture = new Fixture(share);
  await fixture.send(request("ECHO", "a") + request("KILL", "b") + request("ECHO", "c"));
  await fixture.expectEnd();
  // The rest of the killed request's reply went nowhere: not into what others share.
  other.connection.flush();
  await other.send(request("ECHO", "x"));
  await other.expect(bulk("x"));
  assertEquals(other.share.writtenBytes, bulk("x").length);
});

Deno.test("Connection ends when the peer closes, with or without a request half sent", async () => {
  for (const text of ["", "*2\r\n$4\r\nEC", request("ECHO", "x")]) {
    const fixture = new Fixture();
    if (text !== "") await fixture.send(text);
    fixture.peer.close();
    await fixture.running;
    assert(fixture.connection.isClosed);
    assertEquals(fixture.receiver.closedCount, 1);
  }
});

Deno.test("Connection gives its buffers back when it ends", async () => {
  const share = new Share();
  const taken = share.buffers.take();
  share.buffers.give(taken);
  const fixture = new Fixture(share);
  await fixture.send(request("ECHO", "x"));
  await fixture.expect(bulk("x"));
  fixture.peer.close();
  await fixture.running;
  assert(share.buffers.take() === taken);
});

Deno.test("Connection gives way to others while a peer keeps it busy", async () => {
  await using fixture = new Fixture();
  const pipeline = request("ECHO", "some text").repeat(20_000);
  let timerTurn = -1, repliesLeft = 3;
  const timer = setTimeout(() => timerTurn = repliesLeft, 0);
  for (; repliesLeft > 0; repliesLeft--) {
    const sending = fixture.send(pipeline);
    await fixture.expect(bulk("some text").repeat(20_000));
    await sending;
  }
  clearTimeout(timer);
  assert(timerTurn > 0, "no timer ran meanwhile");
});
