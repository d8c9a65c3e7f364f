/**
 * Snapshots: each way in which an entry can change before the walk comes to it, and how one ends.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { Int64 } from "../../../src/base/int64.ts";
import {
  type ElementVisitor,
  type Keyspace,
  type PastValue,
  type Ref,
  Snapshot,
  type SnapshotSink,
  type Store,
} from "../../../src/store/mod.ts";
import { MARK_COUNT } from "../../../src/store/values/mod.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { RestlessArena } from "../../support/restless_arena.ts";
import { StoreFixture } from "./store_fixture.ts";

const LARGE_COUNT = 2000;

/** Notes the strings that it gets as `database key value`, with the expiry if there is one. */
class NotingSink implements SnapshotSink {
  readonly lines: string[] = [];
  /** Keys that are written with a pause, as long as they are in here. */
  readonly pausedKeys = new Set<string>();

  readonly #store: Store;
  readonly #view = new ByteView();
  readonly #expiry = new Int64();

  constructor(store: Store) {
    this.#store = store;
  }

  begin(index: number, keyCount: number, expiringCount: number): void {
    this.lines.push(`database ${index}: ${keyCount}, ${expiringCount}`);
  }

  entry(index: number, ref: Ref, past?: PastValue): Generator<void, void> | undefined {
    const key = this.#store.environment.entries.keyView(ref, this.#view).toText();
    if (past !== undefined) return this.#pastSteps(index, ref, key, past);
    if (!this.pausedKeys.has(key)) return this.#note(index, ref, key);
    return this.#steps(index, ref, key);
  }

  *#steps(index: number, ref: Ref, key: string): Generator<void, void> {
    while (this.pausedKeys.has(key)) yield;
    this.#note(index, ref, key);
  }

  *#pastSteps(index: number, ref: Ref, key: string, past: PastValue): Generator<void, void> {
    const elements = new Set<string>();
    const visitor: ElementVisitor = {
      field: (field, value) => elements.add(`${field.toText()} ${value.toText()}`),
      member: (member) => elements.add(member.toText()),
      scored: (member, score) => elements.add(`${member.toText()} ${score}`),
    };
    while (past.step(visitor) || this.pausedKeys.has(key)) yield;
    assertEquals(elements.size, past.count);
    this.#note(index, ref, key, past.count);
  }

  #note(
    index: number,
    ref: Ref,
    key: string,
    elementCount = this.#store.environment.entries.valueCountOf(ref),
  ): undefined {
    const { environment: { entries }, databases: [keyspace] } = this.#store;
    const value = keyspace.isString(ref)
      ? keyspace.stringOf(ref, this.#view).toText()
      : `${elementCount} elements`;
    const expiry = entries.expires(ref)
      ? ` until ${entries.readExpiry(ref, this.#expiry).toNumber()}`
      : "";
    this.lines.push(`${index} ${key} ${value}${expiry}`);
  }
}

function bytes(text: string): ByteView {
  return ByteView.ofText(text);
}

function finish(snapshot: Snapshot): void {
  while (snapshot.advance(() => false));
  assert(snapshot.isDone);
}

function addLargeList(keyspace: Keyspace, key: string): void {
  const list = keyspace.openList(bytes(key));
  for (let index = 0; index < LARGE_COUNT; index++) list.push("tail", bytes(`${index}`));
}

/** A change of the only key, `ant`, of value `one`. */
type Change = (fixture: StoreFixture, keyspace: Keyspace, ref: Ref) => void;

const CHANGES: readonly [string, Change][] = [
  ["it is overwritten by a value that fits", (fixture) => fixture.set("ant", "two")],
  ["it is overwritten by a longer value", (fixture) => fixture.set("ant", "two".repeat(300))],
  ["it is given an expiry", (fixture) => fixture.expire("ant", 1000)],
  ["it is removed", (_, keyspace) => keyspace.remove(bytes("ant"))],
  ["its entry is removed", (_, keyspace, ref) => keyspace.removeEntry(ref)],
  ["it gets another key", (_, keyspace, ref) => keyspace.moveEntry(ref, keyspace, bytes("bee"))],
  [
    "it is copied over",
    (fixture, keyspace) =>
      keyspace.copyEntry(
        fixture.set("bee", "two", fixture.store.databases[1]),
        keyspace,
        bytes("ant"),
      ),
  ],
  [
    "it moves to another database",
    ({ store }, keyspace, ref) => keyspace.moveEntry(ref, store.databases[1], bytes("ant")),
  ],
  ["its database gets another number", ({ store }) => store.swap(0, 1)],
  ["its database is emptied at once", ({ store }) => store.flush(store.databases, false)],
  ["its database is emptied in slices", ({ store }) => store.flush(store.databases, true)],
  [
    "it is grown in place by a reader",
    ({ arena }, keyspace) => {
      const ref = keyspace.growString(keyspace.read(bytes("ant")), 3, 10);
      const block = keyspace.entries.valueBlockOf(ref);
      arena.bytesOf(block)[arena.offsetOf(block)] = 0x58;
    },
  ],
];

