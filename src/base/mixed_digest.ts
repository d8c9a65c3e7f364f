/**
 * Mixed digest: 20 bytes put together from data by two operations, as Redis compares data sets.
 *
 *   add   digest ^= SHA1(data)                 for what has no order: keys, members, fields
 *   mix   digest = SHA1(digest ^ SHA1(data))   for what has: elements of a list, a field and its value
 *
 * Always true: what was added in another order, or in parts that are added up then, comes to the same.
 * Behaviour: Redis 7.0, `xorDigest` and `mixDigest` in `debug.c`.
 *
 * @module
 */

import { ByteView } from "./byte_view.ts";
import { Sha1, SHA1_BYTES } from "./sha1.ts";

/** A digest that is being put together. */
export class MixedDigest {
  readonly bytes = new Uint8Array(SHA1_BYTES);
  readonly view = new ByteView(this.bytes);
  readonly #sha1 = new Sha1();
  readonly #part = new Uint8Array(SHA1_BYTES);

  clear(): this {
    this.bytes.fill(0);
    return this;
  }

  add(data: ByteView): void {
    this.#sha1.digest(data.bytes, data.start, data.end, this.#part);
    this.#addPart();
  }

  /** Adds what was added elsewhere. @param digest Hexadecimal digits. */
  addDigest(digest: string): void {
    this.#part.setFromHex(digest);
    this.#addPart();
  }

  mix(data: ByteView): void {
    this.add(data);
    this.#sha1.digest(this.bytes, 0, SHA1_BYTES, this.bytes);
  }

  /** Mixes in a number as four bytes, the highest first. */
  mixNumber(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value);
    this.mix(new ByteView(bytes));
  }

  /** In hexadecimal digits. */
  toHex(): string {
    return this.bytes.toHex();
  }

  #addPart(): void {
    for (let index = 0; index < SHA1_BYTES; index++) this.bytes[index] ^= this.#part[index];
  }
}

/** The keys of a database, or some of them, added up. */
export interface DatabaseDigest {
  readonly databaseIndex: number;
  /** Hexadecimal digits. */
  readonly digest: string;
}

/** The digest of all databases, in hexadecimal digits. @param parts At least one of each that has keys. */
export function joinDigests(parts: readonly DatabaseDigest[]): string {
  const joined = new MixedDigest();
  let lastIndex = -1;
  for (const { databaseIndex, digest } of parts.toSorted(byDatabase)) {
    if (databaseIndex !== lastIndex) joined.mixNumber(databaseIndex);
    joined.addDigest(digest);
    lastIndex = databaseIndex;
  }
  return joined.toHex();
}

function byDatabase(a: DatabaseDigest, b: DatabaseDigest): number {
  return a.databaseIndex - b.databaseIndex;
}
