/**
 * HyperLogLog: both encodings against plain registers, the bytes of known sketches, what is refused,
 * and how near estimates are.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, ByteView, textOfBytes } from "../../../../src/base/byte_view.ts";
import { Int64 } from "../../../../src/base/int64.ts";
import { type Random, SeededRandom } from "../../../../src/base/random.ts";
import {
  countPlainRegisters,
  DENSE_BYTES,
  DENSE_REGISTERS_BYTES,
  denseRegister,
  ElementTrace,
  EMPTY_SKETCH_BYTES,
  estimateCardinality,
  HyperLogLog,
  isHyperLogLog,
  newHistogram,
  REGISTER_COUNT,
  REGISTER_VALUE_MAX,
  setDenseRegister,
  SPARE_BYTES,
  writeEmptySketch,
} from "../../../../src/store/structures/mod.ts";
import { takeSeed } from "../../../support/seed.ts";

/** Where the tested sketch lies in its array, and what lies around it. */
const MARGIN_BYTES = 32;
const MARGIN_BYTE = 0xa5;
const ROOM_BYTES = 20_000;
const HEADER_BYTES = 16;
const SPARSE_HEADER = "HYLL\x01\0\0\0" + "\0".repeat(7) + "\x80";

/** A sketch on an array, with margins that must stay as they are. */
class SketchOnArray {
  readonly sketch = new HyperLogLog();
  #bytes = new Uint8Array(2 * MARGIN_BYTES + ROOM_BYTES).fill(MARGIN_BYTE);

