/**
 * Topology: what moves when nodes come and go, how two nodes' knowledge is joined, and its text.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { SLOT_COUNT } from "../../../../src/base/crc16.ts";
import { SeededRandom } from "../../../../src/base/random.ts";
import { SlotMap, SlotSet, Topology } from "../../../../src/cluster/mod.ts";
import { ConfigError } from "../../../../src/errors/config_error.ts";

const [A, B, C, D] = ["a", "b", "c", "d"].map((name, index) => ({
  name,
  host: `10.0.0.${index}`,
  port: 7000 + index,
}));
const THREE = Topology.of([C, A, B]);

function ownersOf(map: SlotMap): string[] {
  return Array.from({ length: SLOT_COUNT }, (_, slotIndex) => map.ownerOf(slotIndex).name);
}

Deno.test("Topology.of is the map of the configuration", () => {
  assertEquals(THREE.map.digest, new SlotMap([A, B, C]).digest);
  assert(!THREE.isMoving);
  assertEquals([THREE.epoch, THREE.movingCount], [0, 0]);
});

Deno.test("Topology moves slots one by one from the ring before to the ring to come", () => {
  for (
    const [change, target] of [
      [THREE.joinedBy(D), new SlotMap([A, B, C, D])],
      [THREE.leftBy("b"), new SlotMap([A, C])],
    ] as const
  ) {
    assertEquals(change.epoch, 1);
    assertEquals(ownersOf(change.map), ownersOf(THREE.map));
    let now = change;
    const before = ownersOf(THREE.map), after = ownersOf(target);
    const moving = before.flatMap((name, slotIndex) => name === after[slotIndex] ? [] : slotIndex);
    assertEquals(change.movingCount, moving.length);
    const leaving = ["a", "b", "c"].flatMap((name) => [...change.leaving(name)]);
    assertEquals(leaving.toSorted((a, b) => a - b), moving);
    for (const slotIndex of moving.slice(0, 40)) {
      assertEquals(now.map.ownerOf(slotIndex).name, before[slotIndex]);
      assertEquals(now.targetOf(slotIndex), after[slotIndex]);
      assert(now.coming(after[slotIndex]).has(slotIndex));
      now = now.withMoved([slotIndex]);
      assertEquals(now.map.ownerOf(slotIndex).name, after[slotIndex]);
      assert(!now.coming(after[slotIndex]).has(slotIndex));
      assert(!now.leaving(before[slotIndex]).has(slotIndex));
    }
    assertEquals([now.moved.count, now.isMoving], [40, true]);
    const end = now.withMoved(moving);
    assertEquals([end.isMoving, end.epoch, end.movingCount], [false, 1, 0]);
    assertEquals(ownersOf(end.map), after);
  }
});

Deno.test("Topology keeps a node that left, without slots, until it is forgotten", () => {
  const left = THREE.leftBy("b");
  const settled = left.withMoved(left.leaving("b")).withMoved([
    ...left.leaving("a"),
    ...left.leaving("c"),
  ]);
  assert(!settled.isMoving);
  assertEquals(settled.nodes.map(({ name }) => name), ["a", "b", "c"]);
  assertEquals(settled.ring, ["a", "c"]);
  assert(!ownersOf(settled.map).includes("b"));
  const forgotten = settled.forgetting("b");
  assertEquals([forgotten.epoch, forgotten.isMoving], [2, false]);
  assertEquals(forgotten.nodes.map(({ name }) => name), ["a", "c"]);
  const back = settled.joinedBy({ ...B, port: 1 });
  assertEquals([back.nodes.length, back.find("b")?.port, back.isMoving], [3, 1, true]);
});

Deno.test("Topology.joinedWith adds up what nodes know, in whatever order", () => {
  const random = new SeededRandom(7);
  const change = THREE.joinedBy(D), moving = [...change.coming("d")];
  for (let round = 0; round < 50; round++) {
    const known = [0, 1, 2].map(() =>
      change.withMoved(moving.filter(() => random.below(3) > 0 || round === 49))
    );
    const [x, y, z] = known;
    const joined = x.joinedWith(y)!.joinedWith(z)!;
    assertEquals(z.joinedWith(x.joinedWith(y)!)!.digest, joined.digest);
    assertEquals(y.joinedWith(y), y);
    const all = moving.filter((slot) =>
      known.some(({ moved, isMoving }) => !isMoving || moved.has(slot))
    );
    assertEquals(joined.isMoving ? joined.moved.count : moving.length, all.length);
  }
  assertEquals(THREE.joinedWith(change), change);
  assertEquals(change.joinedWith(THREE), change);
  const settled = change.withMoved(moving);
  assertEquals(change.joinedWith(settled), settled);
  assertEquals(settled.joinedWith(change), settled);
  assertEquals(change.joinedWith(THREE.leftBy("a")), undefined);
  assertEquals(change.joinedWith(Topology.of([A, B]).joinedBy(C)), undefined);
  assertEquals(settled.joinedWith(THREE.leftBy("a")), undefined);
});

Deno.test("Topology is the same when it is written and read", () => {
  const change = THREE.joinedBy({ name: "d", host: "fe80::1", port: 9 });
  const slots = [...change.coming("d")];
  for (const topology of [THREE, change, change.withMoved(slots.slice(3, 90)), THREE.leftBy("c")]) {
    const again = Topology.parse(topology.toText());
    assertEquals(again.toText(), topology.toText());
    assertEquals(again.digest, topology.digest);
    assertEquals(ownersOf(again.map), ownersOf(topology.map));
    assertEquals(again.nodes, topology.nodes);
  }
  assertStringIncludes(change.toText(), "nodes a@10.0.0.0:7000 b@10.0.0.1:7001");
  assertStringIncludes(change.toText(), "target a b c d\nmoved \nend\n");
});

Deno.test("Topology.parse refuses what is none", () => {
  const text = THREE.joinedBy(D).toText();
  for (
    const [part, other] of [
      ["easyredis-topology 1", "easyredis-topology 2"],
      ["\nend\n", "\n"],
      ["ring a b c", "ring a c b"],
      ["ring a b c", "ring"],
      ["ring a b c", "ring a b e"],
      ["moved ", "moved 5-3"],
      ["moved ", "moved 16384"],
      ["epoch 1", "epoch -1"],
      ["epoch 1", "epoch x"],
      ["b@10.0.0.1:7001", "b@10.0.0.1"],
    ]
  ) {
    assertThrows(() => Topology.parse(text.replace(part, other)), ConfigError);
  }
});

Deno.test("SlotSet counts, and is the same when it is written and read", () => {
  const slots = new SlotSet([5, 0, 1, 2, SLOT_COUNT - 1, 5]);
  assertEquals([slots.count, slots.toText()], [5, "0-2 5 16383"]);
  assertEquals([...SlotSet.parse(slots.toText())!], [0, 1, 2, 5, SLOT_COUNT - 1]);
  slots.delete(1);
  slots.delete(7);
  assertEquals([slots.count, slots.toText(), slots.has(1)], [4, "0 2 5 16383", false]);
  assertEquals([new SlotSet().toText(), SlotSet.parse("")?.count], ["", 0]);
  for (const text of ["a", "1-", "3 2-1", "0-16384", " 1"]) {
    assertEquals(SlotSet.parse(text), undefined);
  }
});
