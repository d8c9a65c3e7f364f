/**
 * Transaction records: what a node must not forget of transactions over several nodes, in its log of
 * effects.
 *
 *   PEER PREPARED id nodes work     this node has promised to do the work, if it comes to that
 *   PEER FINISHED id outcome        it has done so, in the same unit as the changes, or need not
 *   PEER DECIDED id nodes           as the coordinator: the transaction is confirmed
 *   PEER ENDED id                   and all nodes have done their work
 *
 * So a record is one of the lines that are read again at the start, in order with the changes. An
 * increment of the log that begins with a rewrite gets those that are open again, as those before it go.
 *
 * Cost: nothing while the log is off; then transactions do not survive a crash either.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { AppendOnly, EffectWord, ServerParts } from "../../engine/mod.ts";
import { appendOnlyFails } from "../../errors/catalogue.ts";
import type { RedisError } from "../../errors/redis_error.ts";
import type { TransactionOutcome } from "./participation.ts";
import { type TransactionWork, wordsOfWork } from "./transaction_work.ts";

/** Records belong to no database; they are written as of this one. */
const DATABASE_INDEX = 0;
const SEPARATOR = ",";

/** What records need of a server. */
export interface RecordingServer extends Pick<ServerParts, "effects"> {
  readonly appendOnly: Pick<AppendOnly, "writeOut" | "writeError">;
}

/** Writes records of one node. */
export class TransactionRecords {
  readonly #server: RecordingServer;

  constructor(server: RecordingServer) {
    this.#server = server;
  }

  /**
   * Has the log hold what is recorded, before anybody counts on it.
   *
   * @returns Why it can't (its disk is full); it may hold it later. `undefined`: it holds it.
   */
  writeOut(): RedisError | undefined {
    const { appendOnly } = this.#server;
    return appendOnly.writeOut() ? undefined : appendOnlyFails(appendOnly.writeError ?? "");
  }

  /** This node has promised to do the work. @param participants All nodes that have work. */
  prepared(id: string, participants: readonly string[], work: TransactionWork): void {
    const words = wordsOfWork(work).map((word) =>
      word instanceof Uint8Array ? new ByteView(word) : word
    );
    this.#write("PREPARED", id, namesText(participants), ...words);
  }

  /** It has done the work: the changes themselves, and that they are those of the transaction. */
  done(id: string, { changes }: TransactionWork): void {
    const { effects } = this.#server;
    if (!effects.isWanted) return;
    effects.beginUnit();
    for (const { databaseIndex, key, image } of changes) {
      const view = new ByteView(key);
      if (image === undefined) {
        effects.emit(databaseIndex, "DEL", view);
      } else {
        const { expiresAt } = image;
        const words = ["REPLACE", ...(expiresAt === "" ? [] : ["ABSTTL"])];
        const payload = new ByteView(image.payload);
        effects.emit(databaseIndex, "RESTORE", view, expiresAt || "0", payload, ...words);
      }
    }
    this.ended(id, "confirmed");
    effects.endUnit();
  }

  /** Its part has ended. */
  ended(id: string, outcome: TransactionOutcome): void {
    this.#write("FINISHED", id, outcome);
  }

  /** It has decided, as the coordinator, that the transaction is confirmed. */
  decided(id: string, participants: readonly string[]): void {
    this.#write("DECIDED", id, namesText(participants));
  }

  /** All nodes have done their work. */
  settled(id: string): void {
    this.#write("ENDED", id);
  }

  #write(verb: string, ...words: readonly EffectWord[]): void {
    this.#server.effects.emit(DATABASE_INDEX, "PEER", verb, ...words);
  }
}

/** Names of nodes as one word. */
export function namesText(names: readonly string[]): string {
  return names.join(SEPARATOR);
}

/** Reads what `namesText` made. */
export function namesIn(text: string): string[] {
  return text === "" ? [] : text.split(SEPARATOR);
}
