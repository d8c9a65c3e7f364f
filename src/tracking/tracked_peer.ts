/**
 * Tracked peer: another server of the cluster, that asks here for clients of its own who keep what they
 * read.
 *
 * For all of them a key is noted once, as read by the connection over which the other server asks; that
 * server knows which of them have it. So what is told goes over the same connection, and comes behind
 * the reply to what was read before. When the connection breaks, the other server knows what it will not
 * be told of.
 *
 *   client ── GET k ──> a ── PEER AS 0 3 1 0, GET k ──> b      a: k -> client      b: k -> a
 *   client <─ v ─────── a <─ v ──────────────────────── b
 *   client <─ k ─────── a <─ invalidate k ───────────── b <── SET k
 *
 *   >3 invalidate [key, key ...] changer        keys that were read, or nil for all
 *   >4 broadcast prefix [key, key ...] changer  keys that begin so
 *
 * The changer is the id there of the client whose request it was, if that is not told what it changes
 * itself (NOLOOP), else 0.
 *
 * @module
 */

import type { Session } from "../engine/mod.ts";
import { OutputBuffer, WireWriter } from "../resp/mod.ts";
import type { BroadcastPrefix } from "./broadcast_prefixes.ts";
import type { Invalidation } from "./invalidation.ts";
import { type Changer, TrackedClient, type TrackedClientHost } from "./tracked_client.ts";

/** What the state of a server of clients needs of this one's. */
export interface TrackedPeerHost extends TrackedClientHost {
  /** It is told no more. */
  peerDisabled(peer: TrackedPeer): void;
}

/** One connection of another server. */
export class TrackedPeer extends TrackedClient {
  /** Prefixes that its clients want to hear of. */
  readonly wanted = new Set<string>();
  readonly #host: TrackedPeerHost;
  #isNoting = false;

  constructor(session: Session, host: TrackedPeerHost) {
    super(session, host);
    this.#host = host;
    this.isOn = true;
  }

  /** Whether the client that it asks for at present may keep what it reads. */
  override get isNoting(): boolean {
    return this.#isNoting;
  }

  /** What comes is asked for a client. @param idElsewhere As in `Changer`. */
  actFor(isNoting: boolean, idElsewhere: number): void {
    this.#isNoting = isNoting;
    if (this.changer.idElsewhere === idElsewhere) return;
    this.changer = { session: this.session, idElsewhere };
  }

  override disable(): void {
    if (!this.isOn) return;
    this.isOn = false;
    this.#host.peerDisabled(this);
  }

  override tell(invalidation: Invalidation, changer?: Changer): void {
    const writer = beginPush(3, "invalidate");
    if (invalidation.keys === undefined) writer.nil();
    else writeKeys(writer, invalidation.keys);
    this.#send(writer, changer);
  }

  /** Tells of keys that begin in a way, and of who changed which. @param keys In order. */
  tellOf(prefix: BroadcastPrefix, keys: readonly string[]): void {
    const byChanger = Map.groupBy(keys, (key) => {
      const changer = prefix.changed.get(key);
      return changer?.session === this.session ? changer.idElsewhere : 0;
    });
    for (const [idElsewhere, its] of byChanger) {
      const writer = beginPush(4, "broadcast");
      writer.bulkText(prefix.key);
      writeKeys(writer, its);
      this.#send(writer, { session: this.session, idElsewhere });
    }
  }

  #send(writer: WireWriter, changer: Changer | undefined): void {
    writer.integer(changer?.idElsewhere ?? 0);
    this.session.connection.deliver(writer.buffer.bytes, 0, writer.buffer.length);
  }
}

function beginPush(wordCount: number, kind: string): WireWriter {
  const writer = new WireWriter(new OutputBuffer());
  writer.protocol = 3;
  writer.push(wordCount);
  writer.bulkText(kind);
  return writer;
}

function writeKeys(writer: WireWriter, keys: readonly string[]): void {
  writer.array(keys.length);
  for (const key of keys) writer.bulkText(key);
}
