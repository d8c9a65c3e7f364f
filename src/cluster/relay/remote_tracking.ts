/**
 * Remote tracking: clients here that keep what they read at other nodes (CLIENT TRACKING).
 *
 * Each node that has such keys notes them for this one, and says over the connection that requests go by
 * when they change; then the clients here are told (`ServerTracking`). What is told goes behind the
 * replies that a client still waits for, so it keeps nothing that was read before the change.
 *
 *   a request that goes there as it is    the connection says whom it is for; that notes what is read
 *   one whose keys several nodes have     its keys are noted there before it begins (PEER TRACK)
 *   prefixes (BCAST)                      said before the client's OK, and over each new connection
 *
 * A client is told that all keys have changed whenever that may be so unheard: a connection broke by
 * which it would have been said, or slots have got other owners. Who had those says so first, before
 * anybody else answers for them; the map may come later.
 *
 * @module
 */

import { ByteView, textOfBytes } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import type { ClusterNode, Command, Session, Tracking, TrackingSources } from "../../engine/mod.ts";
import { type Args, ReplyParser, type ReplyValue, type RequestWord } from "../../resp/mod.ts";
import type { ServerCluster } from "../server_cluster.ts";
import type { RoutedRequest } from "./key_owners.ts";
import type { RelayLink } from "./relay_link.ts";

const NOTHING_TO_NOTE: Promise<void> = Promise.resolve();

/** The tracking of one node as far as others have the keys. */
export class RemoteTracking implements TrackingSources {
  readonly #tracking: Tracking;
  readonly #cluster: ServerCluster;
  readonly #linkTo: (node: ClusterNode) => RelayLink;
  /** Of the map by which nodes are asked to note keys. */
  #mapVersion: number;
  readonly #parser = new ReplyParser({
    replyBulks: "bytes",
    pushBulks: "bytes",
    reply: () => {},
    push: (message) => this.#take(message),
  });

  /** @param linkTo The way of requests to a node. */
  constructor(
    tracking: Tracking,
    cluster: ServerCluster,
    linkTo: (node: ClusterNode) => RelayLink,
  ) {
    this.#tracking = tracking;
    this.#cluster = cluster;
    this.#linkTo = linkTo;
    this.#mapVersion = cluster.mapVersion;
    tracking.sources = this;
  }

  /** Whether there must be a connection to each node. */
  get mustHear(): boolean {
    return this.#tracking.wantedPrefixes.length > 0;
  }

  /** What a node is told over each new connection. */
  get greeting(): readonly RequestWord[] | undefined {
    const { wantedPrefixes } = this.#tracking;
    return wantedPrefixes.length > 0 ? prefixWords("ADD", wantedPrefixes) : undefined;
  }

  /** Notes what a client reads by a request that its owner is sent as it is. */
  noteRead(session: Session, command: Command, args: Args): void {
    if (!command.has("readonly")) return;
    for (const { argumentIndex } of command.keysOf(args) ?? []) {
      this.#tracking.note(session, args.at(argumentIndex), true);
    }
  }

  /**
   * Has all owners note what a client is going to read by requests that they are not sent as they are.
   *
   * @returns Settled when they have, as far as they are there.
   */
  noteAhead(session: Session, requests: readonly RoutedRequest[]): Promise<void> {
    if (session.tracking?.isNoting !== true) return NOTHING_TO_NOTE;
    const { self } = this.#cluster;
    const keysOfOwners = new Map<ClusterNode, Uint8Array[]>();
    for (const { command, args } of requests) {
      if (!command.has("readonly")) continue;
      for (const { argumentIndex } of command.keysOf(args) ?? []) {
        const key = args.at(argumentIndex), owner = this.#cluster.ownerOf(slotOf(key));
        this.#tracking.note(session, key, owner !== self);
        if (owner === self) continue;
        const keys = keysOfOwners.get(owner);
        if (keys === undefined) keysOfOwners.set(owner, [key.copy()]);
        else keys.push(key.copy());
      }
    }
    if (keysOfOwners.size === 0) return NOTHING_TO_NOTE;
    return this.#askAll(keysOfOwners.keys(), (owner) => [
      "PEER",
      "TRACK",
      ...keysOfOwners.get(owner)!,
    ]);
  }

  async want(prefixes: readonly string[]): Promise<void> {
    await this.#askAll(this.#others(), () => prefixWords("ADD", prefixes));
  }

  unwant(prefixes: readonly string[]): void {
    for (const node of this.#others()) {
      const link = this.#linkTo(node);
      if (link.isConnected) link.ask(prefixWords("REMOVE", prefixes));
    }
  }

  /** Takes what another node says of changed keys. @param bytes One message. */
  hear(bytes: Uint8Array<ArrayBuffer>): void {
    this.#parser.parse(bytes);
  }

  /** What a node would have said may be lost. */
  lost(): void {
    this.#tracking.allChangedElsewhere();
  }

  /** The state of nodes, or the map, may be another one. */
  attend(): void {
    const { mapVersion } = this.#cluster;
    if (mapVersion !== this.#mapVersion) {
      this.#mapVersion = mapVersion;
      this.#tracking.allChangedElsewhere();
    }
    if (!this.mustHear) return;
    for (const node of this.#others()) this.#linkTo(node).hear();
  }

  #others(): ClusterNode[] {
    return this.#cluster.nodes.filter((node) => node !== this.#cluster.self);
  }

  /** Asks nodes, as far as they are there. */
  async #askAll(
    nodes: Iterable<ClusterNode>,
    wordsFor: (node: ClusterNode) => readonly RequestWord[],
  ): Promise<void> {
    const asking = Array.from(nodes)
      .filter((node) => !this.#cluster.isFailing(node))
      .map((node) => this.#linkTo(node).ask(wordsFor(node)));
    await Promise.all(asking);
  }

  #take([kind, ...words]: ReplyValue<Uint8Array>[]): void {
    const changerId = Number(words.pop());
    const keys = words.pop() as Uint8Array<ArrayBuffer>[] | null;
    if (textOf(kind) === "broadcast") {
      this.#tracking.prefixChangedElsewhere(textOf(words[0]), keys!.map(textOf), changerId);
    } else if (keys === null) {
      this.#tracking.allChangedElsewhere();
    } else {
      this.#tracking.keysChangedElsewhere(keys.map((key) => new ByteView(key)), changerId);
    }
  }
}

function prefixWords(verb: "ADD" | "REMOVE", prefixes: readonly string[]): RequestWord[] {
  return ["PEER", "PREFIXES", verb, ...prefixes.map((prefix) => ByteView.ofText(prefix).copy())];
}

/** Bytes as binary text. */
function textOf(bytes: ReplyValue<Uint8Array>): string {
  return bytes instanceof Uint8Array ? textOfBytes(bytes) : String(bytes);
}
