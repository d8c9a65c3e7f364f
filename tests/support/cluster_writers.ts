/**
 * Cluster writers: clients of a cluster that write all the time and know what they must read.
 *
 * Each has keys of its own, so each reply is known. An answer that says that a node is away leaves open
 * whether the request ran: then the key has the value of before or of behind it, and the next one that is
 * read says which.
 *
 * @module
 */

import { type Random, SeededRandom } from "../../src/base/random.ts";
import type { Argument } from "./resp_client.ts";

/** Sends a request and gives the bytes of the reply; may reject when a node is away. */
export type Ask = (...words: Argument[]) => Promise<string>;

/** What a request makes of a key's value, and what it replies. */
interface Step {
  readonly words: Argument[];
  readonly after: string[];
  readonly reply: string;
}

/** Keys of each writer. */
const KEY_COUNT = 60;
/** Elements of a list. */
const LENGTH_MAX = 20;

/** One client that writes. */
export class ClusterWriter {
  readonly name: string;
  /** Requests whose reply was right. */
  rightCount = 0;
  /** Requests of which nobody knows whether they ran. */
  lostCount = 0;
  readonly #ask: Ask;
  readonly #random: Random;
  /** The lists that each key may be by now; one of them, mostly. */
  readonly #values = new Map<string, string[][]>();

  constructor(name: string, ask: Ask, seed: number) {
    this.name = name;
    this.#ask = ask;
    this.#random = new SeededRandom(seed);
    for (let number = 0; number < KEY_COUNT; number++) {
      this.#values.set(`${name}:${number}`, [[]]);
    }
  }

  /** Writes and reads until it is told to stop; rejects at the first wrong reply. */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const key = `${this.name}:${this.#random.below(KEY_COUNT)}`;
      if (this.#values.get(key)!.length > 1 || this.#random.below(3) === 0) await this.#read(key);
      else await this.#write(key);
    }
  }

  /** Reads all keys; rejects where one is wrong. */
  async check(): Promise<void> {
    for (const key of this.#values.keys()) {
      await this.#read(key);
      if (this.#values.get(key)!.length > 1) throw new Error(`${key} can't be read`);
    }
  }

  async #read(key: string): Promise<void> {
    const reply = await this.#send(["LRANGE", key, "0", "-1"]);
    if (reply === undefined) return;
    const possible = this.#values.get(key)!;
    const found = possible.find((value) => listReply(value) === reply);
    if (found === undefined) {
      throw new Error(
        `${key} is ${JSON.stringify(reply)}, and not ${JSON.stringify(possible)}`,
      );
    }
    this.#values.set(key, [found]);
    this.rightCount++;
  }

  async #write(key: string): Promise<void> {
    const [value] = this.#values.get(key)!;
    const { words, after, reply } = this.#stepOf(key, value);
    const actual = await this.#send(words);
    if (actual === undefined) {
      this.#values.set(key, [value, after]);
    } else if (actual === reply) {
      this.#values.set(key, [after]);
      this.rightCount++;
    } else {
      throw new Error(
        `${words.join(" ")}: ${JSON.stringify(actual)}, not ${JSON.stringify(reply)}`,
      );
    }
  }

  #stepOf(key: string, value: string[]): Step {
    const element = `e${this.#random.below(1e6)}`;
    if (value.length >= LENGTH_MAX) return { words: ["DEL", key], after: [], reply: ":1\r\n" };
    if (value.length > 0 && this.#random.below(4) === 0) {
      const [first, ...after] = value;
      return { words: ["LPOP", key], after, reply: `$${first.length}\r\n${first}\r\n` };
    }
    const after = [...value, element];
    return { words: ["RPUSH", key, element], after, reply: `:${after.length}\r\n` };
  }

  /** The reply; `undefined`: a node is away. */
  async #send(words: Argument[]): Promise<string | undefined> {
    try {
      const reply = await this.#ask(...words);
      if (!/^-(CLUSTERDOWN|LOADING|NODELOST|TRYAGAIN)/.test(reply)) return reply;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    this.lostCount++;
    return undefined;
  }
}

function listReply(elements: readonly string[]): string {
  return `*${elements.length}\r\n${
    elements.map((element) => `$${element.length}\r\n${element}\r\n`).join("")
  }`;
}
