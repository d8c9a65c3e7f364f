/**
 * ElementLookAhead: it changes nothing but time, whatever the keys hold.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, ByteView } from "../../../../src/base/byte_view.ts";
import { StoreFixture } from "../store_fixture.ts";

const ELEMENT_BYTES = 3;
const bytes = bytesOfText(Array.from({ length: 100 }, (_, index) => `${100 + index}`).join(""));

function elementAt(index: number): ByteView {
  return new ByteView(bytes, index * ELEMENT_BYTES, (index + 1) * ELEMENT_BYTES);
}

/** A store with a value of each kind under these keys; `none` is not there. */
const KEYS = ["none", "text", "long", "number", "packed", "hash", "set", "integers", "sorted"];

function makeStore(): StoreFixture {
  const fixture = new StoreFixture(1), { keyspace, store } = fixture;
  store.environment.limits.zsetMaxListpackEntries = 4;
  fixture.set("text", "ant");
  fixture.set("long", "x".repeat(1000));
  fixture.set("number", "12");
  const key = (name: string) => ByteView.ofText(name);
  keyspace.openHash(key("packed")).set(elementAt(0), elementAt(1));
  // Small collections are passed over.
  for (let index = 0; index < 2100; index++) {
    const filler = key(`filler:${index}`);
    keyspace.openHash(key("hash")).set(filler, filler);
    keyspace.openSet(key("set")).add(filler);
    keyspace.openSortedSet(key("sorted")).set(filler, index);
  }
  for (let index = 0; index < 50; index++) {
    keyspace.openHash(key("hash")).set(elementAt(index), elementAt(index));
    keyspace.openHash(key("hash")).set(ByteView.ofText("f".repeat(100)), elementAt(index));
    keyspace.openSet(key("set")).add(index === 0 ? key("word") : elementAt(index));
    keyspace.openSet(key("integers")).add(elementAt(index));
    keyspace.openSortedSet(key("sorted")).set(elementAt(index), index);
  }
  return fixture;
}

Deno.test("ElementLookAhead gives each element its hash, announced or not, touched or not", () => {
  using fixture = makeStore();
  const { environment } = fixture.store;
  const { elements, hash, lookAhead } = environment;
  for (const isTouched of [false, true]) {
    for (const name of KEYS) lookAhead.add(ByteView.ofText(name));
    for (let index = 0; index < 100; index += 2) {
      assert(elements.add(index % KEYS.length, elementAt(index)));
    }
    if (isTouched) fixture.keyspace.lookAhead();
    for (const index of [0, 1, 2, 2, 90, 3, 98, 4, 99, 10, 64]) {
      const element = elementAt(index);
      assertEquals(elements.hashOf(element), hash.of(bytes, element.start, element.end));
    }
    lookAhead.clear();
    elements.clear();
  }
});

Deno.test("ElementLookAhead finds nothing else than a lookup without it", () => {
  using fixture = makeStore();
  const { keyspace, store: { environment: { elements, lookAhead } } } = fixture;
  const key = ByteView.ofText("hash");
  for (let from = 0; from < 100; from += 20) {
    lookAhead.add(key);
    for (let index = from; index < from + 20; index++) elements.add(0, elementAt(index));
    keyspace.lookAhead();
    for (let index = from; index < from + 20; index++) {
      assertEquals(keyspace.readHash(key)!.find(elementAt(index)) !== 0, index < 50);
    }
    lookAhead.clear();
    elements.clear();
  }
});

Deno.test("ElementLookAhead takes no more elements than it has room for", () => {
  using fixture = makeStore();
  const { elements, hash } = fixture.store.environment;
  const accepted = Array.from({ length: 100 }, (_, index) => elements.add(0, elementAt(index)));
  assertEquals(accepted.filter((isAccepted) => isAccepted).length, 64);
  assertEquals(elements.count, 64);
  assertEquals(elements.hashOf(elementAt(80)), hash.of(bytes, 240, 243));
});
