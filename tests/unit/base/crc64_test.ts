/**
 * CRC64: known values, and the same in pieces of any size.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { Crc64 } from "../../../src/base/crc64.ts";

function hexOf(crc: Crc64): string {
  const half = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");
  return half(crc.high) + half(crc.low);
}

Deno.test("Crc64 gives the values that Redis gives", () => {
  const crcOf = (text: string): string => {
    const bytes = bytesOfText(text);
    return hexOf(new Crc64().update(bytes, 0, bytes.length));
  };
  assertEquals(crcOf(""), "0000000000000000");
  assertEquals(crcOf("123456789"), "e9c6d914c4b8d9ca");
});

Deno.test("Crc64 does not care how bytes are cut into pieces", () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, index) => (index * 37) & 0xff);
  const whole = hexOf(new Crc64().update(bytes, 0, bytes.length));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const crc = new Crc64().update(bytes, 0, cut).update(bytes, cut, bytes.length);
    assertEquals(hexOf(crc), whole);
  }
  assertEquals(hexOf(new Crc64().update(bytes, 0, 10).reset()), "0000000000000000");
});
