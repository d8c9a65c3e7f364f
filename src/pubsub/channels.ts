/**
 * Channels: who listens to what, and the delivery of a message to all of them.
 *
 * Three tables of topics: channels, patterns, and channels of shards, which are a world of their own.
 * A client knows its topics and a topic its clients, so either can go without a search.
 *
 * Always true: a client has `subscriber` while it listens to something, and no longer; a topic is in
 * its table while it has a subscriber, and no longer.
 * Cost: a message O(its bytes) once, and a note at each subscriber (`Delivery`); patterns as in
 * `PatternIndex`. Nothing is allocated for a delivery.
 * Behaviour: Redis 7.0, `pubsub.c`. Not here: when a delivery is sent, and what becomes of a client that
 * does not take it (`Connection`, `ClientHost`).
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import { KeyRegistry, type Messages, type Session, type TopicKind } from "../engine/mod.ts";
import type { KeyLookAhead } from "../store/mod.ts";
import { Delivery } from "./delivery.ts";
import { PatternIndex } from "./pattern_index.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Topic } from "./topic.ts";

const KINDS: readonly TopicKind[] = ["channel", "pattern", "shard"];
/** What one subscription takes at the client and at the topic, about. */
const SUBSCRIPTION_BYTES = 64;

/** The channels of one server. */
export class Channels implements Messages {
  clientCount = 0;
  /** Called when nobody listens any more to what may be about keys. */
  keyListenersGone: () => void = () => {};

  readonly #tables: Readonly<Record<TopicKind, KeyRegistry<Topic>>>;
  readonly #patterns: PatternIndex;
  readonly #delivery = new Delivery();
  /** Topics whose messages may be about keys. */
  #keyTopicCount = 0;
  /** The patterns that match the message at hand. */
  readonly #matching: Topic[] = [];

  /** @param hashing Hashes names. */
  constructor(hashing: KeyLookAhead) {
    this.#tables = {
      channel: new KeyRegistry(hashing),
      pattern: new KeyRegistry(hashing),
      shard: new KeyRegistry(hashing),
    };
    this.#patterns = new PatternIndex(hashing);
  }

  get channelCount(): number {
    return this.#tables.channel.count;
  }

  get patternCount(): number {
    return this.#tables.pattern.count;
  }

  get shardChannelCount(): number {
    return this.#tables.shard.count;
  }

  publish(channel: ByteView, message: ByteView): number {
    let deliveryCount = 0;
    const topic = this.#tables.channel.first(channel);
    if (topic !== undefined) {
      deliveryCount = this.#delivery.send(topic, "message", channel, message);
    }
    if (this.#tables.pattern.count === 0) return deliveryCount;
    const matching = this.#matching;
    this.#patterns.match(channel, matching);
    for (let index = 0; index < matching.length; index++) {
      const pattern = matching[index];
      deliveryCount += this.#delivery.send(pattern, "pmessage", pattern.name, channel, message);
    }
    return deliveryCount;
  }

  audienceOf(channel: ByteView): number {
    let deliveryCount = this.subscriberCount("channel", channel);
    if (this.#tables.pattern.count === 0) return deliveryCount;
    this.#patterns.match(channel, this.#matching);
    for (const topic of this.#matching) deliveryCount += topic.subscribers.size;
    return deliveryCount;
  }

  publishToShard(channel: ByteView, message: ByteView): number {
    const topic = this.#tables.shard.first(channel);
    return topic === undefined ? 0 : this.#delivery.send(topic, "smessage", channel, message);
  }

  subscribe(session: Session, kind: TopicKind, name: ByteView): void {
    const topic = this.#tables[kind].first(name) ?? this.#open(kind, name);
    if (topic.subscribers.has(session)) return;
    const subscriptions = this.#subscriptionsOf(session) ?? this.#begin(session);
    topic.subscribers.add(session);
    subscriptions.topics[kind].add(topic);
    session.connection.subscriptionBytes += SUBSCRIPTION_BYTES;
  }

  unsubscribe(session: Session, kind: TopicKind, name: ByteView): void {
    const topic = this.#tables[kind].first(name);
    if (topic === undefined || !topic.subscribers.has(session)) return;
    this.#leave(session, topic);
    const subscriptions = this.#subscriptionsOf(session)!;
    subscriptions.topics[kind].delete(topic);
    session.connection.subscriptionBytes -= SUBSCRIPTION_BYTES;
    if (subscriptions.count === 0) this.#forget(session);
  }

  namesOf(session: Session, kind: TopicKind): ByteView[] {
    const topics = this.#subscriptionsOf(session)?.topics[kind] ?? [];
    return Array.from(topics, (topic) => topic.name);
  }

  *names(kind: TopicKind): IterableIterator<ByteView> {
    for (const { name } of this.#tables[kind]) yield name;
  }

  subscriberCount(kind: TopicKind, name: ByteView): number {
    return this.#tables[kind].first(name)?.subscribers.size ?? 0;
  }

  /** Makes a topic, for its first subscriber. @param name Copied. */
  #open(kind: TopicKind, name: ByteView): Topic {
    const table = this.#tables[kind];
    const topic = new Topic(kind, name.toText(), table.hashOf(name));
    table.add(topic);
    if (kind === "pattern") this.#patterns.add(topic);
    if (topic.mayTellOfKeys) this.#keyTopicCount++;
    return topic;
  }

  #subscriptionsOf(session: Session): Subscriptions | undefined {
    return session.subscriber as Subscriptions | undefined;
  }

  #begin(session: Session): Subscriptions {
    const subscriptions = new Subscriptions(() => this.#end(session, subscriptions));
    session.subscriber = subscriptions;
    session.connection.outputClass = "pubsub";
    this.clientCount++;
    return subscriptions;
  }

  #end(session: Session, subscriptions: Subscriptions): void {
    for (const kind of KINDS) {
      for (const topic of subscriptions.topics[kind]) this.#leave(session, topic);
    }
    this.#forget(session);
  }

  #forget(session: Session): void {
    session.subscriber = undefined;
    session.connection.outputClass = "normal";
    session.connection.subscriptionBytes = 0;
    this.clientCount--;
  }

  /** Takes a client off a topic; with the last one the topic goes. */
  #leave(session: Session, topic: Topic): void {
    topic.subscribers.delete(session);
    if (topic.subscribers.size > 0) return;
    this.#tables[topic.kind].remove(topic);
    if (topic.kind === "pattern") this.#patterns.remove(topic);
    if (topic.mayTellOfKeys && --this.#keyTopicCount === 0) this.keyListenersGone();
  }
}
