/**
 * Sort pattern: where SORT finds what belongs to an element, in other keys.
 *
 *   weight_*          the string at weight_<element>
 *   user:*->age       the field `age` of the hash at user:<element>
 *   #                 the element itself
 *   anything          nothing, as it does not depend on the element
 *
 * The first star stands for the element; there are no other wildcards. The arrow counts behind the
 * star only, and only if a field's name follows. Patterns are text in C: a zero byte ends the search
 * for the star and the arrow.
 *
 * Behaviour: Redis 7.0 SORT, BY and GET.
 *
 * @module
 */

import { ByteView, copyBytes, EMPTY_BYTES } from "../../base/byte_view.ts";
import { HashValue, type Keyspace } from "../../store/mod.ts";

const NUL = 0;
const HASH_SIGN = 35;
const STAR = 42;
const MINUS = 45;
const GREATER = 62;
const ARROW_BYTES = 2;
/** The key of an element is put together in an array that is a little larger than needed. */
const SPARE_KEY_BYTES = 64;

/** One pattern, after BY or GET. */
export class SortPattern {
  /** Whether the pattern leads to a key of each element. */
  readonly dependsOnElement: boolean;

  readonly #bytes: Uint8Array;
  readonly #isElementItself: boolean;
  readonly #starAt: number;
  /** Where the part behind the star ends. */
  readonly #keyEnd: number;
  readonly #field: ByteView | undefined;
  readonly #key = new ByteView();
  #keyBytes: Uint8Array = EMPTY_BYTES;

  /** @param pattern Copied. */
  constructor(pattern: ByteView) {
    const bytes = this.#bytes = pattern.copy();
    const textEnd = bytes.includes(NUL) ? bytes.indexOf(NUL) : bytes.length;
    this.#isElementItself = textEnd === 1 && bytes[0] === HASH_SIGN;
    const starAt = bytes.indexOf(STAR);
    this.#starAt = starAt;
    this.dependsOnElement = starAt >= 0 && starAt < textEnd;
    const arrowAt = this.dependsOnElement ? findArrow(bytes, starAt + 1, textEnd) : -1;
    this.#keyEnd = arrowAt < 0 ? bytes.length : arrowAt;
    if (arrowAt >= 0) this.#field = new ByteView(bytes, arrowAt + ARROW_BYTES, bytes.length);
  }

  /**
   * Finds what belongs to an element.
   *
   * @param into Pointed at it; borrowed until the next look at the keyspace.
   * @returns Whether there is something.
   */
  lookUp(db: Keyspace, element: ByteView, into: ByteView): boolean {
    if (this.#isElementItself) {
      into.set(element.bytes, element.start, element.end);
      return true;
    }
    if (!this.dependsOnElement) return false;
    const ref = db.readDerived(this.#keyOf(element));
    if (ref === 0) return false;
    if (this.#field === undefined) {
      if (!db.isString(ref)) return false;
      db.stringOf(ref, into);
      return true;
    }
    const hash = db.isString(ref) ? undefined : db.collectionOf(ref);
    if (!(hash instanceof HashValue)) return false;
    const found = hash.find(this.#field);
    if (found === 0) return false;
    hash.readValue(found, into);
    return true;
  }

  #keyOf(element: ByteView): ByteView {
    const starAt = this.#starAt, behindStar = starAt + element.byteCount;
    const byteCount = behindStar + this.#keyEnd - starAt - 1;
    if (byteCount > this.#keyBytes.length) {
      this.#keyBytes = new Uint8Array(byteCount + SPARE_KEY_BYTES);
      copyBytes(this.#bytes, 0, starAt, this.#keyBytes, 0);
    }
    const key = this.#keyBytes;
    copyBytes(element.bytes, element.start, element.end, key, starAt);
    copyBytes(this.#bytes, starAt + 1, this.#keyEnd, key, behindStar);
    return this.#key.set(key, 0, byteCount);
  }
}

/** Where `->` stands with something behind it; -1: nowhere. */
function findArrow(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at + 1 < end; at++) {
    if (bytes[at] !== MINUS || bytes[at + 1] !== GREATER) continue;
    return at + ARROW_BYTES < end ? at : -1; // only the first one counts
  }
  return -1;
}
