/**
 * Durable files: replaced as a whole, or left alone.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { replaceFileSync } from "../../../src/persistence/mod.ts";

Deno.test("replaceFileSync leaves nothing behind, whether it succeeds or not", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const path = `${directory}/file`, bytes = new TextEncoder().encode("all of it");
    replaceFileSync(path, `${path}.tmp`, bytes);
    assertEquals(Deno.readFileSync(path), bytes);
    Deno.mkdirSync(`${directory}/taken`);
    assertThrows(() => replaceFileSync(`${directory}/taken`, `${path}.tmp`, bytes));
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name).sort(), [
      "file",
      "taken",
    ]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
