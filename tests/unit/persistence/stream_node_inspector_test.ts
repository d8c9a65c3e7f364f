/**
 * StreamNodeInspector: nodes that are taken over as they are, and all others.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView, textOfBytes } from "../../../src/base/byte_view.ts";
import { STREAM_ID_TEXT_BYTES_MAX, StreamId } from "../../../src/base/stream_id.ts";
import { ListpackElements } from "../../../src/persistence/rdb/listpack_elements.ts";
import { DamagedPackError } from "../../../src/persistence/rdb/packed_elements.ts";
import { StreamNodeInspector } from "../../../src/persistence/rdb/stream_node_inspector.ts";
import { listpackOf } from "./listpack_text.ts";

type Elements = readonly (string | number)[];

const DELETED = 1, SAME_FIELDS = 2;
const inspector = new StreamNodeInspector(new ListpackElements());

/** What the inspector says of a node: live entries, first and last ID; `undefined` if it won't take it. */
function inspect(elements: Elements, masterId: StreamId): unknown {
  if (!inspector.mayTake(ByteView.ofText(listpackOf(elements)), masterId)) return undefined;
  return [inspector.liveCount, textOf(inspector.firstId), textOf(inspector.lastId)];
}

function textOf(id: StreamId): string {
  const text = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);
  return textOfBytes(text, 0, id.writeText(text, 0));
}

const id = (ms: number, sequence: number): StreamId => new StreamId().setWords(0, ms, 0, sequence);

/** A master entry with one field. */
const master = (liveCount: number, deletedCount: number): Elements => [
  ...[liveCount, deletedCount, 1, "field", 0],
];
/** An entry with the master's field. */
const brief = (ms: number, sequence: number, flags = 0): Elements => [
  ...[flags | SAME_FIELDS, ms, sequence, "value", 4],
];

Deno.test("StreamNodeInspector takes a node as Redis writes it, and tells its entries", () => {
  assertEquals(inspect([...master(1, 0), ...brief(0, 0)], id(5, 7)), [1, "5-7", "5-7"]);
  const own: Elements = [0, 90, 1, 2, "a", "1", "b", 2, 8];
  assertEquals(
    inspect([...master(3, 0), ...brief(0, 0), ...brief(90, -7), ...own], id(5, 7)),
    [3, "5-7", "95-8"],
  );
  assertEquals(
    inspect(
      [
        ...[...master(2, 2), ...brief(0, 0, DELETED), ...brief(1, 0), ...brief(2, 0)],
        ...brief(3, 0, DELETED),
      ],
      id(5, 7),
    ),
    [2, "6-7", "7-7"],
  );
  // The halves go on from 2^32 - 1.
  assertEquals(
    inspect([...master(2, 0), ...brief(0, 0), ...brief(1, 1)], id(-1, -1)),
    [2, "4294967295-4294967295", "4294967296-4294967296"],
  );
});

Deno.test("StreamNodeInspector takes no node that is not what it says, or is unusual", () => {
  const entry = brief(0, 0), next = brief(1, 0);
  const others: Record<string, Elements> = {
    "more entries than it says": [...master(1, 0), ...entry, ...next],
    "fewer": [...master(3, 0), ...entry, ...next],
    "fewer deleted": [...master(1, 1), ...entry, ...next],
    "more deleted": [...master(2, 0), ...entry, ...brief(1, 0, DELETED)],
    "none": master(0, 0),
    "none alive": [...master(0, 1), ...brief(0, 0, DELETED)],
    "the same ID twice": [...master(2, 0), ...entry, ...entry],
    "a sequence that falls": [...master(2, 0), ...entry, ...brief(0, -1)],
    "milliseconds that fall": [...master(2, 0), ...next, ...brief(0, 9)],
    "an ID before the master's": [...master(1, 0), ...brief(-1, 0)],
    "a sequence below 0": [...master(1, 0), ...brief(1, -8)],
    "a deleted entry's sequence below 0": [...master(1, 1), ...brief(0, -8, DELETED), ...next],
    "a count of elements that is wrong": [...master(1, 0), ...entry.slice(0, -1), 5],
    "no count of elements": [...master(1, 0), ...entry.slice(0, -1), "x"],
    "a master without an end": [1, 0, 1, "field", 1, ...entry],
    "unknown flags": [...master(1, 0), ...brief(0, 0, 4)],
    "own fields, of which there are none": [...master(1, 0), 0, 0, 0, 0, 4],
    "master's fields, of which there are none": [1, 0, 0, 0, SAME_FIELDS, 0, 0, 3],
    "milliseconds that are text": [...master(1, 0), SAME_FIELDS, "0", 0, "value", 4],
    "a deleted entry's that are": [...master(1, 1), 3, "0", 0, "value", 4, ...next],
    "a sequence that is text": [...master(1, 0), SAME_FIELDS, 0, "0", "value", 4],
    "a count that is text": ["1", 0, 1, "field", 0, ...entry],
  };
  for (const [name, elements] of Object.entries(others)) {
    assertEquals(inspect(elements, id(5, 7)), undefined, name);
  }
  const sound = [...master(1, 0), ...entry];
  assertEquals(inspect(sound, new StreamId().setWords(1 << 20, 0, 0, 0)), undefined);
  assertEquals(inspect(sound, new StreamId().setWords(0, 0, 1, 0)), undefined);
});

Deno.test("StreamNodeInspector takes no node that ends within an entry, or counts otherwise", () => {
  const sound = [...master(1, 0), ...brief(0, 0)];
  for (let length = 0; length < sound.length; length++) {
    assertEquals(inspectOrRefuse(listpackOf(sound.slice(0, length))), undefined);
  }
  const text = listpackOf(sound);
  assertEquals(inspectOrRefuse(text), true);
  assertEquals(inspectOrRefuse(text.slice(0, 4) + "\x09\0" + text.slice(6)), undefined);
});

function inspectOrRefuse(listpack: string): true | undefined {
  try {
    return inspector.mayTake(ByteView.ofText(listpack), id(5, 7)) || undefined;
  } catch (error) {
    if (!(error instanceof DamagedPackError)) throw error;
  }
}
