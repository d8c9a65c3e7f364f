/**
 * Evictor: which key goes, by policy, on a clock and with chance that repeat themselves.
 *
 * Where all keys are looked at for each choice, the order is exact; chance only decides what is seen.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { AccessFrequency, type Keyspace } from "../../../src/store/mod.ts";
import { StoreFixture } from "./store_fixture.ts";

const SECOND_MS = 1000;
const ALL = 1024;

function evictAll(fixture: StoreFixture): string[] {
  while (fixture.store.evictor.evictOne());
  return fixture.evictedKeys;
}

function use(keyspace: Keyspace, key: string, count = 1): void {
  for (; count > 0; count--) keyspace.read(ByteView.ofText(key));
}

function keyNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `key:${index}`);
}

/** Lets some keys that are the same in all but name each be used a second after the one before. */
function useInTurn(fixture: StoreFixture, keys: readonly string[]): void {
  for (const key of keys) {
    fixture.pass(SECOND_MS);
    use(fixture.keyspace, key);
  }
}

Deno.test("Evictor removes nothing under noeviction", () => {
  using fixture = new StoreFixture();
  fixture.set("key", "value");
  fixture.store.evictor.setPolicy("noeviction");
  assertEquals(evictAll(fixture), []);
});

Deno.test("Evictor with lru removes in order of last use, if it looks at all keys", () => {
  using fixture = new StoreFixture();
  const keys = keyNames(100);
  for (const key of keys) fixture.set(key, "value");
  const order = [...keys].sort((a, b) => a < b ? 1 : -1);
  useInTurn(fixture, order);
  fixture.store.evictor.setPolicy("allkeys-lru");
  fixture.store.evictor.setSampleCount(ALL);
  assertEquals(evictAll(fixture), order);
});

Deno.test("Evictor with lru passes over a candidate that was used since it was seen", () => {
  using fixture = new StoreFixture();
  const keys = keyNames(20);
  for (const key of keys) fixture.set(key, "value");
  useInTurn(fixture, keys);
  fixture.store.evictor.setPolicy("allkeys-lru");
  fixture.store.evictor.setSampleCount(ALL);
  fixture.store.evictor.evictOne();
  fixture.pass(SECOND_MS);
  use(fixture.keyspace, keys[1]);
  assertEquals(evictAll(fixture), [keys[0], ...keys.slice(2), keys[1]]);
});

Deno.test("Evictor with lfu removes in order of use count, decayed by the minute", () => {
  using fixture = new StoreFixture();
  const { environment, evictor } = fixture.store;
  environment.frequency = new AccessFrequency({
    random: new SeededRandom(1),
    logFactor: 0, // so every use counts
    decayMinutes: 1,
  });
  for (const [key, useCount] of [["often", 20], ["once", 1], ["never", 0], ["past", 22]] as const) {
    fixture.set(key, "value");
    use(fixture.keyspace, key, useCount);
  }
  fixture.pass(10 * 60 * SECOND_MS);
  for (const key of ["often", "once", "never"]) use(fixture.keyspace, key);
  fixture.pass(60 * SECOND_MS);
  evictor.setPolicy("allkeys-lfu");
  evictor.setSampleCount(ALL);
  // "often" has 5 + 20 - 10 + 1 - 1 points left, "past" 5 + 22 - 11, the others none.
  assertEquals(evictAll(fixture).slice(2), ["often", "past"]);
});

Deno.test("Evictor with volatile-ttl removes in order of expiry, and only what expires", () => {
  using fixture = new StoreFixture();
  fixture.store.keepVolatileIndex(true);
  for (const key of keyNames(50)) fixture.set(key, "stays");
  for (const [key, delayMs] of [["b", 2e3], ["d", 4e12], ["a", 1e3], ["c", 3e9]] as const) {
    fixture.set(key, "value");
    fixture.expire(key, delayMs);
  }
  fixture.store.evictor.setPolicy("volatile-ttl");
  fixture.store.evictor.setSampleCount(ALL);
  assertEquals(evictAll(fixture), ["a", "b", "c", "d"]);
  assertEquals(fixture.keyspace.count, 50);
});

for (const order of ["lru", "lfu", "random"]) {
  Deno.test(`Evictor with volatile-${order} removes only what expires`, () => {
    using fixture = new StoreFixture();
    fixture.store.keepVolatileIndex(true);
    const keys = keyNames(300);
    for (const [index, key] of keys.entries()) {
      fixture.set(key, "value");
      if (index % 3 === 0) fixture.expire(key, 1000 + index);
    }
    for (const key of keys.slice(0, 30)) fixture.keyspace.remove(ByteView.ofText(key));
    fixture.store.evictor.setPolicy(`volatile-${order}`);
    assertEquals(
      new Set(evictAll(fixture)),
      new Set(keys.filter((_, i) => i >= 30 && i % 3 === 0)),
    );
  });
}

