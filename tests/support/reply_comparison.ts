/**
 * Reply comparison: the ways in which two replies may count as the same.
 *
 * Each is a pure function from two replies to the reason why they differ, or `undefined`. A test
 * names the one it means, so a permitted difference is always visible in the test.
 *
 * @module
 */

import { numberOfText, type Reply, type ReplyPair, wireOf } from "./reply.ts";

/** Why two replies differ, given real Redis' first; `undefined` when they count as the same. */
export type Comparison = (expected: Reply, actual: Reply) => string | undefined;

/** The same bytes on the wire. */
export function sameBytes(expected: Reply, actual: Reply): string | undefined {
  return wireOf(expected) === wireOf(actual) ? undefined : "the bytes differ";
}

/** The same elements with the same bytes, in any order; only the outermost list is unordered. */
export function sameUnordered(expected: Reply, actual: Reply): string | undefined {
  if (expected.kind !== actual.kind) return kindsDiffer(expected, actual);
  const ours = partsOf(expected), theirs = partsOf(actual);
  if (ours === undefined || theirs === undefined) return sameBytes(expected, actual);
  return sameMultiset(ours, theirs);
}

/**
 * The same pairs in any order: a RESP3 map, or a flat array of key, value, key, value as RESP2 has
 * it, which `sameUnordered` would accept with the values swapped.
 */
export function sameUnorderedPairs(expected: Reply, actual: Reply): string | undefined {
  if (expected.kind !== actual.kind) return kindsDiffer(expected, actual);
  return sameMultiset(pairsOf(expected), pairsOf(actual));
}

/** The same kinds and, for lists and maps, the same number of elements; values may differ. */
export function sameShape(expected: Reply, actual: Reply): string | undefined {
  const ours = shapeOf(expected), theirs = shapeOf(actual);
  return ours === theirs ? undefined : `the shapes differ: ${ours} and ${theirs}`;
}

/**
 * Numbers that are at most `tolerance` apart, all else with the same bytes. Numbers are integers,
 * doubles, and strings that spell one. A tolerance of 0 accepts other digits for the same number.
 *
 * @param tolerance largest permitted difference
 * @returns the comparison
 */
export function numbersWithin(tolerance: number): Comparison {
  return function compare(expected: Reply, actual: Reply): string | undefined {
    const ours = numberOf(expected), theirs = numberOf(actual);
    if (ours !== undefined && theirs !== undefined) {
      if (expected.kind !== actual.kind) return kindsDiffer(expected, actual);
      if (Object.is(ours, theirs) || Math.abs(ours - theirs) <= tolerance) return undefined;
      return `${ours} and ${theirs} are more than ${tolerance} apart`;
    }
    const shape = sameShape(expected, actual);
    if (shape !== undefined) return shape;
    const left = partsOf(expected), right = partsOf(actual);
    if (left === undefined || right === undefined) return sameBytes(expected, actual);
    for (let index = 0; index < left.length; index++) {
      for (let part = 0; part < left[index].length; part++) {
        const reason = compare(left[index][part], right[index][part]);
        if (reason !== undefined) return reason;
      }
    }
    return undefined;
  };
}

/**
 * Both are errors with the same bytes, and the text starts with a prefix.
 *
 * @param prefix for instance `WRONGTYPE`
 * @returns the comparison
 */
export function bothErrors(prefix: string): Comparison {
  return (expected, actual) => {
    for (const [who, reply] of [["Redis", expected], ["EasyRedis", actual]] as const) {
      if (reply.kind !== "error" && reply.kind !== "blob-error") return `${who} does not refuse`;
      if (!reply.text.startsWith(prefix)) return `${who} refuses, but not with "${prefix}"`;
    }
    return sameBytes(expected, actual);
  };
}

function kindsDiffer(expected: Reply, actual: Reply): string {
  return `the kinds differ: ${expected.kind} and ${actual.kind}`;
}

function numberOf(reply: Reply): number | undefined {
  switch (reply.kind) {
    case "integer":
    case "double":
    case "big-number":
    case "bulk":
    case "simple":
      return numberOfText(reply.text);
    default:
      return undefined;
  }
}

/** The elements of a list, each alone, or of a map, each a pair; `undefined` for other kinds. */
function partsOf(reply: Reply): readonly (readonly Reply[])[] | undefined {
  switch (reply.kind) {
    case "array":
    case "set":
    case "push":
      return reply.items.map((item) => [item]);
    case "map":
      return reply.pairs;
    case "attribute":
      return [...reply.pairs, [reply.of]];
    default:
      return undefined;
  }
}

/** The pairs of a map, of a flat array, or the elements of an array of pairs. */
function pairsOf(reply: Reply): readonly (readonly Reply[])[] {
  if (reply.kind !== "array") return partsOf(reply) ?? [[reply]];
  if (reply.items.every((item) => item.kind === "array")) return reply.items.map((item) => [item]);
  const pairs: ReplyPair[] = [];
  for (let index = 0; index + 1 < reply.items.length; index += 2) {
    pairs.push([reply.items[index], reply.items[index + 1]]);
  }
  return reply.items.length % 2 === 0 ? pairs : [...pairs, reply.items.slice(-1)];
}

function sameMultiset(
  expected: readonly (readonly Reply[])[],
  actual: readonly (readonly Reply[])[],
): string | undefined {
  if (expected.length !== actual.length) {
    return `${expected.length} and ${actual.length} elements`;
  }
  const ours = sortedWires(expected), theirs = sortedWires(actual);
  return ours.every((wire, index) => wire === theirs[index])
    ? undefined
    : "the elements differ, in whatever order";
}

function sortedWires(parts: readonly (readonly Reply[])[]): string[] {
  return parts.map((part) => part.map(wireOf).join("")).sort();
}

/** Kinds and element counts as text, for instance `array(2: bulk, map(1: bulk integer))`. */
function shapeOf(reply: Reply): string {
  const parts = partsOf(reply);
  if (parts === undefined) return reply.kind;
  const inner = parts.map((part) => part.map(shapeOf).join(" ")).join(", ");
  return parts.length === 0 ? `${reply.kind}(0)` : `${reply.kind}(${parts.length}: ${inner})`;
}
