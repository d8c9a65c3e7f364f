/**
 * Score text: a score as the bytes of a listpack's element.
 *
 * Whole numbers become integers of the listpack, all others text that reads back as the same number.
 * So -0 becomes 0 there, as in Redis.
 *
 * @module
 */

import { ByteView } from "../../../base/byte_view.ts";
import { formatDouble, parseDouble } from "../../../base/double.ts";
import { Int64, writeInteger } from "../../../base/int64.ts";
import type { Listpack } from "../../structures/mod.ts";

/** Most bytes of a number's text: 17 digits, a sign, a point and an exponent, or 20 digits. */
const TEXT_BYTES_MAX = 32;

/** Writes and reads scores; what it writes is good until it writes again. */
export class ScoreText {
  readonly #bytes = new Uint8Array(TEXT_BYTES_MAX);
  readonly #written = new ByteView();
  readonly #read = new ByteView();
  readonly #integer = new Int64();

  /** A score's text. */
  of(score: number): ByteView {
    const bytes = this.#bytes;
    if (Number.isSafeInteger(score)) {
      return this.#written.set(bytes, 0, writeInteger(score === 0 ? 0 : score, bytes, 0));
    }
    const text = formatDouble(score);
    for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
    return this.#written.set(bytes, 0, text.length);
  }

  /** The score that an element holds; NaN if it is none, which no sorted set has. */
  read(listpack: Listpack, position: number): number {
    if (listpack.readInteger(position, this.#integer)) return this.#integer.toNumber();
    return parseDouble(listpack.read(position, this.#read)) ?? NaN;
  }
}
