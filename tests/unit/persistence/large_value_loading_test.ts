/**
 * RdbLoader, ValueReader: large values in steps, and packed ones that are taken over as they are.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { bytesOfText, ByteView } from "../../../src/base/byte_view.ts";
import { ManualClock } from "../../../src/base/clock.ts";
import { StreamId } from "../../../src/base/stream_id.ts";
import { digestOfData } from "../../../src/commands/data_digest.ts";
import { Log } from "../../../src/observability/mod.ts";
import { RdbError, RdbLoader } from "../../../src/persistence/mod.ts";
import { StoreFixture } from "../store/store_fixture.ts";
import { listpackOf } from "./listpack_text.ts";
import { loadFile, MemorySource, writeFile } from "./rdb_file_fixture.ts";

const ELEMENT_COUNT = 20_000;
/** Each step is some hundred elements at least. */
const STEPS_MAX = ELEMENT_COUNT / 200;
/** A list comes in few nodes, each of some hundred elements. */
const STEPS_MIN = 3;
const KINDS = ["hash", "set", "sorted set", "shuffled sorted set", "list", "stream"];
const HEAD = "REDIS0010";
const NO_CHECKSUM = "\0".repeat(8);

const view = (text: string): ByteView => ByteView.ofText(text);

/** Puts one value with many elements under the key `large`. */
function fillLarge({ keyspace }: StoreFixture, kind: string): void {
  const key = view("large");
  for (let index = 0; index < ELEMENT_COUNT; index++) {
    const element = view(`element:${index}`);
    if (kind === "hash") keyspace.openHash(key).set(element, element);
    else if (kind === "set") keyspace.openSet(key).add(element);
    else if (kind === "sorted set") keyspace.openSortedSet(key).set(element, index);
    else if (kind === "shuffled sorted set") keyspace.openSortedSet(key).set(element, index % 97);
    else if (kind === "list") keyspace.openList(key).push("tail", element);
    else {
      const id = new StreamId().setWords(0, 0, 1, index + 1);
      keyspace.openStream(key).append(id, { at: () => element }, 0, 1, 2 * element.byteCount);
    }
  }
}

function newLoader({ store }: StoreFixture): RdbLoader {
  const log = new Log({ clock: new ManualClock(), pid: 1, sink: { write: () => {} } });
  return new RdbLoader(store, {
    ...{ isChecksummed: true, keepsExpired: false, replacesKeys: false, log },
  });
}

Deno.test("RdbLoader has others take their turn while it reads a large value", async (context) => {
  for (const kind of KINDS) {
    await context.step(kind, () => {
      using saved = new StoreFixture(1), loaded = new StoreFixture(1);
      fillLarge(saved, kind);
      let stepCount = 0;
      const steps = newLoader(loaded).steps(new MemorySource(writeFile(saved.store)));
      for (let step = steps.next(); !step.done; step = steps.next()) {
        // Behind the value there may be one more.
        if (loaded.keyspace.count === 0) stepCount++;
      }
      assert(stepCount >= STEPS_MIN && stepCount <= STEPS_MAX, `${stepCount} steps`);
      assertEquals(digestOfData(loaded.store.databases), digestOfData(saved.store.databases));
    });
  }
});

Deno.test("RdbLoader frees a large value that is given up on the way", () => {
  for (const kind of KINDS) {
    // The fixture looks for blocks that nobody owns.
    using saved = new StoreFixture(1), loaded = new StoreFixture(1);
    fillLarge(saved, kind);
    const steps = newLoader(loaded).steps(new MemorySource(writeFile(saved.store)));
    for (let stepCount = 0; stepCount < STEPS_MIN; stepCount++) {
      assertEquals(steps.next().done, false);
    }
    steps.return(undefined!);
    assertEquals(loaded.keyspace.count, 0);
  }
});

