/**
 * Random: where chance comes from, as a thing that is handed over.
 *
 * Why not `Math.random()`: a test that failed must be run again with the same luck, so whatever
 * draws lots (SRANDMEMBER, skip list levels, eviction samples) gets a `Random`. The generator is
 * xoshiro128**: four 32-bit words of state, about a nanosecond a draw, and good in all its bits.
 *
 * It is not secret, though: who sees enough draws can compute all others. So `SystemRandom` takes
 * `fillBytes`, the verb for keys, passwords and identifiers, straight from the machine's
 * cryptographic source, and a client that watches RANDOMKEY learns nothing about the hash key.
 *
 * Idea: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018.
 *
 * @module
 */
import { invariant } from "./invariant.ts";

/** A source of chance. */
export interface Random {
  /** A whole number in [0, 2^32), each equally likely. */
  nextUint32(): number;
  /**
   * A whole number below a bound, each equally likely (no modulo bias).
   *
   * @param bound whole number from 1 to 2^53
   * @returns a whole number in [0, bound)
   */
  below(bound: number): number;
  /**
   * Overwrites bytes with chance; the verb to use for what must not be guessed.
   *
   * @param target filled from end to end
   */
  fillBytes(target: Uint8Array<ArrayBuffer>): void;
}

/** 2^32: the number of values of one draw. */
const UINT32_COUNT = 2 ** 32;

/** 2^53: the number of whole numbers from 0 that a double tells apart. */
const SAFE_COUNT = 2 ** 53;

/** The most bytes that the machine's source gives in one call. */
const CRYPTO_BYTES_MAX = 65_536;

/** Xoshiro128**, started from four words that are not all zero. */
abstract class Xoshiro128 implements Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  constructor(seed: Int32Array) {
    this.#a = seed[0];
    this.#b = seed[1];
    this.#c = seed[2];
    this.#d = seed[3];
    if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1; // all zero would stay so
  }

  nextUint32(): number {
    const b = this.#b;
    const scrambled = Math.imul(b, 5);
    const draw = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const c = this.#c ^ this.#a;
    const d = this.#d ^ b;
    this.#b = b ^ c;
    this.#a ^= d;
    this.#c = c ^ (b << 9);
    this.#d = (d << 11) | (d >>> 21);
    return draw >>> 0;
  }

  below(bound: number): number {
    invariant(bound >= 1 && bound <= SAFE_COUNT, "Draw below a bound: it is not in 1..2^53");
    if (bound <= UINT32_COUNT) {
      // Draws from the last, incomplete round of `bound` values are thrown away.
      const fairCount = UINT32_COUNT - UINT32_COUNT % bound;
      let draw = this.nextUint32();
      while (draw >= fairCount) draw = this.nextUint32();
      return draw % bound;
    }
    const fairCount = SAFE_COUNT - SAFE_COUNT % bound;
    let draw = this.#nextUint53();
    while (draw >= fairCount) draw = this.#nextUint53();
    return draw % bound;
  }

  fillBytes(target: Uint8Array<ArrayBuffer>): void {
    let word = 0;
    for (let index = 0; index < target.length; index++) {
      word = (index & 3) === 0 ? this.nextUint32() : word >>> 8;
      target[index] = word;
    }
  }

  #nextUint53(): number {
    return (this.nextUint32() >>> 11) * UINT32_COUNT + this.nextUint32();
  }
}

/** Chance that nobody can foresee: started from the machine's cryptographic source. */
export class SystemRandom extends Xoshiro128 {
  constructor() {
    super(crypto.getRandomValues(new Int32Array(4)));
  }

  /** Fills from the cryptographic source itself, not from the generator. */
  override fillBytes(target: Uint8Array<ArrayBuffer>): void {
    for (let start = 0; start < target.length; start += CRYPTO_BYTES_MAX) {
      crypto.getRandomValues(target.subarray(start, start + CRYPTO_BYTES_MAX));
    }
  }
}

/** Chance that repeats itself: equal seeds give equal draws, on every machine and version. */
export class SeededRandom extends Xoshiro128 {
  /** @param seed any whole number; its low 32 bits count */
  constructor(seed: number) {
    super(expandSeed(seed));
  }
}

/** Four well-mixed words of one, so that near seeds start far apart (SplitMix32). */
function expandSeed(seed: number): Int32Array {
  const words = new Int32Array(4);
  let state = seed | 0;
  for (let index = 0; index < words.length; index++) {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    words[index] = mixed ^ (mixed >>> 15);
  }
  return words;
}

/** Bytes of an id. */
const ID_BYTES = 20;

/** An id as servers and histories of data have one: 40 hexadecimal digits in lower case. */
export function randomId(random: Random): string {
  const bytes = new Uint8Array(ID_BYTES);
  random.fillBytes(bytes);
  return bytes.toHex();
}
