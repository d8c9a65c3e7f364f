/**
 * Number argument: an argument as a number, for who looks at a request that does not run yet.
 *
 * @module
 */

import type { Args } from "../resp/mod.ts";

/** A whole number from 0 on, if the argument is one. */
export function numberAt(args: Args, index: number): number | undefined {
  const text = args.text(index);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
