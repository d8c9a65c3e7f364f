/**
 * Peer dialogue: what nodes say to each other about transactions, as requests and answers.
 *
 *   LOCK id wait grow protocol                        GRANTED count image ... reply ...
 *     count (database key mode need) ...                                  all keys are locked
 *     (database count word ...) ...
 *                                                     WAITING             a PEER GRANTED will follow
 *                                                     LARGE               locked; what is under them is asked for
 *                                                     REFUSED text | MOVED
 *   FETCH id                                          as to LOCK
 *   GRANTED id (as the answer to LOCK)                OK, or an error: nobody waits for it
 *   PREPARE id nodes work                             1 or 0
 *   CONFIRM id, CANCEL id                             OK
 *   UNLOCK id                                         1 or 0
 *   OUTCOME id role                                   confirmed, cancelled or open
 *   AWAIT wait key ...                                OK; a PEER CHANGED will follow, once
 *   CHANGED wait                                      OK
 *
 * A node that must wait for locks says so at once, as its answers to other requests stand behind this
 * one, and one of those may be what it waits for. For the same reason, what is large goes over another
 * connection.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { HoldMode } from "../../engine/mod.ts";
import { invariant } from "../../base/invariant.ts";
import { errorWithText } from "../../errors/catalogue.ts";
import { Args, type ReplyValue, type RequestWord } from "../../resp/mod.ts";
import { IMAGE_WORD_COUNT, imageIn, type KeyImage, wordsOfImage } from "./key_image.ts";
import type {
  KeyDemand,
  KeyNeed,
  LockAnswer,
  LockRequest,
  OwnerRead,
  ParticipantPort,
  TransactionOutcome,
} from "./participation.ts";
import { namesText } from "./transaction_records.ts";
import { type TransactionWork, wordsOfWork } from "./transaction_work.ts";

/** What stands for an answer that comes later. */
export const WAITING_WORD = "WAITING";
const LARGE_WORD = "LARGE";
const WORDS_PER_DEMAND = 4;
/** More bytes of values than these go over a connection of their own. */
const SHARED_BYTES_MAX = 128 * 1024;

/** Sends a request to one node, and gives its answer. */
type Call = (...words: RequestWord[]) => Promise<ReplyValue<Uint8Array>>;

/** The ways to one node. */
export interface PeerCalls {
  /** Over the connection that all share; see `ServerCluster.callBytes`. */
  readonly shared: Call;
  /** Over one that nobody shares meanwhile. */
  readonly alone: Call;
}

/** What a node says of locks; `large`: they are granted, and the rest is to be fetched. */
export type PeerAnswer = LockAnswer | { readonly status: "large" };

/** Locks that nodes have not granted yet, and who waits for them; of one coordinator. */
export class AwaitedLocks {
  readonly #waiting = new Map<string, (answer: PeerAnswer) => void>();

  /** Waits for a node's answer. */
  await(node: string, id: string): Promise<PeerAnswer> {
    return new Promise((resolve) => this.#waiting.set(`${node} ${id}`, resolve));
  }

  /** An answer has come. @returns Whether anybody waited for it. */
  settle(node: string, id: string, answer: PeerAnswer): boolean {
    const resolve = this.#waiting.get(`${node} ${id}`);
    resolve?.(answer);
    return this.#waiting.delete(`${node} ${id}`);
  }

  /** Nobody waits any more. */
  forget(node: string, id: string): void {
    this.#waiting.delete(`${node} ${id}`);
  }
}

/** A node that is asked over a connection. */
export class RemoteParticipant implements ParticipantPort {
  readonly #name: string;
  readonly #call: Call;
  readonly #callAlone: Call;
  readonly #awaited: AwaitedLocks;

  constructor(name: string, { shared, alone }: PeerCalls, awaited: AwaitedLocks) {
    this.#name = name;
    this.#call = shared;
    this.#callAlone = alone;
    this.#awaited = awaited;
  }

  async lock(request: LockRequest): Promise<LockAnswer> {
    // Before the question: what is granted later may come before the answer to this.
    const later = this.#awaited.await(this.#name, request.id);
    try {
      const words = await this.#call("PEER", "LOCK", ...wordsOfLock(request));
      const answer = answerIn(asArgs(words), 0) ?? await later;
      return answer.status === "large" ? await this.#fetch(request.id) : answer;
    } finally {
      this.#awaited.forget(this.#name, request.id);
    }
  }

  async prepare(
    id: string,
    participants: readonly string[],
    work: TransactionWork,
  ): Promise<boolean> {
    const words = wordsOfWork(work).map(bytesOfWord);
    const call = isLarge(work.changes.map(({ image }) => image)) ? this.#callAlone : this.#call;
    return await call("PEER", "PREPARE", id, namesText(participants), ...words) === 1;
  }

  async confirm(id: string): Promise<void> {
    await this.#call("PEER", "CONFIRM", id);
  }

