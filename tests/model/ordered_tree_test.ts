/**
 * Ordered tree model: random changes and walks against a sorted array, by ID and by name.
 *
 * Phases of growing and shrinking alternate, at the ends as pending entries do and anywhere, so that
 * nodes split, fill from the right, merge, and the tree gets levels and loses them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { StreamId } from "../../src/base/stream_id.ts";
import { Arena, CheckedArena, type Ref } from "../../src/store/memory/mod.ts";
import { IdMap, NameMap, TREE_STATE_WORDS } from "../../src/store/structures/mod.ts";
import { RestlessArena } from "../support/restless_arena.ts";
import { takeSeed } from "../support/seed.ts";

const ACTION_COUNT = 60_000;
const PHASE_ACTION_COUNT = 10_000;
const WORD_BYTES = 4;

/** A block whose second part is the state of an empty tree. */
function createHolder(arena: Arena): Ref {
  const holder = arena.allocate((1 + TREE_STATE_WORDS) * WORD_BYTES);
  const at = arena.offsetOf(holder) / WORD_BYTES;
  arena.words[holder >>> 17].fill(0, at, at + 1 + TREE_STATE_WORDS);
  return holder;
}

/** A number as an ID; numbers are spread over all four words, above the sign bit too. */
function setId(id: StreamId, value: number): StreamId {
  return id.setWords(
    value >>> 18 << 29,
    (value >>> 12 & 63) << 26,
    (value >>> 6 & 63) << 26,
    (value & 63) << 26,
  );
}

const VALUE_COUNT = 8 * 64 * 64 * 64;

