/**
 * Units: amounts as people write them in configuration files and read them in reports.
 *
 * Two directions that don't mirror each other, as in Redis: what is read is exact (`1gb`, `64kb`,
 * `5%`), what is printed is rounded for the eye (`1.00M`, `12.34%`). Printing two decimals is here
 * too, because `toFixed` rounds an exact half up where C's `printf` rounds it to even, and reports
 * are compared byte for byte.
 *
 * Behaviour: Redis 7.0 configuration directives of kind *memory* and *percent*, INFO.
 *
 * @module
 */

/** Bytes in one of each unit that may stand behind a number: `k` is decimal, `kb` binary. */
const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["b", 1],
  ["k", 1000],
  ["kb", 1024],
  ["m", 1000 ** 2],
  ["mb", 1024 ** 2],
  ["g", 1000 ** 3],
  ["gb", 1024 ** 3],
]);

/** The longest row of digits that Redis reads as an amount. */
const AMOUNT_DIGITS_MAX = 127;

/** Letters of the steps of 1024 above bytes, as `formatMemorySize` prints them. */
const STEP_LETTERS = ["K", "M", "G", "T", "P"];

/**
 * Reads an amount of memory: digits, then perhaps one of `b k kb m mb g gb` in any case.
 *
 * An amount without digits is 0, as in Redis. Amounts above 2^53 come back as the nearest double;
 * Redis wraps them at 2^64, here they stay large, so that a limit refuses them.
 *
 * @param text the whole of it counts: no sign, no fraction, no spaces
 * @returns bytes, or `undefined` if the text is no amount
 */
export function parseMemorySize(text: string): number | undefined {
  const match = /^([0-9]*)([a-z]*)$/i.exec(text);
  if (match === null || match[1].length > AMOUNT_DIGITS_MAX) return undefined;
  const unitBytes = UNIT_BYTES.get(match[2].toLowerCase());
  return unitBytes === undefined ? undefined : Number(match[1]) * unitBytes;
}

/**
 * Prints an amount of memory for people: `512B`, `1.00K`, `3.75G`, in steps of 1024 up to `P`.
 *
 * @param byteCount whole number, not negative
 */
export function formatMemorySize(byteCount: number): string {
  let amount = byteCount, letter = "B";
  for (const nextLetter of STEP_LETTERS) {
    if (amount < 1024) break;
    amount /= 1024;
    letter = nextLetter;
  }
  if (letter === "B" || amount >= 1024) return `${BigInt(byteCount)}B`;
  return formatHundredths(amount) + letter;
}

/**
 * Reads a percentage: a whole number as an integer argument is written, then `%`.
 *
 * @returns the number before the sign, which may be above 100, or `undefined`
 */
export function parsePercent(text: string): number | undefined {
  return /^(0|[1-9][0-9]{0,14})%$/.test(text) ? Number(text.slice(0, -1)) : undefined;
}

/** Prints the share of a part in a whole: `12.34%`; of nothing, `0.00%`. */
export function formatPercent(part: number, whole: number): string {
  return formatHundredths(whole === 0 ? 0 : (part * 100) / whole) + "%";
}

/** Prints a number with two decimals as C's `%.2f` does: an exact half goes to the even neighbor. */
export function formatHundredths(value: number): string {
  // `toFixed` differs at exact halves alone, which are odd eighths: of .125 it makes .13 and of .625
  // .63, where the even neighbors are .12 and .62; of .375 and .875 both make .38 and .88.
  const text = value.toFixed(2);
  return (Math.abs(value) * 8) % 4 === 1 ? text.slice(0, -1) + "2" : text;
}
