/**
 * Cluster scan: a walk over nodes between which keys move, that come and go, meets what stays.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../../src/base/random.ts";
import { scanAll } from "../../../../src/cluster/fan_out/cluster_scan.ts";
import { FanOutRequest } from "../../../../src/cluster/fan_out/fan_out_request.ts";
import type { ClusterNode } from "../../../../src/engine/mod.ts";
import { Args, type ReplyValue, type RequestWord } from "../../../../src/resp/mod.ts";
import { plainOf } from "../../../support/reply.ts";
import { ReplyReader } from "../../../support/reply_reader.ts";
import { takeSeed } from "../../../support/seed.ts";
import { FakeNodes } from "./fake_nodes.ts";

const KEY_COUNT = 200;

/** Nodes that have keys, in the order of numbers, which stand for hashes. */
class KeyNodes extends FakeNodes {
  readonly owners = new Map<number, string>();
  /** Happens while a node answers. */
  meanwhile: () => void = () => {};

  override async call(
    node: ClusterNode,
    _databaseIndex: number,
    words: readonly RequestWord[],
  ): Promise<ReplyValue<Uint8Array>> {
    const [, cursor, , count] = words.map((word) =>
      word instanceof Uint8Array ? textOfBytes(word) : String(word)
    );
    const rest = [...this.owners].filter(([key, name]) =>
      name === node.name && key >= Number(cursor)
    ).map(([key]) => key).toSorted((a, b) => a - b);
    const keys = rest.slice(0, Number(count)), next = rest[Number(count)] ?? 0;
    await Promise.resolve();
    this.meanwhile();
    return [bytesOfText(String(next)), keys.map((key) => bytesOfText(String(key)))];
  }
}

/** One step of SCAN. */
async function scanStep(
  nodes: KeyNodes,
  cursor: string,
  count = "7",
): Promise<[string, string[]]> {
  const request = new FanOutRequest(nodes, Args.of("SCAN", cursor, "COUNT", count), {
    databaseIndex: 0,
    protocol: 2,
  });
  await scanAll(request);
  const { buffer } = request.reply;
  const reader = new ReplyReader();
  reader.push(buffer.bytes.subarray(0, buffer.length));
  return plainOf(reader.next()!) as [string, string[]];
}

Deno.test("SCAN over nodes returns each key once where nothing moves, by cursors below 2^53", async () => {
  const nodes = new KeyNodes("a", "b", "c");
  for (let key = 1; key <= KEY_COUNT; key++) nodes.owners.set(key, "abc"[key % 3]);
  const found: string[] = [];
  let cursor = "0", stepCount = 0;
  do {
    const [next, keys] = await scanStep(nodes, cursor);
    found.push(...keys);
    cursor = next;
    assert(Number(cursor) < 2 ** 53);
    assert(stepCount++ < KEY_COUNT, "the walk does not end");
  } while (cursor !== "0");
  assertEquals(
    found.toSorted(),
    Array.from({ length: KEY_COUNT }, (_, index) => String(index + 1)).toSorted(),
  );
});

Deno.test("SCAN over nodes goes on at the next node until it has as many keys as are wanted", async () => {
  const nodes = new KeyNodes("a", "b", "c");
  for (const [key, owner] of [[1, "a"], [2, "c"], [3, "c"], [4, "c"]] as const) {
    nodes.owners.set(key, owner);
  }
  assertEquals(await scanStep(nodes, "0", "10"), ["0", ["1", "2", "3", "4"]]);
  const [cursor, keys] = await scanStep(nodes, "0", "2");
  assertEquals(keys, ["1", "2", "3"]);
  assertEquals(await scanStep(nodes, cursor, "2"), ["0", ["4"]]);
  // A second pass is another step, so it tells no key again that the same reply has.
  nodes.isMoving = true;
  const [second, all] = await scanStep(nodes, "0", "10");
  assertEquals(all, ["1", "2", "3", "4"]);
  assertEquals(await scanStep(nodes, second, "10"), ["0", all]);
});

Deno.test("SCAN over nodes begins anew when slots begin to move, or have moved, while a node answers", async () => {
  for (const isMoving of [true, false]) {
    const nodes = new KeyNodes("a", "b");
    nodes.owners.set(1, "a").set(2, "b");
    nodes.isMoving = !isMoving;
    const [middle] = await scanStep(nodes, "0", "1");
    nodes.meanwhile = () => {
      nodes.layoutMark++;
      nodes.isMoving = isMoving;
      nodes.meanwhile = () => {};
    };
    const [cursor] = await scanStep(nodes, middle, "1");
    assertNotEquals(cursor, "0");
    assertEquals(await scanStep(nodes, cursor, "1"), await scanStep(nodes, "0", "1"));
  }
});

Deno.test("SCAN over nodes meets every key that stays, whatever moves and whoever joins or leaves", async () => {
  const random = new SeededRandom(takeSeed("cluster scan"));
  for (let round = 0; round < 60; round++) await walkWhileMoving(random);
});

/** One walk, beside which keys move to where the next layout has them. */
async function walkWhileMoving(random: SeededRandom): Promise<void> {
  const nodes = new KeyNodes("a", "b", "c");
  const names = ["a", "b", "c", "d", "e"];
  const ownerIn = (layout: number, present: readonly string[], key: number) =>
    present[(key * 7 + layout * 13 + (key * layout) % 5) % present.length];
  let present: readonly string[] = ["a", "b", "c"];
  let layout = 1;
  for (let key = 1; key <= KEY_COUNT; key++) {
    nodes.owners.set(key, ownerIn(layout, present, key));
  }
  let unmoved: number[] = [];
  const begin = () => {
    layout++;
    const next = names.filter(() => random.below(3) > 0);
    const wanted = next.length === 0 ? ["a"] : next;
    nodes.set(...new Set([...present, ...wanted].toSorted()));
    present = wanted;
    nodes.layoutMark = layout * 2;
    nodes.isMoving = true;
    unmoved = [...nodes.owners.keys()].toSorted(() => random.below(3) - 1);
  };
  const speed = 2 + random.below(30);
  const moveSome = () => {
    for (let left = random.below(speed); left > 0 && unmoved.length > 0; left--) {
      const key = unmoved.pop()!;
      nodes.owners.set(key, ownerIn(layout, present, key));
    }
    if (unmoved.length > 0) return;
    nodes.isMoving = false;
    nodes.layoutMark = layout * 2 + 1;
    nodes.set(...present);
  };
  const found = new Set<string>();
  let cursor = "0", migrationCount = random.below(4);
  // Also between what a node has looked at and its answer.
  nodes.meanwhile = () => {
    if (nodes.isMoving) moveSome();
    else if (migrationCount > 0 && random.below(4) === 0) {
      migrationCount--;
      begin();
    }
  };
  do {
    const [next, keys] = await scanStep(nodes, cursor, "25");
    for (const key of keys) found.add(key);
    cursor = next;
    nodes.meanwhile();
  } while (cursor !== "0");
  assertEquals(found.size, KEY_COUNT);
}
