/**
 * Client name: what a client may call itself, by HELLO and CLIENT SETNAME.
 *
 * CLIENT LIST separates its fields by spaces, so a name is printable ASCII without any.
 *
 * @module
 */

import type { Session } from "../../engine/mod.ts";
import { INVALID_CLIENT_NAME } from "../../errors/catalogue.ts";

const PRINTABLE = /^[!-~]*$/;

/**
 * Names a client.
 *
 * @param session The client.
 * @param name Binary text; empty takes the name away.
 * @throws {RedisError} When the name has other characters than `!` to `~`.
 */
export function nameClient(session: Session, name: string): void {
  if (!PRINTABLE.test(name)) throw INVALID_CLIENT_NAME;
  session.name = name;
}
