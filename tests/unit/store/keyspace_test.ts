/**
 * Keyspace: its verbs one by one; the model test mixes them.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { Int64 } from "../../../src/base/int64.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { encodingName } from "../../../src/store/mod.ts";
import { StoreFixture } from "./store_fixture.ts";

const ANT = ByteView.ofText("ant");
const BEE = ByteView.ofText("bee");

Deno.test("Keyspace.setString overwrites in place where the new value fits", () => {
  using fixture = new StoreFixture();
  const ref = fixture.set("ant", "first value");
  assertEquals(fixture.set("ant", "other value"), ref);
  assertEquals(fixture.get("ant"), "other value");
  const number = fixture.set("ant", "12");
  assertEquals(fixture.set("ant", "13"), number);
  assertEquals([fixture.get("ant"), fixture.keyspace.count], ["13", 1]);
});

Deno.test("Keyspace.setString drops an expiry unless told to keep it", () => {
  using fixture = new StoreFixture();
  const value = ByteView.ofText("v".repeat(300));
  for (const keepsExpiry of [true, false]) {
    fixture.set("ant", "short");
    fixture.expire("ant", 1000);
    fixture.keyspace.setString(ANT, value, keepsExpiry);
    assertEquals(fixture.keyspace.expiringCount, keepsExpiry ? 1 : 0);
    assertEquals(fixture.get("ant"), value.toText());
  }
});

Deno.test("Keyspace.setString does not keep the expiry of a key that has expired", () => {
  using fixture = new StoreFixture();
  fixture.set("ant", "old");
  fixture.expire("ant", 10);
  fixture.pass(10);
  fixture.keyspace.setString(ANT, BEE, true);
  assertEquals([fixture.keyspace.expiringCount, fixture.expiredKeys], [0, ["ant"]]);
  assertEquals(fixture.get("ant"), "bee");
});

Deno.test("Keyspace lookups remove a key at the very millisecond of its expiry", () => {
  using fixture = new StoreFixture();
  fixture.set("ant", "value");
  fixture.expire("ant", 10);
  fixture.pass(9);
  assertEquals(fixture.get("ant"), "value");
  fixture.pass(1);
  assertEquals(fixture.get("ant"), undefined);
  assertEquals([fixture.keyspace.count, fixture.keyspace.expiringCount], [0, 0]);
  assertEquals(fixture.store.environment.counters.expiredKeys, 1);
});

Deno.test("Keyspace.read counts hits and misses, peek and write do not", () => {
  using fixture = new StoreFixture();
  fixture.set("ant", "value");
  const { counters } = fixture.store.environment;
  fixture.keyspace.peek(ANT);
  fixture.keyspace.write(BEE);
  assertEquals([counters.keyspaceHits, counters.keyspaceMisses], [0, 0]);
  fixture.keyspace.read(ANT);
  fixture.keyspace.read(BEE);
  assertEquals([counters.keyspaceHits, counters.keyspaceMisses], [1, 1]);
});

Deno.test("Keyspace.read and write note the use, peek and an untouching client do not", () => {
  using fixture = new StoreFixture();
  const { environment } = fixture.store;
  const ref = fixture.set("ant", "value");
  const setAt = fixture.keyspace.entries.accessOf(ref);
  assertEquals(setAt, environment.accessClock);
  fixture.pass(5000);
  environment.isTouching = false;
  fixture.keyspace.read(ANT);
  environment.isTouching = true;
  fixture.keyspace.peek(ANT);
  assertEquals(fixture.keyspace.entries.accessOf(ref), setAt);
  fixture.keyspace.read(ANT);
  assertEquals(fixture.keyspace.entries.accessOf(ref), setAt + 5);
});

Deno.test("Keyspace.requireString refuses another type", () => {
  using fixture = new StoreFixture();
  const ref = fixture.set("ant", "value");
  const kind = fixture.keyspace.entries.kindOf(ref);
  fixture.keyspace.entries.setKind(ref, kind | 1); // as if it were a list
  assertThrows(() => fixture.get("ant"), RedisError, "WRONGTYPE");
  fixture.keyspace.entries.setKind(ref, kind);
});

Deno.test("Keyspace.growString moves a value to a block of its own, then grows it in place", () => {
  using fixture = new StoreFixture();
  for (const value of ["", "12", "short", "v".repeat(255), "v".repeat(300)]) {
    let ref = fixture.set("ant", value);
    ref = fixture.keyspace.growString(ref, value.length + 1, 1000);
    assertEquals(encodingName(fixture.keyspace.entries, ref), "raw");
    const block = fixture.keyspace.entries.valueBlockOf(ref);
    fixture.arena.bytesOf(block)[fixture.arena.offsetOf(block) + value.length] = 33;
    assertEquals(fixture.get("ant"), `${value}!`);
    assertEquals(fixture.keyspace.growString(ref, value.length + 2, 1000), ref);
    assertEquals(fixture.get("ant")?.slice(0, -1), `${value}!`);
  }
});

Deno.test("Keyspace.growString keeps the expiry", () => {
  using fixture = new StoreFixture();
  fixture.set("ant", "value");
  fixture.keyspace.growString(fixture.expire("ant", 10), 5, 5);
  fixture.pass(10);
  assertEquals(fixture.get("ant"), undefined);
});

Deno.test("Keyspace.setExpiry and clearExpiry keep value and access clock", () => {
  using fixture = new StoreFixture();
  for (const value of ["12", "short", "v".repeat(300)]) {
    const setAt = fixture.keyspace.entries.accessOf(fixture.set("ant", value));
    const ref = fixture.expire("ant", 5000);
    assertEquals(fixture.expire("ant", 7000), ref);
    assertEquals(
      fixture.keyspace.entries.readExpiry(ref, new Int64()).toNumber(),
      fixture.clock.nowMs() + 7000,
    );
    const cleared = fixture.keyspace.clearExpiry(ref);
    assertEquals(fixture.keyspace.clearExpiry(cleared), cleared);
    assertEquals(fixture.keyspace.entries.accessOf(cleared), setAt);
    assertEquals([fixture.get("ant"), fixture.keyspace.expiringCount], [value, 0]);
  }
});

Deno.test("Keyspace.setExpiry asks to be woken by the nearest expiry", () => {
  using fixture = new StoreFixture();
  const nowMs = fixture.clock.nowMs();
  for (const [key, delayMs] of [["ant", 500], ["bee", 900], ["cat", 100]] as const) {
    fixture.set(key, "value");
    fixture.expire(key, delayMs);
  }
  assertEquals(fixture.wakesMs, [nowMs + 500, nowMs + 100]);
});

Deno.test("Keyspace.expireDue removes what is due, in slices, and tells the listener", () => {
  using fixture = new StoreFixture();
  for (let index = 0; index < 1000; index++) {
    fixture.set(`key:${index}`, "value");
    fixture.expire(`key:${index}`, index < 900 ? 1000 : 2000);
  }
  fixture.pass(1500);
  let budget = 100;
  assertEquals(fixture.keyspace.expireDue(() => budget-- > 0), false);
  assert(fixture.keyspace.count >= 900);
  assertEquals(fixture.keyspace.expireDue(() => true), true);
  assertEquals([fixture.keyspace.count, fixture.expiredKeys.length], [100, 900]);
  assert(fixture.keyspace.nextExpiryMs <= fixture.clock.nowMs() + 500);
});

Deno.test("Keyspace.remove tells whether a live key was there", () => {
  using fixture = new StoreFixture();
  fixture.set("ant", "value");
  fixture.set("bee", "value");
  fixture.expire("bee", 1);
  fixture.pass(1);
  assertEquals([ANT, ANT, BEE].map((key) => fixture.keyspace.remove(key)), [true, false, false]);
  assertEquals(fixture.keyspace.count, 0);
});

Deno.test("Keyspace.moveEntry renames, also across databases, and replaces the target", () => {
  using fixture = new StoreFixture();
  const [first, second] = fixture.store.databases;
  for (const value of ["12", "short", "v".repeat(300)]) {
    fixture.set("ant", value);
    fixture.set("bee", "replaced", second);
    first.moveEntry(fixture.expire("ant", 1000), second, BEE);
    assertEquals([fixture.get("ant", first), fixture.get("bee", second)], [undefined, value]);
    assertEquals([first.expiringCount, second.expiringCount], [0, 1]);
  }
});

Deno.test("Keyspace.copyEntry makes a value of its own, with the expiry", () => {
  using fixture = new StoreFixture();
  const [first, second] = fixture.store.databases;
  fixture.set("ant", "v".repeat(300));
  first.copyEntry(fixture.expire("ant", 1000), second, BEE);
  const original = first.peek(ANT), copy = second.peek(BEE);
  assertNotEquals(first.entries.valueBlockOf(original), second.entries.valueBlockOf(copy));
  first.remove(ANT);
  assertEquals(fixture.get("bee", second), "v".repeat(300));
  fixture.pass(1000);
  assertEquals(fixture.get("bee", second), undefined);
});

Deno.test("Keyspace.scan removes expired keys instead of visiting them", () => {
  using fixture = new StoreFixture();
  for (let index = 0; index < 100; index++) {
    fixture.set(`key:${index}`, "value");
    if (index % 2 === 0) fixture.expire(`key:${index}`, 10);
  }
  fixture.pass(10);
  let visitedCount = 0;
  assertEquals(fixture.keyspace.scan(0, 1000, () => visitedCount++), 0);
  assertEquals([visitedCount, fixture.keyspace.count, fixture.expiredKeys.length], [50, 50, 50]);
});

Deno.test("Keyspace.randomEntry draws live keys only, and 0 when there are none", () => {
  using fixture = new StoreFixture();
  for (let index = 0; index < 500; index++) {
    fixture.set(`key:${index}`, "value");
    fixture.expire(`key:${index}`, 10);
  }
  const live = fixture.set("ant", "value");
  fixture.pass(10);
  for (let draw = 0; draw < 50; draw++) assertEquals(fixture.keyspace.randomEntry(), live);
  fixture.keyspace.remove(ANT);
  assertEquals([fixture.keyspace.randomEntry(), fixture.keyspace.count], [0, 0]);
});

Deno.test("Keyspace.forEach passes over expired keys", () => {
  using fixture = new StoreFixture();
  fixture.set("ant", "value");
  const live = fixture.set("bee", "value");
  fixture.expire("ant", 10);
  fixture.pass(10);
  const visited: number[] = [];
  fixture.keyspace.forEach((ref) => visited.push(ref));
  assertEquals([visited, fixture.keyspace.count], [[live], 2]);
});

Deno.test("Keyspace.clear empties at once and leaves the memory to be freed in steps", () => {
  using fixture = new StoreFixture();
  for (let index = 0; index < 5000; index++) fixture.set(`key:${index}`, "v".repeat(index % 400));
  for (let index = 0; index < 50; index++) fixture.expire(`key:${index}`, 10);
  const remains = fixture.keyspace.clear(false)!;
  assertEquals([fixture.keyspace.count, fixture.keyspace.expiringCount], [0, 0]);
  fixture.set("key:1", "fresh");
  assertEquals(remains.count, 5000);
  let stepCount = 1;
  for (; remains.freeSome(); stepCount++) assert(stepCount < 10);
  assert(stepCount > 1 && !remains.freeSome());
  assertEquals([remains.count, fixture.get("key:1")], [0, "fresh"]);
  fixture.pass(10);
  assertEquals(fixture.keyspace.expireDue(() => true), true);
  assertEquals(fixture.expiredKeys, []);
});
