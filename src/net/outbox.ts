/**
 * Outbox: connections that messages were delivered to, and that have not been sent to yet.
 *
 * Why not send at once: a publisher's pipeline has many messages for the same subscribers. Delivered
 * in one turn of the event loop, they leave with one write for each subscriber.
 *
 * @module
 */

import type { Connection } from "./connection.ts";

/** Sends what was delivered, when the work at hand is done. */
export class Outbox {
  #waiting: Connection[] = [];
  #spare: Connection[] = [];

  /** Has a connection sent to; once in a turn. */
  add(connection: Connection): void {
    if (this.#waiting.push(connection) === 1) queueMicrotask(() => this.#send());
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = this.#spare;
    for (let index = 0; index < waiting.length; index++) waiting[index].sendDelivered();
    waiting.length = 0;
    this.#spare = waiting;
  }
}
