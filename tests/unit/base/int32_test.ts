/**
 * Int32: integers in bytes, against a DataView.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { readInt32, readUint32, writeInt32 } from "../../../src/base/int32.ts";

Deno.test("int32 is read and written lowest byte first, wherever it lies", () => {
  const bytes = new Uint8Array(11), view = new DataView(bytes.buffer);
  for (const value of [0, 1, -1, 0x12345678, 0x7fffffff, -0x80000000, -2]) {
    for (let at = 0; at < 7; at++) {
      bytes.fill(0xaa);
      writeInt32(bytes, at, value);
      assertEquals(view.getInt32(at, true), value);
      assertEquals([readInt32(bytes, at), readUint32(bytes, at)], [value, value >>> 0]);
      assertEquals(bytes.filter((byte) => byte === 0xaa).length, 7);
    }
  }
});
