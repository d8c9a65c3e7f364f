/**
 * Error stats: how often each error code was sent, for INFO errorstats.
 *
 * The code is the first word of an error (`WRONGTYPE`, `ERR`). Redis 7.0 keeps a counter for every
 * code it ever sends, and a script can make codes up (`redis.error_reply`), so that a loop in Lua
 * fills its memory. Here the number of codes is limited, at the 128 that later versions of Redis
 * chose: known codes count on, all codes beyond share one counter.
 *
 * Cost: one map look-up an error; an entry of the map is allocated only for a code not seen before.
 * Behaviour: Redis 7.0 INFO errorstats, but for the limit.
 *
 * @module
 */
import { safeInfoName } from "./info_text.ts";

/** Codes counted one by one; what comes later shares `ERROR_CODE_OVERFLOW`. */
export const ERROR_CODE_COUNT_MAX = 128;

/** The name under which codes over the limit are counted. */
export const ERROR_CODE_OVERFLOW = "ERRORSTATS_OVERFLOW";

/** Longest first word that is taken for a code; a longer one counts as plain `ERR`. */
const ERROR_CODE_BYTES_MAX = 30;

/** What an error without a usable code counts as. */
const PLAIN_ERROR_CODE = "ERR";

/** Counters by error code. */
export class ErrorStats {
  readonly #counts = new Map<string, number>();

  /** Number of counters, that of the overflow included. */
  get codeCount(): number {
    return this.#counts.size;
  }

  /**
   * Counts one error sent.
   *
   * @param code First word of the error without the leading `-`, binary text
   */
  record(code: string): void {
    let name = code.length === 0 || code.length > ERROR_CODE_BYTES_MAX ? PLAIN_ERROR_CODE : code;
    let count = this.#counts.get(name);
    if (count === undefined && this.#counts.size >= ERROR_CODE_COUNT_MAX) {
      name = ERROR_CODE_OVERFLOW;
      count = this.#counts.get(name);
    }
    this.#counts.set(name, (count ?? 0) + 1);
  }

  /**
   * @param code Error code, binary text
   * @returns How often it was recorded
   */
  countOf(code: string): number {
    return this.#counts.get(code) ?? 0;
  }

  /** The lines of INFO errorstats, ordered by code, without line ends. */
  infoLines(): string[] {
    const codes = [...this.#counts.keys()].sort();
    return codes.map((code) => `errorstat_${safeInfoName(code)}:count=${this.#counts.get(code)}`);
  }

  /** Forgets all codes. */
  reset(): void {
    this.#counts.clear();
  }
}
