/**
 * Raw connection: bytes of RESP to a server and its replies, without a client library in between.
 *
 * A fill of ten million keys must be limited by the server and not by the tool. So `stream` sends
 * ready-made batches, keeps a few of them under way, and only counts the lines that come back; it
 * is for commands whose replies are one line. `ask` is for single questions.
 *
 * @module
 */

/** Batches that may be on their way: enough to keep a server busy, few enough to stay fair. */
const BATCHES_UNDER_WAY_MAX = 4;
/** Bytes asked of the socket at once. */
const READ_BYTES = 65_536;

/** Echoed behind a reply whose end is looked for. */
const END_MARK = "end-of-reply";
/** Bytes in which it is looked for. */
const TAIL_BYTES = 64;

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** A TCP connection to a server on the loopback interface. */
export class RawConnection implements Disposable {
  readonly #socket: Deno.TcpConn;
  readonly #readBuffer = new Uint8Array(READ_BYTES);

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  /**
   * Connects.
   *
   * @param port TCP port on 127.0.0.1.
   * @throws {Deno.errors.ConnectionRefused} Nobody listens there.
   */
  static async open(port: number): Promise<RawConnection> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    socket.setNoDelay(true);
    return new RawConnection(socket);
  }

  /**
   * Sends one command and waits for its reply.
   *
   * @param words The command's name and arguments, ASCII.
   * @returns The text of a status, an integer or a bulk string.
   * @throws {Error} The server refused, or closed the connection.
   */
  async ask(...words: string[]): Promise<string> {
    await this.#writeAll(ENCODER.encode(commandText(words)));
    let text = "";
    while (true) {
      const byteCount = await this.#socket.read(this.#readBuffer);
      if (byteCount === null) throw new Error(`Connection closed after ${words[0]}`);
      text += DECODER.decode(this.#readBuffer.subarray(0, byteCount));
      const reply = replyTextOf(text);
      if (reply !== undefined) return reply;
    }
  }

  /** The same for a command whose reply may be huge: it is read, but only its end is looked for. */
  async askAndDiscard(...words: string[]): Promise<void> {
    await this.#writeAll(ENCODER.encode(commandText(words) + commandText(["ECHO", END_MARK])));
    let tail = "";
    while (!tail.endsWith(`$${END_MARK.length}\r\n${END_MARK}\r\n`)) {
      const byteCount = await this.#socket.read(this.#readBuffer);
      if (byteCount === null) throw new Error(`Connection closed after ${words[0]}`);
      const from = Math.max(0, byteCount - TAIL_BYTES);
      tail = (tail + DECODER.decode(this.#readBuffer.subarray(from, byteCount))).slice(-TAIL_BYTES);
    }
  }

  /** Sends one PING that is already encoded and waits for the first bytes of the answer. */
  async ping(): Promise<void> {
    await this.#writeAll(PING_BYTES);
    if (await this.#socket.read(this.#readBuffer) === null) throw new Error("Connection closed");
  }

  /**
   * Sends many batches of commands whose replies are one line.
   *
   * @param batchCount How many batches.
   * @param nextBatch Gives the next batch and may reuse the array of the call before: it is asked
   * again only when the last one has been written.
   * @throws {Error} A command was refused, or the connection was closed.
   */
  async stream(batchCount: number, nextBatch: (batchIndex: number) => Batch): Promise<void> {
    let underWayCount = 0;
    let largestBatchCount = 0;
    let hasSentAll = batchCount === 0;
    let wake = (): void => {};
    const send = async (): Promise<void> => {
      for (let batchIndex = 0; batchIndex < batchCount; batchIndex++) {
        const batch = nextBatch(batchIndex);
        largestBatchCount = Math.max(largestBatchCount, batch.commandCount);
        while (underWayCount > (BATCHES_UNDER_WAY_MAX - 1) * largestBatchCount) {
          await new Promise<void>((resolve) => wake = resolve);
        }
        underWayCount += batch.commandCount;
        // Before the write: its last reply may come before the write is known to be done.
        hasSentAll = batchIndex === batchCount - 1;
        await this.#writeAll(batch.bytes);
      }
    };
    const receive = async (): Promise<void> => {
      const lines = new LineCounter();
      while (!hasSentAll || underWayCount > 0) {
        const byteCount = await this.#socket.read(this.#readBuffer);
        if (byteCount === null) throw new Error("Connection closed while sending batches");
        underWayCount -= lines.count(this.#readBuffer.subarray(0, byteCount));
        wake();
      }
    };
    await Promise.all([send(), receive()]);
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#socket.close();
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = await this.#socket.write(bytes);
    while (written < bytes.length) written += await this.#socket.write(bytes.subarray(written));
  }
}

/** Commands to be written at once. */
export interface Batch {
  /** Whole commands, borrowed until written. */
  readonly bytes: Uint8Array;
  /** How many commands these are. */
  readonly commandCount: number;
}

/** A command as a RESP array of bulk strings. */
export function commandText(words: readonly string[]): string {
  return `*${words.length}\r\n` + words.map((word) => `$${word.length}\r\n${word}\r\n`).join("");
}

const PING_BYTES = ENCODER.encode(commandText(["PING"]));
const LF = 10;
const MINUS = 45;

/** Counts replies of one line that come in pieces. */
class LineCounter {
  #isAtStart = true;

  /**
   * Counts the lines that end in a piece.
   *
   * @throws {Error} A line says that a command was refused.
   */
  count(bytes: Uint8Array): number {
    let lineCount = 0;
    for (let index = 0; index < bytes.length; index++) {
      if (this.#isAtStart && bytes[index] === MINUS) {
        throw new Error(`Refused: ${DECODER.decode(bytes.subarray(index, index + 80))}`);
      }
      this.#isAtStart = bytes[index] === LF;
      if (this.#isAtStart) lineCount++;
    }
    return lineCount;
  }
}

/** The content of one reply, or `undefined` while it is incomplete. */
function replyTextOf(text: string): string | undefined {
  const lineEnd = text.indexOf("\r\n");
  if (lineEnd < 0) return undefined;
  const line = text.slice(1, lineEnd);
  if (text[0] === "-") throw new Error(`Refused: ${line}`);
  if (text[0] !== "$") return line;
  const bulkEnd = lineEnd + 2 + Number(line);
  return text.length < bulkEnd + 2 ? undefined : text.slice(lineEnd + 2, bulkEnd);
}