/** Loads one key `k` with a value, as binary text, of a form. */
function loadValue(fixture: StoreFixture, form: number, value: string): void {
  const string = String.fromCharCode(value.length) + value;
  const file = `${HEAD}\xfe\0${String.fromCharCode(form)}\x01k${string}\xff${NO_CHECKSUM}`;
  loadFile(fixture.store, new MemorySource(bytesOfText(file)));
}

const HASH_LISTPACK = 16, SORTED_SET_LISTPACK = 17, SET_INTSET = 11;

Deno.test("ValueReader puts a packed sorted set into order that is in none", () => {
  using fixture = new StoreFixture(1);
  loadValue(fixture, SORTED_SET_LISTPACK, listpackOf(["b", 5, "c", 1, "a", 5]));
  const set = fixture.keyspace.readSortedSet(view("k"))!, members: string[] = [];
  for (let at = set.first(); at !== 0; at = set.next(at)) {
    members.push(`${set.memberAt(at, new ByteView()).toText()} ${set.scoreAt(at)}`);
  }
  assertEquals(members, ["c 1", "a 5", "b 5"]);
});

Deno.test("ValueReader refuses packed values in which something comes twice, however written", () => {
  const cases: [number, (string | number)[]][] = [
    [HASH_LISTPACK, ["a", "x", "b", "y", "a", "z"]],
    [HASH_LISTPACK, [7, "x", "7", "y"]],
    [SORTED_SET_LISTPACK, ["a", 1, "a", 2]],
    [SORTED_SET_LISTPACK, ["7", 1, 7, 2]],
  ];
  for (const [form, elements] of cases) {
    using fixture = new StoreFixture(1);
    assertThrows(() => loadValue(fixture, form, listpackOf(elements)), RdbError, "comes twice");
  }
});

Deno.test("ValueReader finds fields of a packed hash that are numbers written as strings", () => {
  using fixture = new StoreFixture(1);
  loadValue(fixture, HASH_LISTPACK, listpackOf(["12", "x", 13, "13"]));
  const hash = fixture.keyspace.openHash(view("k"));
  assertEquals([hash.isPacked, hash.count], [true, 2]);
  assertEquals(hash.set(view("12"), view("new")), false);
  assertEquals(hash.set(view("13"), view("new")), false);
  assertEquals(hash.readValue(hash.find(view("12")), new ByteView()).toText(), "new");
});

Deno.test("ValueReader takes packed values over only as far as the limits here go", () => {
  using fixture = new StoreFixture(1);
  const { limits } = fixture.store.environment;
  limits.hashMaxListpackEntries = limits.zsetMaxListpackEntries = limits.setMaxIntsetEntries = 1;
  loadValue(fixture, HASH_LISTPACK, listpackOf(["a", 1, "b", 2]));
  assertEquals(fixture.keyspace.readHash(view("k"))!.isPacked, false);
  fixture.keyspace.remove(view("k"));
  loadValue(fixture, SORTED_SET_LISTPACK, listpackOf(["a", 1, "b", 2]));
  assertEquals(fixture.keyspace.readSortedSet(view("k"))!.packedView(new ByteView()), undefined);
  fixture.keyspace.remove(view("k"));
  loadValue(fixture, SET_INTSET, "\x02\0\0\0\x02\0\0\0\x01\0\x02\0");
  assertEquals(fixture.keyspace.readSet(view("k"))!.isIntset, false);
});

Deno.test("ValueReader sorts an intset that is not in order", () => {
  using fixture = new StoreFixture(1);
  loadValue(fixture, SET_INTSET, "\x02\0\0\0\x03\0\0\0\x05\0\x02\0\xff\xff");
  const set = fixture.keyspace.readSet(view("k"))!;
  assertEquals([set.isIntset, set.count], [true, 3]);
  for (const member of ["5", "2", "-1"]) assert(set.has(view(member)));
  assertThrows(
    () => loadValue(fixture, SET_INTSET, "\x02\0\0\0\x02\0\0\0\x05\0\x05\0"),
    RdbError,
    "comes twice",
  );
});
