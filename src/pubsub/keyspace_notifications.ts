/**
 * Keyspace notifications: publishes what happens to keys, for whoever subscribes.
 *
 *   SET k v ── changed(0, k, "set") ──> __keyspace@0__:k    set
 *                                       __keyevent@0__:set  k
 *
 * It listens to the same calls as watches and blocked clients do, and only while the directive wants
 * something: otherwise a change costs nothing. Keys that are made and lookups that fail happen inside
 * the store, too deep for those calls, so the store has an observer for them, who is absent as long as
 * neither `n` nor `m` is wanted.
 *
 * Always true: it is among the listeners exactly while a class and a kind of channel are wanted.
 * In a cluster that relays, clients of other nodes hear it too (`KeyListeners`).
 *
 * Cost: two messages of an event; channels of events are made once, those of keys in a buffer that
 * stays.
 * Behaviour: Redis 7.0, `notify.c`.
 *
 * @module
 */

import { bytesOfText, ByteView, copyBytes } from "../base/byte_view.ts";
import type { ChangeListener, ServerParts } from "../engine/mod.ts";
import type { KeyObserver } from "../store/mod.ts";
import { eventsOfClasses } from "./key_event_classes.ts";

/** A longer channel is not kept room for. */
const KEPT_CHANNEL_BYTES_MAX = 4096;

/** An event that is wanted. */
class WantedEvent {
  readonly name: string;
  readonly nameView: ByteView;
  /** Its channel in each database, as far as it was needed. */
  readonly #channels: ByteView[] = [];

  constructor(name: string) {
    this.name = name;
    this.nameView = ByteView.ofText(name);
  }

  /** `__keyevent@0__:set` */
  channelIn(databaseIndex: number): ByteView {
    return this.#channels[databaseIndex] ??= ByteView.ofText(
      `__keyevent@${databaseIndex}__:${this.name}`,
    );
  }
}

/** The notifications of one server. */
export class KeyspaceNotifications implements ChangeListener, KeyObserver {
  readonly #server: ServerParts;
  /** The events that are wanted. */
  readonly #events = new Map<string, WantedEvent>();
  #isPublishingByKey = false;
  #isPublishingByEvent = false;
  /** What channels of keys begin with in each database. */
  readonly #keyPrefixes: Uint8Array[] = [];
  readonly #keyChannel = new ByteView(new Uint8Array(KEPT_CHANNEL_BYTES_MAX));

  constructor(server: ServerParts) {
    this.#server = server;
  }

  /** Publishes from now on what is wanted. @param letters As in the directive. */
  want(letters: string): void {
    this.#isPublishingByKey = letters.includes("K");
    this.#isPublishingByEvent = letters.includes("E");
    this.#events.clear();
    if (this.#isPublishingByKey || this.#isPublishingByEvent) {
      for (const name of eventsOfClasses(letters)) this.#events.set(name, new WantedEvent(name));
    }
    const { changeListeners, store: { environment } } = this.#server;
    changeListeners.remove(this);
    if (this.#events.size > 0) changeListeners.add(this);
    const isObserving = this.#events.has("new") || this.#events.has("keymiss");
    environment.observer = isObserving ? this : undefined;
  }

  changed(databaseIndex: number, key: ByteView, event: string): void {
    if (!this.#isHeard) return;
    const wanted = this.#events.get(event);
    if (wanted === undefined) return;
    if (this.#isPublishingByKey) {
      this.#publish(this.#keyChannelOf(databaseIndex, key), wanted.nameView);
    }
    if (this.#isPublishingByEvent) this.#publish(wanted.channelIn(databaseIndex), key);
  }

  /** Databases are emptied and exchanged in silence. */
  flushed(): void {}

  appeared(databaseIndex: number, key: ByteView): void {
    const isLoading = this.#server.persistence.loading !== undefined;
    if (!isLoading) this.#observed(databaseIndex, key, "new");
  }

  missed(databaseIndex: number, key: ByteView): void {
    this.#observed(databaseIndex, key, "keymiss");
  }

  /** The store saw something happen; nobody else is told, as it is no change by itself. */
  #observed(databaseIndex: number, key: ByteView, event: "new" | "keymiss"): void {
    const { changeListeners } = this.#server;
    if (!this.#isHeard || !this.#events.has(event)) return;
    if (changeListeners.isHolding) {
      const copy = new ByteView(key.copy());
      changeListeners.postpone(() => this.changed(databaseIndex, copy, event));
    } else {
      this.changed(databaseIndex, key, event);
    }
  }

  /** Whether anybody listens to anything, here or at another node to such channels. */
  get #isHeard(): boolean {
    const { messages, cluster } = this.#server;
    return messages.clientCount > 0 || cluster?.keyListeners.isAnyElsewhere === true;
  }

  #publish(channel: ByteView, message: ByteView): void {
    const { messages, cluster } = this.#server;
    messages.publish(channel, message);
    if (cluster?.keyListeners.isAnyElsewhere === true) cluster.keyListeners.send(channel, message);
  }

  /** `__keyspace@0__:key`, good until the next one. */
  #keyChannelOf(databaseIndex: number, key: ByteView): ByteView {
    const prefix = this.#keyPrefixes[databaseIndex] ??= bytesOfText(
      `__keyspace@${databaseIndex}__:`,
    );
    const byteCount = prefix.length + key.byteCount;
    const channel = this.#keyChannel;
    if (byteCount > channel.bytes.length || channel.bytes.length > KEPT_CHANNEL_BYTES_MAX) {
      channel.bytes = new Uint8Array(Math.max(byteCount, KEPT_CHANNEL_BYTES_MAX));
    }
    copyBytes(prefix, 0, prefix.length, channel.bytes, 0);
    copyBytes(key.bytes, key.start, key.end, channel.bytes, prefix.length);
    return channel.set(channel.bytes, 0, byteCount);
  }
}
