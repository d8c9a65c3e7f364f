/**
 * Peer handshake: two nodes show each other that they know the cluster's secret, and that they
 * agree on who has which slot.
 *
 * The secret never travels: each side sends a challenge that was never used before, and the other
 * answers with a digest that only who knows the secret can make of it (HMAC). The two digests differ
 * by a word in front, so that an answer can't be sent back as one's own, and hold both names, so that
 * it is no use to a third.
 *
 *   a ── PEER GREET a <challenge of a> ────────────────> b
 *   a <─ digest("greeted" ...), <challenge of b> ─────── b     b knows the secret
 *   a ── PEER PROVE digest("proven" ...) <map stamp> ──> b     so does a, and the maps go together
 *   a ── PEER BEAT <map digest> ... ───────────────────> b
 *   a <─ OK, or all that b knows of the map ──────────── b
 *   a ── PEER LEARN <all that a knows> ────────────────> b     if that is more
 *
 * Always true: a session has `peer` only behind a proof; a proof is looked at once for a challenge.
 * HMAC: RFC 2104, over SHA-1, which is as good as ever for that.
 *
 * @module
 */

import { bytesOfText } from "../base/byte_view.ts";
import { type Random, randomId } from "../base/random.ts";
import { Sha1, SHA1_BYTES } from "../base/sha1.ts";
import { type Client, DisconnectedError, TimeoutError } from "../client/mod.ts";
import type { ClusterNode, PeerGreetings, Session } from "../engine/mod.ts";
import { MEETING_ITSELF, NOT_A_PEER, PEER_UNPROVEN, unknownPeer } from "../errors/catalogue.ts";
import { RedisError } from "../errors/redis_error.ts";
import type { ReplyValue, RequestWord } from "../resp/mod.ts";
import type { MapAgreement } from "./cluster_registry.ts";
import { nodeAt, type SlotMap } from "./slot_map.ts";

const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** The other side is not who it should be. */
export class PeerError extends Error {
  override readonly name = "PeerError";
}

/** Whether an error says that a node can't be reached. */
export function isUnreachable(error: unknown): error is Error {
  return error instanceof DisconnectedError || error instanceof TimeoutError ||
    error instanceof PeerError;
}

/** Whether something went wrong because of another node, or on the way to it. */
export function isPeerFailure(error: unknown): error is Error {
  return isUnreachable(error) || error instanceof RedisError;
}

/** What both sides have said, and who they are. */
interface Exchange {
  readonly asker: string;
  readonly answerer: string;
  readonly askersChallenge: string;
  readonly answerersChallenge: string;
}

/** What asks the other side; a `Client` does. */
export interface Asker {
  call(...words: RequestWord[]): Promise<ReplyValue>;
}

/** A node that has greeted. */
interface Greeting {
  readonly peer: ClusterNode;
  readonly exchange: Exchange;
  /** Whether it need not have anything of the map in common with this one. */
  readonly mayBeStranger: boolean;
}

/** What a node is known by. */
export interface HandshakeOptions {
  readonly random: Random;
  readonly self: string;
  readonly secret: string;
  /** The map in force. */
  readonly map: () => SlotMap;
  /** How nodes agree on it. */
  readonly agreement: MapAgreement;
  /** Told when another node was refused, and why. */
  readonly refused: (name: string, reason: RedisError) => void;
}

/** One node's side of all its handshakes. */
export class PeerHandshake implements PeerGreetings {
  readonly #options: HandshakeOptions;
  /** Sessions that have greeted and not proven anything yet. */
  readonly #open = new WeakMap<Session, Greeting>();

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  /**
   * Introduces this node to another.
   *
   * @throws {PeerError} When the other side does not know the secret.
   * @throws {RedisError} When the other side refuses this one.
   */
  async introduce(client: Asker, peer: ClusterNode): Promise<void> {
    const { random, self } = this.#options;
    const askersChallenge = randomId(random);
    const answer = await client.call("PEER", "GREET", self, askersChallenge);
    const [proof, answerersChallenge] = Array.isArray(answer) ? answer : [];
    if (typeof answerersChallenge !== "string") {
      throw new PeerError(`What answers for node '${peer.name}' is none`);
    }
    const exchange = { asker: self, answerer: peer.name, askersChallenge, answerersChallenge };
    await this.#prove(client, exchange, proof);
  }

  /**
   * Introduces this node to one that need not know it, and whose name need not be known.
   *
   * @returns Its name.
   * @throws {PeerError} When the other side does not know the secret.
   * @throws {RedisError} When the other side refuses this one.
   */
  async meet(client: Asker): Promise<string> {
    const { random, self } = this.#options;
    const askersChallenge = randomId(random);
    const answer = await client.call("PEER", "MEET", self, askersChallenge);
    const [name, proof, answerersChallenge] = Array.isArray(answer) ? answer : [];
    if (typeof name !== "string" || typeof answerersChallenge !== "string") {
      throw new PeerError("What answers there is no node");
    }
    const exchange = { asker: self, answerer: name, askersChallenge, answerersChallenge };
    await this.#prove(client, exchange, proof);
    return name;
  }

