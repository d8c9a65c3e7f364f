/**
 * Request chunk: requests that go to another node together, and whose replies they wait for.
 *
 * Everything that clients ask of a node within one turn of the loop is written one behind the other and
 * leaves in one write. Requests of one client that follow one another are a run: their replies come one
 * behind the other too, so that they are passed on together.
 *
 *   bytes   PEER AS 0 2 | GET a | GET b | PEER AS 3 2 | SET c 1 | ...
 *   runs                  run of one client             run of another
 *
 * The bytes are kept until all is answered: where the connection breaks, what can be repeated is.
 *
 * @module
 */

import type { Session } from "../../engine/mod.ts";
import type { RedisError } from "../../errors/redis_error.ts";
import type { ReplyLine, ReplySlot } from "../../net/mod.ts";
import {
  type Args,
  beginRequest,
  encodeRequest,
  OutputBuffer,
  ReplyScanner,
  type RequestWord,
  WireWriter,
  writeWord,
} from "../../resp/mod.ts";

const ASTERISK = 42;
const LF = 10;
const CR_LF_BYTES = 2;
/** What has not been said to a connection yet. */
const UNKNOWN = -1;

/** Requests of one client, one behind the other. */
export interface RequestRun {
  /** `undefined`: it is no client's. */
  readonly session: Session | undefined;
  readonly line: ReplyLine | undefined;
  slot: ReplySlot;
  readonly isReplyWanted: boolean;
  /** In which its client is, and how that is to be answered. */
  readonly databaseIndex: number;
  readonly protocol: 2 | 3;
  /** Whether its client may keep what it reads, and its id, if it is not told what it changes; else 0. */
  readonly isNoting: boolean;
  readonly changerId: number;
  /** Whether the requests may be sent again when nobody knows whether they were run. */
  readonly isRepeatable: boolean;
  /** Replies at its beginning that are for nobody. */
  readonly droppedCount: number;
  requestCount: number;
  /** How often it was sent. */
  sentCount: number;
  answeredCount: number;
  chunk: RequestChunk;
  /** Where its requests begin and end in the chunk. */
  start: number;
  end: number;
}

/** What a run is begun with. */
export interface RunOptions {
  readonly line: ReplyLine;
  readonly isReplyWanted: boolean;
  readonly isRepeatable: boolean;
  readonly droppedCount: number;
  /** See `RequestRun`. */
  readonly isNoting: boolean;
  readonly changerId: number;
}

/** A run that is no client's, before it has requests. */
const OWN_RUN: Omit<RequestRun, "databaseIndex" | "slot" | "chunk"> = {
  session: undefined,
  line: undefined,
  isReplyWanted: true,
  protocol: 2,
  isNoting: false,
  changerId: 0,
  isRepeatable: false,
  droppedCount: 0,
  requestCount: 0,
  sentCount: 0,
  answeredCount: 0,
  start: 0,
  end: 0,
};

/** Requests that are sent with one write. */
export class RequestChunk {
  readonly output = new OutputBuffer();
  readonly runs: RequestRun[] = [];
  /** Runs that are not answered. */
  openRunCount = 0;
  isSent = false;
  /** What the requests so far have the connection be in. */
  databaseIndex = UNKNOWN;
  protocol = UNKNOWN;
  isNoting = false;
  changerId = 0;

  /** Whether a client's next request follows its last one, so that it belongs to the same run. */
  extends(session: Session, options: RunOptions): boolean {
    const { line, isReplyWanted, isRepeatable, isNoting, changerId } = options;
    const run = this.runs[this.runs.length - 1];
    return run !== undefined && run.line === line && run.isReplyWanted === isReplyWanted &&
      run.isRepeatable === isRepeatable && run.droppedCount === 0 &&
      run.isNoting === isNoting && run.changerId === changerId &&
      run.databaseIndex === session.databaseIndex && run.protocol === session.reply.protocol &&
      line.endsWith(run.slot);
  }

