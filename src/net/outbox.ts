/**
 * Outbox: connections that others have written to, and that have not been sent to yet.
 *
 * Why not send at once: a publisher's pipeline has many messages for the same subscribers. Delivered
 * in one turn of the event loop, they leave with one write for each subscriber. Where many have to be
 * written to, the sockets are looked at once more before (`Turns`): what publishers have sent meanwhile
 * leaves with the same writes, which cost far more than that look.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import type { Turns } from "./turns.ts";

/** From so many connections on it is worth looking whether there is more to deliver. */
const MANY_CONNECTIONS_MIN = 16;

/** Sends what others have written, when the work at hand is done. */
export class Outbox {
  readonly #turns: Turns;
  #waiting: Connection[] = [];
  #spare: Connection[] = [];

  /** @param turns How it has the sockets looked at. */
  constructor(turns: Turns) {
    this.#turns = turns;
  }

  /** Has a connection sent to; once in a turn. */
  add(connection: Connection): void {
    if (this.#waiting.push(connection) === 1) queueMicrotask(() => this.#send());
  }

  async #send(): Promise<void> {
    if (this.#waiting.length >= MANY_CONNECTIONS_MIN) await this.#turns.next();
    const waiting = this.#waiting;
    this.#waiting = this.#spare;
    for (let index = 0; index < waiting.length; index++) waiting[index].sendWaiting();
    waiting.length = 0;
    this.#spare = waiting;
  }
}
