/**
 * Seed: the number that a randomized test starts from, printed so that a failure can be replayed.
 *
 *   SEED=1234 deno task test tests/model
 *
 * @module
 */

/** Number of different seeds: they are unsigned 32-bit numbers. */
const SEED_COUNT = 2 ** 32;

/**
 * The seed for a test: `SEED` from the environment if set, else a fresh one. Prints it.
 *
 * @param testName named in the printed line
 * @returns an unsigned 32-bit number
 * @throws {Error} when `SEED` is set to something else
 */
export function takeSeed(testName: string): number {
  const given = Deno.env.get("SEED");
  const seed = given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0] : Number(given);
  if (!Number.isInteger(seed) || seed < 0 || seed >= SEED_COUNT) {
    throw new Error(`Cannot use SEED: expected an unsigned 32-bit number, got "${given}"`);
  }
  console.log(`${testName}: seed ${seed} (SEED=${seed} replays)`);
  return seed;
}