  /** Begins a run. */
  begin(session: Session, options: RunOptions): void {
    const { databaseIndex } = session, { protocol } = session.reply;
    const { line, isReplyWanted, isRepeatable, droppedCount, isNoting, changerId } = options;
    // Word by word: there is one of these for each batch of a client, and a spread costs more.
    this.#begin({
      session,
      line,
      slot: line.reserve(isReplyWanted),
      isReplyWanted,
      databaseIndex,
      protocol,
      isNoting,
      changerId,
      isRepeatable,
      droppedCount,
      requestCount: 0,
      sentCount: 0,
      answeredCount: 0,
      chunk: this,
      start: 0,
      end: 0,
    });
  }

  /** Begins a run whose reply is for nobody but this node. */
  beginOwn(databaseIndex: number, slot: ReplySlot): void {
    this.#begin({ ...OWN_RUN, databaseIndex, slot, chunk: this });
  }

  #begin(run: RequestRun): void {
    this.#enter(run);
    run.start = run.end = this.output.length;
    this.openRunCount++;
    this.runs.push(run);
  }

  /** Adds a request to the last run. */
  add(args: Args): void {
    const output = this.output, run = this.runs[this.runs.length - 1];
    appendRequest(args, output);
    run.requestCount++;
    run.end = output.length;
  }

  /** Adds words to the last run. */
  addWords(...words: readonly RequestWord[]): void {
    const output = this.output, run = this.runs[this.runs.length - 1];
    encodeRequest(words, output);
    run.requestCount++;
    run.end = output.length;
  }

  /** Takes a run over from another chunk, without what is answered. */
  takeOver(run: RequestRun): void {
    const { bytes } = run.chunk.output;
    const scanner = new ReplyScanner();
    for (let index = 0; index < run.answeredCount; index++) {
      run.start = scanner.scan(bytes, run.start, run.end);
    }
    this.#enter(run);
    run.requestCount -= run.answeredCount;
    run.answeredCount = 0;
    const start = this.output.length;
    this.output.append(bytes, run.start, run.end);
    run.start = start;
    run.end = this.output.length;
    run.chunk = this;
    this.openRunCount++;
    this.runs.push(run);
  }

  /**
   * Takes the last answered request of a run out of it, or, where the run is a transaction, all of it: it
   * is to be sent elsewhere.
   *
   * @returns A run of its own, with a chunk of its own.
   */
  static takeOut(run: RequestRun, slot: ReplySlot): RequestRun {
    const { bytes } = run.chunk.output, chunk = new RequestChunk();
    let { start, end } = run;
    if (run.droppedCount === 0) {
      const scanner = new ReplyScanner();
      end = start;
      for (let index = 0; index < run.answeredCount; index++) {
        start = end;
        end = scanner.scan(bytes, start, run.end);
      }
    }
    chunk.output.append(bytes, start, end);
    const requestCount = run.droppedCount === 0 ? 1 : run.requestCount;
    const rest = { sentCount: 0, answeredCount: 0, start: 0, end: end - start };
    return { ...run, ...rest, slot, requestCount, chunk };
  }

  /** Forgets everything, to be used again. */
  clear(): void {
    this.output.length = 0;
    this.runs.length = 0;
    this.openRunCount = 0;
    this.isSent = false;
    this.databaseIndex = this.protocol = UNKNOWN;
  }

  /** Goes on with a connection as another chunk leaves it. */
  follow({ databaseIndex, protocol, isNoting, changerId }: RequestChunk): void {
    this.databaseIndex = databaseIndex;
    this.protocol = protocol;
    this.isNoting = isNoting;
    this.changerId = changerId;
  }

  /** Has the connection ask for the client of a run; nothing is answered to that. */
  #enter({ databaseIndex, protocol, isNoting, changerId }: RequestRun): void {
    const isInPlace = databaseIndex === this.databaseIndex && protocol === this.protocol;
    if (isInPlace && isNoting === this.isNoting && changerId === this.changerId) return;
    const tracking = isNoting || changerId > 0 ? [isNoting ? 1 : 0, changerId] : [];
    encodeRequest(["PEER", "AS", databaseIndex, protocol, ...tracking], this.output);
    this.databaseIndex = databaseIndex;
    this.protocol = protocol;
    this.isNoting = isNoting;
    this.changerId = changerId;
  }
}

/** Answers what is left of a run with an error. */
export function refuseRun(run: RequestRun, error: RedisError): void {
  const writer = new WireWriter();
  const firstIndex = Math.max(run.answeredCount, run.droppedCount);
  for (let index = firstIndex; index < run.requestCount; index++) writer.error(error);
  run.slot.add(writer.buffer.bytes, 0, writer.buffer.length);
  run.slot.end();
}

/** Appends a request as it came, or, if it was written otherwise, as it should have been. */
function appendRequest(args: Args, into: OutputBuffer): void {
  const { bytes, base, count } = args;
  const nameStart = args.at(0).start;
  if (bytes[base] === ASTERISK && nameStart > base && bytes[nameStart - 1] === LF) {
    return into.append(bytes, base, args.at(count - 1).end + CR_LF_BYTES);
  }
  beginRequest(count, into);
  for (let index = 0; index < count; index++) {
    const { start, end } = args.at(index);
    writeWord(bytes, start, end, into);
  }
}
