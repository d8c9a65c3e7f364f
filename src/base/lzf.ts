/**
 * LZF: compression that costs little more than a copy; Redis uses it in list nodes and RDB files.
 *
 * The compressor is greedy: it remembers where it last saw each three bytes, and where they come
 * again it writes a reference back instead of the bytes. The choices that the format leaves open
 * (slot of three bytes, what is remembered inside a match, where a match must end) are those of
 * liblzf as Redis builds it, so that equal values get equal bytes in either server.
 *
 *   literals:    000nnnnn                    n + 1 bytes follow, 1 to 32
 *   reference:   lllddddd dddddddd           l + 2 bytes, 3 to 8, from d + 1 bytes before
 *   long one:    111ddddd llllllll dddddddd  l + 9 bytes, 9 to 264
 *
 * The table of places is not cleared for each call, which would cost more than compressing a small
 * node: each call counts its places from where the last one ended, so older ones lie before its start.
 *
 * Cost: one look into the table for each byte that no match covers; nothing is allocated.
 * Specification: liblzf 3.6, by Marc Lehmann.
 *
 * @module
 */

import { copyBytes } from "./byte_view.ts";

/** Most bytes of one run of literals. */
const LITERAL_COUNT_MAX = 32;
/** References reach back less than this. */
const DISTANCE_MAX = 1 << 13;
/** Most bytes that one reference stands for. */
const MATCH_BYTES_MAX = 264;
/** Fewest bytes that it stands for. */
const MATCH_BYTES_MIN = 3;
/** From this many bytes to compare on, a match may take the last two bytes too. */
const LONG_REST_BYTES = 19;
/** Lengths up to here fit into the first byte of a reference. */
const SHORT_MATCH_BYTES_MAX = 8;
/** Bytes of the longest reference with the control byte of the run behind it. */
const REFERENCE_BYTES = 4;

const WORD_BYTES = 4;
/** Bytes that a step of a copy takes: two words. */
const STEP_BYTES = 2 * WORD_BYTES;

const SLOT_COUNT = 1 << 16;
/** Sources are copied to a room of at least so many bytes; one of more than that is not kept. */
const KEPT_BYTES_MIN = 64 * 1024;
const KEPT_BYTES_MAX = 1024 * 1024;
/** When places reach this, the table is cleared and they begin anew. */
const PLACE_MAX = 2 ** 30;

/** Where three bytes were last seen, by slot; places of earlier calls are below those of this one. */
const slots = new Int32Array(SLOT_COUNT);
let nextPlace = 1;
/** Where what is compressed is copied to, so that words can be read from any place of it. */
let sourceRoom: LzfRoom | undefined;

/**
 * Compresses `source[start, end)` into `target` from `at` on.
 *
 * @param targetEnd Where the room in `target` ends; bytes before it may be written even on failure.
 * @returns Index behind the last byte written; 0 when there is not enough room or nothing to do.
 */
export function compressLzf(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  targetEnd: number,
): number {
  if (start >= end || at >= targetEnd) return 0;
  const { bytes, words } = copyForWords(source, start, end);
  const byteCount = end - start, matchEnd = byteCount - MATCH_BYTES_MIN + 1;
  const toPlace = placesFor(byteCount);
  let from = 0, literalCount = 0;
  at++; // room for the run's control byte
  while (from < matchEnd) {
    const three = words.getInt32(from) >>> 8, slot = slotOf(three);
    const seen = slots[slot] - toPlace, distance = from - seen - 1;
    slots[slot] = from + toPlace;
    if (seen > 0 && distance < DISTANCE_MAX && words.getInt32(seen) >>> 8 === three) {
      if (literalCount === 0) at--; // the run that was begun is empty
      else target[at - literalCount - 1] = literalCount - 1;
      if (at + REFERENCE_BYTES >= targetEnd) return 0;
      const matchBytes = matchBytesAt(words, seen, from, byteCount - from);
      at = writeReference(target, at, distance, matchBytes) + 1;
      literalCount = 0;
      from += matchBytes;
      if (from >= matchEnd) break;
      const four = words.getInt32(from - 2);
      slots[slotOf(four >>> 8)] = from - 2 + toPlace;
      slots[slotOf(four & 0xffffff)] = from - 1 + toPlace;
    } else {
      if (at >= targetEnd) return 0;
      target[at++] = three >>> 16;
      from++;
      if (++literalCount === LITERAL_COUNT_MAX) {
        target[at - literalCount - 1] = literalCount - 1;
        literalCount = 0;
        at++;
      }
    }
  }
  return writeRest(bytes, from, byteCount, target, at, targetEnd, literalCount);
}

/**
 * Where one string after the other is decompressed to.
 *
 * References are copied in steps of two words, the last of which may go beyond the reference's end: what it
 * writes there is overwritten, or lies in the spare bytes behind the room.
 */
export class LzfRoom {
  /** What was decompressed last begins here. */
  readonly bytes: Uint8Array;
  /** The same, for words. */
  readonly words: DataView;

