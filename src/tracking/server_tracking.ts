/**
 * Server tracking: who is told of a changed key, and when.
 *
 * A client that caches what it reads is told of the next change of each key that it read; a client that
 * broadcasting is on for is told of all keys with its prefixes, together, when this turn of the loop
 * ends. Others are told at once; the client whose command made the change is told behind its reply:
 * it may not have read that yet.
 *
 *   GET k ──> table: k -> client                      SET k ──> table: k is taken off, its clients told
 *                                                          └──> prefixes of k: collected ──> end of turn
 *
 * In a cluster that relays, what clients read at other servers is in a table of its own. Those servers
 * note it for this one and tell it of changes (`TrackedPeer`), and it tells its clients.
 *
 *   GET k ──> elsewhere: k -> client          invalidate k <── server that has k: k -> this server
 *         └─> server that has k                └──> elsewhere: k is taken off, its clients told
 *
 * While no client that is connected has ever tracked, nothing is kept and no change is listened to.
 *
 * A table that grows beyond `tracking-table-max-keys` loses keys by lot, and their clients are told as
 * if these had changed: they may not keep what nobody would tell them of. That happens behind commands
 * that read too much, and several times a second.
 *
 * Always true: a client that is told of keys which it reads is told of each change of one, once, unless
 * it has been told that all keys changed.
 * Behaviour: Redis 7.0, `tracking.c`; like there a table is about the keys of all databases, and SWAPDB
 * changes none. Unlike there, keys that no client can have any more are forgotten when the last one is
 * gone, and NOLOOP does not keep from a client that its key was evicted to make room for its command.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import {
  type ChangeListener,
  isQuietEvent,
  type ServerParts,
  type Session,
  type Tracking,
  type TrackingOptions,
  type TrackingSources,
} from "../engine/mod.ts";
import type { Args } from "../resp/mod.ts";
import type { Keyspace } from "../store/mod.ts";
import { type BroadcastPrefix, BroadcastPrefixes } from "./broadcast_prefixes.ts";
import { Invalidation } from "./invalidation.ts";
import { ALL_KEYS, type Changer, TrackedClient } from "./tracked_client.ts";
import { TrackedPeer, type TrackedPeerHost } from "./tracked_peer.ts";
import { type TrackedKey, TrackingTable } from "./tracking_table.ts";

/** Keys that one attempt to get under the limit takes off; each that fails raises it by as many. */
const EFFORT_KEY_COUNT = 100;

/** What one prefix takes at the client and in the table, about, without its text. */
const PREFIX_BYTES = 256;

/** The tracking of one server. */
export class ServerTracking implements Tracking, ChangeListener, TrackedPeerHost {
  clientCount = 0;
  isFollowing = false;
  sources: TrackingSources | undefined;

  readonly #server: ServerParts;
  readonly #runBehind: (act: () => void) => void;
  /** Keys that are here, and who may have them, other servers too. */
  readonly #table: TrackingTable;
  /** Keys of other servers, and which clients here may have them. */
  readonly #elsewhere: TrackingTable;
  readonly #prefixes: BroadcastPrefixes;
  readonly #invalidation = new Invalidation();
  /** Clients that are connected and have tracked. */
  readonly #known = new Set<TrackedClient>();
  /** Whose command runs. */
  #current: Session | undefined;
  /** Prefixes that keys have changed of in this turn. */
  #changedPrefixes = new Set<BroadcastPrefix>();
  readonly #matching: BroadcastPrefix[] = [];
  #keyCountMax = 0;
  /** How many attempts in a row did not get under the limit. */
  #failedAttemptCount = 0;

  /** @param runBehind Runs something behind the work at hand and the requests that go on because of it. */
  constructor(server: ServerParts, runBehind: (act: () => void) => void) {
    this.#server = server;
    this.#runBehind = runBehind;
    const { lookAhead } = server.store.environment;
    this.#table = new TrackingTable(lookAhead);
    this.#elsewhere = new TrackingTable(lookAhead);
    this.#prefixes = new BroadcastPrefixes(lookAhead);
    const { config } = server;
    const follow = () => {
      this.#keyCountMax = config.number("tracking-table-max-keys");
      this.attend();
    };
    config.onApply("tracking-table-max-keys", follow);
    follow();
  }

  get keyCount(): number {
    return this.#table.keyCount + this.#elsewhere.keyCount;
  }

  get itemCount(): number {
    return this.#table.itemCount + this.#elsewhere.itemCount;
  }

  get prefixCount(): number {
    return this.#prefixes.count;
  }

  get memoryBytes(): number {
    return this.#table.memoryBytes + this.#elsewhere.memoryBytes;
  }

