/**
 * Key filler: sets any number of keys of 16 bytes to values of 16 bytes over one pipelined
 * connection.
 *
 * The batch is written once, with room for the digits of each key; for the next batch only these
 * digits change. The keys are those of `redis-benchmark -r` (`key:` and twelve digits), so that its
 * GET finds what was filled in here.
 *
 * @module
 */
import { type Batch, commandText, RawConnection } from "./raw_connection.ts";

/** Commands in one write: about 16 KiB, what Redis reads at once. */
const BATCH_COMMANDS = 256;
const KEY_DIGITS = 12;
const VALUE = "value:abcdefghij";
const ASCII_ZERO = 48;

/** What to fill in. */
export interface FillOptions {
  /** TCP port of the server. */
  readonly port: number;
  /** Number of keys; their digits count from 0. */
  readonly keyCount: number;
  /**
   * The second in which the keys expire, Unix time in milliseconds; each key gets a millisecond of
   * its own in it, over and over.
   *
   * @default no expiry
   */
  readonly expiresInSecondAt?: number;
}

/**
 * Sets the keys and waits for the last reply.
 *
 * @returns How long it took, in milliseconds.
 * @throws {Error} The server refused a command.
 */
export async function fillKeys(options: FillOptions): Promise<number> {
  const template = new BatchTemplate(options.expiresInSecondAt);
  using connection = await RawConnection.open(options.port);
  const startedMs = performance.now();
  const batchCount = Math.ceil(options.keyCount / BATCH_COMMANDS);
  await connection.stream(batchCount, (batchIndex) => {
    const firstKey = batchIndex * BATCH_COMMANDS;
    return template.fill(firstKey, Math.min(BATCH_COMMANDS, options.keyCount - firstKey));
  });
  return performance.now() - startedMs;
}

/** One batch of SET commands of equal length whose digits are overwritten. */
class BatchTemplate {
  readonly #bytes: Uint8Array;
  readonly #commandBytes: number;
  readonly #keyDigitsOffset: number;

  constructor(expiresInSecondAt: number | undefined) {
    const digits = "0".repeat(KEY_DIGITS);
    const commands = Array.from({ length: BATCH_COMMANDS }, (_, index) => {
      const words = ["SET", `key:${digits}`, VALUE];
      if (expiresInSecondAt !== undefined) {
        words.push("PXAT", String(expiresInSecondAt + Math.floor(index * 1000 / BATCH_COMMANDS)));
      }
      return commandText(words);
    });
    this.#bytes = new TextEncoder().encode(commands.join(""));
    this.#commandBytes = commands[0].length;
    this.#keyDigitsOffset = commands[0].indexOf(digits);
  }

  /** The batch that sets the keys from `firstKey` on; good until the next call. */
  fill(firstKey: number, commandCount: number): Batch {
    for (let index = 0; index < commandCount; index++) {
      let at = index * this.#commandBytes + this.#keyDigitsOffset + KEY_DIGITS;
      let rest = firstKey + index;
      for (let digit = 0; digit < KEY_DIGITS; digit++) {
        const quotient = Math.floor(rest / 10);
        this.#bytes[--at] = ASCII_ZERO + rest - quotient * 10;
        rest = quotient;
      }
    }
    return { bytes: this.#bytes.subarray(0, commandCount * this.#commandBytes), commandCount };
  }
}
