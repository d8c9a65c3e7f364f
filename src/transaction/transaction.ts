/**
 * Transaction: the requests that a client has queued since MULTI.
 *
 * A queued request is a few numbers: where it begins and where its arguments lie. Its bytes stay in
 * the buffer that it came in: when EXEC came in the same, as in a pipeline, they are never copied.
 * Otherwise all that one read has brought is copied at once, before the buffer is used again.
 *
 *   own bytes   | what earlier reads brought |             settled
 *   borrowed    | ...  *3 SET k v  *2 GET k  ... |         since the last `settle`
 *   begins      place of each request in both, one behind the other
 *   bounds      where its arguments begin and end, from there on
 *
 * Always true: once a request was refused, or a watched key has changed, nothing is queued, as it
 * would not run.
 * Cost: at most a copy of the requests; buffers up to `KEPT_BYTES` are used again.
 * Behaviour: Redis 7.0, `multi.c`. Not here: which requests are queued (`Dispatcher`).
 *
 * @module
 */

import { copyBytes, EMPTY_BYTES } from "../base/byte_view.ts";
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
const FIRST_COMMANDS = 16;
const FIRST_ARGUMENTS = 64;
/** Buffers up to this size, and room for so many arguments, outlive their transaction. */
const KEPT_BYTES = 64 * 1024;
const KEPT_ARGUMENTS = 4096;
/** What an argument takes beside its bytes, in Redis a pointer, here where it begins and ends. */
const ARGUMENT_BYTES = 8;
/** Requests whose keys are looked for together when they run. */
const AHEAD_COUNT = 32;
/** A transaction of more requests is not brief. */
const BRIEF_COMMANDS_MAX = 32;

/** A client's queue. */
export class Transaction implements OpenTransaction {
  hasFailed = false;
  /** How many requests are queued. */
  commandCount = 0;

  readonly #ended: (transaction: Transaction) => void;
  /** The first `commandCount` count: to shorten the array would be to allocate it anew. */
  #commands: Command[] = [];
  /** Where each request begins: in its own bytes, or behind them in what is borrowed. Kept likewise. */
  #begins: number[] = []; // no Float64Array, which would make doubles of all that is computed from them
  /** Number of each request's first argument, and, behind the last, of the next to come. */
  #firsts = new Int32Array(FIRST_COMMANDS + 1);
  #bounds = new Int32Array(FIRST_ARGUMENTS * 2);
  #areBrief = true;
  readonly #args = new Args();
  #bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  #byteCount = 0;
  /** What is borrowed: `borrowed[from, to)`. */
  #borrowed: Uint8Array = EMPTY_BYTES;
  #from = 0;
  #to = 0;
  #session: Session | undefined;
  /** Its client may vanish while it runs; the queue must not. */
  #isRunning = false;

  /** @param ended Told when it may begin anew. */
  constructor(ended: (transaction: Transaction) => void) {
    this.#ended = ended;
  }

  get argumentBytes(): number {
    const count = this.#firsts[this.commandCount], bounds = this.#bounds;
    let byteCount = count * ARGUMENT_BYTES;
    for (let at = 0; at < count * 2; at += 2) byteCount += bounds[at + 1] - bounds[at];
    return byteCount;
  }

  get isBrief(): boolean {
    return this.#areBrief && this.commandCount <= BRIEF_COMMANDS_MAX;
  }

  /** Begins for a client. */
  begin(session: Session): void {
    this.#session = session;
  }

