/**
 * Keyspace model: random commands on two databases against maps of value and expiry.
 *
 * Keys and values have the lengths at which something changes: 44 and 45 bytes (embstr), 254 to 256
 * (length byte, inline value), 256 KiB (a page of its own). The clock is turned by hand, also back.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, ByteView } from "../../src/base/byte_view.ts";
import { ManualClock } from "../../src/base/clock.ts";
import { Int64 } from "../../src/base/int64.ts";
import { SeededRandom } from "../../src/base/random.ts";
import {
  CheckedArena,
  encodingName,
  type Keyspace,
  readStringInteger,
  type Ref,
  Store,
} from "../../src/store/mod.ts";
import { takeSeed } from "../support/seed.ts";

const ACTION_COUNT = 30_000;
const DATABASE_COUNT = 2;
const KEY_COUNT = 6000;
const EDGE_KEY_COUNT = 60;
const EDGE_BYTES = [0, 1, 19, 20, 21, 43, 44, 45, 200, 254, 255, 256, 257, 300, 5000];
const LARGE_BYTES = [262_100, 262_144, 262_145, 300_000];

interface ModelEntry {
  value: string;
  encoding: string;
  expiresAtMs: number | undefined;
}

type Model = Map<string, ModelEntry>;

/** A store and what should be in it. */
class KeyspaceModel {
  readonly arena = new CheckedArena();
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly models: Model[] = Array.from({ length: DATABASE_COUNT }, () => new Map());
  expiredCount = 0;

  readonly #random: SeededRandom;
  readonly #keys: string[];
  readonly #out = new ByteView();
  readonly #integer = new Int64();

