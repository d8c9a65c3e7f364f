/**
 * Failure: what a client is told of an exception.
 *
 * @module
 */

import { OUT_OF_MEMORY } from "../errors/catalogue.ts";
import { RedisError } from "../errors/redis_error.ts";
import { ArenaFullError } from "../store/mod.ts";

/** The error to reply for what a handler threw; a bug of ours goes on up. */
export function toRedisError(error: unknown): RedisError {
  if (error instanceof RedisError) return error;
  if (error instanceof ArenaFullError) return OUT_OF_MEMORY;
  throw error;
}
