/**
 * Store: what concerns several databases.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { StoreFixture } from "./store_fixture.ts";

Deno.test("Store.flush frees at once, or leaves it to freeSome", () => {
  using fixture = new StoreFixture();
  const { store } = fixture;
  for (const isLazy of [false, true]) {
    for (let index = 0; index < 5000; index++) fixture.set(`key:${index}`, "value");
    assertEquals(store.flush(store.databases, isLazy), 5000);
    assertEquals(fixture.keyspace.count, 0);
    assertEquals(store.environment.lazyFree.pendingCount, isLazy ? 5000 : 0);
  }
  const usedBytes = store.usedBytes;
  while (store.environment.lazyFree.freeSome());
  assert(store.usedBytes < usedBytes);
  assertEquals([
    store.environment.lazyFree.pendingCount,
    store.environment.counters.lazyFreedObjects,
  ], [
    0,
    5000,
  ]);
});

Deno.test("Store.flush tells how many keys are gone from the databases it was given", () => {
  using fixture = new StoreFixture();
  const [first, second] = fixture.store.databases;
  fixture.set("ant", "value", first);
  fixture.set("bee", "value", second);
  assertEquals(fixture.store.flush([second], false), 1);
  assertEquals([first.count, second.count], [1, 0]);
});

Deno.test("Store.swap exchanges content and numbers", () => {
  using fixture = new StoreFixture();
  const [first, second] = fixture.store.databases;
  fixture.set("ant", "value", first);
  fixture.store.swap(0, 1);
  assertEquals(fixture.store.databases, [second, first]);
  assertEquals([first.index, second.index], [1, 0]);
  assertEquals(fixture.get("ant", fixture.store.databases[1]), "value");
  fixture.store.swap(0, 0);
  assertEquals(second.index, 0);
});

Deno.test("Store.expireDue and nextExpiryMs look at all databases", () => {
  using fixture = new StoreFixture();
  const [, second] = fixture.store.databases;
  assertEquals(fixture.store.nextExpiryMs, Infinity);
  fixture.set("ant", "value", second);
  fixture.expire("ant", 10, second);
  assert(fixture.store.nextExpiryMs <= fixture.clock.nowMs() + 10);
  fixture.pass(10);
  assertEquals(fixture.store.expireDue(() => false), false);
  assertEquals(fixture.store.expireDue(() => true), true);
  assertEquals([second.count, fixture.expiredKeys], [0, ["ant"]]);
});

Deno.test("Store keeps arena pages of deleted keys no longer than needed", () => {
  using fixture = new StoreFixture();
  for (let index = 0; index < 20_000; index++) fixture.set(`key:${index}`, "v".repeat(200));
  const heldBytes = fixture.arena.heldBytes;
  fixture.store.flush(fixture.store.databases, false);
  while (fixture.arena.trim());
  assert(fixture.arena.heldBytes < heldBytes / 2);
});

Deno.test("Store makes databases beyond the usual 16 when they get a key", () => {
  using fixture = new StoreFixture(10_000);
  const { store } = fixture, { databases } = store;
  fixture.tableCount = 17; // all that are unused share one
  fixture.verify();
  store.keepVolatileIndex(true);
  const [first, second, last] = [20, 4321, 9999].map((index) => databases[index]);
  for (const database of [first, second, last]) {
    assertEquals([fixture.get("key", database), database.tableBytes], [undefined, 0]);
    fixture.set("key", "value", database);
    fixture.expire("key", 1000, database);
  }
  databases[50].reserve(100);
  first.moveEntry(first.peek(ByteView.ofText("key")), databases[60], ByteView.ofText("moved"));
  while (store.indexSome());
  assertEquals(store.keyCount, 3);
  assertEquals(fixture.get("key", databases[30]), undefined);
  assertEquals(fixture.get("key", second), "value");
  assertEquals(fixture.get("moved", databases[60]), "value");
  store.swap(4321, 7);
  fixture.set("key", "stays", databases[4321]);
  fixture.pass(1000);
  store.expireDue(() => true);
  assertEquals(databases.flatMap(({ count, index }) => count > 0 ? [index] : []), [4321]);
  fixture.tableCount += 5;
});
