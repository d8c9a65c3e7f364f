/**
 * Client filter: which clients CLIENT KILL and CLIENT LIST mean.
 *
 * Reading the words and asking a client are apart, so that all errors come before anybody is
 * closed.
 *
 * @module
 */

import type { Session } from "../../engine/mod.ts";
import { CLIENT_ID_NOT_POSITIVE, noSuchUser, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { type ClientType, clientTypeOf, clientTypeOfWord } from "./client_type.ts";

/** What a client must be; all that is given counts. */
export interface ClientFilter {
  id?: number;
  /** The peer's address as CLIENT LIST shows it. */
  address?: string;
  /** Our side's. */
  localAddress?: string;
  type?: ClientType;
  user?: string;
  /** Whether the client that asks is left out. */
  skipsCaller: boolean;
}

/**
 * The words of `CLIENT KILL`: an address alone, which may be the caller's own, or options.
 *
 * @param isUser Whether there is a user of this name.
 * @throws {RedisError} When an option is unknown, has no value or a bad one.
 */
export function parseKillFilter(args: Args, isUser: (name: string) => boolean): ClientFilter {
  if (args.count === 3) return { address: args.text(2), skipsCaller: false };
  const filter: ClientFilter = { skipsCaller: true };
  for (let index = 2; index < args.count; index += 2) {
    const valueIndex = index + 1;
    if (valueIndex >= args.count) throw SYNTAX_ERROR;
    if (args.isWord(index, "id")) {
      filter.id = args.integer(valueIndex, CLIENT_ID_NOT_POSITIVE);
      if (filter.id < 1) throw CLIENT_ID_NOT_POSITIVE;
    } else if (args.isWord(index, "type")) {
      filter.type = clientTypeOfWord(args.text(valueIndex));
    } else if (args.isWord(index, "addr")) {
      filter.address = args.text(valueIndex);
    } else if (args.isWord(index, "laddr")) {
      filter.localAddress = args.text(valueIndex);
    } else if (args.isWord(index, "user")) {
      filter.user = args.text(valueIndex);
      if (!isUser(filter.user)) throw noSuchUser(filter.user);
    } else if (args.isWord(index, "skipme") && args.isWord(valueIndex, "yes")) {
      filter.skipsCaller = true;
    } else if (args.isWord(index, "skipme") && args.isWord(valueIndex, "no")) {
      filter.skipsCaller = false;
    } else {
      throw SYNTAX_ERROR;
    }
  }
  return filter;
}

/** Whether a client is one of those meant. */
export function isMeant(filter: ClientFilter, session: Session, caller: Session): boolean {
  const { peerAddress, localAddress } = session.connection.transport;
  return (filter.address ?? peerAddress) === peerAddress &&
    (filter.localAddress ?? localAddress) === localAddress &&
    (filter.type === undefined || filter.type === clientTypeOf(session)) &&
    (filter.id ?? session.id) === session.id &&
    (filter.user ?? session.user) === session.user &&
    !(filter.skipsCaller && session === caller);
}
