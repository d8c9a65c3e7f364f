/**
 * Radix sort: puts numbered things in the order of their keys without comparing any two of them.
 *
 * A merge of many keys in no order costs a wrongly guessed branch for every other comparison, which is
 * most of its time. Here every thing is put where its digit says, digit by digit from the last to the
 * first; as that keeps the order of those whose digits are equal, in the end all digits count. A digit
 * is a byte of the key, and one that all keys share is left out: of whole numbers below 65,536 four
 * bytes differ at most.
 *
 * The bits of a double are ordered as the number is, apart from the sign: if it is set, all bits are
 * turned round, and else it alone, which makes them ordered whole numbers.
 *
 *   double     sign | exponent, 11 bits | fraction, 52 bits
 *   words      low u32 | high u32, as machines have them that Deno runs on
 *
 * Stable. Cost: O(n) for each byte in which keys differ, and a table of 2,048 counts.
 *
 * @module
 */

const DIGIT_BITS = 8;
const DIGIT_VALUES = 1 << DIGIT_BITS;
const DIGIT_MASK = DIGIT_VALUES - 1;
const WORD_BITS = 32;
const DIGITS_OF_WORD = WORD_BITS / DIGIT_BITS;
const DIGIT_COUNT = 2 * DIGITS_OF_WORD;
const SIGN_BIT = 0x80000000;

/** How many keys have which digit: a row for each place. Reused by all sorts. */
const counts = new Uint32Array(DIGIT_COUNT * DIGIT_VALUES);

/** Numbers and their keys, of which none is NaN. */
export interface Keyed {
  readonly numbers: Int32Array;
  readonly keys: Float64Array;
}

/**
 * Sorts what lies at `[start, end)` by the keys; a key of -0 becomes 0.
 *
 * @param spare As long; its contents at `[start, end)` are lost.
 */
export function sortByDigits(things: Keyed, spare: Keyed, start: number, end: number): void {
  let from = wordsOf(things, start, end), to = wordsOf(spare, start, end);
  takeOrderedBits(things.keys, from.words, start, end);
  countDigits(from.words);
  for (let place = 0; place < DIGIT_COUNT; place++) {
    if (isSharedByAll(from.words, place)) continue;
    distribute(from, to, place);
    [from, to] = [to, from];
  }
  const own = wordsOf(things, start, end);
  putBackBits(from.words, own.words);
  if (from.words.buffer !== own.words.buffer) own.numbers.set(from.numbers);
}

/** Numbers, and their keys as two words each. */
interface Words {
  readonly numbers: Int32Array;
  readonly words: Uint32Array;
}

function wordsOf({ numbers, keys }: Keyed, start: number, end: number): Words {
  const part = keys.subarray(start, end);
  const words = new Uint32Array(part.buffer, part.byteOffset, 2 * part.length);
  return { numbers: numbers.subarray(start, end), words };
}

function takeOrderedBits(keys: Float64Array, words: Uint32Array, start: number, end: number): void {
  for (let at = start; at < end; at++) keys[at] += 0; // -0 becomes 0, which it equals
  for (let at = 0; at < words.length; at += 2) {
    if (words[at + 1] >= SIGN_BIT) {
      words[at] = ~words[at];
      words[at + 1] = ~words[at + 1];
    } else {
      words[at + 1] ^= SIGN_BIT;
    }
  }
}

function putBackBits(from: Uint32Array, to: Uint32Array): void {
  for (let at = 0; at < from.length; at += 2) {
    const low = from[at], high = from[at + 1];
    const wasPositive = high >= SIGN_BIT;
    to[at] = wasPositive ? low : ~low;
    to[at + 1] = wasPositive ? high ^ SIGN_BIT : ~high;
  }
}

function countDigits(words: Uint32Array): void {
  counts.fill(0);
  for (let at = 0; at < words.length; at += 2) {
    let low = words[at], high = words[at + 1];
    for (let row = 0; row < DIGITS_OF_WORD * DIGIT_VALUES; row += DIGIT_VALUES) {
      counts[row + (low & DIGIT_MASK)]++;
      counts[row + DIGITS_OF_WORD * DIGIT_VALUES + (high & DIGIT_MASK)]++;
      low >>>= DIGIT_BITS;
      high >>>= DIGIT_BITS;
    }
  }
}

function isSharedByAll(words: Uint32Array, place: number): boolean {
  const digit = (words[wordOf(place)] >>> shiftOf(place)) & DIGIT_MASK;
  return counts[place * DIGIT_VALUES + digit] === words.length / 2;
}

/** Puts all things in the order of their digits at a place; of equal ones, those that came first first. */
function distribute(from: Words, to: Words, place: number): void {
  const fromWords = from.words, fromNumbers = from.numbers;
  const toWords = to.words, toNumbers = to.numbers;
  const word = wordOf(place), shift = shiftOf(place);
  const next = counts.subarray(place * DIGIT_VALUES, (place + 1) * DIGIT_VALUES);
  startsOfCounts(next);
  for (let index = 0, at = 0; index < fromNumbers.length; index++, at += 2) {
    const toIndex = next[(fromWords[at + word] >>> shift) & DIGIT_MASK]++;
    toWords[2 * toIndex] = fromWords[at];
    toWords[2 * toIndex + 1] = fromWords[at + 1];
    toNumbers[toIndex] = fromNumbers[index];
  }
}

/** Makes of counts the sum of all counts before each. */
function startsOfCounts(digitCounts: Uint32Array): void {
  let sum = 0;
  for (let digit = 0; digit < DIGIT_VALUES; digit++) {
    const count = digitCounts[digit];
    digitCounts[digit] = sum;
    sum += count;
  }
}

function wordOf(place: number): 0 | 1 {
  return place < DIGITS_OF_WORD ? 0 : 1;
}

function shiftOf(place: number): number {
  return (place % DIGITS_OF_WORD) * DIGIT_BITS;
}