  /** Looks at the other side's proof, and sends one. */
  async #prove(client: Asker, exchange: Exchange, proof: ReplyValue): Promise<void> {
    if (proof !== this.#digest("greeted", exchange)) {
      throw new PeerError(
        `The proof of node '${exchange.answerer}' is wrong: is cluster-secret the same on both nodes, ` +
          "and is it that node which listens there?",
      );
    }
    const { stamp } = this.#options.agreement;
    await client.call("PEER", "PROVE", this.#digest("proven", exchange), stamp);
  }

  /**
   * Asks another node whether it is there; what one of both knows of the map, the other learns.
   *
   * @throws {RedisError} When one of both refuses the other by now.
   */
  async beat(client: Client): Promise<void> {
    const { agreement } = this.#options;
    const answer = await client.call("PEER", "BEAT", agreement.digest);
    if (answer === "OK") return;
    const theirs = String(answer);
    agreement.learn(theirs);
    if (agreement.text !== theirs) await client.call("PEER", "LEARN", agreement.text);
  }

  greet(session: Session, name: string, challenge: string): { proof: string; challenge: string } {
    const { self, map } = this.#options;
    const peer = map().find(name);
    if (peer === undefined || name === self) throw unknownPeer(name);
    return this.#answer(session, peer, challenge);
  }

  welcome(session: Session, name: string, challenge: string): readonly [string, string, string] {
    const { self, map } = this.#options;
    if (name === self) throw MEETING_ITSELF;
    const peer = map().find(name) ?? nodeAt({ name, host: "", port: 0 });
    const answer = this.#answer(session, peer, challenge, true);
    return [self, answer.proof, answer.challenge];
  }

  #answer(
    session: Session,
    peer: ClusterNode,
    challenge: string,
    mayBeStranger = false,
  ): { proof: string; challenge: string } {
    const { random, self } = this.#options;
    const answerersChallenge = randomId(random);
    const exchange = {
      asker: peer.name,
      answerer: self,
      askersChallenge: challenge,
      answerersChallenge,
    };
    this.#open.set(session, { peer, exchange, mayBeStranger });
    return { proof: this.#digest("greeted", exchange), challenge: answerersChallenge };
  }

  prove(session: Session, proof: string, mapStamp: string): RedisError | undefined {
    const open = this.#open.get(session);
    this.#open.delete(session);
    if (open === undefined) return NOT_A_PEER;
    const { peer, exchange, mayBeStranger } = open;
    let refusal: RedisError | undefined = PEER_UNPROVEN;
    if (proof === this.#digest("proven", exchange)) {
      refusal = mayBeStranger ? undefined : this.#options.agreement.compare(mapStamp);
    }
    if (refusal !== undefined) {
      this.#options.refused(peer.name, refusal);
      return refusal;
    }
    session.peer = peer;
    session.isAuthenticated = true;
    return undefined;
  }

  heartbeat(session: Session, mapDigest: string): string | undefined {
    if (session.peer === undefined) throw NOT_A_PEER;
    const { agreement } = this.#options;
    return agreement.digest === mapDigest ? undefined : agreement.text;
  }

  learn(session: Session, text: string): void {
    if (session.peer === undefined) throw NOT_A_PEER;
    this.#options.agreement.learn(text);
  }

  #digest(word: "greeted" | "proven", exchange: Exchange): string {
    const { asker, answerer, askersChallenge, answerersChallenge } = exchange;
    const parts = [word, asker, answerer, askersChallenge, answerersChallenge];
    // A challenge is whatever the other side sent: without lengths, parts could be cut otherwise.
    const text = parts.map((part) => `${part.length}:${part}`).join("");
    return keyedDigest(bytesOfText(this.#options.secret), bytesOfText(text));
  }
}

/** HMAC of a message, in hexadecimal. */
export function keyedDigest(key: Uint8Array, message: Uint8Array): string {
  const sha1 = new Sha1();
  const block = new Uint8Array(BLOCK_BYTES);
  if (key.length <= BLOCK_BYTES) block.set(key);
  else sha1.digest(key, 0, key.length, block);
  const inner = new Uint8Array(BLOCK_BYTES + message.length);
  inner.set(block.map((byte) => byte ^ INNER_PAD));
  inner.set(message, BLOCK_BYTES);
  const outer = new Uint8Array(BLOCK_BYTES + SHA1_BYTES);
  outer.set(block.map((byte) => byte ^ OUTER_PAD));
  sha1.digest(inner, 0, inner.length, outer.subarray(BLOCK_BYTES));
  const digest = new Uint8Array(SHA1_BYTES);
  sha1.digest(outer, 0, outer.length, digest);
  return digest.toHex();
}
