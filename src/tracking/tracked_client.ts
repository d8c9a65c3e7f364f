/**
 * Tracked client: one client that is told of changes, and how it is told.
 *
 * It stays with its session once tracking was on, since what the client read then is still in the table
 * when it is on again.
 *
 * Not here: which clients are told of a change (`ServerTracking`).
 *
 * @module
 */

import type { ClientTracking, Command, KeyUse, Session, TrackingOptions } from "../engine/mod.ts";
import { type Args, OutputBuffer, WireWriter } from "../resp/mod.ts";
import type { Invalidation } from "./invalidation.ts";

/** What a client's state needs of the server's. */
export interface TrackedClientHost {
  /** The client with an id, if it is connected. */
  clientOf(id: number): Session | undefined;
  /** Notes that a client may have a key. */
  noteKey(client: TrackedClient, args: Args, argumentIndex: number): void;
  /** A client is told no more. */
  disabled(client: TrackedClient): void;
  /** A client is gone. */
  released(client: TrackedClient): void;
}

/** What is told of in place of a key: all of them. */
export const ALL_KEYS = undefined;

/** Who changed a key; it need not be told of changes itself. */
export interface Changer {
  readonly session: Session;
  /** Id of the client at another server that `session` stands for; 0: it stands for itself, or for any. */
  readonly idElsewhere: number;
}

const OFF: TrackingOptions = {
  isBroadcasting: false,
  isOptIn: false,
  isOptOut: false,
  isNoLoop: false,
  redirectId: 0,
  prefixes: [],
};

/** One client's tracking. */
export class TrackedClient implements ClientTracking {
  readonly session: Session;
  isOn = false;
  isRedirectBroken = false;
  isNextNamed = false;
  prefixes: readonly string[] = [];
  /** What its running command has changed: told when it has replied. */
  held: (string | typeof ALL_KEYS)[] = [];
  /** It, as one who changes keys. */
  changer: Changer;

  readonly #host: TrackedClientHost;
  #options = OFF;

  constructor(session: Session, host: TrackedClientHost) {
    this.session = session;
    this.changer = { session, idElsewhere: 0 };
    this.#host = host;
  }

  get isBroadcasting(): boolean {
    return this.#options.isBroadcasting;
  }

  get isOptIn(): boolean {
    return this.#options.isOptIn;
  }

  get isOptOut(): boolean {
    return this.#options.isOptOut;
  }

  get isNoLoop(): boolean {
    return this.#options.isNoLoop;
  }

  get isNoting(): boolean {
    if (!this.isOn || this.isBroadcasting) return false;
    return this.isOptIn ? this.isNextNamed : !(this.isOptOut && this.isNextNamed);
  }

  get redirectId(): number {
    return this.#options.redirectId;
  }

  /** Begins to be told, or to be told otherwise. */
  enable(options: TrackingOptions): void {
    this.isOn = true;
    this.isRedirectBroken = false;
    this.#options = options;
  }

  disable(): void {
    if (!this.isOn) return;
    this.#host.disabled(this);
    this.isOn = false;
    this.isRedirectBroken = false;
    this.isNextNamed = false;
    this.prefixes = [];
    // What a transaction has changed before is still told to who was to be told.
    this.#options = { ...OFF, redirectId: this.redirectId };
  }

  release(): void {
    this.disable();
    this.held.length = 0;
    this.#host.released(this);
  }

  noteRead(command: Command, args: Args): void {
    if (!this.isNoting) return;
    const range = command.keyRange;
    if (range === undefined || command.spec.keys!.length > 1) {
      const uses = command.keysOf(args) ?? [];
      if (!hasIdForEach(uses, command, args)) return;
      for (const { argumentIndex } of uses) this.#host.noteKey(this, args, argumentIndex);
      return;
    }
    const last = range.last < 0 ? args.count + range.last : Math.min(range.last, args.count - 1);
    for (let index = range.first; index <= last; index += range.step) {
      this.#host.noteKey(this, args, index);
    }
  }

  requestEnded(command: Command | undefined): void {
    if (!this.isNextNamed || this.session.transaction !== undefined) return;
    // Sub-commands of CLIENT change nothing of that, by whatever name it goes.
    if (command?.container?.subcommands.has("caching")) return;
    this.isNextNamed = false;
  }

  /**
   * Tells it, or who is to be told in its place.
   *
   * @param _changer Who made that happen, if that is to be told too; see `TrackedPeer`.
   */
  tell(invalidation: Invalidation, _changer?: Changer): void {
    const { redirectId } = this;
    const receiver = redirectId === 0 ? this.session : this.#host.clientOf(redirectId);
    if (receiver === undefined) return this.#tellBroken();
    if (receiver.reply.protocol === 3) this.#deliver(receiver, invalidation.in("push"));
    else if (redirectId !== 0 && receiver.subscriber !== undefined) {
      this.#deliver(receiver, invalidation.in("message"));
    }
  }

  /** Hands a client what it is told. */
  #deliver({ connection }: Session, { bytes, length }: OutputBuffer): void {
    // Behind what it has read, where that is still to come: else it would keep what it reads then.
    if (connection === this.session.connection) connection.deliverBehind(bytes, 0, length);
    else connection.deliver(bytes, 0, length);
  }

  #tellBroken(): void {
    this.isRedirectBroken = true;
    if (this.session.reply.protocol !== 3) return;
    const writer = new WireWriter(new OutputBuffer());
    writer.protocol = 3;
    writer.push(2);
    writer.bulkText("tracking-redir-broken");
    writer.integer(this.redirectId);
    this.#deliver(this.session, writer.buffer);
  }
}

/** Whether as many words follow the keys, where they should (XREAD); Redis sees no keys in it if not. */
function hasIdForEach(uses: readonly KeyUse[], { spec }: Command, args: Args): boolean {
  const find = spec.keys?.[0].find;
  if (uses.length === 0 || find?.by !== "range" || find.limit !== 2) return true;
  return args.count - uses[0].argumentIndex === 2 * uses.length;
}
