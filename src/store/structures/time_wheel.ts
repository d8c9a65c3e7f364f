/**
 * Time wheel: which entries are due, without looking at those that are not.
 *
 * Why not a heap: a million keys with the same deadline cost a heap twenty moves each; here an
 * entry is linked into a slot in O(1), moves down at most once a level, and leaves in O(1). Why not
 * sampling, as Redis does: then memory comes back late and an expired event later.
 *
 * A hierarchy of wheels with 64 slots each. A slot of level 0 is one millisecond, a slot of level n
 * is a whole turn of level n-1. An entry goes to the lowest level where its moment and the wheel's
 * time differ only in that level's digit (both written in base 64):
 *
 *   level 0   ms . . . . 64 ms      fires
 *   level 1   64 ms . . . 4 s       a slot that is reached is emptied into the levels below
 *   level 2   4 s . . . . 4.4 min
 *   ...       level 7 ends in 8,900 years; what is due later waits there and is looked at again
 *
 * Slots are lists linked through the entries themselves, so a timer costs no block of its own and
 * cancelling needs no search. The `previous` link of a slot's first entry is `slot + 1`: references
 * that small name page 0 of the arena, which does not exist.
 *
 * Always true: an entry never fires before its moment; each level's bitmap has a bit for each slot
 * that is not empty. Cost: add and remove O(levels), `advance` as long as its budget says.
 * Idea: Varghese and Lauck 1987.
 *
 * @module
 */

import type { Ref } from "../memory/mod.ts";

/** Where the wheel keeps its links and finds the moment: fields of the linked records. */
export interface WheelLinks {
  /** When the record is due, in unix milliseconds. */
  dueMsOf(ref: Ref): number;
  /** The link to the record before, or a slot mark. */
  previousOf(ref: Ref): number;
  setPrevious(ref: Ref, previous: number): void;
  /** The link to the record behind, 0 at the end. */
  nextOf(ref: Ref): Ref;
  setNext(ref: Ref, next: Ref): void;
}

const SLOT_BITS = 6;
const SLOT_COUNT = 1 << SLOT_BITS;
const LEVEL_COUNT = 8;
/** Slot marks are the numbers 1 to this. */
const MARK_MAX = SLOT_COUNT * LEVEL_COUNT;
/** Milliseconds of one slot, by level. */
const SLOT_MS = Array.from({ length: LEVEL_COUNT + 1 }, (_, level) => SLOT_COUNT ** level);

/** Orders records by when they are due. */
export class TimeWheel {
  /** Records linked. */
  count = 0;

  readonly #links: WheelLinks;
  readonly #heads = new Int32Array(SLOT_COUNT * LEVEL_COUNT);
  /** Two words for each level: bit n is set if slot n holds something. */
  readonly #occupied = new Int32Array(LEVEL_COUNT * 2);
  #currentMs: number;

  /**
   * @param links Access to the records' link fields.
   * @param nowMs The time at which the wheel starts.
   */
  constructor(links: WheelLinks, nowMs: number) {
    this.#links = links;
    this.#currentMs = nowMs;
  }

  /** Links a record that is not linked yet. */
  add(ref: Ref): void {
    this.#link(ref, this.#slotOf(this.#links.dueMsOf(ref)));
    this.count++;
  }

  /** Unlinks a record. */
  remove(ref: Ref): void {
    const previous = this.#links.previousOf(ref), next = this.#links.nextOf(ref);
    if (next !== 0) this.#links.setPrevious(next, previous);
    if (isMark(previous)) this.#setHead(previous - 1, next);
    else this.#links.setNext(previous, next);
    this.count--;
  }

  /** Tells the neighbours that a record, links and all, has been copied to another place. */
  moved(ref: Ref): void {
    const previous = this.#links.previousOf(ref), next = this.#links.nextOf(ref);
    if (next !== 0) this.#links.setPrevious(next, ref);
    if (isMark(previous)) this.#heads[previous - 1] = ref;
    else this.#links.setNext(previous, ref);
  }

  /**
   * Lets time pass: unlinks records that are due and hands them over.
   *
   * @param nowMs The time now; a time before the wheel's does nothing.
   * @param mayGoOn Asked between records; `false` stops, and the next call goes on from there.
   * @param fire Gets each due record, unlinked; may add and remove others.
   * @returns Whether all that is due was fired.
   */
  advance(nowMs: number, mayGoOn: () => boolean, fire: (ref: Ref) => void): boolean {
    while (this.count > 0) {
      const slot = this.#nextOccupiedSlot();
      const level = slot >>> SLOT_BITS;
      const startMs = this.#startOf(slot, level);
      if (startMs > nowMs) break;
      // Late records of the current slot start in the past: time never goes back.
      if (startMs > this.#currentMs) this.#currentMs = startMs;
      for (let ref = this.#heads[slot]; ref !== 0; ref = this.#heads[slot]) {
        if (!mayGoOn()) return false;
        this.remove(ref);
        if (level === 0) fire(ref);
        else this.add(ref);
        // In the last level a moment may lie beyond its slot; it goes on waiting in another turn.
        if (level === LEVEL_COUNT - 1 && this.#heads[slot] === ref) break;
      }
    }
    if (nowMs > this.#currentMs) this.#currentMs = nowMs;
    return true;
  }

  /**
   * When something may become due at the earliest, in unix milliseconds; `Infinity` for an empty
   * wheel. Never later than the earliest moment.
   */
  get nextMs(): number {
    if (this.count === 0) return Infinity;
    const slot = this.#nextOccupiedSlot();
    return this.#startOf(slot, slot >>> SLOT_BITS);
  }

  #link(ref: Ref, slot: number): void {
    const head = this.#heads[slot];
    this.#links.setPrevious(ref, slot + 1);
    this.#links.setNext(ref, head);
    if (head !== 0) this.#links.setPrevious(head, ref);
    this.#setHead(slot, ref);
  }

  #setHead(slot: number, head: Ref): void {
    this.#heads[slot] = head;
    const bit = 1 << (slot & 31);
    if (head !== 0) this.#occupied[slot >>> 5] |= bit;
    else this.#occupied[slot >>> 5] &= ~bit;
  }

  /** The slot for a moment, seen from the wheel's time. */
  #slotOf(dueMs: number): number {
    const dueTick = Math.max(dueMs, this.#currentMs);
    for (let level = 0; level < LEVEL_COUNT; level++) {
      const turnMs = SLOT_MS[level + 1];
      if (Math.floor(dueTick / turnMs) === Math.floor(this.#currentMs / turnMs)) {
        return level * SLOT_COUNT + Math.floor(dueTick / SLOT_MS[level]) % SLOT_COUNT;
      }
    }
    // Beyond the last level: its last slot, from where it is sorted anew.
    return MARK_MAX - 1;
  }

  /** The first occupied slot in order of time. Lower levels come first: they are nearer. */
  #nextOccupiedSlot(): number {
    for (let word = 0; word < this.#occupied.length; word++) {
      const bits = this.#occupied[word];
      if (bits !== 0) return word * 32 + (31 - Math.clz32(bits & -bits));
    }
    return MARK_MAX - 1;
  }

  /** When a slot of the current turn begins. */
  #startOf(slot: number, level: number): number {
    const turnMs = SLOT_MS[level + 1];
    return Math.floor(this.#currentMs / turnMs) * turnMs + (slot % SLOT_COUNT) * SLOT_MS[level];
  }
}

function isMark(link: number): boolean {
  return link > 0 && link <= MARK_MAX;
}
