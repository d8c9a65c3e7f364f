/**
 * Byte view: a movable window `[start, end)` on somebody else's bytes.
 *
 * Why not `Uint8Array.subarray`: that is an object with a bookkept buffer for every slice, and a
 * server that reads a million arguments a second can't afford one each. A `ByteView` is made once
 * and pointed anew for every use, so reading an argument or a stored value allocates nothing.
 *
 * A view *borrows*. It is good until its owner moves it: argument views until the command returns,
 * views of stored values until the next write to the store. What must live longer takes `copy()`.
 *
 * Text here is *binary text*: one character for each byte (Latin-1). Redis is a protocol of bytes,
 * and in this form any bytes survive a trip through a string. What is really UTF-8 (file names,
 * scripts) is decoded where it is used.
 *
 * @module
 */

/**
 * A borrowed window on bytes.
 *
 * Here and in other classes of the hot path, numbers begin as 0: a field that is declared without a value
 * is `undefined` at first, and V8 never stores small integers unboxed where something else was before.
 */
export class ByteView {
  /** The array that holds the bytes; never changed through a view. */
  bytes: Uint8Array;
  /** Index in `bytes` of the first byte of the window. */
  start = 0;
  /** Index in `bytes` behind the last byte of the window. */
  end = 0;

  constructor(bytes: Uint8Array = EMPTY_BYTES, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** A view on a fresh array that holds binary text, one byte for each character. */
  static ofText(text: string): ByteView {
    return new ByteView(bytesOfText(text));
  }

  /** Number of bytes in the window. */
  get byteCount(): number {
    return this.end - this.start;
  }

  /** Points the view elsewhere; returns itself. */
  set(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    return this;
  }

  /** The byte at `offset` from the start of the window. */
  at(offset: number): number {
    return this.bytes[this.start + offset];
  }

  /** Whether both windows show the same bytes. */
  equals(other: ByteView): boolean {
    const byteCount = this.end - this.start;
    if (other.end - other.start !== byteCount) return false;
    const ours = this.bytes, theirs = other.bytes;
    for (let i = this.start, j = other.start; i < this.end; i++, j++) {
      if (ours[i] !== theirs[j]) return false;
    }
    return true;
  }

  /** Whether the window spells `word`, which is lower case ASCII, in any case. */
  isWord(word: string): boolean {
    if (this.end - this.start !== word.length) return false;
    for (let i = this.start, j = 0; j < word.length; i++, j++) {
      let byte = this.bytes[i];
      if (byte >= 65 && byte <= 90) byte |= 32;
      if (byte !== word.charCodeAt(j)) return false;
    }
    return true;
  }

  /** Order of the bytes as unsigned numbers, as `memcmp` and then the length: negative, 0, positive. */
  compare(other: ByteView): number {
    const shared = Math.min(this.byteCount, other.byteCount);
    for (let offset = 0; offset < shared; offset++) {
      const difference = this.at(offset) - other.at(offset);
      if (difference !== 0) return difference;
    }
    return this.byteCount - other.byteCount;
  }

  /** The bytes in an array of their own, owned by the caller. */
  copy(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }

  /** The bytes as binary text. */
  toText(): string {
    return textOfBytes(this.bytes, this.start, this.end);
  }

  /** The bytes as binary text, A to Z in lower case. */
  toLowerText(): string {
    return this.toText().replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
  }
}

/** No bytes. */
export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);

/** Longest run of bytes given to one `String.fromCharCode` call. */
const TEXT_RUN_BYTES = 8192;

/** Binary text of `bytes[start, end)`. */
export function textOfBytes(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  let text = "";
  for (let from = start; from < end; from += TEXT_RUN_BYTES) {
    const run: ArrayLike<number> = bytes.subarray(from, Math.min(end, from + TEXT_RUN_BYTES));
    // Not spread, which asks an iterator for each byte and takes three times as long.
    text += String.fromCharCode.apply(undefined, run as number[]);
  }
  return text;
}

/** The bytes of binary text in a fresh array; each character must be below 256. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Bytes from which a block copy by the engine beats a loop. */
const BLOCK_COPY_BYTES = 96;

/** Copies `source[start, end)` to `target` from `at`; the arrays don't overlap. */
export function copyBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): void {
  if (end - start < BLOCK_COPY_BYTES) {
    for (let from = start; from < end; from++) target[at++] = source[from];
  } else {
    target.set(source.subarray(start, end), at);
  }
}

/**
 * Moves `bytes[start, end)` inside their array to `at`; the two places may overlap.
 *
 * Short moves are loops for the same reason as in `copyBytes`.
 */
export function moveBytes(bytes: Uint8Array, start: number, end: number, at: number): void {
  if (end - start >= BLOCK_COPY_BYTES) {
    bytes.copyWithin(at, start, end);
  } else if (at < start) {
    while (start < end) bytes[at++] = bytes[start++];
  } else {
    for (let to = at + end - start; end > start;) bytes[--to] = bytes[--end];
  }
}
