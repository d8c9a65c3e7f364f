/**
 * SHA-1: 20 bytes that tell any two texts apart, as far as chance goes.
 *
 * The web's `crypto.subtle` has it too, but answers later; a command must answer now. It is no longer
 * safe against people who make two texts of one digest on purpose. Here it compares data sets and
 * names scripts, as Redis does, and protects nothing.
 *
 * *How it works.* The text is cut in blocks of 64 bytes. Five words of 32 bits are the state; each
 * block stirs them in 80 rounds: rotate, mix three words by a function that changes every 20 rounds,
 * add a constant and a word of the schedule. The schedule is the block's 16 words, then each the xor of
 * four earlier ones, rotated by one bit. At the end come a 1 bit, zeros, and the text's length in bits.
 *
 * Cost: about 3 ns a byte, and at least one block. Nothing is allocated.
 * Specification: FIPS 180-4.
 *
 * @module
 */

/** Length of a digest. */
export const SHA1_BYTES = 20;

const BLOCK_BYTES = 64;
const ROUND_COUNT = 80;
/** Bytes at the end that say how long the text was. */
const LENGTH_BYTES = 8;
const TWO_TO_29 = 2 ** 29;

/** Computes digests, one after the other. */
export class Sha1 {
  readonly #state = new Int32Array(5);
  readonly #schedule = new Int32Array(ROUND_COUNT);
  /** The end of a text, filled up to one or two blocks. */
  readonly #tail = new Uint8Array(2 * BLOCK_BYTES);

  /**
   * Digests `bytes[start, end)`.
   *
   * @param into Gets the digest in its first 20 bytes; may lie in `bytes`.
   */
  digest(bytes: Uint8Array, start: number, end: number, into: Uint8Array): void {
    const state = this.#state;
    state[0] = 0x67452301;
    state[1] = 0xefcdab89;
    state[2] = 0x98badcfe;
    state[3] = 0x10325476;
    state[4] = 0xc3d2e1f0;
    let at = start;
    for (; at + BLOCK_BYTES <= end; at += BLOCK_BYTES) this.#stir(bytes, at);
    const tailBytes = this.#fillTail(bytes, at, end, end - start);
    for (let offset = 0; offset < tailBytes; offset += BLOCK_BYTES) this.#stir(this.#tail, offset);
    for (let index = 0; index < SHA1_BYTES; index++) {
      into[index] = state[index >>> 2] >>> (24 - ((index & 3) << 3));
    }
  }

  /** Writes what is left of the text with its ending; returns the length, a multiple of a block. */
  #fillTail(bytes: Uint8Array, at: number, end: number, byteCount: number): number {
    const tail = this.#tail;
    let length = 0;
    while (at < end) tail[length++] = bytes[at++];
    tail[length++] = 0x80;
    const tailBytes = length + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    tail.fill(0, length, tailBytes);
    writeWord(tail, tailBytes - 8, Math.floor(byteCount / TWO_TO_29));
    writeWord(tail, tailBytes - 4, byteCount << 3);
    return tailBytes;
  }

  /** Takes in one block. */
  #stir(bytes: Uint8Array, at: number): void {
    const state = this.#state, schedule = this.#schedule;
    for (let round = 0; round < 16; round++, at += 4) {
      schedule[round] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
    }
    for (let round = 16; round < ROUND_COUNT; round++) {
      const word = schedule[round - 3] ^ schedule[round - 8] ^ schedule[round - 14] ^
        schedule[round - 16];
      schedule[round] = word << 1 | word >>> 31;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (let round = 0; round < ROUND_COUNT; round++) {
      let mixed: number;
      if (round < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
      else if (round < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
      else if (round < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
      else mixed = (b ^ c ^ d) + 0xca62c1d6;
      const next = ((a << 5 | a >>> 27) + mixed + e + schedule[round]) | 0;
      e = d;
      d = c;
      c = b << 30 | b >>> 2;
      b = a;
      a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
  }
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
