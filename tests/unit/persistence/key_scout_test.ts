/**
 * KeyScout: which keys it announces. What it says changes no result, so only its way can be seen.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { KeyScout } from "../../../src/persistence/rdb/key_scout.ts";
import { RdbInput } from "../../../src/persistence/rdb/rdb_input.ts";
import { StoreFixture } from "../store/store_fixture.ts";

/** A string with the key `z`. */
const LAST_ENTRY = "\0\x01z\0";

/** How many keys are announced of a text that begins at an entry. */
function announcedCountOf(text: string, cutBytes = 0): number {
  using fixture = new StoreFixture(1);
  const bytes = bytesOfText(text);
  new KeyScout(fixture.store).runAhead(
    new RdbInput(bytes, 0, bytes.length - cutBytes),
    fixture.keyspace,
  );
  return fixture.store.environment.lookAhead.count;
}

Deno.test("KeyScout finds the next key behind a value of each form but a few", () => {
  const lzf = "\xc3\x02\x0aab";
  const values: [form: number, value: string][] = [
    [0, "\x03abc"],
    [0, "\x40\x03abc"],
    [0, "\x80\0\0\0\x03abc"],
    [0, "\xc0\x01"],
    [0, "\xc1\x01\x01"],
    [0, "\xc2\x01\x01\x01\x01"],
    [0, lzf],
    [1, "\x02\x01a\x01b"],
    [2, "\x01\xc0\x01"],
    [4, "\x01\x01a" + lzf],
    [5, "\x01\x01a" + "\0".repeat(8)],
    [9, "\x01a"],
    [11, lzf],
    [14, "\x01\x01a"],
    [16, "\x01a"],
    [17, "\x01a"],
    [18, "\x02\x01\x01a\x02\x01b"],
  ];
  for (const [form, value] of values) {
    const entry = String.fromCharCode(form) + "\x01k" + value;
    assertEquals(announcedCountOf(entry + LAST_ENTRY), 2, `form ${form}`);
    const facts = "\xfc" + "\0".repeat(8) + "\xf9\x05" + "\xf8\x40\x01" + "\xfd\0\0\0\0";
    assertEquals(announcedCountOf(facts + entry + LAST_ENTRY), 2, `form ${form} with facts`);
  }
});

Deno.test("KeyScout ends its way where it can't tell how it goes on", () => {
  assertEquals(announcedCountOf("\x13\x01k\x01" + LAST_ENTRY), 1); // a stream
  assertEquals(announcedCountOf("\x02\x01k\x50\0" + LAST_ENTRY), 1); // a long row
  assertEquals(announcedCountOf("\0\x01k\x81\0\0\0\0\0\0\0\x01a" + LAST_ENTRY), 1);
  assertEquals(announcedCountOf("\0\x01k\xc7\x01" + LAST_ENTRY), 1);
  assertEquals(announcedCountOf("\xfe\x01" + LAST_ENTRY), 0); // another database
  assertEquals(announcedCountOf("\xff" + "\0".repeat(8)), 0);
});

Deno.test("KeyScout looks at no byte beyond the end", () => {
  const text = "\x04\x01k\x01\x01a\xc3\x02\x0aab" + LAST_ENTRY;
  for (let cutBytes = 0; cutBytes <= text.length; cutBytes++) {
    const keyCount = cutBytes < 2 ? 2 : text.length - cutBytes < 3 ? 0 : 1;
    assertEquals(announcedCountOf(text, cutBytes), keyCount, `${cutBytes} bytes cut off`);
  }
});