  constructor(text?: string) {
    if (text === undefined) writeEmptySketch(this.#bytes, MARGIN_BYTES);
    else this.#bytes.set(bytesOfText(text), MARGIN_BYTES);
    this.sketch.set(this.#bytes, MARGIN_BYTES, text?.length ?? EMPTY_SKETCH_BYTES);
  }

  get text(): string {
    return textOfBytes(this.#bytes, MARGIN_BYTES, MARGIN_BYTES + this.sketch.byteCount);
  }

  /** Registers after the header, as text. */
  get registerText(): string {
    return this.text.slice(HEADER_BYTES);
  }

  makeDense(): this {
    const dense = new Uint8Array(2 * MARGIN_BYTES + DENSE_BYTES).fill(MARGIN_BYTE);
    assert(this.sketch.writeDense(dense, MARGIN_BYTES));
    this.#bytes = dense;
    this.sketch.set(dense, MARGIN_BYTES, DENSE_BYTES);
    return this;
  }

  get plainRegisters(): Uint8Array {
    const registers = new Uint8Array(REGISTER_COUNT);
    assert(this.sketch.raisePlain(registers));
    return registers;
  }

  checkMargins(): void {
    const bytes = this.#bytes, end = MARGIN_BYTES + this.sketch.byteCount;
    const behind = this.sketch.isDense ? end : MARGIN_BYTES + ROOM_BYTES;
    assert(bytes.subarray(0, MARGIN_BYTES).every((byte) => byte === MARGIN_BYTE));
    assert(bytes.subarray(behind).every((byte) => byte === MARGIN_BYTE));
  }
}

/** Ranks as elements have them: each half as likely as the one below. */
function randomRank(random: Random, rankMax: number): number {
  return Math.min(rankMax, Math.clz32(random.nextUint32()) + 1);
}

Deno.test("dense registers keep their own value, and touch no other byte", () => {
  const random = new SeededRandom(takeSeed("dense registers"));
  const bytes = new Uint8Array(DENSE_REGISTERS_BYTES + 2).fill(0xff);
  const expected = new Uint8Array(REGISTER_COUNT).fill(REGISTER_VALUE_MAX);
  for (let round = 0; round < 50_000; round++) {
    const index = random.below(REGISTER_COUNT), value = random.below(REGISTER_VALUE_MAX + 1);
    setDenseRegister(bytes, 1, index, value);
    expected[index] = value;
  }
  for (let index = 0; index < REGISTER_COUNT; index++) {
    assertEquals(denseRegister(bytes, 1, index), expected[index]);
  }
  assertEquals([bytes[0], bytes[DENSE_REGISTERS_BYTES + 1]], [0xff, 0xff]);
});

Deno.test("sparse and dense sketches hold what plain registers hold", () => {
  const random = new SeededRandom(takeSeed("sparse and dense"));
  for (const registerCount of [8, 200, REGISTER_COUNT]) {
    const sparse = new SketchOnArray(), dense = new SketchOnArray().makeDense();
    const plain = new Uint8Array(REGISTER_COUNT);
    const first = random.below(REGISTER_COUNT - registerCount + 1);
    for (let round = 0; round < 3000; round++) {
      const index = first + random.below(registerCount);
      const value = randomRank(random, registerCount === 8 ? 3 : 32);
      const expected = value > plain[index] ? "raised" : "kept";
      plain[index] = Math.max(plain[index], value);
      assertEquals(sparse.sketch.raise(index, value, ROOM_BYTES - SPARE_BYTES), expected);
      assertEquals(dense.sketch.raise(index, value, 0), expected);
      if (round % 100 === 0) assertEquals(sparse.plainRegisters, plain);
    }
    assertEquals(sparse.plainRegisters, plain);
    assertEquals(dense.plainRegisters, plain);
    const histogram = newHistogram();
    countPlainRegisters(plain, histogram);
    assertEquals(sparse.sketch.estimate(), estimateCardinality(histogram));
    assertEquals(dense.sketch.estimate(), estimateCardinality(histogram));
    for (const sketch of [sparse, dense]) sketch.checkMargins();
    assertEquals(sparse.makeDense().text, dense.text);
  }
});

Deno.test("a register is split out of a run, and equal neighbours are joined", () => {
  const steps: [registerIndex: number, value: number, runs: string][] = [
    [1000, 2, "Z:1000 v:2,1 Z:15383"],
    [1001, 2, "Z:1000 v:2,2 Z:15382"],
    [1003, 2, "Z:1000 v:2,2 z:1 v:2,1 Z:15380"],
    [1002, 2, "Z:1000 v:2,4 Z:15380"],
    [1004, 2, "Z:1000 v:2,4 v:2,1 Z:15379"],
    [1001, 5, "Z:1000 v:2,1 v:5,1 v:2,3 Z:15379"],
    [1001, 4, "Z:1000 v:2,1 v:5,1 v:2,3 Z:15379"],
    [0, 32, "v:32,1 Z:999 v:2,1 v:5,1 v:2,3 Z:15379"],
    [16383, 1, "v:32,1 Z:999 v:2,1 v:5,1 v:2,3 Z:15378 v:1,1"],
    [64, 1, "v:32,1 z:63 v:1,1 Z:935 v:2,1 v:5,1 v:2,3 Z:15378 v:1,1"],
  ];
  const { sketch } = new SketchOnArray();
  for (const [registerIndex, value, runs] of steps) {
    sketch.raise(registerIndex, value, 3000);
    assertEquals(sketch.describeRuns(), runs);
  }
});

Deno.test("a sketch says when it can't stay sparse, unchanged", () => {
  const empty = new SketchOnArray();
  assertEquals(empty.sketch.raise(5, 33, 3000), "full");
  assertEquals(empty.sketch.raise(5, 1, EMPTY_SKETCH_BYTES + 1), "full"); // needs two bytes more
  assertEquals(empty.registerText, "\x7f\xff");
  assertEquals(empty.sketch.raise(5, 1, EMPTY_SKETCH_BYTES + 2), "raised");
  assertEquals(empty.registerText, "\x04\x80\x7f\xf9");
});

Deno.test("sparse registers that are not 16384 are refused", () => {
  for (const runs of ["", "\x7f\xfe", "\x7f\xff\0", "\x80\x7f\xff", "\x7f", "\xff".repeat(4097)]) {
    const { sketch } = new SketchOnArray(SPARSE_HEADER + runs);
    assertEquals(sketch.estimate(), undefined);
    assertEquals(sketch.raisePlain(new Uint8Array(REGISTER_COUNT)), false);
    assertEquals(sketch.writeDense(new Uint8Array(DENSE_BYTES), 0), false);
  }
  assertEquals(new SketchOnArray(SPARSE_HEADER).sketch.raise(0, 1, 3000), "corrupt");
  const short = new SketchOnArray(SPARSE_HEADER + "\x7f\xfe");
  assertEquals(short.sketch.raise(16383, 1, 3000), "corrupt");
  assertEquals(short.sketch.raise(16382, 1, 3000), "raised");
});

Deno.test("half an XZERO at the end can be split without leaving the spare bytes", () => {
  const bytes = new Uint8Array(HEADER_BYTES + 1 + SPARE_BYTES + 1).fill(0x55);
  bytes.set(bytesOfText(SPARSE_HEADER + "\x7f"));
  const sketch = new HyperLogLog().set(bytes, 0, HEADER_BYTES + 1);
  assertEquals(sketch.describeRuns(), "Z:16129");
  assertEquals(sketch.raise(500, 3, 3000), "raised");
  assertEquals(bytes[bytes.length - 1], 0x55);
});

Deno.test("isHyperLogLog looks at header and length", () => {
  const dense = "HYLL\0" + "\0".repeat(DENSE_BYTES - 5);
  const good = [SPARSE_HEADER, SPARSE_HEADER + "anything", dense];
  const bad = ["", "HYLL", SPARSE_HEADER.slice(1), "HYLL\x02" + "\0".repeat(11), dense + "\0"];
  for (const text of good) assertEquals(isHyperLogLog(ByteView.ofText(text)), true);
  for (const text of bad) assertEquals(isHyperLogLog(ByteView.ofText(text)), false);
  assertEquals(isHyperLogLog(ByteView.ofText(dense.slice(0, -1))), false);
});

Deno.test("the cached count is kept until a register is raised", () => {
  const sketches = [new SketchOnArray(), new SketchOnArray().makeDense()];
  for (const { sketch } of sketches) {
    const count = new Int64();
    assertEquals([sketch.readCount(count), count.toNumber()], [true, 0]);
    sketch.cacheCount(new Int64().setNumber(0x12_3456_789a));
    assertEquals([sketch.readCount(count), count.toNumber()], [true, 0x12_3456_789a]);
    assertEquals(sketch.raise(7, 2, 3000), "raised");
    assertEquals(sketch.readCount(count), false);
    sketch.cacheCount(new Int64().setNumber(1));
    assertEquals(sketch.raise(7, 2, 3000), "kept");
    assertEquals(sketch.readCount(count), true);
  }
});

Deno.test("ElementTrace finds registers and ranks, the highest too", () => {
  const expected: [element: string, registerIndex: number, rank: number][] = [
    ["\xf1\x1f\x99\x88\x3e\x4d\xdb\x83", 5, 32],
    ["\x7d\x41\xad\x2c\x15\x2c\xa0\xb8", 777, 33],
    ["\x66\xd7\x88\x66\x7b\xd9\x6a\x67", 0, 50],
    ["\x22\x95\xe7\x76\xdc\x15\xca\x3f", 16383, 51],
  ];
  const trace = new ElementTrace();
  for (const [element, registerIndex, rank] of expected) {
    trace.of(ByteView.ofText(element));
    assertEquals([trace.registerIndex, trace.rank], [registerIndex, rank]);
  }
});

Deno.test("estimates are within five standard errors, from one element to a million", () => {
  const seed = takeSeed("estimates");
  const { sketch } = new SketchOnArray().makeDense();
  const bytes = new Uint8Array(8), words = new DataView(bytes.buffer);
  const element = new ByteView(bytes), trace = new ElementTrace();
  words.setUint32(4, seed, true);
  let checkpoint = 1;
  for (let count = 1; count <= 1_000_000; count++) {
    words.setUint32(0, count, true);
    trace.of(element);
    sketch.raise(trace.registerIndex, trace.rank, 0);
    if (count !== checkpoint) continue;
    const error = Math.abs(sketch.estimate()! - count);
    assert(error <= Math.max(2, 5 * 0.0082 * count), `${error} off at ${count}`);
    checkpoint *= 10;
  }
});

Deno.test("registers that no elements give still have an estimate", () => {
  const full = newHistogram();
  full[51] = REGISTER_COUNT;
  assertEquals(estimateCardinality(full), 2 ** 63);
  const beyond = newHistogram();
  beyond[63] = REGISTER_COUNT;
  assertEquals(estimateCardinality(beyond), 2 ** 63);
  const empty = newHistogram();
  empty[0] = REGISTER_COUNT;
  assertEquals(estimateCardinality(empty), 0);
});
