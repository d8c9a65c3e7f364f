/**
 * SHA-1: the digests of the standard's examples, and of texts around the ends of blocks.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { Sha1, SHA1_BYTES } from "../../../src/base/sha1.ts";

const sha1 = new Sha1();

function hexDigestOf(text: string): string {
  const digest = new Uint8Array(SHA1_BYTES);
  sha1.digest(bytesOfText(text), 0, text.length, digest);
  return hexOf(digest);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test("Sha1 gives the digests of FIPS 180", () => {
  assertEquals(hexDigestOf(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  assertEquals(hexDigestOf("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assertEquals(
    hexDigestOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
    "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
  );
  assertEquals(hexDigestOf("a".repeat(1_000_000)), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
});

Deno.test("Sha1 agrees with the platform's for all lengths around one and two blocks", async () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, index) => index * 37 + 11);
  for (let byteCount = 0; byteCount <= bytes.length; byteCount++) {
    const part = bytes.slice(0, byteCount);
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-1", part));
    const digest = new Uint8Array(SHA1_BYTES);
    sha1.digest(bytes, 0, byteCount, digest);
    assertEquals(hexOf(digest), hexOf(expected), `${byteCount} bytes`);
  }
});

Deno.test("Sha1 may write the digest over the text", () => {
  const bytes = bytesOfText("abc".padEnd(SHA1_BYTES));
  sha1.digest(bytes, 0, 3, bytes);
  assertEquals(hexOf(bytes), "a9993e364706816aba3e25717850c26c9cd0d89d");
});