for (const [change, run] of CHANGES) {
  Deno.test(`Snapshot has an entry as it was though ${change}`, () => {
    using fixture = new StoreFixture();
    const ref = fixture.set("ant", "one"), sink = new NotingSink(fixture.store);
    const snapshot = Snapshot.begin(fixture.store, sink);
    run(fixture, fixture.keyspace, ref);
    finish(snapshot);
    assertEquals(sink.lines.sort(), ["0 ant one", "database 0: 1, 0"]);
  });
}

Deno.test("Snapshot has the expiry that was, though it was changed, taken away or has come", () => {
  using fixture = new StoreFixture();
  const { clock, keyspace } = fixture, nowMs = clock.nowMs();
  for (const key of ["ant", "bee", "cow"]) {
    fixture.set(key, "one");
    fixture.expire(key, 1000);
  }
  const sink = new NotingSink(fixture.store), snapshot = Snapshot.begin(fixture.store, sink);
  fixture.expire("ant", 5000);
  keyspace.clearExpiry(keyspace.peek(bytes("bee")));
  fixture.pass(2000);
  fixture.store.expireDue(() => true);
  finish(snapshot);
  assertEquals(fixture.expiredKeys, ["cow"]);
  assertEquals(sink.lines.sort(), [
    `0 ant one until ${nowMs + 1000}`,
    `0 bee one until ${nowMs + 1000}`,
    `0 cow one until ${nowMs + 1000}`,
    "database 0: 3, 3",
  ]);
});

Deno.test("Snapshot saves entries that have expired unnoticed, and removes none", () => {
  using fixture = new StoreFixture();
  fixture.set("ant", "one");
  fixture.expire("ant", 10);
  fixture.pass(20);
  const sink = new NotingSink(fixture.store);
  finish(Snapshot.begin(fixture.store, sink));
  assertEquals([sink.lines.length, fixture.keyspace.count, fixture.expiredKeys], [2, 1, []]);
});

Deno.test("Snapshot saves a stream before a reading command changes what its groups know", () => {
  using fixture = new StoreFixture();
  fixture.keyspace.openStream(bytes("ant")).create();
  const sink = new NotingSink(fixture.store), snapshot = Snapshot.begin(fixture.store, sink);
  fixture.keyspace.openCountedStream(bytes("ant")).createGroup(bytes("group"));
  assertEquals(sink.lines, ["0 ant 0 elements"]);
  finish(snapshot);
});

Deno.test("Snapshot knows no entry that was made after its beginning", () => {
  using fixture = new StoreFixture();
  fixture.set("ant", "one");
  const sink = new NotingSink(fixture.store), snapshot = Snapshot.begin(fixture.store, sink);
  for (let index = 0; index < 1000; index++) fixture.set(`key:${index}`, "two");
  fixture.set("key:1", "three");
  fixture.set("bee", "two", fixture.store.databases[1]);
  finish(snapshot);
  assertEquals(sink.lines.sort(), ["0 ant one", "database 0: 1, 0"]);
});

Deno.test("Snapshot does not save a large value at once that is removed, nor one that is quickly copied", () => {
  using fixture = new StoreFixture();
  const { keyspace } = fixture;
  for (const key of ["ant", "bee", "cow"]) addLargeList(keyspace, key);
  fixture.set("dog", "x".repeat(100_000));
  for (let index = 0; index < LARGE_COUNT; index++) {
    keyspace.openHash(bytes("eel")).set(bytes(`${index}`), bytes("value"));
  }
  const sink = new NotingSink(fixture.store), snapshot = Snapshot.begin(fixture.store, sink);
  keyspace.remove(bytes("ant"));
  fixture.set("bee", "short");
  fixture.set("dog", "short");
  assertEquals(sink.lines, []);
  keyspace.openList(bytes("cow")).push("tail", bytes("more"));
  assertEquals(sink.lines, []);
  keyspace.openHash(bytes("eel")).set(bytes("more"), bytes("value"));
  assertEquals(sink.lines, ["0 eel 2000 elements"]);
  finish(snapshot);
  const lines = sink.lines.sort().map((line) => line.slice(0, 20));
  assertEquals(lines, [
    "0 ant 2000 elements",
    "0 bee 2000 elements",
    "0 cow 2000 elements",
    `0 dog ${"x".repeat(14)}`,
    "0 eel 2000 elements",
    "database 0: 5, 0",
  ]);
});