class IdMapModel {
  readonly arena: RestlessArena;
  readonly map: IdMap;
  readonly id = new StreamId();
  readonly found = new StreamId();
  /** Sorted. */
  readonly values: number[] = [];
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.arena = new RestlessArena(random);
    this.map = new IdMap(this.arena).open(createHolder(this.arena), 1);
  }

  /** Index of the first value that is not less. */
  indexOf(value: number): number {
    let low = 0, high = this.values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.values[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  insert(value: number): void {
    const index = this.indexOf(value), isThere = this.values[index] === value;
    assertEquals(this.map.find(setId(this.id, value)), isThere ? value + 1 : 0);
    if (isThere) return;
    this.map.insertFound(value + 1);
    this.values.splice(index, 0, value);
  }

  removeAt(index: number): void {
    const [value] = this.values.splice(index, 1);
    assertEquals(this.map.find(setId(this.id, value)), value + 1);
    this.map.removeHere();
  }

  insertSome(kind: number): void {
    const { values } = this, last = values[values.length - 1] ?? 0;
    if (kind === 0) this.insert(this.#random.below(VALUE_COUNT));
    else if (kind === 1) this.insert(Math.min(VALUE_COUNT - 1, last + 1 + this.#random.below(20)));
    else this.insert(Math.max(0, (values[0] ?? VALUE_COUNT) - 1 - this.#random.below(20)));
  }

  removeSome(kind: number): void {
    if (this.values.length === 0) return;
    if (kind === 0) this.removeAt(this.#random.below(this.values.length));
    else this.removeAt(kind === 1 ? 0 : this.values.length - 1);
  }

  /** Looks from a random place both ways. */
  look(): void {
    const value = this.#random.below(VALUE_COUNT), index = this.indexOf(value);
    const isThere = this.values[index] === value;
    let hasEntry = this.map.seekAtLeast(setId(this.id, value));
    for (let at = index; at < index + 60; at++) {
      assertEquals(hasEntry, at < this.values.length);
      if (!hasEntry) break;
      this.isAt(this.values[at]);
      hasEntry = this.map.next();
    }
    hasEntry = this.map.seekAtMost(setId(this.id, value));
    for (let at = isThere ? index : index - 1; at > index - 60; at--) {
      assertEquals(hasEntry, at >= 0);
      if (!hasEntry) break;
      this.isAt(this.values[at]);
      hasEntry = this.map.previous();
    }
  }

  /** Moves nodes, all or some at a time, and sees that each entry comes by. */
  relocate(): void {
    const seen: number[] = [];
    const move = (ref: Ref): Ref => {
      seen.push(ref - 1);
      return ref;
    };
    let passedCount = this.map.relocate(move, 0, 1 + this.#random.below(3000));
    while (passedCount !== 0) passedCount = this.map.relocate(move, passedCount, 1000);
    assertEquals(seen, this.values);
  }

  isAt(value: number): void {
    assertEquals(this.map.reference, value + 1);
    assertEquals(this.map.readId(this.found).compare(setId(this.id, value)), 0);
  }

  verify(): void {
    assertEquals(this.map.count, this.values.length);
    const seen: number[] = [];
    for (let has = this.map.seekFirst(); has; has = this.map.next()) {
      seen.push(this.map.reference - 1);
    }
    assertEquals(seen, this.values);
    seen.length = 0;
    for (let has = this.map.seekLast(); has; has = this.map.previous()) {
      seen.push(this.map.reference - 1);
    }
    assertEquals(seen.reverse(), this.values);
  }
}

Deno.test("model: an ID map behaves as a sorted array", () => {
  const random = new SeededRandom(takeSeed("ID map"));
  const model = new IdMapModel(random);
  let largest = 0;
  for (let action = 0; action < ACTION_COUNT; action++) {
    const phase = Math.floor(action / PHASE_ACTION_COUNT);
    const kind = phase % 3;
    if (random.below(10) < (phase % 2 === 0 ? 9 : 2)) model.insertSome(kind);
    else model.removeSome((kind + random.below(2)) % 3);
    if (random.below(20) === 0) model.look();
    if (random.below(2000) === 0) model.relocate();
    if (random.below(3000) === 0) model.verify();
    largest = Math.max(largest, model.values.length);
  }
  model.verify();
  assert(largest > 51 * 51, "the tree never had three levels");
  assert(
    model.map.nodeBytes <= model.values.length * 20 * 5 + 2048,
    `${model.map.nodeBytes} bytes for ${model.values.length} entries`,
  );
  const refs: Ref[] = [];
  while (model.map.removeSome((ref) => refs.push(ref)) > 0);
  assertEquals(refs.sort((a, b) => a - b), model.values.map((value) => value + 1));
  assertEquals(model.map.count, 0);
  model.arena.verify(1);
});

Deno.test("an ID map that grew in order has full nodes", () => {
  const arena = new Arena();
  const map = new IdMap(arena).open(createHolder(arena), 1);
  const id = new StreamId();
  for (let value = 0; value < 10_000; value++) {
    map.find(setId(id, value));
    map.insertFound(value + 1);
  }
  assert(map.nodeBytes < 10_000 * 22, `${map.nodeBytes} bytes`);
  for (let value = 0; value < 10_000; value++) {
    assertEquals(map.find(setId(id, value)), value + 1);
    map.removeHere();
  }
  assertEquals(arena.blockCount, 1);
});

Deno.test("model: a name map behaves as a sorted array of names", () => {
  const random = new SeededRandom(takeSeed("name map"));
  const arena = new CheckedArena();
  const holder = createHolder(arena);
  const map = new NameMap(arena, 3).open(holder, 1);
  const records = new Map<string, Ref>();
  const view = new ByteView();
  const verify = () => {
    const names: string[] = [];
    for (let has = map.seekFirst(); has; has = map.next()) {
      names.push(map.nameOf(map.reference, view).toText());
    }
    // Code units are bytes here, so the order of strings is that of bytes.
    assertEquals(names, [...records.keys()].sort((a, b) => a < b ? -1 : 1));
    assertEquals(map.count, records.size);
  };
  for (let action = 0; action < ACTION_COUNT; action++) {
    const isGrowing = Math.floor(action / PHASE_ACTION_COUNT) % 2 === 0;
    const number = random.below(3000);
    const name = number % 3 === 0 ? `${number}\xff`.padEnd(number % 40, "\0") : `${number}`;
    const record = map.find(ByteView.ofText(name));
    assertEquals(record, records.get(name) ?? 0);
    if (random.below(10) < (isGrowing ? 7 : 2)) {
      if (record === 0) {
        const created = map.createFound();
        assertEquals(map.nameOf(created, view).toText(), name);
        records.set(name, created);
      }
    } else if (record !== 0) {
      map.removeHere();
      arena.free(record);
      records.delete(name);
    }
    if (random.below(4000) === 0) verify();
  }
  verify();
  while (map.removeSome((record) => arena.free(record)) > 0);
  arena.verify(1);
});
