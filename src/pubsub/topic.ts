/**
 * Topic: something that clients listen to.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import { Glob } from "../base/glob.ts";
import { KeyRecord, type Session, type TopicKind } from "../engine/mod.ts";
import type { DeliveryLog } from "../net/mod.ts";
import { mayTellOfKeys } from "./key_channels.ts";

/** A channel, a pattern or a channel of a shard. */
export class Topic extends KeyRecord<Topic> {
  readonly kind: TopicKind;
  /** Its name, as messages bring it. */
  readonly name: ByteView;
  /**
   * Who listens, in the order in which they began to. One that leaves while a message is delivered is
   * not delivered to any more, and nobody is left out or served twice: a set keeps that promise.
   */
  readonly subscribers = new Set<Session>();
  /** Which channels a pattern matches; for the others, its name as a pattern is never asked for. */
  readonly glob: Glob | undefined;
  /** Whether messages on it may be about keys. */
  readonly mayTellOfKeys: boolean;
  /** Messages that subscribers share, in RESP2 and in RESP3, while somebody has yet to send some. */
  readonly logs: [resp2: DeliveryLog | undefined, resp3: DeliveryLog | undefined] = [
    undefined,
    undefined,
  ];

  /** @param name Binary text. @param hash Of the name, as `KeyRegistry` asks for it. */
  constructor(kind: TopicKind, name: string, hash: number) {
    super(name, hash);
    this.kind = kind;
    this.name = ByteView.ofText(name);
    this.mayTellOfKeys = kind !== "shard" && mayTellOfKeys(this.name);
    this.glob = kind === "pattern" ? new Glob(this.name) : undefined;
  }
}
