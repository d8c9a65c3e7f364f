/**
 * Change listeners: told at once, held back, told later in order, or never.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { ChangeListeners, Effects, type Removal } from "../../../src/engine/mod.ts";

/** Listeners and effects that write down what they hear. */
function recording(): { listeners: ChangeListeners; heard: string[]; effects: Effects } {
  const effects = new Effects();
  const listeners = new ChangeListeners(effects);
  const heard: string[] = [];
  effects.addSink({ append: (_, args) => heard.push([...args.texts(0)].join(" ")) });
  listeners.add({
    changed: (databaseIndex, key, event) =>
      heard.push(`${event} ${key.toText()} in ${databaseIndex}`),
    flushed: (databases) => heard.push(`flushed ${databases.length}`),
  });
  return { listeners, heard, effects };
}

function expired(key: string): Removal {
  return { databaseIndex: 0, key: ByteView.ofText(key), event: "expired", isLazy: false };
}

Deno.test("changes are told at once unless they are held back", () => {
  const { listeners, heard } = recording();
  listeners.changed(1, ByteView.ofText("a"), "set");
  listeners.removed(expired("b"));
  assertEquals(heard, ["set a in 1", "DEL b", "expired b in 0"]);
  assertEquals(listeners.postpone(() => heard.push("message")), false);
});

Deno.test("what was held back is told in order, of copies", () => {
  const { listeners, heard } = recording();
  listeners.hold(() => false);
  const key = ByteView.ofText("a");
  listeners.changed(0, key, "set");
  key.bytes.fill(120);
  assertEquals(listeners.postpone(() => heard.push("message")), true);
  listeners.flushed([]);
  assertEquals(heard, []);
  listeners.tellHeld();
  assertEquals(heard, ["set a in 0", "message", "flushed 0"]);
  listeners.changed(0, key, "del");
  assertEquals(heard.length, 4);
});

Deno.test("what is dropped is not told, but for removals that are not undone", () => {
  const { listeners, heard, effects } = recording();
  effects.beginUnit();
  listeners.hold((_, key) => key.toText() === "ours");
  listeners.changed(0, ByteView.ofText("a"), "set");
  listeners.removed(expired("ours"));
  listeners.removed(expired("other"));
  assertEquals(listeners.dropHeld(), 1);
  effects.endUnit();
  assertEquals(heard, ["expired other in 0", "DEL other"]);
});

Deno.test("effects that were held back leave as the unit that they are", () => {
  const { listeners, heard, effects } = recording();
  effects.beginUnit();
  listeners.hold(() => false);
  effects.emit(0, "SET", "a", "1");
  effects.emit(0, "SET", "b", "2");
  assertEquals(heard, []);
  listeners.tellHeld();
  effects.endUnit();
  assertEquals(heard, ["MULTI", "SET a 1", "SET b 2", "EXEC"]);
});
