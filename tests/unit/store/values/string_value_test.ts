/**
 * String values: reading them from each of the three places, and what they cost.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { ManualClock } from "../../../../src/base/clock.ts";
import { Int64 } from "../../../../src/base/int64.ts";
import { SeededRandom } from "../../../../src/base/random.ts";
import {
  encodingName,
  readStringInteger,
  type Ref,
  Store,
  stringView,
} from "../../../../src/store/mod.ts";
import { IntegerText } from "../../../../src/store/values/mod.ts";

function makeStore(): Store {
  return new Store({ clock: new ManualClock(), random: new SeededRandom(1), databaseCount: 1 });
}

function set(store: Store, value: string): Ref {
  const key = ByteView.ofText("key"), keyspace = store.databases[0];
  keyspace.setString(key, ByteView.ofText(value));
  return keyspace.peek(key);
}

Deno.test("stringView shows integers, inline values and blocks", () => {
  const store = makeStore(), { entries } = store.environment;
  for (const value of ["", "12", "-9223372036854775808", "\x00\xff\r\n", "v".repeat(5000)]) {
    const view = stringView(
      entries,
      set(store, value),
      new ByteView(),
      new IntegerText(),
    );
    assertEquals(view.toText(), value);
  }
});

Deno.test("encodingName follows Redis: int, embstr up to 44 bytes, raw", () => {
  const store = makeStore(), { entries } = store.environment;
  const name = (value: string): string => encodingName(entries, set(store, value));
  for (const value of ["0", "-1", "9223372036854775807", "-9223372036854775808"]) {
    assertEquals(name(value), "int", value);
  }
  for (const value of ["", "-0", "01", "+1", "1 ", "9223372036854775808", "v".repeat(44)]) {
    assertEquals(name(value), "embstr", value);
  }
  for (const value of ["v".repeat(45), "1".repeat(255), "v".repeat(256)]) {
    assertEquals(name(value), "raw", value);
  }
});

Deno.test("readStringInteger reads any encoding, and refuses what is no integer", () => {
  const store = makeStore(), { entries } = store.environment, integer = new Int64();
  assert(readStringInteger(entries, set(store, "-9223372036854775808"), integer));
  assertEquals(integer.toBigInt(), -(2n ** 63n));
  const grown = store.databases[0].growString(set(store, "12"), 2, 100); // raw now
  assert(readStringInteger(entries, grown, integer));
  assertEquals(integer.toNumber(), 12);
  for (const value of ["", "1.5", "9223372036854775808", "v".repeat(300)]) {
    assert(!readStringInteger(entries, set(store, value), integer), value);
  }
});

Deno.test("Values.memoryBytes counts the entry and its block", () => {
  const store = makeStore(), { values } = store.environment;
  assertEquals(values.memoryBytes(set(store, "v".repeat(100)), 0), 8 + 3 + 100 + 1);
  assertEquals(values.memoryBytes(set(store, "12"), 0), 8 + 8 + 3 + 5);
  assertEquals(values.memoryBytes(set(store, "v".repeat(300_000)), 0), 24 + 300_000);
});

Deno.test("Values.freeEffort is one step for a string of any length", () => {
  const store = makeStore();
  assertEquals(store.environment.values.freeEffort(set(store, "v".repeat(300_000))), 1);
});
