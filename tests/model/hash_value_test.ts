/**
 * Hash value model: random changes to a few hashes against maps, over both encodings.
 *
 * Limits are small, so that hashes often change to a dictionary; fields and values have the lengths
 * at which a record's layout changes (255, 65535) among others.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { encodingName, type HashValue } from "../../src/store/mod.ts";
import { takeSeed } from "../support/seed.ts";
import { StoreFixture } from "../unit/store/store_fixture.ts";

const ACTION_COUNT = 40_000;
const KEYS = ["a", "b", "c"];
const LISTPACK_ENTRIES_MAX = 20;
const LISTPACK_VALUE_BYTES_MAX = 300;
const EDGE_BYTES = [0, 1, 63, 64, 254, 255, 256, 300, 301, 65_534, 65_535, 65_536];

type Model = Map<string, Map<string, string>>;

class HashModel {
  readonly fixture = new StoreFixture(1);
  readonly model: Model = new Map();
  conversionCount = 0;
  completedScanCount = 0;

  readonly #random: SeededRandom;
  readonly #view = new ByteView();
  /** The walk over each key, and the fields that it owes: there since it began. */
  readonly #walks = new Map<string, { cursor: number; owed: Set<string> }>();

  constructor(random: SeededRandom) {
    this.#random = random;
    const { limits } = this.fixture.store.environment;
    limits.hashMaxListpackEntries = LISTPACK_ENTRIES_MAX;
    limits.hashMaxListpackValue = LISTPACK_VALUE_BYTES_MAX;
  }

  act(): void {
    const key = KEYS[this.#random.below(KEYS.length)];
    const draw = this.#random.below(100);
    if (draw < 45) this.#set(key);
    else if (draw < 70) this.#remove(key);
    else if (draw < 80) this.#look(key);
    else if (draw < 92) this.#scan(key);
    else if (draw < 95) this.#copy(key);
    else if (draw < 97) this.#setSeveral(key);
    else if (draw === 97) this.#removeKey(key);
    else this.#verify(key);
  }

  #hash(key: string): HashValue {
    return this.fixture.keyspace.openHash(ByteView.ofText(key));
  }

  #fields(key: string): Map<string, string> {
    return this.model.get(key) ?? new Map();
  }

  #set(key: string): void {
    const field = this.#drawField(), value = this.#drawValue();
    const hash = this.#hash(key);
    const wasPacked = hash.isPacked;
    assertEquals(
      hash.set(ByteView.ofText(field), ByteView.ofText(value)),
      !this.#fields(key).has(field),
    );
    if (wasPacked && !hash.isPacked) this.conversionCount++;
    this.#note(key, field, value);
  }

  #setSeveral(key: string): void {
    const hash = this.#hash(key);
    hash.announce(this.#random.below(2000));
    for (let count = this.#random.below(5); count >= 0; count--) {
      const field = this.#drawField(), value = this.#drawValue();
      hash.set(ByteView.ofText(field), ByteView.ofText(value));
      this.#note(key, field, value);
    }
    hash.settle();
  }

  #note(key: string, field: string, value: string): void {
    if (!this.model.has(key)) this.model.set(key, new Map());
    this.model.get(key)!.set(field, value);
  }

  #remove(key: string): void {
    const fields = this.#fields(key);
    const isThere = this.#random.below(2) === 0 && fields.size > 0;
    const field = isThere ? [...fields.keys()][this.#random.below(fields.size)] : this.#drawField();
    const hash = this.#hash(key);
    assertEquals(hash.remove(ByteView.ofText(field)), fields.delete(field));
    this.#walks.get(key)?.owed.delete(field);
    if (hash.ref !== 0 && hash.count === 0) this.#removeKey(key);
  }

  #removeKey(key: string): void {
    this.fixture.keyspace.remove(ByteView.ofText(key));
    this.model.delete(key);
    this.#walks.delete(key);
  }

  #look(key: string): void {
    const field = this.#drawField();
    const hash = this.#hash(key);
    const element = hash.find(ByteView.ofText(field));
    const value = element === 0 ? undefined : hash.readValue(element, this.#view).toText();
    assertEquals(value, this.#fields(key).get(field));
    if (hash.count === 0) return;
    const drawn = hash.readField(hash.randomElement(this.#random), this.#view).toText();
    assert(this.#fields(key).has(drawn));
  }

  #scan(key: string): void {
    const fields = this.#fields(key);
    const hash = this.#hash(key);
    if (hash.count === 0) return;
    const walk = this.#walks.get(key) ?? { cursor: 0, owed: new Set(fields.keys()) };
    walk.cursor = hash.scan(walk.cursor, 1 + this.#random.below(10), (element) => {
      const field = hash.readField(element, this.#view).toText();
      assertEquals(hash.readValue(element, this.#view).toText(), fields.get(field));
      walk.owed.delete(field);
    });
    this.#walks.set(key, walk);
    if (walk.cursor !== 0) return;
    assertEquals([...walk.owed], []);
    this.#walks.delete(key);
    this.completedScanCount++;
  }

  #copy(key: string): void {
    const { keyspace } = this.fixture;
    const target = KEYS[this.#random.below(KEYS.length)];
    const ref = keyspace.peek(ByteView.ofText(key));
    if (ref === 0 || target === key) return;
    keyspace.copyEntry(ref, keyspace, ByteView.ofText(target));
    this.model.set(target, new Map(this.#fields(key)));
    this.#walks.delete(target);
  }

  #verify(key: string): void {
    const { keyspace, store } = this.fixture;
    const fields = this.#fields(key);
    const hash = this.#hash(key);
    assertEquals(hash.count, fields.size);
    if (hash.ref === 0) return;
    const encoding = encodingName(keyspace.entries, hash.ref);
    assertEquals(encoding, hash.isPacked ? "listpack" : "hashtable");
    if (hash.isPacked) assert(fields.size <= LISTPACK_ENTRIES_MAX);
    const found = new Map<string, string>();
    hash.forEach((element) => {
      const field = hash.readField(element, this.#view).toText();
      found.set(field, hash.readValue(element, this.#view).toText());
    });
    assertEquals(found, fields);
    assert(store.environment.values.memoryBytes(hash.ref, 0) > fields.size * 3);
  }

  #drawField(): string {
    const number = this.#random.below(40);
    if (number < EDGE_BYTES.length && this.#random.below(8) === 0) {
      return "f".repeat(EDGE_BYTES[number]);
    }
    return number < 30 ? `${number}` : `field:${number}`;
  }

  #drawValue(): string {
    const draw = this.#random.below(200);
    if (draw < EDGE_BYTES.length) return "v".repeat(EDGE_BYTES[draw]);
    return draw < 100 ? `${draw * draw * draw}` : "w".repeat(draw - 100);
  }
}

Deno.test("model: a hash value behaves as a Map", () => {
  const model = new HashModel(new SeededRandom(takeSeed("hash value")));
  using fixture = model.fixture;
  for (let action = 0; action < ACTION_COUNT; action++) model.act();
  assert(model.conversionCount > 10, `${model.conversionCount} conversions`);
  assert(model.completedScanCount > 100, `${model.completedScanCount} walks`);
  assert(fixture.keyspace.count <= KEYS.length);
});
