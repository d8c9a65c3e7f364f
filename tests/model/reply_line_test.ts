/**
 * Reply line against a plain model: replies that come in any order leave in the order of the requests.
 *
 * Clients send requests that are answered at once, later or by others, some at a time, while messages
 * come in between. The model is the list of all replies in the order of their requests. Messages may stand
 * anywhere between replies, but whole, each once, and in their order; those that are to stay behind the
 * replies to what was sent before them have a place in the list.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../src/base/byte_view.ts";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import {
  BufferPool,
  Connection,
  type ConnectionShare,
  MemoryTransport,
  Outbox,
  type Receiver,
  ReplyLine,
  type ReplySlot,
  Resumptions,
  Turns,
} from "../../src/net/mod.ts";
import { takeSeed } from "../support/seed.ts";

const STEP_COUNT = 3000;

/** What is still to be added to a slot. */
interface OpenSlot {
  readonly slot: ReplySlot;
  readonly isWanted: boolean;
  /** Whole replies. */
  readonly rest: string[];
}

function newShare(): ConnectionShare {
  const turns = new Turns();
  return {
    buffers: new BufferPool(),
    turns,
    resumptions: new Resumptions(),
    outbox: new Outbox(turns),
    clearance: undefined,
    farewell: undefined,
    nowMs: 0,
    countRead: () => {},
    countWrite: () => {},
    queryBytesMax: 1_000_000,
    queryOverflow: () => {},
    outputWaits: () => {},
    mayHaveMore: () => true,
    memoryChanged: () => {},
  };
}

/** Each byte is a request: `h` is answered here, `l` later, `n` by others with nothing, `b` blocks. */
class Client implements Receiver {
  readonly wantsMore = false;
  readonly neededBytes = 0;
  isBlocked = false;
  readonly transport: MemoryTransport;
  readonly connection: Connection;
  readonly line: ReplyLine;
  readonly ended: Promise<void>;
  readonly receiving: Promise<void>;
  readonly open: OpenSlot[] = [];
  expected = "";
  received = "";
  messageCount = 0;
  emptyCount = 0;
  #replyCount = 0;
  #blockedText = "";
  readonly #random: Random;

  constructor(random: Random, share: ConnectionShare) {
    this.#random = random;
    const [ours, theirs] = MemoryTransport.pair();
    this.transport = theirs;
    this.connection = new Connection(ours, share);
    this.line = new ReplyLine(this.connection, () => this.emptyCount++);
    this.ended = this.connection.run(this);
    this.receiving = this.#receive();
  }

  receive(bytes: Uint8Array, from: number, to: number): number {
    for (; from < to && !this.isBlocked; from++) this.#answer(String.fromCharCode(bytes[from]));
    return from;
  }

  closed(): void {}

  /** Lets the blocked request be answered. */
  unblock(): void {
    if (!this.isBlocked) return;
    this.#write(this.connection.openOutput().buffer, this.#blockedText);
    this.connection.flush();
    this.isBlocked = false;
    this.connection.resume();
  }

  /** Gives a slot some of what it misses, or all. */
  add(): void {
    if (this.open.length === 0) return;
    const index = this.#random.below(this.open.length), { slot, isWanted, rest } = this.open[index];
    const text = rest.splice(0, this.#random.below(rest.length + 1)).join("");
    // It begins elsewhere than at 0, and is overwritten at once: it is to be copied.
    const bytes = bytesOfText(`??${text}??`);
    slot.add(bytes, 2, 2 + text.length);
    bytes.fill(33);
    if (rest.length > 0 && this.#random.below(3) === 0) { // the rest comes by another way
      const inserted = this.line.insertBehind(slot, isWanted);
      this.open.push({ slot: inserted, isWanted, rest: rest.splice(0) });
    }
    if (rest.length > 0 || this.#random.below(4) === 0) return;
    this.open.splice(index, 1);
    slot.end();
  }

  /** Sends a message. */
  deliver(): void {
    const bytes = bytesOfText(`<${this.messageCount++}>`);
    this.connection.deliver(bytes, 0, bytes.length);
  }

  /** Sends a message that belongs behind all replies so far. */
  deliverBehind(): void {
    if (this.isBlocked) return;
    const text = `{${this.#replyCount++}}`, bytes = bytesOfText(text);
    this.connection.deliverBehind(bytes, 0, bytes.length);
    bytes.fill(33);
    this.expected += text;
  }

  #answer(request: string): void {
    const text = `[${this.#replyCount++}${"-".repeat(this.#random.below(9))}]`;
    if (this.#random.below(20) === 0) this.deliver();
    if (request === "n") {
      this.open.push({ slot: this.#reserve(false), isWanted: false, rest: [text] });
      return;
    }
    this.expected += text;
    if (request === "l") {
      const slot = this.#reserve(true),
        others = Array.from(
          { length: this.#random.below(3) },
          () => `[${this.#replyCount++}]`,
        );
      this.expected += others.join("");
      this.open.push({ slot, isWanted: true, rest: [text, ...others] });
      if (this.#random.below(8) === 0) this.add(); // an answer that is there at once
    } else if (request === "b") {
      this.isBlocked = true;
      this.#blockedText = text;
    } else {
      this.#write(this.connection.reply.buffer, text);
    }
  }

  #reserve(isWanted: boolean): ReplySlot {
    if (this.connection.line === undefined) this.line.begin();
    this.connection.line = this.line;
    const slot = this.line.reserve(isWanted);
    assert(this.line.endsWith(slot));
    return slot;
  }

  #write(buffer: Connection["reply"]["buffer"], text: string): void {
    buffer.append(bytesOfText(text), 0, text.length);
  }

  async #receive(): Promise<void> {
    const bytes = new Uint8Array(100);
    for (;;) {
      const byteCount = await this.transport.read(bytes);
      if (byteCount === null) return;
      this.received += textOfBytes(bytes, 0, byteCount);
    }
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await undefined;
}

Deno.test("replies leave in the order of their requests, whoever answers and when", async () => {
  const random = new SeededRandom(takeSeed("reply line"));
  for (let round = 0; round < 5; round++) {
    const client = new Client(random, newShare());
    for (let step = 0; step < STEP_COUNT; step++) {
      switch (random.below(9)) {
        case 0: {
          const requests = Array.from(
            { length: random.below(12) },
            () => "hhhllllnb"[random.below(9)],
          );
          if (requests.length > 0) {
            await client.transport.write(bytesOfText(requests.join("")) as Uint8Array<ArrayBuffer>);
          }
          break;
        }
        case 1:
          client.deliver();
          break;
        case 8:
          client.deliverBehind();
          break;
        case 2:
          client.unblock();
          break;
        case 3:
          await settle();
          break;
        default:
          client.add();
      }
    }
    while (client.open.length > 0 || client.isBlocked) {
      client.add();
      client.unblock();
      await settle();
    }
    client.connection.closeAfterReply();
    await client.ended;
    await client.receiving;
    assertEquals(client.line.slotCount, 0);
    assert(!client.line.isOpen && client.emptyCount > 0);
    const messages = client.received.match(/<\d+>/g) ?? [];
    assertEquals(messages, Array.from({ length: client.messageCount }, (_, index) => `<${index}>`));
    assert(client.received.replaceAll(/<\d+>/g, "") === client.expected);
  }
});
