/**
 * Offenders: how a test about the code fails, naming each place and the rule.
 *
 * @module
 */

import { AssertionError } from "@std/assert";

/**
 * Fails unless the list is empty.
 *
 * @param rule what should be so, in one sentence
 * @param offenders places where it is not, each with what is there
 * @throws {AssertionError} with all of them, one a line
 */
export function assertNoOffenders(rule: string, offenders: readonly string[]): void {
  if (offenders.length === 0) return;
  throw new AssertionError(`${rule}\n${offenders.map((line) => `  ${line}`).join("\n")}`);
}
