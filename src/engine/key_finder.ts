/**
 * Key finder: which arguments of a request are keys, by the rules of its command's row.
 *
 * @module
 */

import type { Args } from "../resp/mod.ts";
import type { CommandSpec, KeySpec, KeyUse } from "./spec.ts";

/** Arguments that are keys: from `first` to `last`, which counts from the end if negative. */
export interface KeyRange {
  first: number;
  last: number;
  step: number;
}

/** The keys that a row's first rule finds, if it is a simple one. */
export function keyRangeOf(spec: CommandSpec): KeyRange | undefined {
  const rule = spec.keys?.[0];
  if (rule?.begin.by !== "index" || rule.find.by !== "range" || rule.find.limit > 1) {
    return undefined;
  }
  const first = rule.begin.index, { last, step } = rule.find;
  return { first, last: last >= 0 ? first + last : last, step };
}

/**
 * Applies all rules of a row, but for those that find what is only routed like keys (`not_key`).
 *
 * @returns The keys in the order of the rules; `undefined` when the arguments make no sense.
 */
export function findKeyUses(specs: readonly KeySpec[], args: Args): KeyUse[] | undefined {
  const uses: KeyUse[] = [];
  for (const spec of specs) {
    const first = spec.flags.includes("not_key") ? undefined : firstKeyIndex(spec, args);
    if (first === undefined) continue;
    const range = keyIndices(spec, first, args);
    if (range === undefined || range.last < range.first) return undefined;
    for (let index = range.first; index <= range.last; index += range.step) {
      if (index >= args.count) return undefined;
      uses.push({ argumentIndex: index, flags: spec.flags });
    }
  }
  return uses;
}

function firstKeyIndex(spec: KeySpec, args: Args): number | undefined {
  const begin = spec.begin;
  if (begin.by === "index") return begin.index;
  if (begin.by === "unknown") return undefined;
  const isBackward = begin.startFrom < 0;
  const start = isBackward ? args.count + begin.startFrom : begin.startFrom;
  const step = isBackward ? -1 : 1;
  // As in Redis, the last word on the way is not looked at.
  const end = isBackward ? 1 : args.count - 1;
  for (let index = start; index > 0 && index < args.count && index !== end; index += step) {
    if (args.isWord(index, begin.keyword.toLowerCase())) return index + 1;
  }
  return undefined;
}

/** The same keys with both ends counted from the start. */
function keyIndices(spec: KeySpec, first: number, args: Args): KeyRange | undefined {
  const find = spec.find;
  if (find.by === "range") {
    const last = find.last >= 0
      ? first + find.last
      : find.limit <= 1
      ? args.count + find.last
      : first + Math.floor((args.count - first) / find.limit) + find.last;
    return { first, last, step: find.step };
  }
  if (find.by === "unknown" || first + find.keyNumIndex >= args.count) return undefined;
  const text = args.text(first + find.keyNumIndex);
  const keyCount = Number(text);
  if (!/^\d+$/.test(text) || keyCount > args.count) return undefined;
  const firstKey = first + find.firstKey;
  return { first: firstKey, last: firstKey + (keyCount - 1) * find.step, step: find.step };
}
