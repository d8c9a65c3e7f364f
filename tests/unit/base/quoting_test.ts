/**
 * Quoting: words of a line, and quotes that read back.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { quoteWord, splitWords } from "../../../src/base/quoting.ts";

Deno.test("splitWords takes blanks of any kind and number between words", () => {
  assertEquals(splitWords("  save \t 60  1 "), ["save", "60", "1"]);
  assertEquals(splitWords(""), []);
  assertEquals(splitWords(" \t"), []);
});

Deno.test("splitWords reads escapes in double quotes", () => {
  assertEquals(splitWords('"a b" "\\x41\\xfF" "\\n\\r\\t\\b\\a" "\\q\\"\\\\"'), [
    "a b",
    "A\xff",
    "\n\r\t\b\x07",
    'q"\\',
  ]);
  assertEquals(splitWords('"\\x4"'), ["x4"]);
});

Deno.test("splitWords reads single quotes with one escape only", () => {
  assertEquals(splitWords("'a\\nb' 'it\\'s'"), ["a\\nb", "it's"]);
});

Deno.test("splitWords opens a quote in the middle of a word", () => {
  assertEquals(splitWords('ab"c d"'), ["abc d"]);
});

Deno.test("splitWords refuses unbalanced quotes and text right behind a closing one", () => {
  for (const line of ['"a', "'a", '"a"b', "'a'b", '"a\\"', "a 'b\\'"]) {
    assertEquals(splitWords(line), undefined, line);
  }
});

Deno.test("quoteWord is read back by splitWords, for every byte", () => {
  const everyByte = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");
  assertEquals(splitWords(quoteWord(everyByte)), [everyByte]);
  assertEquals(splitWords(quoteWord("")), [""]);
  assertEquals(quoteWord('a "b\\\n\x01\xff'), '"a \\"b\\\\\\n\\x01\\xff"');
});
