/**
 * Quicklist model: random changes against an array, under many fill limits and compress depths.
 *
 * Phases of growing and shrinking alternate, so that nodes are made, cut, merged and freed; a low
 * packed threshold makes elements of everyday size what very large ones are: nodes by themselves.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { CheckedArena } from "../../src/store/memory/mod.ts";
import {
  type ListEnd,
  PACKED_THRESHOLD_BYTES,
  Quicklist,
  SoughtElement,
} from "../../src/store/structures/mod.ts";
import { takeSeed } from "../support/seed.ts";

const ACTION_COUNT = 4000;
const PHASE_ACTION_COUNT = 500;

interface Trial {
  fill: number;
  depth: number;
  packedThresholdBytes: number;
}

const TRIALS: readonly Trial[] = [
  { fill: -2, depth: 0, packedThresholdBytes: PACKED_THRESHOLD_BYTES },
  { fill: -1, depth: 1, packedThresholdBytes: PACKED_THRESHOLD_BYTES },
  { fill: -5, depth: 0, packedThresholdBytes: 300 },
  { fill: 0, depth: 0, packedThresholdBytes: PACKED_THRESHOLD_BYTES },
  { fill: 1, depth: 3, packedThresholdBytes: PACKED_THRESHOLD_BYTES },
  { fill: 2, depth: 1, packedThresholdBytes: 20 },
  { fill: 5, depth: 2, packedThresholdBytes: 60 },
  { fill: 16, depth: 1, packedThresholdBytes: PACKED_THRESHOLD_BYTES },
  { fill: 128, depth: 0, packedThresholdBytes: 100 },
  { fill: 32_767, depth: 1, packedThresholdBytes: PACKED_THRESHOLD_BYTES },
];

class QuicklistModel {
  readonly arena = new CheckedArena();
  readonly list: Quicklist;
  elements: string[] = [];

  readonly #random: SeededRandom;
  readonly #trial: Trial;
  readonly #cursor;
  readonly #view = new ByteView();
  readonly #sought = new SoughtElement();

  constructor(random: SeededRandom, trial: Trial) {
    this.#random = random;
    this.#trial = trial;
    this.list = new Quicklist(this.arena, trial);
    this.#cursor = this.list.newCursor();
    this.list.begin(trial.fill, trial.depth);
  }

  act(isGrowing: boolean): void {
    const draw = this.#random.below(100);
    if (this.elements.length === 0 || draw < (isGrowing ? 60 : 30)) this.#push();
    else if (draw < 66) this.#drop();
    else if (draw < 78) this.#insert();
    else if (draw < 86) this.#replace();
    else if (draw < 90) this.#removeEqual();
    else if (draw < 92) this.#look();
    else if (draw < 93) this.#copy();
    else if (!isGrowing || draw < 94) this.#removeRange();
  }

  verify(): void {
    const { list, elements } = this;
    assertEquals(list.count, elements.length);
    const forward: string[] = [], backward: string[] = [];
    for (let isThere = this.#cursor.toFirst(list); isThere; isThere = this.#cursor.next()) {
      forward.push(this.#cursor.read(this.#view).toText());
    }
    for (let isThere = this.#cursor.toLast(list); isThere; isThere = this.#cursor.previous()) {
      backward.unshift(this.#cursor.read(this.#view).toText());
    }
    assertEquals(forward, elements);
    assertEquals(backward, elements);
    this.arena.verify(list.layout().nodeCount * 2);
    assertEquals(list.layout().fill, this.#trial.fill);
  }

  freeAll(): void {
    while (this.list.freeSome());
    assertEquals(this.list.count, 0);
    this.arena.verify(0);
  }

  #drawElement(): string {
    const draw = this.#random.below(20), number = this.#random.below(30);
    if (draw < 8) return "abc".slice(number % 4) + number % 7;
    if (draw < 12) return String((number - 15) * [1, 100, 3000, 2 ** 30, 2 ** 45][number % 5]);
    if (draw < 18) return "x".repeat(this.#random.below(120)) + number;
    if (draw < 19) {
      return Array.from({ length: 100 }, () => String.fromCharCode(this.#random.below(256))).join(
        "",
      );
    }
    return `${number}`.repeat(1 + this.#random.below(3000));
  }

  #drawEnd(): ListEnd {
    return this.#random.below(2) === 0 ? "head" : "tail";
  }

  #drawIndex(): number {
    return this.#random.below(this.elements.length);
  }

  #push(): void {
    const end = this.#drawEnd(), element = this.#drawElement(), view = ByteView.ofText(element);
    for (let count = this.#random.below(4); count >= 0; count--) {
      this.list.push(end, view.bytes, view.start, view.end);
      if (end === "head") this.elements.unshift(element);
      else this.elements.push(element);
    }
  }

  #drop(): void {
    const end = this.#drawEnd();
    const read = this.list.readEnd(end, this.#view).toText();
    this.list.dropEnd(end);
    assertEquals(read, end === "head" ? this.elements.shift() : this.elements.pop());
    if (this.elements.length === 0) assertEquals(this.list.root, 0);
  }

  #insert(): void {
    const index = this.#drawIndex(), element = this.#drawElement();
    const view = ByteView.ofText(element), isBehind = this.#random.below(2) === 0;
    this.#cursor.toIndex(this.list, index);
    this.list.insert(this.#cursor, isBehind, view.bytes, view.start, view.end);
    this.elements.splice(isBehind ? index + 1 : index, 0, element);
  }

  #replace(): void {
    const index = this.#drawIndex(), element = this.#drawElement();
    const view = ByteView.ofText(element);
    this.#cursor.toIndex(this.list, index);
    this.list.replace(this.#cursor, view.bytes, view.start, view.end);
    this.elements[index] = element;
  }

  #removeRange(): void {
    const index = this.#drawIndex();
    const rest = this.elements.length - index;
    const count = 1 + this.#random.below(this.#random.below(3) === 0 ? rest : Math.min(10, rest));
    this.list.removeRange(index, count);
    this.elements.splice(index, count);
  }

  #removeEqual(): void {
    const element = this.elements[this.#drawIndex()], from = this.#drawEnd();
    const countMax = [1, 2, 5, Infinity][this.#random.below(4)];
    const sought = this.#sought.set(ByteView.ofText(element));
    const removedCount = this.list.removeEqual(sought, countMax, from);
    let leftCount = countMax;
    const stays = (each: string) => each !== element || leftCount-- <= 0;
    const elements = from === "head" ? this.elements : this.elements.toReversed();
    const kept = elements.filter(stays);
    assertEquals(removedCount, this.elements.length - kept.length);
    this.elements = from === "head" ? kept : kept.reverse();
  }

  #look(): void {
    const index = this.#drawIndex(), element = this.elements[index];
    this.#cursor.toIndex(this.list, index);
    assertEquals(this.#cursor.read(this.#view).toText(), element);
    assert(this.#cursor.isOn(this.#sought.set(ByteView.ofText(element))));
    assert(!this.#cursor.isOn(this.#sought.set(ByteView.ofText(`${element}.`))));
  }

  #copy(): void {
    const { root, count } = this.list;
    const before = this.list.layout();
    const copy = this.list.copy();
    // The copy takes the place of the original, which is freed.
    while (this.list.freeSome());
    this.list.open(copy, count);
    assert(copy !== root || count === 0);
    assertEquals(this.list.layout(), before);
  }
}

for (const trial of TRIALS) {
  const name =
    `quicklist of fill ${trial.fill}, depth ${trial.depth}, plain from ${trial.packedThresholdBytes}`;
  Deno.test(`${name} holds what an array holds`, () => {
    const random = new SeededRandom(takeSeed(name));
    const model = new QuicklistModel(random, trial);
    for (let action = 0; action < ACTION_COUNT; action++) {
      model.act(Math.floor(action / PHASE_ACTION_COUNT) % 2 === 0);
      if (random.below(40) === 0) model.verify();
    }
    model.verify();
    model.freeAll();
  });
}
