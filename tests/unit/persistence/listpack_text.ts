/**
 * Listpack text: small listpacks as binary text, element by element, senseless ones too.
 *
 * @module
 */

/** A listpack of short strings and integers of 13 bits; what spells an integer stays a string. */
export function listpackOf(elements: readonly (string | number)[]): string {
  const body = elements.map((element) => {
    if (typeof element === "string") {
      const { length } = element;
      return String.fromCharCode(0x80 | length) + element + String.fromCharCode(1 + length);
    }
    if (element >= 0 && element < 128) return String.fromCharCode(element, 1);
    return String.fromCharCode(0xc0 | (element >> 8) & 0x1f, element & 0xff, 2);
  }).join("");
  const byteCount = body.length + 7;
  return String.fromCharCode(byteCount & 0xff, byteCount >> 8, 0, 0, elements.length, 0) + body +
    "\xff";
}
