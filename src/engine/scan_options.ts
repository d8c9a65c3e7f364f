/**
 * Scan options: what SCAN, HSCAN, SSCAN and ZSCAN are asked beside the cursor.
 *
 * @module
 */

import { Glob } from "../base/glob.ts";
import { SYNTAX_ERROR } from "../errors/catalogue.ts";
import type { Args } from "../resp/mod.ts";

/** Elements that a scan goes over when it isn't told. */
const SCAN_COUNT = 10;

/** What a scan is asked beside the cursor. */
export interface ScanOptions {
  wantedCount: number;
  /** `undefined`: all elements. */
  pattern?: Glob;
  /** Name of a type in lower case, perhaps of one that nothing has; `undefined`: all types. */
  typeName?: string;
}

/**
 * Reads the options of a scan.
 *
 * @param from Number of the first argument behind the cursor.
 * @param takesType Whether there is TYPE, too: keys have types, elements have not.
 * @throws {RedisError} For what is no option.
 */
export function parseScanOptions(args: Args, from: number, takesType: boolean): ScanOptions {
  const options: ScanOptions = { wantedCount: SCAN_COUNT };
  for (let index = from; index < args.count; index += 2) {
    if (index + 1 >= args.count) throw SYNTAX_ERROR;
    if (args.isWord(index, "count")) {
      options.wantedCount = args.integer(index + 1);
      if (options.wantedCount < 1) throw SYNTAX_ERROR;
    } else if (args.isWord(index, "match")) {
      options.pattern = patternAt(args, index + 1);
    } else if (takesType && args.isWord(index, "type")) {
      options.typeName = args.at(index + 1).toLowerText();
    } else throw SYNTAX_ERROR;
  }
  return options;
}

/** A pattern; `undefined` for `*`, which here means the empty key too. */
export function patternAt(args: Args, index: number): Glob | undefined {
  return args.isWord(index, "*") ? undefined : new Glob(args.at(index));
}
