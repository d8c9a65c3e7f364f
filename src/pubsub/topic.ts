/**
 * Topic: something that clients listen to, and the table of all of a kind.
 *
 * A name comes as borrowed bytes, and a message is sent many thousand times a second: so a table is
 * asked by a hash of the bytes, and no text is made of them. Topics with the same hash are a chain.
 *
 * Always true: a topic is in its table while it has a subscriber, and no longer.
 * Cost: finding one O(name); joining and leaving O(1).
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import { Glob } from "../base/glob.ts";
import type { KeyHash } from "../base/key_hash.ts";
import type { Session, TopicKind } from "../engine/mod.ts";
import type { DeliveryLog } from "../net/mod.ts";

/** A channel, a pattern or a channel of a shard. */
export class Topic {
  readonly kind: TopicKind;
  /** Its own copy. */
  readonly name: ByteView;
  readonly hash: number;
  /**
   * Who listens, in the order in which they began to. One that leaves while a message is delivered is
   * not delivered to any more, and nobody is left out or served twice: a set keeps that promise.
   */
  readonly subscribers = new Set<Session>();
  /** Which channels a pattern matches; for the others, its name as a pattern is never asked for. */
  readonly glob: Glob | undefined;
  /** Messages that subscribers share, in RESP2 and in RESP3, while somebody has yet to send some. */
  readonly logs: [resp2: DeliveryLog | undefined, resp3: DeliveryLog | undefined] = [
    undefined,
    undefined,
  ];
  /** The next one with the same hash. */
  next: Topic | undefined;

  constructor(kind: TopicKind, name: ByteView, hash: number) {
    this.kind = kind;
    this.name = new ByteView(name.copy());
    this.hash = hash;
    this.glob = kind === "pattern" ? new Glob(this.name) : undefined;
  }
}

/** All topics of a kind. */
export class TopicTable {
  readonly kind: TopicKind;
  readonly #hash: KeyHash;
  /** The first topic of each hash. */
  readonly #topics = new Map<number, Topic>();
  #count = 0;

  constructor(kind: TopicKind, hash: KeyHash) {
    this.kind = kind;
    this.#hash = hash;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** The topic of a name. */
  find(name: ByteView): Topic | undefined {
    if (this.#count === 0) return undefined;
    return this.#findIn(this.#hash.of(name.bytes, name.start, name.end), name);
  }

  /** The topic of a name; a new one if there is none. @param name Copied. */
  obtain(name: ByteView): Topic {
    const hash = this.#hash.of(name.bytes, name.start, name.end);
    const found = this.#findIn(hash, name);
    if (found !== undefined) return found;
    const topic = new Topic(this.kind, name, hash);
    topic.next = this.#topics.get(hash);
    this.#topics.set(hash, topic);
    this.#count++;
    return topic;
  }

  /** Takes a topic out. */
  remove(topic: Topic): void {
    const first = this.#topics.get(topic.hash)!;
    if (first !== topic) {
      let previous = first;
      while (previous.next !== topic) previous = previous.next!;
      previous.next = topic.next;
    } else if (topic.next !== undefined) {
      this.#topics.set(topic.hash, topic.next);
    } else {
      this.#topics.delete(topic.hash);
    }
    this.#count--;
  }

  /** All topics. */
  *[Symbol.iterator](): IterableIterator<Topic> {
    for (const first of this.#topics.values()) {
      for (let topic: Topic | undefined = first; topic; topic = topic.next) yield topic;
    }
  }

  #findIn(hash: number, name: ByteView): Topic | undefined {
    let topic = this.#topics.get(hash);
    while (topic !== undefined && !topic.name.equals(name)) topic = topic.next;
    return topic;
  }
}
