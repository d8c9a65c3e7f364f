/**
 * Elements in and their number out: PFADD, PFCOUNT, PFMERGE.
 *
 * @module
 */

import { Int64 } from "../../base/int64.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  keyRange,
  NO_EVENT,
} from "../../engine/mod.ts";
import { CORRUPT_SKETCH } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import {
  countPlainRegisters,
  ElementTrace,
  estimateCardinality,
  newHistogram,
  REGISTER_COUNT,
} from "../../store/mod.ts";
import { StoredSketch } from "./sketch.ts";

/** Why PFCOUNT claims to write. */
const COUNT_NOTES =
  "RW because it may change the internal representation of the key, and propagate to replicas";

/** The rows of these commands. */
// deno-fmt-ignore
export const CARDINALITY_COMMANDS: readonly CommandSpec[] = defineCommands("hyperloglog", [
  { name: "pfadd", arity: -2, flags: ["write", "denyoom", "fast"], keys: [keyAt(1, "RW insert")], run: pfadd },
  { name: "pfcount", arity: -2, flags: ["readonly", "may_replicate"],
    keys: [{ ...keyRange(1, -1, 1, "RW access"), notes: COUNT_NOTES }], run: pfcount },
  { name: "pfmerge", arity: -2, flags: ["write", "denyoom"],
    keys: [keyAt(1, "RW access insert"), keyRange(2, -1, 1, "RO access")], run: pfmerge },
]);

/** Reused by all commands: they run one after the other. */
const sketch = new StoredSketch();
const trace = new ElementTrace();
const cardinality = new Int64();
/** Registers of a union, a byte each. */
const union = new Uint8Array(REGISTER_COUNT);

/** `PFADD key [element ...]` → 1 if the key is new or its estimate may have changed, else 0. */
function pfadd(context: CommandContext, args: Args): void {
  const db = context.db;
  const key = args.at(1);
  const ref = db.write(key);
  let changeCount = 0;
  if (ref === 0) {
    sketch.create(db, key);
    changeCount++;
  } else {
    sketch.edit(db, ref);
  }
  const sparseBytesMax = sparseLimit(context);
  for (let index = 2; index < args.count; index++) {
    const { registerIndex, rank } = trace.of(args.at(index));
    // Of a corrupted sketch elements may fit before one does not: they stay, as in Redis.
    if (sketch.raise(registerIndex, rank, sparseBytesMax)) changeCount++;
  }
  if (changeCount > 0) {
    sketch.content.outdateCount();
    context.modified(key, "pfadd", changeCount);
  }
  context.reply.integer(changeCount > 0 ? 1 : 0);
}

/** `PFCOUNT key [key ...]` → integer: the estimated number of distinct elements in all together. */
function pfcount(context: CommandContext, args: Args): void {
  if (args.count > 2) return countUnion(context, args);
  const { db, reply } = context;
  const key = args.at(1);
  const ref = db.read(key);
  if (ref === 0) return reply.integer(0);
  const content = sketch.edit(db, ref).content;
  if (!content.readCount(cardinality)) {
    const estimate = content.estimate();
    if (estimate === undefined) throw CORRUPT_SKETCH;
    content.cacheCount(cardinality.setNumber(estimate));
    context.modified(key, NO_EVENT); // the value did change, and replicas must have the same
  }
  reply.int64(cardinality);
}

/** `PFMERGE destkey [sourcekey ...]` → OK. */
function pfmerge(context: CommandContext, args: Args): void {
  const db = context.db;
  const target = args.at(1);
  const hasDense = unite(context, args);
  const ref = db.write(target);
  if (ref === 0) sketch.create(db, target);
  else sketch.edit(db, ref);
  if (hasDense) sketch.makeDense();
  const sparseBytesMax = sparseLimit(context);
  for (let index = 0; index < REGISTER_COUNT; index++) {
    if (union[index] > 0) sketch.raise(index, union[index], sparseBytesMax);
  }
  sketch.content.outdateCount();
  context.modified(target, "pfadd");
  context.reply.ok();
}

/** Bytes that the sketch being edited may have while it is sparse. */
function sparseLimit(context: CommandContext): number {
  // Not asked for in vain: a directive is text, and most adding is to dense sketches.
  return sketch.content.isDense ? 0 : context.server.config.number("hll-sparse-max-bytes");
}

function countUnion(context: CommandContext, args: Args): void {
  unite(context, args);
  const histogram = newHistogram();
  countPlainRegisters(union, histogram);
  context.reply.int64(cardinality.setNumber(estimateCardinality(histogram)));
}

/**
 * Fills `union` from all keys; absent ones add nothing.
 *
 * @returns Whether a sketch among them is dense.
 * @throws {RedisError} When a value is no sketch, or its registers are corrupted.
 */
function unite(context: CommandContext, args: Args): boolean {
  union.fill(0);
  let hasDense = false;
  for (let index = 1; index < args.count; index++) {
    if (!sketch.read(context.db, args.at(index))) continue;
    if (sketch.content.isDense) hasDense = true;
    if (!sketch.content.raisePlain(union)) throw CORRUPT_SKETCH;
  }
  return hasDense;
}
