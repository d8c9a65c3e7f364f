/**
 * Peer handshake: the keyed digest against the vectors of RFC 2202. What nodes make of it is in
 * `tests/cluster/`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { keyedDigest } from "../../../src/cluster/mod.ts";

Deno.test("keyedDigest is HMAC-SHA-1", () => {
  const vectors: readonly (readonly [key: string, message: string, digest: string])[] = [
    ["\x0b".repeat(20), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"],
    ["Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
    ["\xaa".repeat(20), "\xdd".repeat(50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"],
    [
      "\xaa".repeat(80),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "aa4ae5e15272d00e95705637ce8a3b55ed402112",
    ],
  ];
  for (const [key, message, digest] of vectors) {
    assertEquals(keyedDigest(bytesOfText(key), bytesOfText(message)), digest);
  }
});
