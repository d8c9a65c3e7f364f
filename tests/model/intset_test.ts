/**
 * Intset model: random changes against a sorted array of BigInts, and the bytes against a writer of
 * Redis' format that is as plain as can be.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Int64 } from "../../src/base/int64.ts";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import { CheckedArena } from "../../src/store/memory/mod.ts";
import { Intset } from "../../src/store/structures/mod.ts";
import { takeSeed } from "../support/seed.ts";

const ACTION_COUNT = 10_000;

/** An intset and what it should hold. */
class IntsetModel {
  readonly arena = new CheckedArena();
  readonly intset = new Intset(this.arena).create();
  readonly #random: Random;
  readonly #register = new Int64();
  /** Ascending. */
  #values: bigint[] = [];
  #width = 2;

  constructor(random: Random) {
    this.#random = random;
  }

  /** @param bits Of the integers drawn; @param sizeMax About how many there may be at a time. */
  run(bits: number, sizeMax: number): void {
    for (let action = 0; action < ACTION_COUNT; action++) {
      const isGrowing = Math.floor(action / (sizeMax * 4)) % 2 === 0;
      const draw = this.#random.below(100);
      if (draw < (isGrowing ? 60 : 20)) this.#add(this.#drawValue(bits));
      else if (draw < 90) this.#remove(this.#drawValue(bits));
      else if (this.#values.length > 0) this.#removeAt(this.#random.below(this.#values.length));
      if (this.#random.below(50) === 0) this.verify();
    }
  }

  verify(): void {
    const { intset, arena } = this;
    assertEquals(intset.count, this.#values.length);
    assertEquals(intset.width, this.#width);
    const start = arena.offsetOf(intset.ref);
    assertEquals(
      arena.bytesOf(intset.ref).slice(start, start + intset.byteCount),
      encode(this.#values, this.#width),
    );
    for (const [index, value] of this.#values.entries()) {
      assertEquals(intset.read(index, this.#register).toBigInt(), value);
    }
    arena.verify(1);
  }

  /** A value that is there or close to one that is, or any of so many bits. */
  #drawValue(bits: number): bigint {
    if (this.#values.length > 0 && this.#random.below(2) === 0) {
      const near = this.#values[this.#random.below(this.#values.length)];
      return BigInt.asIntN(bits, near + BigInt(this.#random.below(3) - 1));
    }
    const upper = BigInt(this.#random.nextUint32()) << 32n;
    return BigInt.asIntN(bits, upper | BigInt(this.#random.nextUint32()));
  }

  #add(value: bigint): void {
    const isNew = !this.#values.includes(value);
    assertEquals(this.intset.has(this.#register.setBigInt(value)), !isNew);
    assertEquals(this.intset.add(this.#register), isNew);
    assertEquals(this.#register.toBigInt(), value);
    assert(this.intset.has(this.#register));
    if (!isNew) return;
    this.#values.push(value);
    this.#values.sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
    this.#width = Math.max(this.#width, widthOf(value));
  }

  #remove(value: bigint): void {
    const isThere = this.#values.includes(value);
    assertEquals(this.intset.remove(this.#register.setBigInt(value)), isThere);
    assert(!this.intset.has(this.#register));
    this.#values = this.#values.filter((other) => other !== value);
  }

  #removeAt(index: number): void {
    this.intset.removeAt(index);
    this.#values.splice(index, 1);
  }
}

function widthOf(value: bigint): number {
  return [2, 4, 8].find((bytes) => BigInt.asIntN(bytes * 8, value) === value)!;
}

/** Redis' bytes for these integers. */
function encode(values: readonly bigint[], width: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 + values.length * width));
  view.setUint32(0, width, true);
  view.setUint32(4, values.length, true);
  for (const [index, value] of values.entries()) {
    const at = 8 + index * width;
    if (width === 8) view.setBigInt64(at, value, true);
    else if (width === 4) view.setInt32(at, Number(value), true);
    else view.setInt16(at, Number(value), true);
  }
  return new Uint8Array(view.buffer);
}

for (const [bits, sizeMax] of [[6, 64], [16, 300], [17, 100], [32, 200], [33, 200], [64, 200]]) {
  Deno.test(`model: an intset of integers of ${bits} bits behaves as a sorted array`, () => {
    const model = new IntsetModel(new SeededRandom(takeSeed(`intset of ${bits} bits`)));
    model.run(bits, sizeMax);
    model.verify();
  });
}

Deno.test("model: an intset that widens step by step behaves as a sorted array", () => {
  const random = new SeededRandom(takeSeed("intset that widens"));
  for (let round = 0; round < 20; round++) {
    const model = new IntsetModel(random);
    for (const bits of [10, 16, 20, 32, 40, 64]) {
      model.run(bits, 1 + random.below(20));
      if (random.below(20) > 0) break;
    }
    model.verify();
  }
});