Deno.test("Snapshot writes nothing into the middle of a value, and ends it before it changes", () => {
  using fixture = new StoreFixture();
  const sink = new NotingSink(fixture.store);
  sink.pausedKeys.add("ant");
  fixture.set("ant", "one");
  const snapshot = Snapshot.begin(fixture.store, sink);
  snapshot.advance(() => false);
  assertEquals(sink.lines, ["database 0: 1, 0"]);
  sink.pausedKeys.clear();
  fixture.set("ant", "two");
  finish(snapshot);
  assertEquals(sink.lines, ["database 0: 1, 0", "0 ant one"]);
});

Deno.test("Snapshot keeps a copy of what changes while a value is half-way written", () => {
  using fixture = new StoreFixture();
  const { store } = fixture, sink = new NotingSink(store);
  // The only database with keys is walked first.
  sink.pausedKeys.add("ant");
  fixture.set("ant", "one");
  fixture.set("bee", "one", store.databases[1]);
  addLargeList(store.databases[1], "cow");
  const snapshot = Snapshot.begin(store, sink);
  snapshot.advance(() => false);
  fixture.set("bee", "two", store.databases[1]);
  store.databases[1].openList(bytes("cow")).push("tail", bytes("more"));
  store.databases[1].remove(bytes("cow"));
  assertEquals(sink.lines, ["database 0: 1, 0"]);
  sink.pausedKeys.clear();
  finish(snapshot);
  assertEquals(sink.lines.sort(), [
    "0 ant one",
    "1 bee one",
    "1 cow 2000 elements",
    "database 0: 1, 0",
    "database 1: 2, 0",
  ]);
});

Deno.test("Snapshot frees what it kept when it is broken off, and has no effect from then on", () => {
  using fixture = new StoreFixture();
  const { keyspace, store } = fixture, sink = new NotingSink(store);
  for (const key of ["ant", "bee", "cow"]) addLargeList(keyspace, key);
  sink.pausedKeys.add("ant").add("bee").add("cow");
  const snapshot = Snapshot.begin(store, sink);
  snapshot.advance(() => false);
  keyspace.remove(bytes("ant"));
  keyspace.remove(bytes("bee"));
  store.flush(store.databases, false);
  snapshot.abort();
  snapshot.abort();
  assertEquals([snapshot.isDone, snapshot.advance(() => true)], [false, false]);
  fixture.set("ant", "two");
  fixture.set("ant", "three");
  assertEquals(sink.lines, ["database 0: 3, 0"]);
});

for (const isSwept of [true, false]) {
  const how = isSwept ? "with time to put their marks right" : "one right after the other";
  Deno.test(`Snapshot is whole after very many that were broken off, ${how}`, () => {
    using fixture = new StoreFixture();
    const { store } = fixture, keyCount = 1000;
    for (let index = 0; index < keyCount; index++) fixture.set(`key:${index}`, "one");
    for (let round = 0; round < 5 * MARK_COUNT; round++) {
      const broken = Snapshot.begin(store, new NotingSink(store));
      for (let step = round % 5; step > 0; step--) broken.advance(() => false);
      fixture.set(`key:${round}`, "two");
      if (round % 50 === 0) store.swap(0, 1);
      broken.abort();
      if (isSwept && round % 10 === 0) store.environment.lazyFree.freeSome();
      if (round % 100 !== 7) continue;
      const sink = new NotingSink(store);
      finish(Snapshot.begin(store, sink));
      const index = store.databases.findIndex((database) => database.count >= keyCount);
      assertEquals(sink.lines.filter((line) => line.startsWith(`${index} key`)).length, keyCount);
    }
  });
}

Deno.test("Snapshot keeps an emptied database until its last value is written", () => {
  using fixture = new StoreFixture();
  const { keyspace, store } = fixture, sink = new NotingSink(store);
  addLargeList(keyspace, "ant");
  sink.pausedKeys.add("ant");
  const snapshot = Snapshot.begin(store, sink);
  store.flush([keyspace], false);
  for (let step = 0; step < 5; step++) {
    snapshot.advance(() => false);
    while (store.environment.lazyFree.freeSome());
  }
  sink.pausedKeys.clear();
  finish(snapshot);
  assertEquals(sink.lines, ["database 0: 1, 0", "0 ant 2000 elements"]);
});

