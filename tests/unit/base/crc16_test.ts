/**
 * CRC16: the published check value, and slots as Redis 7.0.15 gives them (`CLUSTER KEYSLOT`).
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { bytesOfText, ByteView } from "../../../src/base/byte_view.ts";
import { crc16, SLOT_COUNT, slotOf } from "../../../src/base/crc16.ts";
import { SeededRandom } from "../../../src/base/random.ts";

const SEED = 16;

Deno.test("crc16 gives the check value of CRC-16/XMODEM, and 0 for nothing", () => {
  assertEquals(crc16(bytesOfText("123456789"), 0, 9), 0x31c3);
  assertEquals(crc16(bytesOfText("x123456789y"), 1, 10), 0x31c3);
  assertEquals(crc16(new Uint8Array(0), 0, 0), 0);
});

Deno.test(`crc16 is the remainder of the polynomial division, bit by bit (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  for (let round = 0; round < 500; round++) {
    const bytes = new Uint8Array(random.below(40));
    random.fillBytes(bytes);
    let remainder = 0;
    for (const byte of [...bytes, 0, 0]) {
      for (let bit = 7; bit >= 0; bit--) {
        remainder = (remainder << 1) | ((byte >> bit) & 1);
        if (remainder & 0x10000) remainder ^= 0x11021;
      }
    }
    assertEquals(crc16(bytes, 0, bytes.length), remainder);
  }
});

Deno.test("slotOf hashes the tag between the first { and the next }, if there is one", () => {
  const cases: [string, number][] = [
    ["foo", 12_182],
    ["{user1000}.following", 3443],
    ["{user1000}.followers", 3443],
    ["foo{}{bar}", 8363],
    ["foo{{bar}}zap", 4015],
    ["foo{bar}{zap}", 5061],
    ["bar", 5061],
    ["123456789", 12_739],
    ["", 0],
    ["}{", 12_793],
    ["{}", 15_257],
    ["{a", 10_276],
    ["a}{b}", 3300],
  ];
  for (const [key, slot] of cases) assertEquals(slotOf(ByteView.ofText(key)), slot, key);
});

Deno.test("slotOf sees braces inside its view only", () => {
  const bytes = bytesOfText("{a}{foo}b}");
  assertEquals(slotOf(new ByteView(bytes, 4, 7)), 12_182);
  assertEquals(slotOf(new ByteView(bytes, 3, 7)), slotOf(ByteView.ofText("{foo")));
  assertEquals(slotOf(new ByteView(bytes, 3, 8)), 12_182);
  assertEquals(slotOf(new ByteView(bytes, 2, 2)), 0);
});

Deno.test("slotOf spreads keys over all slots", () => {
  const seen = new Uint8Array(SLOT_COUNT);
  for (let index = 0; index < 300_000; index++) seen[slotOf(ByteView.ofText(`key:${index}`))] = 1;
  assert(seen.every((mark) => mark === 1));
});
