/**
 * Listpack model: random changes at random places against an array of strings.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { CheckedArena } from "../../src/store/memory/mod.ts";
import { Listpack } from "../../src/store/structures/mod.ts";
import { takeSeed } from "../support/seed.ts";

const ACTION_COUNT = 40_000;
/** Byte counts about which the forms of strings and of back lengths change. */
const STRING_BORDERS = [0, 63, 125, 4095, 16_380];
/** From how many elements on more is removed than added. */
const CROWD = 40;

class ListpackModel {
  readonly arena = new CheckedArena();
  readonly listpack: Listpack;
  elements: string[] = [];

  readonly #random: SeededRandom;
  readonly #isBare: boolean;
  readonly #view = new ByteView();

  constructor(random: SeededRandom, isBare: boolean) {
    this.#random = random;
    this.#isBare = isBare;
    this.listpack = new Listpack(this.arena, isBare);
    this.listpack.create();
  }

  act(): void {
    const { listpack, elements } = this;
    const draw = this.#random.below(elements.length > CROWD ? 14 : 9);
    const index = this.#random.below(Math.max(1, elements.length));
    const position = listpack.seek(index);
    const element = this.#drawElement(), view = ByteView.ofText(element);
    if (draw === 0) {
      listpack.prepend(view);
      elements.unshift(element);
    } else if (draw < 3 || position === 0) {
      listpack.append(view);
      elements.push(element);
    } else if (draw === 3) {
      assertEquals(listpack.insertBefore(position, view), listpack.seek(index));
      elements.splice(index, 0, element);
    } else if (draw === 4) {
      assertEquals(listpack.insertAfter(position, view), listpack.seek(index + 1));
      elements.splice(index + 1, 0, element);
    } else if (draw < 7) {
      assertEquals(listpack.replace(position, view), listpack.seek(index));
      elements[index] = element;
    } else if (draw === 7) {
      this.#find(index);
    } else {
      const count = 1 + this.#random.below(3);
      elements.splice(index, count);
      assertEquals(listpack.removeRange(position, count), listpack.seek(index));
    }
  }

  verify(): void {
    const { listpack, elements } = this;
    assertEquals(listpack.count, elements.length);
    const forward: string[] = [], backward: string[] = [];
    for (let at = listpack.first(); at !== 0; at = listpack.next(at)) {
      forward.push(listpack.read(at, this.#view).toText());
      assert(listpack.equals(at, ByteView.ofText(forward[forward.length - 1])));
    }
    const last = this.#isBare ? 0 : listpack.last();
    for (let at = last; at !== 0; at = listpack.previous(at)) {
      backward.unshift(listpack.read(at, this.#view).toText());
    }
    assertEquals(forward, elements);
    if (!this.#isBare) assertEquals(backward, elements);
    this.arena.verify(1);
  }

  #find(from: number): void {
    const { listpack, elements } = this;
    const skip = this.#random.below(3);
    const sought = this.#random.below(2) === 0
      ? this.#drawElement()
      : elements[this.#random.below(elements.length)];
    let index = from;
    while (index < elements.length && elements[index] !== sought) index += 1 + skip;
    const expected = index < elements.length ? listpack.seek(index) : 0;
    assertEquals(listpack.find(ByteView.ofText(sought), listpack.seek(from), skip), expected);
  }

  #drawElement(): string {
    const draw = this.#random.below(10);
    if (draw < 3) return `${this.#random.below(20)}`;
    if (draw < 6) {
      const value = BigInt.asIntN(64, BigInt(this.#random.below(2 ** 32)) << 32n | 0x89abcdefn);
      return `${value >> BigInt(this.#random.below(64))}`;
    }
    const border = this.#random.below(30);
    const byteCount = border < STRING_BORDERS.length
      ? Math.max(0, STRING_BORDERS[border] + this.#random.below(5) - 2)
      : this.#random.below(12);
    return String.fromCharCode(97 + this.#random.below(3)).repeat(byteCount);
  }
}

for (const isBare of [false, true]) {
  const name = isBare ? "a bare listpack" : "a listpack";
  Deno.test(`model: ${name} behaves as an array`, () => {
    const model = new ListpackModel(new SeededRandom(takeSeed(name)), isBare);
    for (let action = 0; action < ACTION_COUNT; action++) {
      model.act();
      if (action % 50 === 0) model.verify();
    }
    model.verify();
    model.arena.free(model.listpack.ref);
    model.arena.verify(0);
  });
}
