/**
 * AOF error: why an append-only log can't be loaded.
 *
 * @module
 */

/** A log that must not be loaded; the message names the file, and the offset where there is one. */
export class AofError extends Error {
  override readonly name = "AofError";
}
