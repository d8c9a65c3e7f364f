/**
 * Manifest of the append-only file: what it says, how it changes, what is refused.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { AofError } from "../../../src/persistence/aof/aof_error.ts";
import { Manifest } from "../../../src/persistence/aof/manifest.ts";

Deno.test("AOF manifest: a rewrite begins an increment, and then makes history of what was before", () => {
  const first = Manifest.EMPTY.withNewBase("a.aof", "rdb", true).withNewIncrement("a.aof");
  assertEquals(
    first.format(),
    "file a.aof.1.base.rdb seq 1 type b\nfile a.aof.1.incr.aof seq 1 type i\n",
  );
  const during = first.withNewIncrement("a.aof");
  const after = during.withNewBase("a.aof", "aof", true);
  assertEquals(
    after.format(),
    "file a.aof.2.base.aof seq 2 type b\n" +
      "file a.aof.1.incr.aof seq 1 type h\nfile a.aof.1.base.rdb seq 1 type h\n" +
      "file a.aof.2.incr.aof seq 2 type i\n",
  );
  assertEquals(
    after.withoutHistory().format(),
    "file a.aof.2.base.aof seq 2 type b\nfile a.aof.2.incr.aof seq 2 type i\n",
  );
  assertEquals(after.withNewIncrement("a.aof").files.map(({ name }) => name), [
    "a.aof.2.base.aof",
    "a.aof.2.incr.aof",
    "a.aof.3.incr.aof",
  ]);
});

Deno.test("AOF manifest: what is written reads back, quoted names and unknown words included", () => {
  const text = `#${"x".repeat(1022)}\n` +
    '# a remark with a \0\nfile "a b.1.base.rdb" seq 7 type b new stuff\n' +
    "type h seq 3 file old\nfile x.4.incr.aof seq 4th type incr\n# the end";
  const manifest = Manifest.parse(text);
  assertEquals(manifest.base, { name: "a b.1.base.rdb", sequence: 7, type: "b" });
  assertEquals(manifest.history, [{ name: "old", sequence: 3, type: "h" }]);
  assertEquals(manifest.increments, [{ name: "x.4.incr.aof", sequence: 4, type: "i" }]);
  assertEquals(Manifest.parse(manifest.format()).format(), manifest.format());
  assertEquals(manifest.withNewIncrement("x").increments[1].sequence, 5);
  assertEquals(manifest.withNewBase("x", "rdb", false).base?.sequence, 8);
});

Deno.test("AOF manifest: a damaged one is refused, with the line", () => {
  const good = "file a seq 1 type b\n";
  for (
    const [text, reason] of [
      ["", "Found an empty AOF manifest"],
      ["\n", "Invalid AOF manifest file format"],
      ["file a seq 1", "too long line"],
      ["file a seq 1 type b\0\n", "too long line: line 1"],
      ["file a seq x1 type b\n", "Invalid AOF manifest file format"],
      [`${good}file ${"x".repeat(2000)} seq 2 type i\n`, "too long line: line 2"],
      [`#${"x".repeat(1023)}\n${good}`, "Invalid AOF manifest file format: line 2"],
      [`#${"x".repeat(1023)}yz\n${good}`, "line 2 of the AOF manifest, 'yz'"],
      ["file a seq 1\n", "Invalid AOF manifest file format"],
      ["file a seq 1 type b extra\n", "Invalid AOF manifest file format"],
      ["file a seq 0 type b\n", "Invalid AOF manifest file format"],
      ["file a/b seq 1 type b\n", "File can't be a path, just a filename"],
      ["file a seq 1 type x\n", "Unknown AOF file type"],
      [good + good, "Found duplicate base file information: line 2"],
      ["file a seq 2 type i\nfile b seq 2 type i\n", "Found a non-monotonic sequence number"],
    ]
  ) assertThrows(() => Manifest.parse(text), AofError, reason);
});
