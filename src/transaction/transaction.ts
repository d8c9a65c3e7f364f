/**
 * Transaction: the requests that a client has queued since MULTI.
 *
 * Requests are borrowed, so their arguments are copied, one behind the other into one buffer: a
 * queue of ten SETs is no ten objects.
 *
 *   bytes    | SET k v | GET k | ...
 *   ends     3 4 5       8 9           where each argument ends, and the next begins
 *   counts   3           2             arguments of each request
 *
 * Always true: once a request was refused, or a watched key has changed, nothing is queued, as it
 * would not run.
 * Cost: a copy of the arguments; buffers up to `KEPT_BYTES` are used again.
 * Behaviour: Redis 7.0, `multi.c`. Not here: which requests are queued (`Dispatcher`).
 *
 * @module
 */

import { copyBytes } from "../base/byte_view.ts";
import type {
  Command,
  CommandContext,
  CommandFlag,
  NestedRunner,
  OpenTransaction,
  Session,
} from "../engine/mod.ts";
import { Args } from "../resp/mod.ts";
import { irrevocableIn, runRevocably } from "./rollback.ts";

const FIRST_BYTES = 512;
/** Buffers up to this size outlive their transaction. */
const KEPT_BYTES = 64 * 1024;
/** What an argument takes beside its bytes, as Redis counts: a pointer. */
const ARGUMENT_BYTES = 8;

/** A client's queue. */
export class Transaction implements OpenTransaction {
  hasFailed = false;

  readonly #ended: (transaction: Transaction) => void;
  readonly #commands: Command[] = [];
  readonly #argumentCounts: number[] = [];
  readonly #ends: number[] = [];
  readonly #args = new Args();
  #bytes = new Uint8Array(FIRST_BYTES);
  #byteCount = 0;
  #session: Session | undefined;
  /** Its client may vanish while it runs; the queue must not. */
  #isRunning = false;

  /** @param ended Told when it may begin anew. */
  constructor(ended: (transaction: Transaction) => void) {
    this.#ended = ended;
  }

  get commandCount(): number {
    return this.#commands.length;
  }

  get argumentBytes(): number {
    return this.#byteCount + this.#ends.length * ARGUMENT_BYTES;
  }

  /** Begins for a client. */
  begin(session: Session): void {
    this.#session = session;
  }

  queue(command: Command, args: Args): void {
    const session = this.#session!;
    if (this.hasFailed || session.watch?.isBroken) return;
    this.#reserve(args.byteCount);
    for (let index = 0; index < args.count; index++) {
      const { bytes, start, end } = args.at(index);
      copyBytes(bytes, start, end, this.#bytes, this.#byteCount);
      this.#byteCount += end - start;
      this.#ends.push(this.#byteCount);
    }
    this.#argumentCounts.push(args.count);
    this.#commands.push(command);
    session.connection.queuedBytes = this.argumentBytes;
  }

  fail(): void {
    this.hasFailed = true;
  }

  has(flag: CommandFlag): boolean {
    return this.#commands.some((command) => command.has(flag));
  }

  some(test: (command: Command, args: Args) => boolean): boolean {
    const args = this.#args, ends = this.#ends;
    args.bytes = this.#bytes;
    let argumentIndex = 0, start = 0;
    for (let index = 0; index < this.#commands.length; index++) {
      args.clear();
      for (let left = this.#argumentCounts[index]; left > 0; left--) {
        args.push(start, ends[argumentIndex]);
        start = ends[argumentIndex++];
      }
      if (test(this.#commands[index], args)) return true;
    }
    return false;
  }

  execute(context: CommandContext): void {
    this.#run(context, (runner) => {
      this.some((command, args) => {
        runner.runNested(command, args);
        return false;
      });
    });
  }

  executeOrRollBack(context: CommandContext): void {
    let failure = irrevocableIn(this);
    if (failure !== undefined) context.session.endTransaction();
    else this.#run(context, (runner) => failure = runRevocably(this, context, runner));
    if (failure !== undefined) throw failure;
  }

  release(): void {
    if (this.#isRunning) return;
    this.hasFailed = false;
    this.#commands.length = 0;
    this.#argumentCounts.length = 0;
    this.#ends.length = 0;
    this.#byteCount = 0;
    this.#session = undefined;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
    this.#args.release();
    this.#ended(this);
  }

  /** Replies an array of what the requests reply, and ends the transaction. */
  #run(context: CommandContext, each: (runner: NestedRunner) => void): void {
    const { session, reply } = context;
    session.endWatch();
    reply.array(this.commandCount);
    this.#isRunning = true;
    context.nest(each);
    this.#isRunning = false;
    session.endTransaction();
  }

  #reserve(byteCount: number): void {
    const neededBytes = this.#byteCount + byteCount;
    if (neededBytes <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(neededBytes, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#byteCount));
    this.#bytes = bytes;
  }
}
