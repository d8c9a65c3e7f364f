/**
 * System reason: what the operating system says of a failure, in its own words and no more.
 *
 * @module
 */

/**
 * `Permission denied`, without what the runtime adds: the number, the call, the path.
 *
 * @param error a failure of the system
 */
export function systemReasonOf(error: Error): string {
  return error.message.replace(/ \(os error \d+\).*/s, "");
}
