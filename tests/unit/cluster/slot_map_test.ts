/**
 * Slot map and hash ring: who has which slot, how evenly, and what moves when nodes come and go.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { SLOT_COUNT } from "../../../src/base/crc16.ts";
import { type NodeAddress, SlotMap } from "../../../src/cluster/mod.ts";

const NODE_COUNTS = [1, 2, 3, 5, 10, 30];

function mapOf(...names: readonly string[]): SlotMap {
  return new SlotMap(names.map((name, index) => ({ name, host: "h", port: index + 1 })));
}

function namesOf(count: number, prefix = "node"): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** How many slots have other owners. */
function movedCount(before: SlotMap, after: SlotMap): number {
  let count = 0;
  for (let slotIndex = 0; slotIndex < SLOT_COUNT; slotIndex++) {
    if (before.ownerOf(slotIndex).name !== after.ownerOf(slotIndex).name) count++;
  }
  return count;
}

/** How many slots each node has. */
function slotCounts(map: SlotMap): number[] {
  return map.nodes.map((node) =>
    map.ranges.filter(({ owner }) => owner === node)
      .reduce((sum, { first, last }) => sum + last - first + 1, 0)
  );
}

Deno.test("SlotMap gives each slot to one node, and each node about its share", () => {
  for (const count of NODE_COUNTS) {
    for (const prefix of ["node", "redis-", "10.0.0."]) {
      const counts = slotCounts(mapOf(...namesOf(count, prefix)));
      const share = SLOT_COUNT / count;
      assertEquals(counts.reduce((sum, each) => sum + each), SLOT_COUNT);
      assert(Math.max(...counts) <= Math.ceil(share * 1.02), `${prefix} ${counts}`);
      // A small node is no harm to the others; what it lacks, they have within their bound.
      const least = count <= 3 ? 0.95 : count <= 10 ? 0.88 : 0.8;
      assert(Math.min(...counts) >= share * least, `${prefix} ${counts}`);
    }
  }
});

Deno.test("SlotMap moves about the share of a node that comes or goes, and little else", () => {
  for (const count of [2, 3, 5, 10]) {
    for (const prefix of ["node", "redis-", "10.0.0."]) {
      const before = mapOf(...namesOf(count, prefix)), after = mapOf(...namesOf(count + 1, prefix));
      const share = SLOT_COUNT / (count + 1);
      const moved = movedCount(before, after);
      assert(
        moved >= share * 0.85 && moved <= share * 1.35,
        `${prefix} ${count}: ${moved / share}`,
      );
    }
  }
});

Deno.test("SlotMap does not depend on the order of the nodes, nor on their addresses", () => {
  const addresses: NodeAddress[] = namesOf(5).map((name) => ({ name, host: "a", port: 1 }));
  const map = new SlotMap(addresses);
  const other = new SlotMap(addresses.toReversed().map((node) => ({ ...node, host: "b" })));
  assertEquals(movedCount(map, other), 0);
  assertEquals(map.digest, other.digest);
  assertEquals(map.nodes.map(({ id }) => id), other.nodes.map(({ id }) => id));
  assertEquals(new Set(map.nodes.map(({ id }) => id)).size, 5);
  for (const { id } of map.nodes) assert(/^[0-9a-f]{40}$/.test(id));
});

Deno.test("SlotMap.digest tells maps apart", () => {
  const digests = [
    mapOf("a"),
    mapOf("b"),
    mapOf("a", "b"),
    mapOf("a", "c"),
    mapOf("a", "b", "c"),
  ].map(({ digest }) => digest);
  assertEquals(new Set(digests).size, digests.length);
  assertNotEquals(digests[0], "");
});

Deno.test("SlotMap.ranges are all slots in order, neighbours of different owners", () => {
  const map = mapOf(...namesOf(3));
  let next = 0;
  for (const [index, { first, last, owner }] of map.ranges.entries()) {
    assertEquals(first, next);
    assertNotEquals(map.ranges[index + 1]?.owner, owner);
    for (let slotIndex = first; slotIndex <= last; slotIndex++) {
      assertEquals(map.ownerOf(slotIndex), owner);
    }
    next = last + 1;
  }
  assertEquals(next, SLOT_COUNT);
  assertEquals(mapOf("alone").ranges.length, 1);
});
