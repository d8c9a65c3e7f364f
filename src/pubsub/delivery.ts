/**
 * Delivery: one message on its way to all who listen to a topic.
 *
 * The message is made into bytes at most once for each protocol. Where many listen, that is done in a
 * log which their connections share (`DeliveryLog`); the log stays with the topic while anybody still
 * has something of it to send, so that a subscriber which falls a little behind needs no copy either.
 * Where few listen, a copy into each one's output is cheaper than a log.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import { BufferPool, type Connection, DeliveryLog } from "../net/mod.ts";
import { OutputBuffer, WireWriter } from "../resp/mod.ts";
import type { Topic } from "./topic.ts";

/** From so many subscribers on a log is shared. */
const SHARING_COUNT_MIN = 4;
/** A log that has grown beyond this is left to those who still send from it. */
const LOG_BYTES_MAX = 64 * 1024;

/** The message in one protocol. */
class Form {
  readonly writer = new WireWriter();
  /** Bytes of messages that are not shared. */
  #scratch = this.writer.buffer;
  /** Where the message is shared; `undefined`: it is copied from the writer's buffer. */
  log: DeliveryLog | undefined;
  /** The message is `[start, end)`; as long as it is not made, `end` is 0. */
  start = 0;
  end = 0;

  constructor(protocol: 2 | 3) {
    this.writer.protocol = protocol;
  }

  /** Has the message written into a log, or into the scratch buffer. */
  open(log: DeliveryLog | undefined): void {
    this.log = log;
    this.writer.buffer = log?.buffer ?? this.#scratch;
    this.start = this.writer.buffer.length;
  }

  /** Forgets the message. */
  clear(): void {
    this.log = undefined;
    this.end = 0;
    if (this.#scratch.bytes.length > LOG_BYTES_MAX) this.#scratch = new OutputBuffer();
    this.#scratch.length = 0;
    this.writer.buffer = this.#scratch;
  }
}

/** Delivers messages, one at a time. */
export class Delivery {
  readonly #forms: readonly [resp2: Form, resp3: Form] = [new Form(2), new Form(3)];
  readonly #buffers = new BufferPool();
  #topic!: Topic;
  #word = "";
  #parts: readonly ByteView[] = [];

  /**
   * Sends a message to all who listen to a topic.
   *
   * @param word The message's first word: `message`.
   * @param parts The others; borrowed during the call.
   * @returns How many they were.
   */
  send(topic: Topic, word: string, ...parts: readonly ByteView[]): number {
    this.#topic = topic;
    this.#word = word;
    this.#parts = parts;
    let deliveryCount = 0;
    // Who can't take more is closed, and leaves the set, while this walks over it.
    for (const { connection } of topic.subscribers) {
      this.#hand(connection);
      deliveryCount++;
    }
    for (let index = 0; index < this.#forms.length; index++) {
      const { log } = this.#forms[index];
      if (log !== undefined && !log.isUsed) this.#closeLog(topic, index, log);
      this.#forms[index].clear();
    }
    return deliveryCount;
  }

  #hand(connection: Connection): void {
    const index = connection.reply.protocol - 2;
    const form = this.#forms[index];
    if (form.end === 0) this.#write(form, index);
    if (form.log === undefined) connection.deliver(form.writer.buffer.bytes, form.start, form.end);
    else connection.deliverShared(form.log, form.start, form.end);
  }

  #write(form: Form, index: number): void {
    const topic = this.#topic, { writer } = form;
    form.open(topic.subscribers.size < SHARING_COUNT_MIN ? undefined : this.#logOf(topic, index));
    writer.push(this.#parts.length + 1);
    writer.bulkText(this.#word);
    for (const part of this.#parts) writer.bulk(part);
    form.end = writer.buffer.length;
  }

  /** The log that a topic's messages go to. */
  #logOf(topic: Topic, index: number): DeliveryLog {
    const current = topic.logs[index];
    if (current !== undefined && current.buffer.length < LOG_BYTES_MAX) return current;
    return topic.logs[index] = new DeliveryLog(
      this.#buffers.take(),
      (log) => this.#closeLog(topic, index, log),
    );
  }

  #closeLog(topic: Topic, index: number, log: DeliveryLog): void {
    if (topic.logs[index] === log) topic.logs[index] = undefined;
    this.#buffers.give(log.buffer);
  }
}
