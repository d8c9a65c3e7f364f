/**
 * Disk failures: what is to be expected when files are read and written.
 *
 * @module
 */

/** Whether an error is the system's or the sandbox's, not a bug of ours. */
export function isSystemError(error: unknown): error is Error {
  if (error instanceof Deno.errors.NotCapable) return true;
  if (!(error instanceof Error)) return false;
  // The runtime knows the names of most of the system's errors, and the numbers of all.
  return ("code" in error && typeof error.code === "string") ||
    /\(os error \d+\)/.test(error.message);
}
