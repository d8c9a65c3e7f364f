/**
 * Subscriptions: what one client listens to.
 *
 * @module
 */

import type { Subscriber, TopicKind } from "../engine/mod.ts";
import type { Topic } from "./topic.ts";

/** A client's topics, in the order in which it began to listen. */
export class Subscriptions implements Subscriber {
  readonly topics: Readonly<Record<TopicKind, Set<Topic>>> = {
    channel: new Set(),
    pattern: new Set(),
    shard: new Set(),
  };
  readonly #release: () => void;

  /** @param release Ends them all. */
  constructor(release: () => void) {
    this.#release = release;
  }

  get channelCount(): number {
    return this.topics.channel.size;
  }

  get patternCount(): number {
    return this.topics.pattern.size;
  }

  get shardChannelCount(): number {
    return this.topics.shard.size;
  }

  /** How many they are. */
  get count(): number {
    return this.channelCount + this.patternCount + this.shardChannelCount;
  }

  release(): void {
    this.#release();
  }
}
