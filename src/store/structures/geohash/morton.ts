/**
 * Morton order: two whole numbers woven into one, bit by bit.
 *
 *   even   a3 a2 a1 a0                 bits 2n of the result
 *   odd    b3 b2 b1 b0                 bits 2n + 1
 *   woven  b3 a3 b2 a2 b1 a1 b0 a0
 *
 * A number of 32 bits is all that JavaScript shifts, so the halves of 16 bits are woven one by one.
 * Spreading 16 bits over 32 takes four steps, each of which pulls the upper half of every group away
 * from the lower: 16 bits, then 2 × 8, 4 × 4, 8 × 2.
 *
 * Always true: `evenBitsOf` and `oddBitsOf` give back what `weave` was given, up to 2^26.
 *
 * @module
 */

const TWO_TO_32 = 2 ** 32;
const TWO_TO_63 = 2 ** 63;
const LOW_HALF = 0xffff;

/**
 * Weaves two numbers.
 *
 * @param even Below 2^32.
 * @param odd Below 2^32.
 * @returns Up to 64 bits, to the nearest double: exact while both are below 2^26.
 */
export function weave(even: number, odd: number): number {
  const low = spread(even & LOW_HALF) | spread(odd & LOW_HALF) << 1;
  const high = spread(even >>> 16) | spread(odd >>> 16) << 1;
  return (high >>> 0) * TWO_TO_32 + (low >>> 0);
}

/** The number in the even bits. @param woven Any double; taken as C takes it for 64 bits. */
export function evenBitsOf(woven: number): number {
  return (gather(lowWordOf(woven)) | gather(highWordOf(woven)) << 16) >>> 0;
}

/** The number in the odd bits. @param woven Any double; taken as C takes it for 64 bits. */
export function oddBitsOf(woven: number): number {
  return (gather(lowWordOf(woven) >>> 1) | gather(highWordOf(woven) >>> 1) << 16) >>> 0;
}

/** Puts bit n of 16 bits at 2n. */
function spread(bits: number): number {
  bits = (bits | bits << 8) & 0x00ff00ff;
  bits = (bits | bits << 4) & 0x0f0f0f0f;
  bits = (bits | bits << 2) & 0x33333333;
  return (bits | bits << 1) & 0x55555555;
}

/** Puts bit 2n of 32 bits at n. */
function gather(bits: number): number {
  bits &= 0x55555555;
  bits = (bits | bits >>> 1) & 0x33333333;
  bits = (bits | bits >>> 2) & 0x0f0f0f0f;
  bits = (bits | bits >>> 4) & 0x00ff00ff;
  return (bits | bits >>> 8) & LOW_HALF;
}

function lowWordOf(value: number): number {
  return isOutOf64Bits(value) ? 0 : value % TWO_TO_32 >>> 0;
}

/**
 * The upper half of a double cast to an unsigned integer of 64 bits.
 *
 * A score need not be a geohash: ZADD stores any number. For those that an integer can't hold, this
 * does what the x86-64 instructions do that a C compiler makes of the cast.
 */
function highWordOf(value: number): number {
  if (isOutOf64Bits(value)) return value >= TWO_TO_63 ? 0 : 0x80000000;
  return Math.floor(Math.trunc(value) / TWO_TO_32) >>> 0;
}

function isOutOf64Bits(value: number): boolean {
  return !(value >= -TWO_TO_63 && value < 2 * TWO_TO_63);
}