  async cancel(id: string): Promise<void> {
    this.#awaited.forget(this.#name, id);
    await this.#call("PEER", "CANCEL", id);
  }

  async unlock(id: string): Promise<boolean> {
    return await this.#call("PEER", "UNLOCK", id) === 1;
  }

  async #fetch(id: string): Promise<LockAnswer> {
    const answer = answerIn(asArgs(await this.#callAlone("PEER", "FETCH", id)), 0);
    invariant(answer !== undefined && answer.status !== "large", "What is fetched comes at once");
    return answer;
  }
}

/** An answer to LOCK as words. */
export function wordsOfAnswer(answer: PeerAnswer): (string | Uint8Array)[] {
  if (answer.status === "moved") return ["MOVED"];
  if (answer.status === "large") return [LARGE_WORD];
  if (answer.status === "refused") return ["REFUSED", answer.error.text];
  const { images, replies } = answer;
  const imageWords = images.flatMap((image) => wordsOfImage(image));
  return ["GRANTED", String(images.length), ...imageWords, ...replies];
}

/** Reads what `wordsOfAnswer` made. @returns `undefined`: the answer comes later. */
export function answerIn(args: Args, index: number): PeerAnswer | undefined {
  const status = args.text(index);
  if (status === WAITING_WORD) return undefined;
  if (status === LARGE_WORD) return { status: "large" };
  if (status === "MOVED") return { status: "moved" };
  if (status === "REFUSED") {
    return { status: "refused", error: errorWithText(args.text(index + 1)) };
  }
  const images: (KeyImage | undefined)[] = [], replies: Uint8Array[] = [];
  let at = index + 2;
  for (let left = args.integer(index + 1); left > 0; left--) {
    images.push(imageIn(args, at));
    at += IMAGE_WORD_COUNT;
  }
  for (; at < args.count; at++) replies.push(args.at(at).copy());
  return { status: "granted", images, replies };
}

/** Whether images, and replies, are too large for the connection that all share. */
export function isLarge(
  images: readonly (KeyImage | undefined)[],
  replies: readonly Uint8Array[] = [],
): boolean {
  let byteCount = 0;
  for (const reply of replies) byteCount += reply.length;
  for (const image of images) byteCount += image?.payload.length ?? 0;
  return byteCount > SHARED_BYTES_MAX;
}

/** Reads the words of a LOCK. @param index Of the id. */
export function lockIn(args: Args, index: number): LockRequest {
  const demands: KeyDemand[] = [], reads: OwnerRead[] = [];
  let at = index + 5;
  for (let left = args.integer(index + 4); left > 0; left--) {
    demands.push({
      databaseIndex: args.integer(at),
      key: args.at(at + 1).copy(),
      mode: args.text(at + 2) as HoldMode,
      need: args.text(at + 3) as KeyNeed,
    });
    at += WORDS_PER_DEMAND;
  }
  while (at < args.count) {
    const databaseIndex = args.integer(at), wordCount = args.integer(at + 1);
    at += 2;
    reads.push({ databaseIndex, args: Args.of(...wordsIn(args, at, at + wordCount)) });
    at += wordCount;
  }
  return {
    id: args.text(index),
    demands,
    reads,
    waitMs: args.integer(index + 1),
    mayGrow: args.text(index + 2) === "grow",
    protocol: args.integer(index + 3) === 3 ? 3 : 2,
  };
}

/** What a node has answered to OUTCOME. */
export function outcomeIn(answer: ReplyValue<Uint8Array>): TransactionOutcome {
  const outcome = asArgs([answer]).text(0);
  return outcome === "confirmed" || outcome === "cancelled" ? outcome : "open";
}

function wordsOfLock(request: LockRequest): RequestWord[] {
  const { id, demands, reads, protocol, mayGrow, waitMs } = request;
  const words: RequestWord[] = [id, waitMs, mayGrow ? "grow" : "same", protocol, demands.length];
  for (const { databaseIndex, key, mode, need } of demands) {
    words.push(databaseIndex, key, mode, need);
  }
  for (const { databaseIndex, args } of reads) {
    words.push(databaseIndex, args.count, ...wordsIn(args, 0, args.count));
  }
  return words;
}

/** Copies of some arguments. */
function wordsIn(args: Args, from: number, to: number): Uint8Array[] {
  return Array.from({ length: to - from }, (_, index) => args.at(from + index).copy());
}

/** An answer as arguments; each of its elements is a string. */
function asArgs(answer: ReplyValue<Uint8Array>): Args {
  const elements = Array.isArray(answer) ? answer : [answer];
  return Args.of(...elements.map((element) => {
    const isString = typeof element === "string" || element instanceof Uint8Array;
    invariant(isString, `A node has answered what is no string: ${typeof element}`);
    return element;
  }));
}

/** Text of our own has one byte for each character, unlike that of a request. */
function bytesOfWord(word: string | Uint8Array): Uint8Array {
  return typeof word === "string" ? ByteView.ofText(word).bytes : word;
}
