/**
 * Broadcast prefixes: which clients want to hear of all keys that begin in a certain way.
 *
 * A changed key is not compared with all prefixes: its first bytes are looked up once for each length
 * that a prefix has and that is not longer than the key. Ten thousand prefixes `user:<number>:` have
 * five lengths.
 *
 * What changes in one turn of the event loop is collected with its prefixes and told together, so that a
 * key which changes a hundred times is told once.
 *
 * Clients of other servers are not here one by one: their server stands for them (`TrackedPeer`).
 *
 * Always true: a prefix that is here has a client, or a server of clients.
 * Cost: a change O(lengths × their bytes + prefixes that match).
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import { KeyRecord, KeyRegistry } from "../engine/mod.ts";
import type { KeyLookAhead } from "../store/mod.ts";
import type { Changer, TrackedClient } from "./tracked_client.ts";
import { TrackedPeer } from "./tracked_peer.ts";

/** How some keys begin, and who wants to hear of them. */
export class BroadcastPrefix extends KeyRecord<BroadcastPrefix> {
  readonly clients = new Set<TrackedClient>();
  /** Other servers with such clients. */
  readonly peers = new Set<TrackedPeer>();
  /** Keys that have changed in this turn, as binary text, with who did it, if that matters. */
  readonly changed = new Map<string, Changer | undefined>();

  /** Where a client, or a server of clients, belongs. */
  groupOf(client: TrackedClient): Set<TrackedClient> {
    return client instanceof TrackedPeer ? this.peers as Set<TrackedClient> : this.clients;
  }
}

/** All prefixes of a server. */
export class BroadcastPrefixes {
  readonly #prefixes: KeyRegistry<BroadcastPrefix>;
  /** Lengths that occur, short ones first, and how many prefixes have each. */
  readonly #lengths: { byteCount: number; prefixCount: number }[] = [];
  readonly #beginning = new ByteView();

  /** @param hashing Hashes prefixes. */
  constructor(hashing: KeyLookAhead) {
    this.#prefixes = new KeyRegistry(hashing);
  }

  /** How many there are. */
  get count(): number {
    return this.#prefixes.count;
  }

  /** Those that clients of this server want to hear of, as binary text. */
  get ownTexts(): string[] {
    const texts: string[] = [];
    for (const { key, clients } of this.#prefixes) if (clients.size > 0) texts.push(key);
    return texts;
  }

  /** One that is here. @param text Binary text. */
  find(text: string): BroadcastPrefix | undefined {
    return this.#prefixes.first(ByteView.ofText(text));
  }

  /** Has a client hear of keys that begin so. @param text Binary text. */
  add(text: string, client: TrackedClient): void {
    const view = ByteView.ofText(text);
    let prefix = this.#prefixes.first(view);
    if (prefix === undefined) {
      prefix = new BroadcastPrefix(text, this.#prefixes.hashOf(view));
      this.#prefixes.add(prefix);
      this.#countLength(text.length);
    }
    prefix.groupOf(client).add(client);
  }

  /**
   * Has a client hear of them no more.
   *
   * @param text One that was added for it.
   * @returns Whether no client of this server wants it any more.
   */
  remove(text: string, client: TrackedClient): boolean {
    const prefix = this.#prefixes.first(ByteView.ofText(text))!;
    prefix.groupOf(client).delete(client);
    if (prefix.clients.size > 0) return false;
    if (prefix.peers.size > 0) return true;
    this.#prefixes.remove(prefix);
    const place = this.#lengths.findIndex(({ byteCount }) => byteCount === text.length);
    if (--this.#lengths[place].prefixCount === 0) this.#lengths.splice(place, 1);
    return true;
  }

  /** Finds the prefixes of a key. @param into They are added to it. */
  match({ bytes, start, end }: ByteView, into: BroadcastPrefix[]): void {
    for (const { byteCount } of this.#lengths) {
      if (byteCount > end - start) return;
      const prefix = this.#prefixes.first(this.#beginning.set(bytes, start, start + byteCount));
      if (prefix !== undefined) into.push(prefix);
    }
  }

  #countLength(byteCount: number): void {
    const lengths = this.#lengths;
    let place = lengths.findIndex((length) => length.byteCount >= byteCount);
    if (place < 0) place = lengths.length;
    if (lengths[place]?.byteCount === byteCount) lengths[place].prefixCount++;
    else lengths.splice(place, 0, { byteCount, prefixCount: 1 });
  }
}
