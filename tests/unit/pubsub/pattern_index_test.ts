/**
 * PatternIndex: the patterns that match a channel, against trying each of them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { KeyHash } from "../../../src/base/key_hash.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { PatternIndex } from "../../../src/pubsub/pattern_index.ts";
import { KeyLookAhead } from "../../../src/store/key_look_ahead.ts";
import { Topic } from "../../../src/pubsub/topic.ts";
import { takeSeed } from "../../support/seed.ts";

/** Plain bytes of a pattern that the index looks at. */
const PREFIX_BYTES_MAX = 32;
/** Pieces that patterns and channels are made of: few, so that they meet often. */
const PATTERN_PIECES = ["a", "b", "ab", "*", "?", "[ab]", "[^a]", "\\*", "\\a", "x".repeat(30)];
const CHANNEL_PIECES = ["a", "b", "ab", "*", "c", "x".repeat(30)];

/** A hash of which all bytes are alike. */
class ConstantHash extends KeyHash {
  override of(): number {
    return 7;
  }
}

function newIndex(): PatternIndex {
  return new PatternIndex(new KeyLookAhead(new KeyHash(new SeededRandom(1))));
}

function patternOf(text: string): Topic {
  return new Topic("pattern", text, 0);
}

/** What the index finds for a channel, which lies in the middle of other bytes. */
function matchesOf(index: PatternIndex, channel: string): string[] {
  const topics: Topic[] = [patternOf("left over from another message")];
  const bytes = ByteView.ofText(`ab${channel}ab`).bytes;
  index.match(new ByteView(bytes, 2, 2 + channel.length), topics);
  return topics.map((topic) => topic.name.toText()).sort();
}

function randomText(random: SeededRandom, pieces: readonly string[]): string {
  const parts = Array.from(
    { length: random.below(4) },
    () => pieces[random.below(pieces.length)],
  );
  return parts.join("");
}

for (const hash of [new KeyHash(new SeededRandom(1)), new ConstantHash(new SeededRandom(1))]) {
  Deno.test(`PatternIndex finds what trying every pattern finds (${hash.constructor.name})`, () => {
    const random = new SeededRandom(takeSeed("PatternIndex"));
    const index = new PatternIndex(new KeyLookAhead(hash));
    const filed = new Map<string, Topic>();
    for (let step = 0; step < 4000; step++) {
      const text = randomText(random, PATTERN_PIECES), present = filed.get(text);
      if (present !== undefined) {
        index.remove(present);
        filed.delete(text);
      } else if (filed.size < 60) {
        const topic = patternOf(text);
        index.add(topic);
        filed.set(text, topic);
      }
      const channel = randomText(random, CHANNEL_PIECES), view = ByteView.ofText(channel);
      const expected = [...filed.values()].filter((topic) => topic.glob!.matches(view));
      assertEquals(matchesOf(index, channel), expected.map((topic) => topic.name.toText()).sort());
    }
    for (const topic of filed.values()) index.remove(topic);
    assertEquals(matchesOf(index, "a"), []);
  });
}

Deno.test("PatternIndex tries no pattern that begins with other bytes than the channel", () => {
  const index = newIndex();
  let triedCount = 0;
  for (let user = 0; user < 1000; user++) {
    const topic = patternOf(`user:${user}:*`), glob = topic.glob!;
    const matches = glob.matches.bind(glob);
    glob.matches = (channel) => {
      triedCount++;
      return matches(channel);
    };
    index.add(topic);
  }
  assertEquals(matchesOf(index, "user:17:posts"), ["user:17:*"]);
  assertEquals(triedCount, 1);
  assertEquals(matchesOf(index, "user:"), []);
  assertEquals(triedCount, 1);
});

Deno.test("PatternIndex looks a channel up once for each length of beginnings, and all long ones", () => {
  let lookCount = 0;
  class CountingHash extends KeyHash {
    override of(bytes: Uint8Array, start: number, end: number): number {
      lookCount++;
      return super.of(bytes, start, end);
    }
  }
  const index = new PatternIndex(new KeyLookAhead(new CountingHash(new SeededRandom(1))));
  const long = "x".repeat(200);
  const patterns = Array.from(long, (_, at) => patternOf(`${long.slice(at)}*`));
  for (const pattern of patterns) index.add(pattern);
  lookCount = 0;
  assertEquals(matchesOf(index, long).length, 200);
  assertEquals(lookCount, PREFIX_BYTES_MAX);
  lookCount = 0;
  matchesOf(index, "xxxxx");
  assertEquals(lookCount, 5);
  for (const pattern of patterns) index.remove(pattern);
  lookCount = 0;
  matchesOf(index, long);
  assertEquals(lookCount, 0);
});
