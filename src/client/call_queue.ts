/**
 * Call queue: the calls of one connection that wait for their replies, in the order they were sent.
 *
 * Redis answers in order, so the oldest call owns the next reply. The exception is RESP3's
 * SUBSCRIBE and its kin: they get no reply but one push for each channel, so such a call is answered
 * by the last of these confirmations (UNSUBSCRIBE from everything, of which nobody knows how many
 * there will be, by the first). Only its errors come as a reply.
 *
 * Always true: `first` is undefined exactly when the queue is empty.
 * Cost: constant for each call; a linked list, so that a long pipeline is never moved up.
 *
 * @module
 */

import { textOfBytes } from "../base/byte_view.ts";
import { RedisError } from "../errors/redis_error.ts";
import type { BulkKind, ReplyValue, RequestWord } from "../resp/mod.ts";

/** Commands that are confirmed by pushes. */
const CONFIRMED_COMMANDS: ReadonlySet<string> = new Set([
  "subscribe",
  "psubscribe",
  "ssubscribe",
  "unsubscribe",
  "punsubscribe",
  "sunsubscribe",
]);

/** A call that waits. */
interface WaitingCall {
  readonly form: BulkKind;
  readonly resolve: (value: ReplyValue<Uint8Array>) => void;
  readonly reject: (error: Error) => void;
  /** The kind of push that confirms it; `undefined`: it gets a reply. */
  readonly confirmation: string | undefined;
  missingConfirmations: number;
  next: WaitingCall | undefined;
}

/** The waiting calls of one connection. */
export class CallQueue {
  #first: WaitingCall | undefined;
  #last: WaitingCall | undefined;

  /** Whether no call waits. */
  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** What strings become in the next reply. */
  get form(): BulkKind {
    return this.#first?.form ?? "text";
  }

  /**
   * Adds a call.
   *
   * @param words What was sent; borrowed.
   * @returns Settled by `answer`, `confirm` or `rejectAll`.
   */
  add(words: readonly RequestWord[], form: BulkKind): Promise<ReplyValue<Uint8Array>> {
    const name = typeof words[0] === "string" ? words[0].toLowerCase() : "";
    return new Promise((resolve, reject) => {
      const call: WaitingCall = {
        form,
        resolve,
        reject,
        confirmation: CONFIRMED_COMMANDS.has(name) ? name : undefined,
        missingConfirmations: Math.max(1, words.length - 1),
        next: undefined,
      };
      if (this.#last === undefined) this.#first = call;
      else this.#last.next = call;
      this.#last = call;
    });
  }

  /** Settles the oldest call; an error rejects it. */
  answer(value: ReplyValue<Uint8Array>): void {
    const call = this.#take();
    if (value instanceof RedisError) call?.reject(value);
    else call?.resolve(value);
  }

  /** Settles the oldest call if this push is what it was waiting for. */
  confirm(push: ReplyValue<Uint8Array>): void {
    const call = this.#first;
    if (call?.confirmation === undefined || !Array.isArray(push)) return;
    const kind = push[0] instanceof Uint8Array ? textOfBytes(push[0]) : push[0];
    if (kind === call.confirmation && --call.missingConfirmations === 0) this.answer(push);
  }

  /** Rejects all calls. */
  rejectAll(error: Error): void {
    while (!this.isEmpty) this.#take()!.reject(error);
  }

  #take(): WaitingCall | undefined {
    const call = this.#first;
    this.#first = call?.next;
    if (this.#first === undefined) this.#last = undefined;
    return call;
  }
}
