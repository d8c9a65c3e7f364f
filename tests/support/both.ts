/**
 * Both: one conversation held with two servers at once, real Redis and EasyRedis.
 *
 * Each verb sends the same bytes to both, waits for both, and compares. The verbs differ only in
 * what they permit to differ, so that a reader sees from the test itself how exact it is. What was
 * said so far is kept: a failure shows the whole conversation, since a wrong reply is often the
 * late consequence of an earlier command.
 *
 * Always true: the connections of both sides have received the same requests in the same order.
 *
 * @module
 */

import { AssertionError, equal } from "@std/assert";
import { escapeBytes, type Reply, wireOf } from "./reply.ts";
import {
  bothErrors,
  type Comparison,
  numbersWithin,
  sameBytes,
  sameShape,
  sameUnordered,
  sameUnorderedPairs,
} from "./reply_comparison.ts";
import { type Address, type Argument, RespClient, textOfArgument } from "./resp_client.ts";

/** What the two sides answered. */
export interface Answers {
  /** Real Redis' reply. */
  readonly redis: Reply;
  /** EasyRedis' reply. */
  readonly easyredis: Reply;
}

/** Where the two servers are and how to talk to them. */
export interface BothOptions {
  /** Real Redis. */
  redis: Address;
  /** The server under test. */
  easyredis: Address;
  /** Protocol of all connections. */
  protocol: 2 | 3;
}

/**
 * How far two clocks may be apart that are read at the same time: one of two servers may wait for the
 * processor between two requests, as long as no key of the transcript comes near its end.
 */
const TOLERATED_SECONDS = 10;

/** Characters of a reply shown in a failure. */
const SHOWN_REPLY_CHARACTERS_MAX = 2000;

/** Lines of the conversation shown in a failure. */
const SHOWN_LINE_COUNT_MAX = 100;

/** The two connections of a conversation, and the verbs to hold it. */
export class Both implements AsyncDisposable {
  readonly #options: BothOptions;
  readonly #redis: RespClient;
  readonly #easyredis: RespClient;
  readonly #connectionIndex: number;
  /** Shared by all connections of the conversation. */
  readonly #lines: string[];
  /** Connections opened after this one, which closes them. */
  readonly #others: Both[] = [];

  private constructor(
    options: BothOptions,
    clients: readonly [RespClient, RespClient],
    lines: string[],
  ) {
    this.#options = options;
    [this.#redis, this.#easyredis] = clients;
    this.#lines = lines;
    this.#connectionIndex = lines.filter((line) => line.endsWith(CONNECTED)).length + 1;
    lines.push(`${this.#connectionIndex}: ${CONNECTED}`);
  }

  /**
   * Connects to both servers.
   *
   * @param options where they are
   * @returns the conversation; disposing closes its connections
   */
  static async connect(options: BothOptions): Promise<Both> {
    return await Both.#connect(options, []);
  }

  static async #connect(options: BothOptions, lines: string[]): Promise<Both> {
    const { redis, easyredis, protocol } = options;
    const first = await RespClient.connect(redis, { protocol });
    try {
      return new Both(options, [first, await RespClient.connect(easyredis, { protocol })], lines);
    } catch (error) {
      first.close();
      throw error;
    }
  }

  /** The replies have the same bytes. Returns the reply. */
  async same(...args: Argument[]): Promise<Reply> {
    return await this.#compare(args, sameBytes);
  }

  /** The replies have the same elements in any order. Returns Redis' reply. */
  async sameUnordered(...args: Argument[]): Promise<Reply> {
    return await this.#compare(args, sameUnordered);
  }

  /** The replies have the same pairs in any order (HGETALL, CONFIG GET). Returns Redis' reply. */
  async sameUnorderedPairs(...args: Argument[]): Promise<Reply> {
    return await this.#compare(args, sameUnorderedPairs);
  }

  /** The replies have the same kinds and element counts, not values. Returns Redis' reply. */
  async sameShape(...args: Argument[]): Promise<Reply> {
    return await this.#compare(args, sameShape);
  }

  /** Both reply the same error, whose text starts with `prefix`. Returns the error. */
  async bothRefuse(prefix: string, ...args: Argument[]): Promise<Reply> {
    return await this.#compare(args, bothErrors(prefix));
  }

  /** Numbers in the replies are at most `tolerance` apart, all else is the same bytes. */
  async within(tolerance: number, ...args: Argument[]): Promise<Reply> {
    return await this.#compare(args, numbersWithin(tolerance));
  }

  /** Times in the replies, in seconds, are the same, but for what a busy machine makes of them. */
  async sameSeconds(...args: Argument[]): Promise<Reply> {
    return await this.within(TOLERATED_SECONDS, ...args);
  }

  /** Times in the replies, in milliseconds, likewise. */
  async sameMs(...args: Argument[]): Promise<Reply> {
    return await this.within(TOLERATED_SECONDS * 1000, ...args);
  }

  /** Sends to both and compares nothing: preparation, or replies the test looks at itself. */
  async send(...args: Argument[]): Promise<Answers> {
    await this.begin(...args);
    return await this.#receive();
  }

