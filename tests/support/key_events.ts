/**
 * Key events: what both servers tell their subscribers of what happens to keys.
 *
 * A second connection of a conversation subscribes to all channels of keyspace notifications and to one
 * more. What a transcript did so far has been told when a message that was published there behind it
 * arrives; so nothing is waited for, and a message too many is seen as well as one that is missing.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Both } from "./both.ts";
import { plainOf } from "./reply.ts";

const END_CHANNEL = "end-of-events";

/** Follows the notifications of both servers. */
export class KeyEvents {
  readonly #both: Both;
  readonly #subscriber: Both;
  /** Messages so far. */
  messageCount = 0;

  private constructor(both: Both, subscriber: Both) {
    this.#both = both;
    this.#subscriber = subscriber;
  }

  /** Begins to follow. @param classes What `notify-keyspace-events` is set to. */
  static async follow(both: Both, classes = "KEAnm"): Promise<KeyEvents> {
    await both.same("CONFIG", "SET", "notify-keyspace-events", classes);
    const subscriber = await both.onSecondConnection();
    await subscriber.same("PSUBSCRIBE", "__key*__:*");
    await subscriber.same("SUBSCRIBE", END_CHANNEL);
    return new KeyEvents(both, subscriber);
  }

  /**
   * Compares the messages since the last call.
   *
   * @param both Who published the end of them; not in a transaction.
   * @returns Channels and messages, one after the other.
   */
  async compare(both = this.#both): Promise<string[]> {
    await both.send("PUBLISH", END_CHANNEL, "");
    const told: string[] = [];
    for (;;) {
      const [kind, , channel, message] = plainOf(await this.#subscriber.sameNext()) as string[];
      if (kind === "message") return told;
      this.messageCount++;
      told.push(channel, message);
    }
  }

  /** Sends commands to both, whose replies must be equal, and compares what each of them told. */
  async tell(...lines: string[]): Promise<void> {
    for (const line of lines) {
      const countBefore = this.messageCount;
      await this.#both.same(...line.split(" "));
      await this.compare();
      assert(this.messageCount > countBefore, `Nothing is told of "${line}"`);
    }
  }

  /** The same for commands that nothing is told of. */
  async tellNothing(...lines: string[]): Promise<void> {
    for (const line of lines) {
      const countBefore = this.messageCount;
      await this.#both.same(...line.split(" "));
      await this.compare();
      assert(this.messageCount === countBefore, `Something is told of "${line}"`);
    }
  }
}
