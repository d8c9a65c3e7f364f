/**
 * Key listeners: which nodes have clients that listen to what happens to keys, so that what happens here
 * reaches them, and costs nothing where nobody listens.
 *
 *   client ── SUBSCRIBE __keyevent@0__:set ─> a ── PEER LISTEN 1 ─> b, c      then it is confirmed
 *   b: SET k v ── PEER PUBLISH __keyevent@0__:set k ─> a ─> client
 *
 * A client's SUBSCRIBE waits until the nodes that are there know of it, so it misses nothing that happens
 * behind its confirmation. A node that comes later is told when it is greeted. What happens in one turn
 * goes out together.
 *
 * Limits: a node that does not take them loses events, as a client that reads too slowly would be closed.
 * Not here: which events there are, which each node's own `notify-keyspace-events` says.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import type { Command, Session } from "../../engine/mod.ts";
import { mayTellOfKeys } from "../../pubsub/mod.ts";
import type { Args, RequestWord } from "../../resp/mod.ts";

/** Events that are sent together at most, two words each. */
const WORD_COUNT_MAX = 1000;
/** Bytes of events that may wait for a node to take them: Redis' hard limit for subscribers. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;

/** The way to another node. */
export interface ListenerLink {
  readonly node: { readonly name: string };
  readonly isConnected: boolean;
  call(...words: RequestWord[]): Promise<unknown>;
}

/** What it needs. */
export interface KeyListenersParts {
  /** The ways to the other nodes. */
  readonly links: () => Iterable<ListenerLink>;
  /** Told that events were lost, and why. */
  readonly lost: (nodeName: string, reason: string) => void;
}

/** Who listens where; one for each node. */
export class KeyListeners {
  readonly #parts: KeyListenersParts;
  /** Names of the other nodes where somebody listens. */
  readonly #nodeNames = new Set<string>();
  /** Bytes that were sent to each node and not answered. */
  readonly #waitingBytes = new Map<string, number>();
  /** Whether other nodes know, or are being told, that somebody listens here. */
  #isAnnounced = false;
  /** Settled when they know. */
  #announcing: Promise<unknown> | undefined;
  /** Channels and messages of this turn. */
  #words: Uint8Array[] = [];
  #wordBytes = 0;

  constructor(parts: KeyListenersParts) {
    this.#parts = parts;
  }

  /** Whether somebody listens at another node. */
  get isAnyElsewhere(): boolean {
    return this.#nodeNames.size > 0;
  }

  /** Notes whether somebody listens at another node. */
  note(nodeName: string, isListening: boolean): void {
    if (isListening) this.#nodeNames.add(nodeName);
    else this.#nodeNames.delete(nodeName);
  }

  /** What a node is told of this one when it is greeted. */
  get greeting(): readonly RequestWord[] {
    return ["PEER", "LISTEN", this.#isAnnounced ? 1 : 0];
  }

  /**
   * Whether a request may run: it does not begin to listen to what happens to keys, or the other nodes
   * know. If not, its session is to try again, and is told when.
   */
  isReady(session: Session, { spec }: Command, args: Args): boolean {
    if (spec.acrossNodes !== "listen" || (this.#isAnnounced && this.#announcing === undefined)) {
      return true;
    }
    let mayBegin = false;
    for (let index = 1; index < args.count; index++) mayBegin ||= mayTellOfKeys(args.at(index));
    if (!mayBegin) return true;
    this.#announce().then(() => session.retry());
    return false;
  }

  /** Nobody listens here any more. */
  ended(): void {
    if (!this.#isAnnounced) return;
    this.#isAnnounced = false;
    this.#announcing = undefined;
    this.#tell();
  }

  /** Has the nodes tell their clients what happened to a key here. Both are copied. */
  send(channel: ByteView, message: ByteView): void {
    if (this.#words.length === 0) queueMicrotask(() => this.#flush());
    this.#words.push(channel.copy(), message.copy());
    this.#wordBytes += channel.byteCount + message.byteCount;
    if (this.#words.length >= WORD_COUNT_MAX) this.#flush();
  }

  #announce(): Promise<unknown> {
    if (this.#announcing !== undefined) return this.#announcing;
    this.#isAnnounced = true;
    const announcing = this.#tell().then(() => {
      if (this.#announcing === announcing) this.#announcing = undefined;
    });
    return this.#announcing = announcing;
  }

  /** Tells the nodes that are there whether somebody listens here. */
  #tell(): Promise<unknown> {
    const links = [...this.#parts.links()].filter(({ isConnected }) => isConnected);
    return Promise.allSettled(links.map((link) => link.call(...this.greeting)));
  }

  #flush(): void {
    const words = this.#words, byteCount = this.#wordBytes;
    if (words.length === 0) return;
    this.#words = [];
    this.#wordBytes = 0;
    for (const link of this.#parts.links()) {
      if (this.#nodeNames.has(link.node.name) && link.isConnected) {
        this.#sendTo(link, words, byteCount);
      }
    }
  }

  #sendTo(link: ListenerLink, words: readonly Uint8Array[], byteCount: number): void {
    const { name } = link.node, { lost } = this.#parts;
    const waitingBytes = this.#waitingBytes.get(name) ?? 0;
    if (waitingBytes + byteCount > WAITING_BYTES_MAX) return lost(name, "it takes them too slowly");
    this.#waitingBytes.set(name, waitingBytes + byteCount);
    link.call("PEER", "PUBLISH", ...words)
      .catch((error: Error) => lost(name, error.message))
      .finally(() => {
        this.#waitingBytes.set(name, this.#waitingBytes.get(name)! - byteCount);
      });
  }
}