  /** Sends to both and does not wait: for what blocks. Read the reply by `sameNext`. */
  async begin(...args: Argument[]): Promise<void> {
    this.#lines.push(
      `${this.#connectionIndex}> ${args.map((arg) => shown(textOfArgument(arg))).join(" ")}`,
    );
    await this.#onBoth((client) => client.send(...args));
  }

  /** The next reply or push on the connection, to which nothing is sent, has the same bytes. */
  async sameNext(): Promise<Reply> {
    return this.#judge(await this.#receive(), sameBytes);
  }

  /**
   * Everything the servers answer to these bytes, until they close, is the same. Said on a fresh
   * connection, whose sending side then ends: so an incomplete request needs no waiting, and a
   * server that closes, or does not, shows it.
   *
   * @param bytes what to send, well-formed or not
   * @returns all bytes of the answer, as binary text
   */
  async sameRaw(bytes: string | Uint8Array): Promise<string> {
    await using other = await Both.#connect(this.#options, this.#lines);
    return await other.#exchangeRaw(bytes);
  }

  /**
   * A computation over several commands comes to the same value on both sides, where their replies
   * one by one may differ: a walk by SCAN, for instance.
   *
   * @param what named in a failure
   * @param compute run once with each side's connection
   * @returns the value
   */
  async sameOutcome<T>(what: string, compute: (client: RespClient) => Promise<T>): Promise<T> {
    this.#lines.push(`${this.#connectionIndex}> (${what})`);
    const [expected, actual] = await this.#onBoth(compute);
    if (equal(expected, actual)) {
      this.#lines.push(`${this.#connectionIndex}< ${clipped(Deno.inspect(expected))}`);
      return expected;
    }
    throw this.#failure("the outcomes differ", Deno.inspect(expected), Deno.inspect(actual));
  }

  /**
   * A second connection to both, in the same conversation; closed with this one.
   *
   * @param easyredis where the server under test is to be reached: another node of its cluster
   */
  async onSecondConnection(easyredis: Address = this.#options.easyredis): Promise<Both> {
    const other = await Both.#connect({ ...this.#options, easyredis }, this.#lines);
    this.#others.push(other);
    return other;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const other of this.#others) await other[Symbol.asyncDispose]();
    this.#redis.close();
    this.#easyredis.close();
  }

  async #compare(args: readonly Argument[], comparison: Comparison): Promise<Reply> {
    return this.#judge(await this.send(...args), comparison);
  }

  #judge({ redis, easyredis }: Answers, comparison: Comparison): Reply {
    const reason = comparison(redis, easyredis);
    if (reason === undefined) return redis;
    this.#lines.pop(); // the reply, which the failure shows for both sides
    throw this.#failure(reason, shown(wireOf(redis)), shown(wireOf(easyredis)));
  }

  async #receive(): Promise<Answers> {
    const [redis, easyredis] = await this.#onBoth((client) => client.receive());
    this.#lines.push(`${this.#connectionIndex}< ${shown(wireOf(redis))}`);
    return { redis, easyredis };
  }

  async #exchangeRaw(bytes: string | Uint8Array): Promise<string> {
    const text = typeof bytes === "string" ? bytes : textOfArgument(bytes);
    this.#lines.push(`${this.#connectionIndex}> (raw) ${shown(text)}`);
    const [expected, actual] = await this.#onBoth(async (client) => {
      const answer = client.readToEnd();
      await ignoringClosed(client.sendRaw(bytes));
      await ignoringClosed(client.endSending());
      return await answer;
    });
    if (expected !== actual) {
      throw this.#failure("the bytes differ", shown(expected), shown(actual));
    }
    this.#lines.push(`${this.#connectionIndex}< (raw) ${shown(expected)}`);
    return expected;
  }

  /** Does the same on both sides at once and waits for both, also when one fails. */
  async #onBoth<T>(act: (client: RespClient) => Promise<T>): Promise<[redis: T, easyredis: T]> {
    const [redis, easyredis] = await Promise.allSettled([act(this.#redis), act(this.#easyredis)]);
    if (redis.status === "fulfilled" && easyredis.status === "fulfilled") {
      return [redis.value, easyredis.value];
    }
    throw this.#failure("no reply to compare", settledText(redis), settledText(easyredis));
  }

  #failure(reason: string, expected: string, actual: string): AssertionError {
    const hiddenCount = Math.max(0, this.#lines.length - SHOWN_LINE_COUNT_MAX);
    return new AssertionError([
      `EasyRedis answers otherwise than Redis over RESP${this.#options.protocol}: ${reason}`,
      ...(hiddenCount > 0 ? [`  (${hiddenCount} lines before)`] : []),
      ...this.#lines.slice(hiddenCount).map((line) => `  ${line}`),
      `  redis:     ${expected}`,
      `  easyredis: ${actual}`,
    ].join("\n"));
  }
}

const CONNECTED = "(connected)";

function settledText(result: PromiseSettledResult<unknown>): string {
  if (result.status === "fulfilled") {
    return isReply(result.value) ? shown(wireOf(result.value)) : Deno.inspect(result.value);
  }
  return String(result.reason);
}

function isReply(value: unknown): value is Reply {
  return typeof value === "object" && value !== null && "kind" in value;
}

function shown(text: string): string {
  return `"${clipped(escapeBytes(text))}"`;
}

function clipped(text: string): string {
  const hiddenCount = text.length - SHOWN_REPLY_CHARACTERS_MAX;
  if (hiddenCount <= 0) return text;
  return `${text.slice(0, SHOWN_REPLY_CHARACTERS_MAX)}... (${hiddenCount} more)`;
}

/**
 * Waits for something to be sent to a server that may close meanwhile.
 *
 * @param sending the sending; that nobody takes it any more is no failure
 */
export async function ignoringClosed(sending: Promise<void>): Promise<void> {
  try {
    await sending;
  } catch (error) {
    const isClosed = error instanceof Deno.errors.BrokenPipe ||
      error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.NotConnected;
    if (!isClosed) throw error;
  }
}
