/**
 * Read server: runs what transactions of other nodes read of the keys here (`OwnerReader`).
 *
 * The requests come while this node locks the keys for the transaction, in the middle of what its own
 * dispatcher does; so another one runs them. They passed all gates where they were queued.
 *
 * Always true: nobody waits in it, so nobody is served in the middle of something else.
 *
 * @module
 */

import type { OwnerRead, OwnerReader } from "../cluster/mod.ts";
import { BlockedClients, Dispatcher, type ServerParts, type Session } from "../engine/mod.ts";
import { captureReply } from "./captured_reply.ts";

/** What it needs of the server beside its parts. */
export interface ReadHost {
  readonly server: ServerParts;
  /** A session that is connected to nobody. */
  newSession(dispatcher: Dispatcher): Session;
}

/** Runs requests that only read. */
export class ReadServer implements OwnerReader {
  readonly #parts: ServerParts;
  readonly #dispatcher: Dispatcher;
  readonly #session: Session;

  constructor({ server, newSession }: ReadHost) {
    const parts: { -readonly [Name in keyof ServerParts]: ServerParts[Name] } = { ...server };
    parts.blocked = new BlockedClients(parts);
    this.#parts = parts;
    this.#dispatcher = new Dispatcher(parts, []);
    this.#session = newSession(this.#dispatcher);
    this.#session.connection.openOutput();
  }

  read(reads: readonly OwnerRead[], protocol: 2 | 3): readonly Uint8Array[] {
    const session = this.#session, dispatcher = this.#dispatcher;
    session.reply.protocol = protocol;
    dispatcher.beginBatch(session);
    const replies = reads.map(({ databaseIndex, args }) => {
      session.databaseIndex = databaseIndex;
      const command = this.#parts.commands.find(args.at(0));
      return captureReply(session, () => dispatcher.execute(session, args, command));
    });
    dispatcher.endBatch();
    return replies;
  }
}
