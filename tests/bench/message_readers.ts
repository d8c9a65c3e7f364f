/**
 * Message readers: a process with many subscribers of one channel, which only count what comes.
 *
 * It is a process of its own so that reading takes no time from who publishes, and so that ten thousand
 * sockets of it and as many of its twin for the other server don't share one limit of descriptors. A
 * reader takes whatever has come with one read and looks at none of it.
 *
 * It is talked to in lines: it prints `ready`, then for each line with a number of bytes that it reads
 * on its input one with the moment when so many had come, in unix milliseconds, and the processor time
 * that it has used so far, in seconds.
 *
 * @module
 */
import process from "node:process";
import { commandText } from "./raw_connection.ts";

/** Subscribers that connect at the same time; below the backlog of 511. */
const OPENING_MAX = 100;
/** All readers together have about so much room to read into. */
const READ_BYTES_SUM = 64 * 1024 * 1024;
const READ_BYTES_MAX = 256 * 1024;
const MICROSECONDS = 1_000_000;

let receivedBytes = 0;
let awaitedBytes = Infinity;
let arrived = (): void => {};

if (import.meta.main) {
  const [port, readerCount] = Deno.args.map(Number);
  await run(Deno.args[2], { port, readerCount });
}

/** Subscribes all readers and reports until its input ends. */
async function run(
  channel: string,
  { port, readerCount }: { port: number; readerCount: number },
): Promise<void> {
  const readBytes = Math.min(READ_BYTES_MAX, Math.floor(READ_BYTES_SUM / readerCount));
  const subscription = new TextEncoder().encode(commandText(["SUBSCRIBE", channel]));
  const confirmationBytes =
    `*3\r\n$9\r\nsubscribe\r\n$${channel.length}\r\n${channel}\r\n:1\r\n`.length;
  const sockets: Deno.TcpConn[] = [];
  while (sockets.length < readerCount) {
    const count = Math.min(OPENING_MAX, readerCount - sockets.length);
    const opened = Array.from(
      { length: count },
      () => Deno.connect({ hostname: "127.0.0.1", port }),
    );
    for (const socket of await Promise.all(opened)) {
      sockets.push(socket);
      await socket.write(subscription);
      read(socket, new Uint8Array(readBytes));
    }
  }
  await arrivalOf(confirmationBytes * readerCount);
  console.log("ready");
  for await (const line of lines(Deno.stdin.readable)) {
    await arrivalOf(Number(line));
    const { user, system } = process.cpuUsage();
    const nowMs = performance.timeOrigin + performance.now();
    console.log(`${nowMs} ${(user + system) / MICROSECONDS}`);
  }
  Deno.exit();
}

/** Counts what one subscriber gets. */
async function read(socket: Deno.TcpConn, buffer: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let count = await socket.read(buffer); count !== null; count = await socket.read(buffer)) {
    receivedBytes += count;
    if (receivedBytes >= awaitedBytes) arrived();
  }
}

/** Waits until so many bytes have come, and takes them off the count. */
async function arrivalOf(byteCount: number): Promise<void> {
  awaitedBytes = byteCount;
  if (receivedBytes < byteCount) await new Promise<void>((resolve) => arrived = resolve);
  awaitedBytes = Infinity;
  receivedBytes -= byteCount;
}

/** The lines of a stream of text. */
async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}
