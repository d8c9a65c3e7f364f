/**
 * Invariant: a statement that only a bug of ours can make false.
 *
 * Neither a client's mistake (`RedisError`) nor the world's (`Deno.errors`): nobody catches this one
 * to carry on. The process says what was broken, saves what is safe to save and ends, because data
 * structures that broke their own rules must not go on answering.
 *
 * @module
 */

/** A bug: something that always holds did not. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/**
 * Stops when `condition` does not hold; behind the call the compiler takes it for true.
 *
 * The message is built before the call, so on a hot path it is a constant.
 *
 * @param condition what always holds
 * @param message action, colon, current value: `Free block: reference 17 is not in use`
 * @throws {InvariantError} when `condition` is false
 */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