  /** @param byteCount Most bytes that it takes. */
  constructor(byteCount: number) {
    this.bytes = new Uint8Array(byteCount + STEP_BYTES);
    this.words = new DataView(this.bytes.buffer);
  }

  /** Most bytes that it takes. */
  get byteCount(): number {
    return this.bytes.length - STEP_BYTES;
  }

  /**
   * Decompresses `source[start, end)`.
   *
   * @param byteCount What it must come to, at most `this.byteCount`.
   * @returns Whether it is LZF and comes to that.
   */
  decompress(source: Uint8Array, start: number, end: number, byteCount: number): boolean {
    const target = this.bytes, words = this.words;
    let from = start, at = 0;
    while (from < end) {
      const control = source[from++];
      if (control < LITERAL_COUNT_MAX) {
        const runEnd = from + control + 1;
        if (runEnd > end || at + control + 1 > byteCount) return false;
        do target[at++] = source[from++]; while (from < runEnd);
        continue;
      }
      let matchBytes = (control >> 5) + 2;
      if (matchBytes > SHORT_MATCH_BYTES_MAX) {
        if (from >= end) return false;
        matchBytes += source[from++];
      }
      if (from >= end) return false;
      const distance = ((control & 0x1f) << 8) + source[from++] + 1;
      const matchEnd = at + matchBytes;
      let seen = at - distance;
      if (seen < 0 || matchEnd > byteCount) return false;
      if (distance >= STEP_BYTES) {
        do {
          words.setInt32(at, words.getInt32(seen, true), true);
          words.setInt32(at + 4, words.getInt32(seen + 4, true), true);
          at += STEP_BYTES;
          seen += STEP_BYTES;
        } while (at < matchEnd);
        at = matchEnd;
      } else {
        // Byte by byte: the reference reaches into what it writes itself.
        do target[at++] = target[seen++]; while (at < matchEnd);
      }
    }
    return at === byteCount;
  }
}

/** Reserves numbers for so many places; returns the first. */
function placesFor(byteCount: number): number {
  if (nextPlace + byteCount > PLACE_MAX) {
    slots.fill(0);
    nextPlace = 1;
  }
  const first = nextPlace;
  nextPlace += byteCount;
  return first;
}

/** The slot of three bytes, the first one highest. */
function slotOf(three: number): number {
  return ((three >> 8) - three * 5) & (SLOT_COUNT - 1);
}

/** How many bytes from `seen` on come again from `from` on, the first three being known to. */
function matchBytesAt(words: DataView, seen: number, from: number, restBytes: number): number {
  const leastMax = restBytes >= LONG_REST_BYTES ? LONG_REST_BYTES : MATCH_BYTES_MIN;
  const matchBytesMax = Math.max(Math.min(restBytes - 2, MATCH_BYTES_MAX), leastMax);
  let matchBytes = MATCH_BYTES_MIN;
  while (matchBytes < matchBytesMax) {
    const difference = words.getInt32(seen + matchBytes) ^ words.getInt32(from + matchBytes);
    if (difference !== 0) {
      return Math.min(matchBytes + (Math.clz32(difference) >>> 3), matchBytesMax);
    }
    matchBytes += WORD_BYTES;
  }
  return matchBytesMax;
}

/** A room with a copy of `source[start, end)`, good until the next one. */
function copyForWords(source: Uint8Array, start: number, end: number): LzfRoom {
  const byteCount = end - start;
  let room = sourceRoom;
  if (room === undefined || byteCount > room.byteCount) {
    room = new LzfRoom(Math.max(byteCount, KEPT_BYTES_MIN));
    if (byteCount <= KEPT_BYTES_MAX) sourceRoom = room;
  }
  copyBytes(source, start, end, room.bytes, 0);
  return room;
}

/** Writes a reference; returns the index behind it. */
function writeReference(
  target: Uint8Array,
  at: number,
  distance: number,
  matchBytes: number,
): number {
  if (matchBytes <= SHORT_MATCH_BYTES_MAX) {
    target[at++] = (distance >> 8) | ((matchBytes - 2) << 5);
  } else {
    target[at++] = (distance >> 8) | 0xe0;
    target[at++] = matchBytes - SHORT_MATCH_BYTES_MAX - 1;
  }
  target[at++] = distance & 0xff;
  return at;
}

/** Writes the last bytes, which are too few for a match, as literals; returns as `compressLzf`. */
function writeRest(
  source: Uint8Array,
  from: number,
  end: number,
  target: Uint8Array,
  at: number,
  targetEnd: number,
  literalCount: number,
): number {
  if (at + MATCH_BYTES_MIN > targetEnd) return 0;
  while (from < end) {
    target[at++] = source[from++];
    if (++literalCount === LITERAL_COUNT_MAX) {
      target[at - literalCount - 1] = literalCount - 1;
      literalCount = 0;
      at++;
    }
  }
  if (literalCount === 0) return at - 1;
  target[at - literalCount - 1] = literalCount - 1;
  return at;
}
