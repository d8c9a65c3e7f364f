/**
 * KeyRegistry: records by keys, against a plain list.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { KeyRecord, KeyRegistry } from "../../../src/engine/mod.ts";
import { KeyLookAhead } from "../../../src/store/key_look_ahead.ts";
import { KeyHash } from "../../../src/base/key_hash.ts";
import { takeSeed } from "../../support/seed.ts";

class Note extends KeyRecord<Note> {}

function newRegistry(): KeyRegistry<Note> {
  return new KeyRegistry(new KeyLookAhead(new KeyHash(new SeededRandom(1))));
}

function addTo(registry: KeyRegistry<Note>, key: string): Note {
  const note = new Note(key, registry.hashOf(ByteView.ofText(key)));
  registry.add(note);
  return note;
}

function notesOf(registry: KeyRegistry<Note>, key: string): Note[] {
  const notes: Note[] = [];
  let note = registry.first(ByteView.ofText(key));
  for (; note !== undefined; note = registry.following(note)) notes.push(note);
  return notes;
}

Deno.test("KeyRegistry finds all records of a key in the order in which they came, and no others", () => {
  const registry = newRegistry();
  const first = addTo(registry, "a"), other = addTo(registry, "b"), second = addTo(registry, "a");
  assertEquals(notesOf(registry, "a"), [first, second]);
  assertEquals(notesOf(registry, "b"), [other]);
  assertEquals(notesOf(registry, ""), []);
  registry.remove(first);
  assertEquals(notesOf(registry, "a"), [second]);
});

Deno.test("KeyRegistry keeps its records while chains split and join", () => {
  const random = new SeededRandom(takeSeed("KeyRegistry"));
  const registry = newRegistry();
  const model: Note[] = [];
  for (const target of [5000, 3, 700, 0, 60]) {
    while (model.length !== target) {
      if (model.length < target || random.below(3) === 0) {
        model.push(addTo(registry, `key:${random.below(2000)}`));
      } else {
        registry.remove(model.splice(random.below(model.length), 1)[0]);
      }
    }
    assertEquals(registry.count, model.length);
    const all = new Set(registry);
    assert(all.size === model.length && model.every((note) => all.has(note)));
    const expected = Map.groupBy(model, (note) => note.key);
    for (let number = 0; number < 2000; number++) {
      const notes = notesOf(registry, `key:${number}`);
      const isSame = notes.length === (expected.get(`key:${number}`)?.length ?? 0) &&
        notes.every((note, index) => note === expected.get(note.key)![index]);
      assert(isSame, `key:${number}`);
    }
  }
  registry.clear();
  assertEquals([...registry], []);
});

Deno.test("KeyRegistry.sample can give any record, and none of an empty registry", () => {
  const random = new SeededRandom(takeSeed("KeyRegistry"));
  const registry = newRegistry();
  assertEquals(registry.sample(random), undefined);
  for (let number = 0; number < 40; number++) addTo(registry, `${number}`);
  const seen = new Set<Note>();
  for (let draw = 0; draw < 4000; draw++) seen.add(registry.sample(random)!);
  assertEquals(seen.size, 40);
});
