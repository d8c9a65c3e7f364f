/**
 * Server transactions: opens transactions and watches keys, for all clients of a server.
 *
 * A transaction that ends is kept for the next one to begin, so that a pipeline of short ones
 * allocates nothing but once.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { ServerParts, Session, Transactions } from "../engine/mod.ts";
import type { Keyspace } from "../store/mod.ts";
import { Transaction } from "./transaction.ts";
import { Watch, WatchedKeys } from "./watched_keys.ts";

/** What a key that a client watches takes, about. */
const WATCH_BYTES = 128;

/** The transactions of one server. */
export class ServerTransactions implements Transactions {
  readonly #watchedKeys: WatchedKeys;
  isRollingBack = false;
  #spare: Transaction | undefined;

  constructor(server: ServerParts) {
    const { config } = server;
    this.#watchedKeys = new WatchedKeys(server);
    const follow = () => this.isRollingBack = config.boolean("transaction-rollback");
    config.onApply("transaction-rollback", follow);
    follow();
  }

  begin(session: Session): void {
    const transaction = this.#spare ?? new Transaction((ended) => this.#spare = ended);
    this.#spare = undefined;
    transaction.begin(session);
    session.transaction = transaction;
  }

  breakWatches(concerns: (key: ByteView) => boolean): void {
    this.#watchedKeys.breakAll(concerns);
  }

  watch(session: Session, keyspace: Keyspace, key: ByteView): void {
    const watch = (session.watch ??= new Watch(this.#watchedKeys)) as Watch;
    this.#watchedKeys.add(watch, keyspace, key);
    session.connection.watchBytes = watch.keys.size * WATCH_BYTES;
  }
}