  queue(command: Command, args: Args): void {
    const session = this.#session!;
    if (this.hasFailed || session.watch?.isBroken) return;
    const { base, count } = args, index = this.commandCount++;
    if (args.bytes !== this.#borrowed) this.#borrow(args.bytes, base);
    this.#reserve(index, count);
    const first = this.#firsts[index];
    args.saveBounds(this.#bounds, first * 2);
    this.#firsts[index + 1] = first + count;
    this.#begins[index] = this.#byteCount + base - this.#from;
    this.#commands[index] = command;
    this.#to = base + args.spanBytes;
    if (count > command.briefArgumentsMax) this.#areBrief = false;
    session.connection.queuedBytes = this.#byteCount + this.#to - this.#from +
      this.#firsts[index + 1] * ARGUMENT_BYTES;
  }

  settle(): void {
    const byteCount = this.#byteCount + this.#to - this.#from;
    if (byteCount > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(byteCount, this.#bytes.length * 2));
      bytes.set(this.#bytes.subarray(0, this.#byteCount));
      this.#bytes = bytes;
    }
    copyBytes(this.#borrowed, this.#from, this.#to, this.#bytes, this.#byteCount);
    this.#byteCount = byteCount;
    this.#borrowed = EMPTY_BYTES;
    this.#from = this.#to = 0;
  }

  fail(): void {
    this.hasFailed = true;
  }

  has(flag: CommandFlag): boolean {
    for (let index = 0; index < this.commandCount; index++) {
      if (this.#commands[index].has(flag)) return true;
    }
    return false;
  }

  some(test: (command: Command, args: Args) => boolean): boolean {
    this.#gather();
    for (let index = 0; index < this.commandCount; index++) {
      if (test(this.#commands[index], this.#request(index))) return true;
    }
    return false;
  }

  execute(context: CommandContext): void {
    this.#run(context, (runner) => {
      this.#gather();
      const count = this.commandCount;
      for (let from = 0; from < count; from += AHEAD_COUNT) {
        const to = Math.min(count, from + AHEAD_COUNT);
        if (context.server.store.environment.looksAhead) this.#lookAhead(context, runner, from, to);
        for (let index = from; index < to; index++) {
          runner.runNested(this.#commands[index], this.#request(index));
        }
      }
      runner.forgetAhead();
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
    this.commandCount = 0;
    this.#areBrief = true;
    this.#byteCount = 0;
    this.#borrowed = EMPTY_BYTES;
    this.#from = this.#to = 0;
    this.#session = undefined;
    if (this.#args.bytes.length > KEPT_BYTES) this.#args.release();
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
    if (this.#bounds.length > KEPT_ARGUMENTS * 2) this.#makeRoom();
    this.#ended(this);
  }

  /** Replies an array of what the requests reply, and ends the transaction. */
  #run(context: CommandContext, each: (runner: NestedRunner) => void): void {
    const { session, reply } = context;
    session.endWatch();
    session.beginTransactionReply();
    reply.array(this.commandCount);
    this.#isRunning = true;
    context.nest(each);
    this.#isRunning = false;
    session.endTransaction();
  }

  /** Has the memory fetched that the requests `[from, to)` will need. */
  #lookAhead(context: CommandContext, runner: NestedRunner, from: number, to: number): void {
    runner.forgetAhead();
    for (let index = from; index < to; index++) {
      runner.announce(this.#commands[index], this.#request(index));
    }
    runner.fetchAhead(context.session.databaseIndex);
  }

  /** Sees to it that all requests lie in one array. */
  #gather(): void {
    if (this.#byteCount > 0) this.settle();
    this.#args.bytes = this.#byteCount > 0 ? this.#bytes : this.#borrowed;
  }

  /** Points the arguments at a request; `#gather` comes before. */
  #request(index: number): Args {
    const args = this.#args, first = this.#firsts[index];
    args.base = this.#from + this.#begins[index]; // `#from` is 0 where nothing is borrowed
    args.loadBounds(this.#bounds, first * 2, this.#firsts[index + 1] - first);
    return args;
  }

  /** Borrows from another array from now on. */
  #borrow(bytes: Uint8Array, from: number): void {
    this.settle();
    this.#borrowed = bytes;
    this.#from = this.#to = from;
  }

  /** Makes room for the numbers of one more request. */
  #reserve(index: number, argumentCount: number): void {
    if (index + 1 === this.#firsts.length) this.#firsts = grown(this.#firsts, index * 2 + 1);
    const length = (this.#firsts[index] + argumentCount) * 2;
    if (length <= this.#bounds.length) return;
    this.#bounds = grown(this.#bounds, Math.max(length, this.#bounds.length * 2));
  }

  /** Goes back to little room. */
  #makeRoom(): void {
    this.#commands = [];
    this.#begins = [];
    this.#firsts = new Int32Array(FIRST_COMMANDS + 1);
    this.#bounds = new Int32Array(FIRST_ARGUMENTS * 2);
  }
}

/** A copy of numbers with more room. */
function grown(numbers: Int32Array, count: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(count);
  copy.set(numbers);
  return copy;
}