Deno.test("Evictor with random takes a key of each database in turn", () => {
  using fixture = new StoreFixture(3);
  const [first, , third] = fixture.store.databases;
  for (const key of keyNames(10)) fixture.set(`first:${key}`, "value", first);
  for (const key of keyNames(10)) fixture.set(`third:${key}`, "value", third);
  fixture.store.evictor.setPolicy("allkeys-random");
  const evicted = evictAll(fixture).map((key) => key.split(":")[0]);
  assertEquals(evicted, Array.from({ length: 10 }, () => ["third", "first"]).flat());
});

Deno.test("Evictor finds what is volatile while it is not indexed, and when that is complete", () => {
  using fixture = new StoreFixture();
  const { evictor } = fixture.store;
  for (const key of keyNames(3000)) fixture.set(key, "stays");
  for (const key of ["a", "b", "c"]) {
    fixture.set(key, "value");
    fixture.expire(key, 5000);
  }
  evictor.setPolicy("volatile-lru");
  assert(evictor.evictOne());
  fixture.store.keepVolatileIndex(true);
  assert(evictor.evictOne());
  while (fixture.store.indexSome());
  assert(evictor.evictOne());
  assert(!evictor.evictOne());
  assertEquals(fixture.evictedKeys.toSorted(), ["a", "b", "c"]);
});

Deno.test("Samples show every volatile key about equally often, however rare they are", () => {
  using fixture = new StoreFixture();
  const keys = keyNames(20_000);
  const counts = new Map<number, number>();
  for (const [index, key] of keys.entries()) {
    fixture.set(key, "value");
    if (index % 200 === 0) counts.set(fixture.expire(key, 1000 + index), 0);
  }
  fixture.store.keepVolatileIndex(true);
  while (fixture.store.indexSome());
  const refs = new Int32Array(5), hashes = new Int32Array(5);
  const meanCount = 200;
  for (let draw = 0; draw < counts.size * meanCount / refs.length; draw++) {
    const count = fixture.keyspace.sample(true, refs, hashes, refs.length);
    for (const ref of refs.subarray(0, count)) counts.set(ref, counts.get(ref)! + 1);
  }
  for (const count of counts.values()) {
    // Neighbours behind a gap are drawn more often than those in a crowd, but none is left out.
    assert(count > meanCount / 10 && count < meanCount * 5, `one was drawn ${count} times`);
  }
});

Deno.test("Evictor with 5 samples and its pool keeps the keys that are used", () => {
  using fixture = new StoreFixture();
  const { evictor } = fixture.store;
  const keyCount = 4000, hotCount = 1000;
  const keys = keyNames(keyCount), hotKeys = keys.slice(-hotCount);
  const random = new SeededRandom(5);
  evictor.setPolicy("allkeys-lru");
  evictor.setSampleCount(5);
  for (const [index, key] of keys.entries()) {
    fixture.set(key, "value");
    if (index % 10 === 0) fixture.pass(SECOND_MS);
  }
  for (let step = 0; step < 20_000; step++) {
    use(fixture.keyspace, hotKeys[random.below(hotCount)]);
    if (step % 10 === 0) {
      fixture.pass(SECOND_MS);
      fixture.set(`once:${step}`, "value");
      evictor.evictOne();
    }
  }
  const lostCount = hotKeys.filter((key) => fixture.get(key) === undefined).length;
  assert(lostCount < hotCount / 100, `${lostCount} of ${hotCount} hot keys are gone`);
});

Deno.test("Evictor does not favour keys that come while volatile keys are being indexed", () => {
  using fixture = new StoreFixture();
  const put = (key: string) => {
    fixture.set(key, "value");
    fixture.expire(key, 1e6);
  };
  keyNames(5000).forEach(put);
  fixture.store.keepVolatileIndex(true);
  fixture.store.evictor.setPolicy("volatile-random");
  const freshCount = 500, evictedCount = 500;
  for (let count = 0; count < freshCount; count++) put(`fresh:${count}`);
  for (let count = 0; count < evictedCount; count++) assert(fixture.store.evictor.evictOne());
  const evictedFreshCount = fixture.evictedKeys.filter((key) => key.startsWith("fresh")).length;
  assert(
    evictedFreshCount < evictedCount / 4,
    `${evictedFreshCount} of ${evictedCount} were fresh`,
  );
});
