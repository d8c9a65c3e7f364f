/**
 * Client registry: who is connected.
 *
 * @module
 */

import type { Session } from "./session.ts";

/** All sessions of a server by their ids, oldest first. */
export class ClientRegistry {
  /** Bytes that all connections hold. */
  memoryBytes = 0;

  readonly #sessions = new Map<number, Session>();
  #lastId = 0;

  /** Clients connected. */
  get count(): number {
    return this.#sessions.size;
  }

  /** A new id; ids only grow. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Adds a client. */
  add(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  /** Takes a client off. */
  remove(session: Session): void {
    this.#sessions.delete(session.id);
  }

  /** The client with this id. */
  get(id: number): Session | undefined {
    return this.#sessions.get(id);
  }

  /** All clients by age. */
  [Symbol.iterator](): IterableIterator<Session> {
    return this.#sessions.values();
  }
}