  enable(session: Session, options: TrackingOptions): Promise<void> | undefined {
    const client = this.#obtain(session);
    if (!client.isOn) this.clientCount++;
    client.enable(options);
    if (!options.isBroadcasting) return undefined;
    const added = options.prefixes.length > 0 ? options.prefixes : [""];
    for (const prefix of added) this.#prefixes.add(prefix, client);
    client.prefixes = [...new Set([...client.prefixes, ...added])].sort();
    session.connection.prefixBytes = client.prefixes.reduce(
      (sum, prefix) => sum + PREFIX_BYTES + prefix.length,
      0,
    );
    return this.sources?.want(added);
  }

  note(session: Session, key: ByteView, isElsewhere: boolean): void {
    if (session.tracking === undefined) return;
    (isElsewhere ? this.#elsewhere : this.#table).note(key, session.id);
  }

  actFor(session: Session, isNoting: boolean, idElsewhere: number): void {
    if (session.tracking === undefined && !isNoting && idElsewhere === 0) return;
    this.#peerOf(session).actFor(isNoting, idElsewhere);
  }

  beginNoting(session: Session): void {
    this.#peerOf(session);
  }

  setWanted(session: Session, prefix: string, isWanted: boolean): void {
    const peer = this.#peerOf(session);
    if (peer.wanted.has(prefix) === isWanted) return;
    if (isWanted) {
      peer.wanted.add(prefix);
      this.#prefixes.add(prefix, peer);
    } else {
      peer.wanted.delete(prefix);
      this.#prefixes.remove(prefix, peer);
    }
  }

  get wantedPrefixes(): readonly string[] {
    return this.#prefixes.ownTexts;
  }

  keysChangedElsewhere(keys: readonly ByteView[], changerId: number): void {
    const changer = this.#server.clients.get(changerId);
    for (const key of keys) {
      const tracked = this.#elsewhere.find(key);
      if (tracked === undefined) continue;
      // Who is not told may have asked for it again since: that is noted before it is answered.
      const isOpen = changer?.connection.line?.isOpen === true;
      const mayHaveIt = isOpen && tracked.isHeldBy(changerId) && clientOf(changer)!.isNoLoop;
      this.#invalidate(this.#elsewhere, tracked, changer);
      if (mayHaveIt) this.#elsewhere.note(key, changerId);
    }
  }

  prefixChangedElsewhere(prefix: string, keys: readonly string[], changerId: number): void {
    this.#invalidation.ofKeys(keys);
    for (const client of this.#prefixes.find(prefix)?.clients ?? []) {
      if (!client.isNoLoop || client.session.id !== changerId) client.tell(this.#invalidation);
    }
  }

  keysLeave(): void {
    for (const client of this.#known) if (client instanceof TrackedPeer) this.#tellAll(client);
  }

  allChangedElsewhere(): void {
    this.#elsewhere.clear();
    for (const client of this.#known) {
      if (!(client instanceof TrackedPeer)) this.#tellAll(client);
    }
  }

  begin(session: Session): Session | undefined {
    const before = this.#current;
    this.#current = session;
    return before;
  }

  end(session: Session, before: Session | undefined): void {
    this.#current = before;
    const client = clientOf(session);
    if (client === undefined) return;
    if (client.held.length > 0) this.#tellHeld(client);
    client.requestEnded(session.lastCommand);
    if (this.#isOverLimit()) this.attend();
  }

  attend(): void {
    if (!this.#isOverLimit()) {
      this.#failedAttemptCount = 0;
      return;
    }
    const effort = EFFORT_KEY_COUNT * (this.#failedAttemptCount + 1);
    for (let count = 0; count < effort && this.#isOverLimit(); count++) {
      const isElsewhere = this.#elsewhere.keyCount > this.#table.keyCount;
      const table = isElsewhere ? this.#elsewhere : this.#table;
      this.#invalidate(table, table.sample(this.#server.random)!, undefined);
    }
    this.#failedAttemptCount = this.#isOverLimit() ? this.#failedAttemptCount + 1 : 0;
  }

  changed(_databaseIndex: number, key: ByteView, event: string): void {
    if (isQuietEvent(event)) return;
    if (this.#prefixes.count > 0) {
      const hasGone = event === "expired" || event === "evicted";
      this.#collect(key, hasGone ? undefined : this.#changer);
    }
    const tracked = this.#table.find(key);
    if (tracked !== undefined) this.#invalidate(this.#table, tracked, this.#current);
  }

  flushed(databases: readonly Keyspace[]): void {
    // Two of more have changed places: no key is another one than before.
    if (databases.length === 0) return;
    if (databases.length === 2 && this.#server.store.databases.length > 2) return;
    this.#table.clear();
    for (const client of this.#known) this.#tellAll(client);
  }

  clientOf(id: number): Session | undefined {
    return this.#server.clients.get(id);
  }

  noteKey(client: TrackedClient, args: Args, argumentIndex: number): void {
    this.#table.note(args.at(argumentIndex), client.session.id);
  }

  disabled(client: TrackedClient): void {
    this.clientCount--;
    const unwanted = client.prefixes.filter((prefix) => this.#prefixes.remove(prefix, client));
    if (unwanted.length > 0) this.sources?.unwant(unwanted);
    client.session.connection.prefixBytes = 0;
  }

  peerDisabled(peer: TrackedPeer): void {
    for (const prefix of peer.wanted) this.#prefixes.remove(prefix, peer);
    peer.wanted.clear();
  }

  released(client: TrackedClient): void {
    this.#known.delete(client);
    if (this.#known.size > 0) return;
    this.isFollowing = false;
    this.#current = undefined;
    this.#table.clear();
    this.#elsewhere.clear();
    this.#server.changeListeners.remove(this);
  }

  /** What there is of a client; made if it has never tracked. */
  #obtain(session: Session): TrackedClient {
    const known = clientOf(session);
    if (known !== undefined) return known;
    const client = new TrackedClient(session, this);
    this.#admit(client);
    return client;
  }

  /** What there is of a connection of another server; made if it has never asked for such clients. */
  #peerOf(session: Session): TrackedPeer {
    const known = clientOf(session);
    if (known instanceof TrackedPeer) return known;
    const peer = new TrackedPeer(session, this);
    this.#admit(peer);
    return peer;
  }

  #admit(client: TrackedClient): void {
    const { session } = client;
    session.tracking = client;
    if (!this.isFollowing) this.#server.changeListeners.add(this);
    this.isFollowing = true;
    this.#known.add(client);
    this.#current = session; // its command runs: it was not worth a word before
  }

  /** Who makes the changes that come. */
  get #changer(): Changer | undefined {
    const session = this.#current;
    if (session === undefined) return undefined;
    // It may want to hear of prefixes, and not of its own changes, before this turn is over.
    return clientOf(session)?.changer ?? { session, idElsewhere: 0 };
  }

  #isOverLimit(): boolean {
    return this.#keyCountMax > 0 && this.keyCount > this.#keyCountMax;
  }

  /** Takes a key off its table and tells its clients. @param changer Who has changed it, if anybody. */
  #invalidate(table: TrackingTable, tracked: TrackedKey, changer: Session | undefined): void {
    const { key, holders } = tracked;
    table.remove(tracked);
    if (typeof holders === "number") return this.#tellHolder(holders, key, changer);
    for (const id of holders) this.#tellHolder(id, key, changer);
  }

  #tellHolder(id: number, key: string, changer: Session | undefined): void {
    const session = this.#server.clients.get(id), client = clientOf(session);
    if (client === undefined || !client.isOn || client.isBroadcasting) return;
    if (client.isNoLoop && session === changer) return;
    if (session === this.#current) client.held.push(key);
    else client.tell(this.#invalidation.ofKeys([key]));
  }

  /** Tells a client that all keys may have changed. */
  #tellAll(client: TrackedClient): void {
    if (!client.isOn) return;
    if (client.session === this.#current) client.held.push(ALL_KEYS);
    else client.tell(this.#invalidation.ofAll(client.session.reply.protocol));
  }

  #tellHeld(client: TrackedClient): void {
    const { held } = client;
    client.held = [];
    for (const key of held) {
      client.tell(
        key === ALL_KEYS
          ? this.#invalidation.ofAll(client.session.reply.protocol)
          : this.#invalidation.ofKeys([key]),
        client.changer,
      );
    }
  }

  /** Notes a changed key for those who want to hear of its prefixes. */
  #collect(key: ByteView, changer: Changer | undefined): void {
    const matching = this.#matching;
    matching.length = 0;
    this.#prefixes.match(key, matching);
    if (matching.length === 0) return;
    if (this.#changedPrefixes.size === 0) this.#runBehind(() => this.#broadcast());
    const text = key.toText();
    for (const prefix of matching) {
      prefix.changed.set(text, changer);
      this.#changedPrefixes.add(prefix);
    }
  }

  /** Tells of what has been collected, prefix by prefix, keys in order of their bytes. */
  #broadcast(): void {
    const prefixes = [...this.#changedPrefixes].sort((a, b) => a.key < b.key ? -1 : 1);
    this.#changedPrefixes = new Set();
    for (const prefix of prefixes) {
      const keys = [...prefix.changed.keys()].sort();
      const changers = new Set([...prefix.changed.values()].map((changer) => changer?.session));
      this.#invalidation.ofKeys(keys);
      const apart: TrackedClient[] = [];
      for (const client of prefix.clients) {
        if (client.isNoLoop && changers.has(client.session)) apart.push(client);
        else client.tell(this.#invalidation);
      }
      for (const client of apart) {
        const others = keys.filter((key) => prefix.changed.get(key)?.session !== client.session);
        if (others.length > 0) client.tell(this.#invalidation.ofKeys(others));
      }
      for (const peer of prefix.peers) peer.tellOf(prefix, keys);
      prefix.changed.clear();
    }
  }
}

/** What a session has of this, if anything. */
function clientOf(session: Session | undefined): TrackedClient | undefined {
  return session?.tracking as TrackedClient | undefined;
}
