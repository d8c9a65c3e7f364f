/**
 * Glob: expectations are answers of Redis 7.0.15's own matcher, corners included.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { bytesOfText, ByteView } from "../../../src/base/byte_view.ts";
import { Glob } from "../../../src/base/glob.ts";
import { SeededRandom } from "../../../src/base/random.ts";

const SEED = 2024;

/** Pattern, text, whether Redis finds that they match. */
type Case = readonly [pattern: string, text: string, matches: boolean];

const CASES: readonly Case[] = [
  ["", "", true],
  ["*", "", false],
  ["**", "", false],
  ["", "a", false],
  ["*", "a", true],
  ["a*", "a", true],
  ["a**", "a", true],
  ["a*b", "ab", true],
  ["?", "a", true],
  ["?", "", false],
  ["??", "a", false],
  ["h?llo", "hello", true],
  ["h*llo", "heeello", true],
  ["h[ae]llo", "hallo", true],
  ["h[^e]llo", "hello", false],
  ["h[^e]llo", "hbllo", true],
  ["h[a-b]llo", "hbllo", true],
  ["h[b-a]llo", "hallo", true],
  ["[a-]", "a", true],
  ["[a-]", "b", false],
  ["[a-]", "]", true],
  ["[a-]", "_", true],
  ["[a-]b", "ab", false],
  ["[]a]", "]a]", false],
  ["[]", "a", false],
  ["[^]", "a", true],
  ["[^]b", "ab", true],
  ["[", "[", false],
  ["[", "a", false],
  ["[^", "a", true],
  ["[abc", "b", true],
  ["[abc", "d", false],
  ["[^abc", "d", true],
  ["[a-", "a", true],
  ["[a-", "-", true],
  ["[a-c", "b", true],
  ["x[", "x", false],
  ["[\\]]", "]", true],
  ["[\\]", "\\", false],
  ["[\\", "\\", true],
  ["[\\-a]", "-", true],
  ["[\\a-z]", "m", false],
  ["[\\a-z]", "-", true],
  ["[a\\-z]", "b", false],
  ["[a-\\z]", "z", true],
  ["[a-\\z]", "a", true],
  ["\\*", "*", true],
  ["\\*", "a", false],
  ["\\", "\\", true],
  ["a\\", "a\\", true],
  ["\\\\", "\\", true],
  ["\\a", "a", true],
  ["a*a*a*a*b", "aaaaaaaaaaaaaaaa", false],
  ["*a*b*c*", "xxaxxbxxcxx", true],
  ["*a*b*c*", "xxaxxcxxbxx", false],
  ["*abc", "ababc", true],
  ["*[ab]?", "xxab", true],
  ["*\\*", "ab*", true],
  ["[\x01-\xff]", "\x80", false],
  ["[\x01-\xff]", "a", false],
  ["[\x01-\xff]", "\x01", true],
  ["[a-\xff]", "b", false],
  ["[a-\xff]", "\x00", true],
  ["[\x80-\xff]", "\xc0", true],
  ["[\x80-\x90]", "\x90", true],
  ["\xe9*", "\xe9t\xe9", true],
  ["a\x00b", "a\x00b", true],
  ["a?b", "a\x00b", true],
  ["abc", "abc", true],
  ["abc", "abcd", false],
  ["abc", "ab", false],
  ["ab*ba", "aba", false],
  ["ab*ba", "abba", true],
  ["ab*ba", "abxba", true],
  ["ab*ba", "abxbx", false],
  ["a\\*c", "a*c", true],
  ["a\\*c", "abc", false],
  ["*\\", "a\\", true],
  ["*\\", "a", false],
  ["a[*c", "a*", true],
  ["a[*c", "abc", false],
  ["a[b]*d", "abcd", true],
  ["a[b]*d", "abc", false],
];

const CASES_IGNORING_CASE: readonly Case[] = [
  ["HELLO", "hello", true],
  ["h[A-C]llo", "hbllo", true],
  ["h[a-c]llo", "HBLLO", true],
  ["[a-Z]", "b", false],
  ["[Z-a]", "Z", false],
  ["[A-z]", "_", false],
  ["[^A]", "a", false],
  ["[\\A]", "a", false],
  ["\\A", "a", true],
  ["\xc9", "\xe9", false],
  ["[b-\x80]", "\x01", false],
  ["[b-\x80]", "b", false],
  ["[\xff-B]", "a", true],
  ["[\xfe-B]", "a", false],
  ["[\x80-\xff]", "\x90", false],
  ["*LL*", "hello", true],
];

/** Matches with the text and the pattern in the middle of larger arrays. */
function matches(pattern: string, text: string, ignoresCase?: boolean): boolean {
  const patternView = new ByteView(bytesOfText(`*${pattern}*]`), 1, 1 + pattern.length);
  const textView = new ByteView(bytesOfText(`a${text}a`), 1, 1 + text.length);
  return new Glob(patternView, ignoresCase).matches(textView);
}

Deno.test("Glob answers as Redis does", () => {
  for (const [pattern, text, expected] of CASES) {
    assertEquals(matches(pattern, text), expected, JSON.stringify([pattern, text]));
  }
});

Deno.test("Glob ignores case as Redis does", () => {
  for (const [pattern, text, expected] of CASES_IGNORING_CASE) {
    assertEquals(matches(pattern, text, true), expected, JSON.stringify([pattern, text]));
  }
});

Deno.test("Glob gets past 1,000 stars and no more", () => {
  const text = "a".repeat(1200);
  assertEquals(matches("*a".repeat(1000), text), true);
  assertEquals(matches("*a".repeat(1000) + "*", text), true);
  assertEquals(matches("*a".repeat(1001), text), false);
  assertEquals(matches("*".repeat(5000) + "a", text), true);
});

Deno.test("Glob does not explode on many stars", () => {
  // Backtracking into every star would take longer than the universe is old.
  assertEquals(matches("a*".repeat(60) + "b", "a".repeat(4000)), false);
  assertEquals(matches("*a?".repeat(200) + "[^a]", "a".repeat(4000)), false);
});

/** Text matching as it is defined, without any cleverness: each star tries everything. */
function naiveMatches(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") {
    return naiveMatches(pattern.slice(1), text) ||
      (text !== "" && naiveMatches(pattern, text.slice(1)));
  }
  if (text === "") return false;
  if (pattern[0] === "[") {
    const close = pattern.indexOf("]");
    const isNegated = pattern[1] === "^";
    const isMember = pattern.slice(isNegated ? 2 : 1, close).includes(text[0]);
    return isMember !== isNegated && naiveMatches(pattern.slice(close + 1), text.slice(1));
  }
  const isSame = pattern[0] === "?" || pattern[0] === text[0];
  return isSame && naiveMatches(pattern.slice(1), text.slice(1));
}

Deno.test(`Glob agrees with the definition on random patterns (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const items = ["*", "*", "?", "a", "b", "[ab]", "[^a]", "[^bc]"];
  let matchCount = 0;
  for (let round = 0; round < 20_000; round++) {
    let pattern = "", text = "";
    for (let left = random.below(8); left > 0; left--) pattern += items[random.below(items.length)];
    for (let left = 1 + random.below(7); left > 0; left--) text += "abc"[random.below(3)];
    const expected = naiveMatches(pattern, text);
    if (expected) matchCount++;
    assertEquals(matches(pattern, text), expected, JSON.stringify([pattern, text]));
  }
  assertEquals(matchCount > 2000 && matchCount < 18_000, true, `${matchCount} matched`);
});
