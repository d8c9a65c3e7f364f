/**
 * Client type: the kinds of clients that CLIENT LIST and CLIENT KILL can ask for.
 *
 * @module
 */

import type { Session } from "../../engine/mod.ts";
import { unknownClientType } from "../../errors/catalogue.ts";

/** What a client is to the server. */
export type ClientType = "normal" | "replica" | "pubsub" | "primary";

/** The words on the wire. */
const TYPE_OF_WORD: ReadonlyMap<string, ClientType> = new Map([
  ["normal", "normal"],
  ["slave", "replica"],
  ["replica", "replica"],
  ["pubsub", "pubsub"],
  ["master", "primary"],
]);

/**
 * The type that a word names.
 *
 * @param word Binary text in any case.
 * @throws {RedisError} When it names none.
 */
export function clientTypeOfWord(word: string): ClientType {
  const type = TYPE_OF_WORD.get(word.toLowerCase());
  if (type === undefined) throw unknownClientType(word);
  return type;
}

/** A client's type: who listens to a channel is a subscriber, anybody else a normal one. */
export function clientTypeOf(session: Session): ClientType {
  return session.subscriber === undefined ? "normal" : "pubsub";
}
