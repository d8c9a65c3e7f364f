/**
 * Watched keys: which keys clients watch, and whose watch a change breaks.
 *
 * WATCH is an optimistic lock: nothing is held, and EXEC finds out whether a key has changed. While
 * nobody watches, this listens to no change; while somebody does, a change costs a look at its key's
 * hash, which is often known already.
 *
 * Expiry is a change too, but a key whose time had come before it was watched was not there for its
 * client: that it is found and removed at last changes nothing. So a watch notes what it saw:
 *
 *   absent  nothing              breaks when the key appears
 *   alive   a value              breaks when it changes, goes, or its time comes
 *   due     a value too late     becomes absent when that is removed
 *
 * Always true: a key is here while a watch that is not broken has it; a broken watch has none.
 * Cost: watching and releasing O(1) a key; emptying or exchanging databases O(watched keys).
 * Behaviour: Redis 7.0, `multi.c`; like there, changes of a stream's groups alone break nothing.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import {
  type ChangeListener,
  isQuietEvent,
  KeyRecord,
  KeyRegistry,
  type KeyWatch,
  type ServerParts,
} from "../engine/mod.ts";
import type { KeyPresence, Keyspace } from "../store/mod.ts";

/** One key that is watched. */
class WatchedKey extends KeyRecord<WatchedKey> {
  readonly databaseIndex: number;
  /** The key's bytes. */
  readonly view: ByteView;
  readonly watches = new Set<Watch>();

  constructor(databaseIndex: number, key: ByteView, hash: number) {
    super(key.toText(), hash);
    this.databaseIndex = databaseIndex;
    this.view = new ByteView(key.copy());
  }
}

/** What one client watches. */
export class Watch implements KeyWatch {
  isBroken = false;
  /** Its keys, and what it knows of each. */
  readonly keys = new Map<WatchedKey, KeyPresence>();
  readonly #watchedKeys: WatchedKeys;

  /** @param watchedKeys Where its keys are; told when it ends. */
  constructor(watchedKeys: WatchedKeys) {
    this.#watchedKeys = watchedKeys;
    watchedKeys.open();
  }

  hasExpired(): boolean {
    for (const [watched, presence] of this.keys) {
      if (presence !== "due" && this.#watchedKeys.presenceOf(watched) === "due") return true;
    }
    return false;
  }

  /** Notes that a key has changed: the others matter no more. */
  break(): void {
    this.isBroken = true;
    for (const watched of this.keys.keys()) this.#watchedKeys.remove(this, watched);
    this.keys.clear();
  }

  release(): void {
    this.break();
    this.#watchedKeys.close();
  }
}

/** The watched keys of one server. */
export class WatchedKeys implements ChangeListener {
  readonly #server: ServerParts;
  readonly #keys: KeyRegistry<WatchedKey>;
  #watchCount = 0;

  constructor(server: ServerParts) {
    this.#server = server;
    this.#keys = new KeyRegistry(server.store.environment.lookAhead);
  }

  /** A client begins to watch. */
  open(): void {
    if (this.#watchCount++ === 0) this.#server.changeListeners.add(this);
  }

  /** It ends. Not called while listeners are told of a change, since it may take this off them. */
  close(): void {
    if (--this.#watchCount > 0) return;
    this.#server.changeListeners.remove(this);
  }

  /** Watches a key as it is now. @param key Copied. */
  add(watch: Watch, keyspace: Keyspace, key: ByteView): void {
    let watched = this.#find(keyspace.index, key);
    if (watched === undefined) {
      watched = new WatchedKey(keyspace.index, key, this.#keys.hashOf(key));
      this.#keys.add(watched);
    }
    if (watch.keys.has(watched)) return;
    watched.watches.add(watch);
    watch.keys.set(watched, keyspace.presenceOf(key));
  }

  /** Takes a key off a watch. */
  remove(watch: Watch, watched: WatchedKey): void {
    watched.watches.delete(watch);
    if (watched.watches.size === 0) this.#keys.remove(watched);
  }

  /** What there is of a key now. */
  presenceOf({ databaseIndex, view }: WatchedKey): KeyPresence {
    return this.#server.store.databases[databaseIndex].presenceOf(view);
  }

  changed(databaseIndex: number, key: ByteView, event: string): void {
    const watched = this.#find(databaseIndex, key);
    if (watched === undefined) return;
    for (const watch of watched.watches) changeSeen(watch, watched, event);
  }

  flushed(databases: readonly Keyspace[]): void {
    const indices = databases.map((database) => database.index);
    for (const watched of [...this.#keys]) {
      if (!indices.includes(watched.databaseIndex)) continue;
      const now = this.presenceOf(watched);
      for (const watch of watched.watches) exchangeSeen(watch, watched, now);
    }
  }

  /** Breaks the watches of some keys, absent ones too: no change of them will be heard of here. */
  breakAll(concerns: (key: ByteView) => boolean): void {
    for (const watched of [...this.#keys]) {
      if (concerns(watched.view)) { for (const watch of [...watched.watches]) watch.break(); }
    }
  }

  #find(databaseIndex: number, key: ByteView): WatchedKey | undefined {
    let watched = this.#keys.first(key);
    while (watched !== undefined && watched.databaseIndex !== databaseIndex) {
      watched = this.#keys.following(watched);
    }
    return watched;
  }
}

/** A key was changed. */
function changeSeen(watch: Watch, watched: WatchedKey, event: string): void {
  const before = watch.keys.get(watched)!;
  const hasGone = event === "expired" || event === "del";
  if (before === "due" && hasGone) watch.keys.set(watched, "absent");
  else if (before !== "alive" || !isQuietEvent(event)) watch.break();
}

/** All of a key's database went, and perhaps another came in its place. */
function exchangeSeen(watch: Watch, watched: WatchedKey, now: KeyPresence): void {
  const before = watch.keys.get(watched)!;
  if (before === "alive" || now === "alive") watch.break();
  else watch.keys.set(watched, now);
}
