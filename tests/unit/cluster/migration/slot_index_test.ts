/**
 * Slot index: it lacks no key of its slots, whatever happens while it is built, and knows what changed.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { ManualClock } from "../../../../src/base/clock.ts";
import { slotOf } from "../../../../src/base/crc16.ts";
import { SeededRandom } from "../../../../src/base/random.ts";
import { SlotIndex, SlotSet } from "../../../../src/cluster/mod.ts";
import { ChangeListeners, Effects } from "../../../../src/engine/mod.ts";
import { Store } from "../../../../src/store/mod.ts";

const VALUE = ByteView.ofText("v");

/** A store whose changes are told. */
function newServer() {
  const counters = {
    ...{ keyspaceHits: 0, keyspaceMisses: 0, expiredKeys: 0, evictedKeys: 0 },
    ...{ lazyFreedObjects: 0 },
  };
  const store = new Store({
    clock: new ManualClock(),
    random: new SeededRandom(1),
    databaseCount: 2,
    counters: counters as never,
  });
  const changeListeners = new ChangeListeners(new Effects());
  return {
    server: { store, changeListeners },
    set(databaseIndex: number, key: string): void {
      store.databases[databaseIndex].setString(ByteView.ofText(key), VALUE);
      changeListeners.changed(databaseIndex, ByteView.ofText(key), "set");
    },
    remove(databaseIndex: number, key: string): void {
      store.databases[databaseIndex].remove(ByteView.ofText(key));
      changeListeners.changed(databaseIndex, ByteView.ofText(key), "del");
    },
  };
}

function slotOfText(key: string): number {
  return slotOf(ByteView.ofText(key));
}

/** Every other slot. */
const SLOTS = new SlotSet(Array.from({ length: 8192 }, (_, index) => index * 2));

function placesIn(index: SlotIndex): string[] {
  const places: string[] = [];
  for (const slotIndex of SLOTS) {
    for (const { databaseIndex, key } of index.keysOf(slotIndex)) {
      assertEquals(slotOf(new ByteView(key)), slotIndex);
      places.push(`${databaseIndex} ${new TextDecoder().decode(key)}`);
    }
  }
  return places.sort();
}

Deno.test("SlotIndex has every key of its slots, those too that came while it was built", async () => {
  const { server, set } = newServer();
  const wanted = new Set<string>();
  const add = (databaseIndex: number, key: string) => {
    set(databaseIndex, key);
    if (SLOTS.has(slotOfText(key))) wanted.add(`${databaseIndex} ${key}`);
  };
  for (let number = 0; number < 3000; number++) add(number % 2, `key:${number}`);
  let turnCount = 0;
  const nextTurn = () => {
    for (let each = 0; each < 50; each++) add(each % 2, `late:${turnCount}:${each}`);
    turnCount++;
    return Promise.resolve();
  };
  using index = new SlotIndex({ server, nextTurn }, SLOTS);
  await index.build();
  assert(turnCount > 2);
  assertEquals(placesIn(index), [...wanted].sort());
});

Deno.test("SlotIndex tells once which keys have changed, and forgets slots", async () => {
  const { server, set, remove } = newServer();
  const keys = Array.from({ length: 40 }, (_, number) => `key:${number}`)
    .filter((key) => SLOTS.has(slotOfText(key)));
  for (const key of keys) set(0, key);
  using index = new SlotIndex({ server, nextTurn: () => Promise.resolve() }, SLOTS);
  await index.build();
  const slots = new SlotSet(keys.map(slotOfText));
  assert(!index.hasChanged(slots));
  set(0, keys[0]);
  set(0, keys[0]);
  remove(0, keys[1]);
  set(1, keys[2]);
  const other = Array.from({ length: 40 }, (_, number) => `key:${number}`)
    .find((key) => !SLOTS.has(slotOfText(key)))!;
  set(0, other);
  assert(index.hasChanged(slots));
  assert(!index.hasChanged([slotOfText(keys[3])]));
  const changed = index.takeChanged(slots).map(({ databaseIndex, key }) =>
    `${databaseIndex} ${new TextDecoder().decode(key)}`
  );
  assertEquals(changed.sort(), [`0 ${keys[0]}`, `0 ${keys[1]}`, `1 ${keys[2]}`].sort());
  assert(!index.hasChanged(slots));
  index.drop([slotOfText(keys[3])]);
  assertEquals(index.keysOf(slotOfText(keys[3])), []);
  assert(!index.isStale);
  server.changeListeners.flushed(server.store.databases);
  assert(index.isStale);
});

Deno.test("SlotIndex listens to changes only until it is disposed of", () => {
  const { server } = newServer();
  {
    using _ = new SlotIndex({ server, nextTurn: () => Promise.resolve() }, SLOTS);
    assertEquals(server.changeListeners.count, 1);
  }
  assertEquals(server.changeListeners.count, 0);
});
