/**
 * AOF error: why an append-only log can't be loaded, or can't be begun.
 *
 * @module
 */

import { systemReasonOf } from "../../errors/system_reason.ts";
import { isSystemError } from "../disk_failure.ts";

/** What the log says of it: it names the file, and the offset where there is one. */
export class AofError extends Error {
  override readonly name = "AofError";
}

/**
 * Does something with a file.
 *
 * @param failure What Redis says when that fails, without the system's reason.
 * @throws {AofError} When the system refuses.
 */
export function attempt<T>(failure: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw refusalOf(failure, error);
  }
}

/** The same with what takes a while. */
export async function attemptLater<T>(failure: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw refusalOf(failure, error);
  }
}

function refusalOf(failure: string, error: unknown): AofError {
  if (!isSystemError(error)) throw error;
  return new AofError(`${failure}: ${systemReasonOf(error)}`, { cause: error });
}