  constructor(random: SeededRandom) {
    this.#random = random;
    const edgeLengths = [...EDGE_BYTES, ...LARGE_BYTES];
    this.#keys = Array.from(
      { length: KEY_COUNT },
      (_, index) =>
        index < EDGE_KEY_COUNT
          ? this.#drawBytes(edgeLengths[index] ?? random.below(300))
          : `key:${index}`,
    );
    this.store = new Store({
      clock: this.clock,
      random,
      databaseCount: DATABASE_COUNT,
      arena: this.arena,
    });
    this.store.environment.listener = {
      expired: (databaseIndex, key) => this.#noteExpired(this.models[databaseIndex], key.toText()),
      expiresSooner: () => {},
      isDue: () => {},
      evicted: () => {},
    };
  }

  run(): void {
    for (let action = 0; action < ACTION_COUNT; action++) {
      const index = this.#random.below(DATABASE_COUNT);
      this.#act(this.store.databases[index], this.models[index]);
      if (this.#random.below(2000) === 0) this.#verify();
      if (this.#random.below(500) === 0) this.arena.trim();
      if (this.#random.below(8000) === 0) this.#clear(index);
    }
    this.#verify();
  }

  /** Empties everything; what stays is the root and the one segment of each empty dictionary. */
  finish(): void {
    this.store.flush([this.store.databases[0]], false);
    this.store.flush([this.store.databases[1]], true);
    while (this.store.environment.lazyFree.freeSome());
    this.arena.verify(2 * DATABASE_COUNT);
    assertEquals(this.store.environment.lazyFree.pendingCount, 0);
  }

  #act(keyspace: Keyspace, model: Model): void {
    const draw = this.#random.below(100);
    if (draw < 28) this.#set(keyspace, model);
    else if (draw < 35) this.#setInteger(keyspace, model);
    else if (draw < 45) this.#read(keyspace, model);
    else if (draw < 55) this.#append(keyspace, model);
    else if (draw < 67) this.#setExpiry(keyspace, model);
    else if (draw < 71) this.#clearExpiry(keyspace, model);
    else if (draw < 78) this.#transfer(keyspace, model, draw < 75);
    else if (draw < 88) this.#remove(keyspace, model);
    else if (draw < 93) this.#passTime();
    else if (draw < 97) this.#expireDue();
    else if (draw < 99) this.#drawEntry(keyspace, model);
    else this.#scan(keyspace, model);
  }

  /** Often one of the first keys, which have awkward lengths. */
  #drawKey(): string {
    const keyCount = this.#random.below(4) === 0 ? EDGE_KEY_COUNT : this.#keys.length;
    return this.#keys[this.#random.below(keyCount)];
  }

  #drawBytes(byteCount: number): string {
    const first = this.#random.below(256);
    const bytes = Array.from({ length: Math.min(byteCount, 64) }, () => this.#random.below(256));
    return String.fromCharCode(...bytes).padEnd(byteCount, String.fromCharCode(first));
  }

  #drawValue(): string {
    const draw = this.#random.below(1000);
    if (draw < 300) return this.#drawBytes(this.#random.below(60));
    if (draw < 600) return this.#drawBytes(EDGE_BYTES[this.#random.below(EDGE_BYTES.length)]);
    if (draw < 605) return this.#drawBytes(LARGE_BYTES[this.#random.below(LARGE_BYTES.length)]);
    if (draw < 800) return `${this.#random.below(2 ** 32) - 2 ** 31}`;
    const awkward = ["-0", "007", "+1", " 1", "9223372036854775807", "-9223372036854775808"];
    if (draw < 900) return awkward[this.#random.below(awkward.length)];
    return "9223372036854775808";
  }

  #isDue(entry: ModelEntry): boolean {
    return entry.expiresAtMs !== undefined &&
      entry.expiresAtMs <= this.store.environment.nowMs;
  }

  /** What a lookup of a key should find. */
  #expected(model: Model, key: string): ModelEntry | undefined {
    const entry = model.get(key);
    return entry === undefined || this.#isDue(entry) ? undefined : entry;
  }

  #noteExpired(model: Model, key: string): void {
    const entry = model.get(key);
    assert(entry && this.#isDue(entry), "a key expired too early or twice");
    model.delete(key);
    this.expiredCount++;
  }

  #peek(keyspace: Keyspace, model: Model, key: string): Ref {
    const ref = keyspace.peek(ByteView.ofText(key));
    assertEquals(ref !== 0, this.#expected(model, key) !== undefined);
    return ref;
  }

  #check(keyspace: Keyspace, ref: Ref, expected: ModelEntry): void {
    const entries = keyspace.entries;
    const actual = keyspace.stringOf(ref, this.#out);
    assertEquals(actual.byteCount, expected.value.length);
    assert(actual.equals(ByteView.ofText(expected.value)), "the value has changed");
    assertEquals(encodingName(entries, ref), expected.encoding);
    assertEquals(entries.expires(ref), expected.expiresAtMs !== undefined);
    if (expected.expiresAtMs !== undefined) {
      assertEquals(entries.readExpiry(ref, this.#integer).toNumber(), expected.expiresAtMs);
    }
    const { values } = this.store.environment;
    assert(values.memoryBytes(ref, 0) > entries.keyBytesOf(ref));
    if (expected.encoding === "int") {
      assert(readStringInteger(entries, ref, this.#integer));
      assertEquals(this.#integer.toBigInt(), BigInt(expected.value));
    }
  }

  #set(keyspace: Keyspace, model: Model): void {
    const key = this.#drawKey(), value = this.#drawValue();
    const keepsExpiry = this.#random.below(2) === 0;
    const before = this.#expected(model, key);
    keyspace.setString(ByteView.ofText(key), ByteView.ofText(value), keepsExpiry);
    this.#noteSet(model, key, value, keepsExpiry ? before?.expiresAtMs : undefined);
  }

  #setInteger(keyspace: Keyspace, model: Model): void {
    const key = this.#drawKey(), value = this.#random.below(2 ** 53) - 2 ** 52;
    const before = this.#expected(model, key);
    keyspace.setInteger(ByteView.ofText(key), this.#integer.setNumber(value), true);
    this.#noteSet(model, key, `${value}`, before?.expiresAtMs);
  }

  #noteSet(model: Model, key: string, value: string, expiresAtMs: number | undefined): void {
    model.set(key, { value, encoding: encodingOf(value), expiresAtMs });
  }

  #read(keyspace: Keyspace, model: Model): void {
    const key = this.#drawKey();
    const { keyspaceHits, keyspaceMisses } = this.store.environment.counters;
    const isThere = keyspace.readString(ByteView.ofText(key), this.#out);
    assertEquals(isThere, this.#expected(model, key) !== undefined);
    if (isThere) this.#check(keyspace, keyspace.write(ByteView.ofText(key)), model.get(key)!);
    const { counters } = this.store.environment;
    assertEquals(counters.keyspaceHits - keyspaceHits, isThere ? 1 : 0);
    assertEquals(counters.keyspaceMisses - keyspaceMisses, isThere ? 0 : 1);
  }

  #append(keyspace: Keyspace, model: Model): void {
    const key = this.#drawKey(), tail = this.#drawValue();
    const ref = this.#peek(keyspace, model, key);
    if (ref === 0) return;
    const before = model.get(key)!;
    const value = before.value + tail;
    const roomBytes = Math.max(1, value.length + this.#random.below(value.length + 1));
    const grown = keyspace.growString(ref, value.length, roomBytes);
    const block = keyspace.entries.valueBlockOf(grown);
    this.arena.bytesOf(block).set(
      bytesOfText(tail),
      this.arena.offsetOf(block) + before.value.length,
    );
    model.set(key, { ...before, value, encoding: "raw" });
    this.#check(keyspace, grown, model.get(key)!);
  }

  #setExpiry(keyspace: Keyspace, model: Model): void {
    const key = this.#drawKey();
    const ref = this.#peek(keyspace, model, key);
    if (ref === 0) return;
    const delayMs = this.#random.below(2 ** (1 + this.#random.below(26)));
    const expiresAtMs = this.#random.below(50) === 0
      ? Number.MAX_SAFE_INTEGER
      : this.clock.nowMs() + 1 + delayMs;
    const moved = keyspace.setExpiry(ref, new Int64().setNumber(expiresAtMs));
    model.get(key)!.expiresAtMs = expiresAtMs;
    this.#check(keyspace, moved, model.get(key)!);
  }

  #clearExpiry(keyspace: Keyspace, model: Model): void {
    const key = this.#drawKey();
    const ref = this.#peek(keyspace, model, key);
    if (ref === 0) return;
    const moved = keyspace.clearExpiry(ref);
    model.get(key)!.expiresAtMs = undefined;
    this.#check(keyspace, moved, model.get(key)!);
  }

  /** Moves or copies an entry to another key or database. */
  #transfer(keyspace: Keyspace, model: Model, isMove: boolean): void {
    const key = this.#drawKey(), newKey = this.#drawKey();
    const index = this.#random.below(DATABASE_COUNT);
    const target = this.store.databases[index], targetModel = this.models[index];
    if (target === keyspace && key === newKey) return;
    const ref = this.#peek(keyspace, model, key);
    if (ref === 0) return;
    const entry = { ...model.get(key)! };
    if (isMove) {
      keyspace.moveEntry(ref, target, ByteView.ofText(newKey));
      model.delete(key);
    } else {
      keyspace.copyEntry(ref, target, ByteView.ofText(newKey));
    }
    targetModel.set(newKey, entry);
    this.#check(target, this.#peek(target, targetModel, newKey), entry);
  }

  #remove(keyspace: Keyspace, model: Model): void {
    const key = this.#drawKey();
    const isThere = this.#expected(model, key) !== undefined;
    assertEquals(keyspace.remove(ByteView.ofText(key)), isThere);
    assert(!isThere || model.delete(key));
  }

  #passTime(): void {
    const stepMs = this.#random.below(2 ** (1 + this.#random.below(20)));
    if (this.#random.below(10) === 0) this.clock.set(this.clock.nowMs() - stepMs);
    else this.clock.advance(stepMs);
    this.store.environment.refreshTime();
  }

  #expireDue(): void {
    let budget = this.#random.below(2) === 0 ? this.#random.below(20) : Infinity;
    const isDone = this.store.expireDue(() => budget-- > 0);
    if (!isDone) return;
    for (const [index, keyspace] of this.store.databases.entries()) {
      assertEquals(keyspace.count, this.models[index].size);
      for (const entry of this.models[index].values()) assert(!this.#isDue(entry), "a late key");
    }
  }

  #drawEntry(keyspace: Keyspace, model: Model): void {
    const liveKeys = [...model.keys()].filter((key) => this.#expected(model, key));
    const ref = keyspace.randomEntry();
    assertEquals(ref !== 0, liveKeys.length > 0);
    if (ref !== 0) {
      const key = keyspace.entries.keyView(ref, this.#out).toText();
      this.#check(keyspace, ref, this.#expected(model, key)!);
    }
  }

  #scan(keyspace: Keyspace, model: Model): void {
    const seen = new Set<string>();
    let cursor = 0;
    do {
      cursor = keyspace.scan(cursor, 1 + this.#random.below(1000), (ref) => {
        seen.add(keyspace.entries.keyView(ref, this.#out).toText());
      });
    } while (cursor !== 0);
    for (const key of seen) assert(this.#expected(model, key), "a walk found a key too many");
    for (const key of model.keys()) {
      assertEquals(seen.has(key), this.#expected(model, key) !== undefined);
    }
  }

  #clear(index: number): void {
    const keyspace = this.store.databases[index], model = this.models[index];
    assertEquals(this.store.flush([keyspace], this.#random.below(2) === 0), model.size);
    model.clear();
    assertEquals([keyspace.count, keyspace.expiringCount], [0, 0]);
    for (let step = this.#random.below(4); step > 0; step--) {
      this.store.environment.lazyFree.freeSome();
    }
  }

  #verify(): void {
    for (const [index, keyspace] of this.store.databases.entries()) {
      const model = this.models[index];
      assertEquals(keyspace.count, model.size);
      const expiring = [...model.values()].filter((entry) => entry.expiresAtMs !== undefined);
      assertEquals(keyspace.expiringCount, expiring.length);
      let liveCount = 0;
      keyspace.forEach((ref) => {
        const key = keyspace.entries.keyView(ref, this.#out).toText();
        this.#check(keyspace, ref, this.#expected(model, key)!);
        liveCount++;
      });
      assertEquals(liveCount, [...model.values()].filter((entry) => !this.#isDue(entry)).length);
    }
    this.arena.verify(this.arena.blockCount);
  }
}

/** What Redis calls the encoding of a string that was just set. */
function encodingOf(value: string): string {
  if (
    /^(0|-?[1-9][0-9]{0,18})$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value)
  ) {
    return "int";
  }
  return value.length <= 44 ? "embstr" : "raw";
}

Deno.test("model: a keyspace keeps values, encodings and expiries, and leaks nothing", () => {
  const model = new KeyspaceModel(new SeededRandom(takeSeed("keyspace")));
  model.run();
  assert(model.expiredCount > 100, `${model.expiredCount} keys expired`);
  model.finish();
});