/** What becomes of a large hash while it is being saved. */
const FATES: readonly [string, Change][] = [
  ["it goes on changing", () => {}],
  ["it is removed", (_, keyspace) => keyspace.remove(bytes("ant"))],
  ["it is overwritten", (fixture) => fixture.set("ant", "short")],
  ["its database is emptied", ({ store }) => store.flush(store.databases, false)],
  [
    "it gets another key and is removed",
    (_, keyspace, ref) => {
      keyspace.moveEntry(ref, keyspace, bytes("bee"));
      keyspace.remove(bytes("bee"));
    },
  ],
  [
    "it gets an expiry and is removed",
    (fixture, keyspace) => {
      fixture.expire("ant", 1000);
      keyspace.remove(bytes("ant"));
    },
  ],
  [
    "it moves to another database that is emptied",
    ({ store }, keyspace, ref) => {
      keyspace.moveEntry(ref, store.databases[1], bytes("ant"));
      store.flush(store.databases, true);
    },
  ],
];

for (const [fate, run] of FATES) {
  for (const isAborted of [false, true]) {
    const end = isAborted ? ", and frees all when it is broken off" : "";
    Deno.test(`Snapshot saves a large hash in slices though ${fate}${end}`, () => {
      using fixture = new StoreFixture();
      const { keyspace, store } = fixture, sink = new NotingSink(store);
      const addField = (index: number) =>
        keyspace.openHash(bytes("ant")).set(bytes(`field:${index}`), bytes("value"));
      for (let index = 0; index < LARGE_COUNT; index++) addField(index);
      const snapshot = Snapshot.begin(store, sink, 1000);
      addField(LARGE_COUNT);
      snapshot.advance(() => false);
      addField(LARGE_COUNT + 1);
      run(fixture, keyspace, keyspace.peek(bytes("ant")));
      snapshot.advance(() => false);
      while (store.environment.lazyFree.freeSome());
      if (isAborted) return snapshot.abort();
      finish(snapshot);
      assertEquals(sink.lines.sort(), ["0 ant 2000 elements", "database 0: 1, 0"]);
    });
  }
}

Deno.test("Snapshot saves a large hash that it has begun, before others, though it gets another key", () => {
  using fixture = new StoreFixture();
  const { keyspace, store } = fixture, sink = new NotingSink(store);
  const addField = (key: string, index: number) =>
    keyspace.openHash(bytes(key)).set(bytes(`field:${index}`), bytes("value"));
  for (const key of ["ant", "bee"]) {
    for (let index = 0; index < LARGE_COUNT; index++) addField(key, index);
  }
  sink.pausedKeys.add("ant");
  const snapshot = Snapshot.begin(store, sink, 1000);
  addField("ant", LARGE_COUNT);
  snapshot.advance(() => false);
  addField("bee", LARGE_COUNT);
  keyspace.moveEntry(keyspace.peek(bytes("ant")), keyspace, bytes("cow"));
  for (let step = 0; step < 100; step++) snapshot.advance(() => false);
  assertEquals(sink.lines, []);
  sink.pausedKeys.clear();
  finish(snapshot);
  assertEquals(sink.lines.slice(0, 2), ["0 ant 2000 elements", "0 bee 2000 elements"]);
});

Deno.test("Snapshot.begin ends a pass that moves blocks, and none begins until it is done", () => {
  using fixture = new StoreFixture(1, new RestlessArena(new SeededRandom(1)));
  const { defragmenter } = fixture.store;
  fixture.set("ant", "one");
  assert(defragmenter.begin());
  const snapshot = Snapshot.begin(fixture.store, new NotingSink(fixture.store));
  assertEquals([defragmenter.isRunning, defragmenter.begin()], [false, false]);
  finish(snapshot);
  assert(defragmenter.begin());
  defragmenter.end();
});

Deno.test("Snapshot.begin refuses a second one at a time", () => {
  using fixture = new StoreFixture();
  fixture.set("ant", "one");
  const snapshot = Snapshot.begin(fixture.store, new NotingSink(fixture.store));
  assertThrows(() => Snapshot.begin(fixture.store, new NotingSink(fixture.store)));
  finish(snapshot);
  finish(Snapshot.begin(fixture.store, new NotingSink(fixture.store)));
});

Deno.test("Snapshot of an empty store is done at once", () => {
  using fixture = new StoreFixture();
  const sink = new NotingSink(fixture.store);
  finish(Snapshot.begin(fixture.store, sink));
  assertEquals(sink.lines, []);
});
