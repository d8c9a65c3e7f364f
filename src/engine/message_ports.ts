/**
 * Message ports: what the engine and the commands need from the channels.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Session } from "./session.ts";

/** What can be subscribed to: a channel, all channels that match a pattern, a channel of a shard. */
export type TopicKind = "channel" | "pattern" | "shard";

/** Messages, and who listens to them. */
export interface Messages {
  /** Clients that listen to something. */
  readonly clientCount: number;
  /** Channels, patterns and shard channels that somebody listens to. */
  readonly channelCount: number;
  readonly patternCount: number;
  readonly shardChannelCount: number;
  /**
   * Sends a message to everybody who listens to a channel, by its name or by a pattern. It reaches the
   * connections' output at once and leaves at the end of the turn.
   *
   * @param channel Borrowed during the call.
   * @param message Borrowed during the call.
   * @returns How many deliveries that were.
   */
  publish(channel: ByteView, message: ByteView): number;
  /** The same for a channel of a shard, which no pattern matches. */
  publishToShard(channel: ByteView, message: ByteView): number;
  /** How many deliveries `publish` would make now. */
  audienceOf(channel: ByteView): number;
  /** Has a client listen, if it does not yet. @param name Copied. */
  subscribe(session: Session, kind: TopicKind, name: ByteView): void;
  /** Has a client listen no more, if it does. @param name Borrowed. */
  unsubscribe(session: Session, kind: TopicKind, name: ByteView): void;
  /** What a client listens to, in the order in which it began to; a copy. */
  namesOf(session: Session, kind: TopicKind): ByteView[];
  /** What anybody listens to. */
  names(kind: TopicKind): Iterable<ByteView>;
  /** How many clients listen to something by this name. */
  subscriberCount(kind: TopicKind, name: ByteView): number;
}

/** What one client listens to. */
export interface Subscriber {
  readonly channelCount: number;
  readonly patternCount: number;
  readonly shardChannelCount: number;
  /** Ends all of it, without a word. */
  release(): void;
}
