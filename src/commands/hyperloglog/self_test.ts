/**
 * PFSELFTEST: whether registers keep what they are given, and estimates are as good as promised.
 *
 * It blocks the server for a second or two, as in Redis: an administrator asks, and knows.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { Random } from "../../base/random.ts";
import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { selfTestFailed } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import {
  DENSE_BYTES,
  DENSE_REGISTERS_BYTES,
  denseRegister,
  ElementTrace,
  EMPTY_SKETCH_BYTES,
  HyperLogLog,
  REGISTER_COUNT,
  REGISTER_VALUE_MAX,
  setDenseRegister,
  SPARE_BYTES,
  writeEmptySketch,
} from "../../store/mod.ts";

/** The row of this command. */
// deno-fmt-ignore
export const PFSELFTEST_COMMANDS: readonly CommandSpec[] = defineCommands("hyperloglog", [
  { name: "pfselftest", arity: 1, flags: ["admin"], run: pfselftest },
]);

/** Rounds in which all registers get new values. */
const REGISTER_ROUND_COUNT = 1000;
/** Elements added, all different; estimates are checked at each power of ten. */
const ELEMENT_COUNT = 10_000_000;
/** Expected error of an estimate, relative to it. */
const STANDARD_ERROR = 1.04 / Math.sqrt(REGISTER_COUNT);
/** Room for a sparse sketch whatever the limit: no register takes more than a byte. */
const SPARSE_ROOM_BYTES = EMPTY_SKETCH_BYTES + REGISTER_COUNT + SPARE_BYTES;
/** Standard errors that an estimate may be off. */
const TOLERATED_ERRORS = 6;

/** `PFSELFTEST` → OK, or an error that says what failed. */
function pfselftest(context: CommandContext, _args: Args): void {
  const { random, config } = context.server;
  testRegisters(random);
  testEstimates(random, config.number("hll-sparse-max-bytes"));
  context.reply.ok();
}

/** Gives dense registers random values and looks whether each kept its own. */
function testRegisters(random: Random): void {
  const registers = new Uint8Array(DENSE_REGISTERS_BYTES);
  const expected = new Uint8Array(REGISTER_COUNT);
  for (let round = 0; round < REGISTER_ROUND_COUNT; round++) {
    for (let index = 0; index < REGISTER_COUNT; index++) {
      const value = random.nextUint32() & REGISTER_VALUE_MAX;
      expected[index] = value;
      setDenseRegister(registers, 0, index, value);
    }
    for (let index = 0; index < REGISTER_COUNT; index++) {
      const value = denseRegister(registers, 0, index);
      if (value === expected[index]) continue;
      throw selfTestFailed(`Register ${index} should be ${expected[index]} but is ${value}`);
    }
  }
}

/** Adds different elements to a sparse sketch and a dense one; both must agree and be near. */
function testEstimates(random: Random, sparseBytesMax: number): void {
  const dense = new TestedSketch(DENSE_BYTES).makeDense();
  const growing = new TestedSketch(SPARSE_ROOM_BYTES);
  const bytes = new Uint8Array(8), words = new DataView(bytes.buffer);
  const element = new ByteView(bytes), trace = new ElementTrace();
  const seed = random.nextUint32();
  words.setUint32(4, random.nextUint32(), true);
  let checkpoint = 1;
  for (let count = 1; count <= ELEMENT_COUNT; count++) {
    words.setUint32(0, count ^ seed, true);
    const { registerIndex, rank } = trace.of(element);
    dense.raise(registerIndex, rank, sparseBytesMax);
    growing.raise(registerIndex, rank, sparseBytesMax);
    if (count !== checkpoint) continue;
    if (count < Math.floor(sparseBytesMax / 2) && growing.sketch.isDense) {
      throw selfTestFailed("sparse encoding not used");
    }
    checkEstimates(count, dense.sketch.estimate(), growing.sketch.estimate());
    checkpoint *= 10;
  }
}

/** @throws {RedisError} When estimates differ, or are too far from the true number. */
function checkEstimates(
  count: number,
  dense: number | undefined,
  growing: number | undefined,
): void {
  if (dense === undefined || dense !== growing) throw selfTestFailed("dense/sparse disagree");
  // Of ten elements two share a register now and then: a large error, relatively.
  const toleratedError = count === 10 ? 1 : Math.ceil(STANDARD_ERROR * TOLERATED_ERRORS * count);
  const error = Math.abs(count - dense);
  if (error <= toleratedError) return;
  throw selfTestFailed(`Too big error. card:${count} abserr:${error}`);
}

/** A sketch on an array of its own. */
class TestedSketch {
  readonly sketch = new HyperLogLog();
  readonly #bytes: Uint8Array;

  /** @param roomBytes Most bytes that the sketch will have. */
  constructor(roomBytes: number) {
    this.#bytes = new Uint8Array(roomBytes);
    writeEmptySketch(this.#bytes, 0);
    this.sketch.set(this.#bytes, 0, EMPTY_SKETCH_BYTES);
  }

  makeDense(): this {
    const denseBytes = new Uint8Array(DENSE_BYTES);
    if (!this.sketch.writeDense(denseBytes, 0)) throw selfTestFailed("sparse registers invalid");
    this.sketch.set(denseBytes, 0, DENSE_BYTES);
    return this;
  }

  raise(registerIndex: number, value: number, sparseBytesMax: number): void {
    if (this.sketch.raise(registerIndex, value, sparseBytesMax) !== "full") return;
    this.makeDense();
    this.sketch.raise(registerIndex, value, sparseBytesMax);
  }
}
