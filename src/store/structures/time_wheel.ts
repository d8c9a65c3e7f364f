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
 *   ...       level 8 reaches past the last moment that a double counts exactly
 *
 * Slots are lists linked through the entries themselves, so a timer costs no block of its own and
 * cancelling needs no search. Before the first entry of slot n and behind the last stands the *mark*
 * `n + 1`: references that small name page 0 of the arena, which does not exist. As both ends are
 * marked, whole lists can be joined; that is how the wheel follows a clock that was set back.
 *
 * Always true: an entry never fires before its moment; the bitmap has a bit for each slot that is
 * not empty; on the levels above 0, the slot of the wheel's own time is empty but while it is being
 * emptied. Cost: add and remove O(levels), `advance` as long as its budget says.
 * Idea: Varghese and Lauck 1987.
 *
 * @module
 */

import type { Ref } from "../memory/mod.ts";

/** Where the wheel keeps its links and finds the moment: fields of the linked records. */
export interface WheelLinks {
  /** When the record is due, in unix milliseconds. */
  dueMsOf(ref: Ref): number;
  /** The link to the record before, or a slot's mark. */
  previousOf(ref: Ref): number;
  setPrevious(ref: Ref, previous: number): void;
  /** The link to the record behind, or a slot's mark. */
  nextOf(ref: Ref): number;
  setNext(ref: Ref, next: number): void;
}

const SLOT_BITS = 6;
const SLOT_COUNT = 1 << SLOT_BITS;
const LEVEL_COUNT = 9;
/** Slot marks are the numbers 1 to this. */
const MARK_MAX = SLOT_COUNT * LEVEL_COUNT;
/** What is due later is due then, in the year 287396. */
const DUE_MS_MAX = Number.MAX_SAFE_INTEGER;
/** Milliseconds of one slot, by level; the last is a turn of all. */
const SLOT_MS = Array.from({ length: LEVEL_COUNT + 1 }, (_, level) => SLOT_COUNT ** level);

/** Orders records by when they are due. */
export class TimeWheel {
  /** Records linked. */
  count = 0;

  readonly #links: WheelLinks;
  /** First and last record of each slot, 0 for none. */
  readonly #heads = new Int32Array(MARK_MAX);
  readonly #tails = new Int32Array(MARK_MAX);
  /** Two words for each level: bit n is set if slot n holds something. */
  readonly #occupied = new Int32Array(LEVEL_COUNT * 2);
  #currentMs = 0;

  /**
   * @param links Access to the records' link fields.
   * @param nowMs The time at which the wheel starts.
   */
  constructor(links: WheelLinks, nowMs: number) {
    this.#links = links;
    this.#currentMs = Math.max(0, nowMs);
  }

  /** A record that is among the next to be due; 0 for an empty wheel. */
  get first(): Ref {
    return this.count === 0 ? 0 : this.#heads[this.#earliestSlot()];
  }

  /** Links a record that is not linked yet. */
  add(ref: Ref): void {
    this.#link(ref, this.#slotOf(this.#dueMsOf(ref)));
    this.count++;
  }

  /** Unlinks a record. */
  remove(ref: Ref): void {
    const previous = this.#links.previousOf(ref), next = this.#links.nextOf(ref);
    if (isMark(previous)) this.#setHead(previous - 1, isMark(next) ? 0 : next);
    else this.#links.setNext(previous, next);
    if (isMark(next)) this.#tails[next - 1] = isMark(previous) ? 0 : previous;
    else this.#links.setPrevious(next, previous);
    this.count--;
  }

  /** Tells the neighbours that a record, links and all, has been copied to another place. */
  moved(ref: Ref): void {
    const previous = this.#links.previousOf(ref), next = this.#links.nextOf(ref);
    if (isMark(previous)) this.#heads[previous - 1] = ref;
    else this.#links.setNext(previous, ref);
    if (isMark(next)) this.#tails[next - 1] = ref;
    else this.#links.setPrevious(next, ref);
  }

  /**
   * Lets time pass: unlinks records that are due and hands them over.
   *
   * @param nowMs The time now; before the wheel's own if the clock was set back.
   * @param mayGoOn Asked between records; `false` stops, and the next call goes on from there.
   * @param fire Gets each due record, unlinked; may add and remove others.
   * @returns Whether all that is due was fired.
   */
  advance(nowMs: number, mayGoOn: () => boolean, fire: (ref: Ref) => void): boolean {
    if (nowMs < this.#currentMs) this.#turnBack(nowMs);
    while (this.count > 0) {
      const slot = this.#earliestSlot();
      const level = slot >>> SLOT_BITS;
      const startMs = this.#startOf(slot, level);
      if (startMs > nowMs) break;
      // A slot that is being emptied started in the past: time doesn't go back for it.
      if (startMs > this.#currentMs) this.#currentMs = startMs;
      for (let ref = this.#heads[slot]; ref !== 0; ref = this.#heads[slot]) {
        if (!mayGoOn()) return false;
        this.remove(ref);
        // What stands in a slot of level 0 may be due later only after a turn back.
        if (level === 0 && this.#dueMsOf(ref) <= this.#currentMs) fire(ref);
        else this.add(ref);
      }
    }
    if (nowMs > this.#currentMs) this.#currentMs = nowMs;
    return true;
  }

  /**
   * When something may become due at the earliest, in unix milliseconds; `Infinity` for an empty
   * wheel. Never later than the earliest moment, or than the wheel's own time if that has passed.
   */
  get nextMs(): number {
    if (this.count === 0) return Infinity;
    const slot = this.#earliestSlot();
    return this.#startOf(slot, slot >>> SLOT_BITS);
  }

  /**
   * Sets the wheel's time back, as somebody did with the clock.
   *
   * Let n be the highest level in whose digit the old and the new time differ. Whatever stands on a
   * level below n has all digits from n up in common with the old time, and therefore belongs, seen
   * from the new one, into a single slot: that of the old time on level n. So lists are joined and no
   * record is looked at. Only the slot of the moment itself, with what is overdue, stays at hand.
   */
  #turnBack(nowMs: number): void {
    const oldMs = this.#currentMs;
    this.#currentMs = Math.max(0, nowMs);
    let level = LEVEL_COUNT - 1;
    while (level > 0 && digitOf(oldMs, level) === digitOf(this.#currentMs, level)) level--;
    this.#join(slotAt(oldMs, 0), slotAt(this.#currentMs, 0));
    for (let slot = 0; slot < level * SLOT_COUNT; slot++) {
      if (slot !== slotAt(this.#currentMs, 0)) this.#join(slot, slotAt(oldMs, level));
    }
  }

  /** Moves all records of a slot to the end of another one. */
  #join(from: number, to: number): void {
    const head = this.#heads[from], tail = this.#tails[from];
    if (head === 0 || from === to) return;
    const before = this.#tails[to];
    this.#links.setPrevious(head, before === 0 ? to + 1 : before);
    this.#links.setNext(tail, to + 1);
    if (before === 0) this.#setHead(to, head);
    else this.#links.setNext(before, head);
    this.#tails[to] = tail;
    this.#setHead(from, 0);
    this.#tails[from] = 0;
  }

  #link(ref: Ref, slot: number): void {
    const head = this.#heads[slot];
    this.#links.setPrevious(ref, slot + 1);
    this.#links.setNext(ref, head === 0 ? slot + 1 : head);
    if (head === 0) this.#tails[slot] = ref;
    else this.#links.setPrevious(head, ref);
    this.#setHead(slot, ref);
  }

  #setHead(slot: number, head: Ref): void {
    this.#heads[slot] = head;
    const bit = 1 << (slot & 31);
    if (head !== 0) this.#occupied[slot >>> 5] |= bit;
    else this.#occupied[slot >>> 5] &= ~bit;
  }

  #dueMsOf(ref: Ref): number {
    return Math.min(this.#links.dueMsOf(ref), DUE_MS_MAX);
  }

  /** The slot for a moment, seen from the wheel's time. */
  #slotOf(dueMs: number): number {
    const dueTick = Math.max(dueMs, this.#currentMs);
    let level = 0;
    while (
      Math.floor(dueTick / SLOT_MS[level + 1]) !== Math.floor(this.#currentMs / SLOT_MS[level + 1])
    ) level++;
    return slotAt(dueTick, level);
  }

  /** The occupied slot that comes first in time. */
  #earliestSlot(): number {
    // A slot that is being emptied comes first; its records may be due before any on lower levels.
    for (let level = LEVEL_COUNT - 1; level > 0; level--) {
      const slot = slotAt(this.#currentMs, level);
      if (this.#heads[slot] !== 0) return slot;
    }
    // Otherwise lower levels are nearer.
    let word = 0;
    while (this.#occupied[word] === 0) word++;
    const bits = this.#occupied[word];
    return word * 32 + (31 - Math.clz32(bits & -bits));
  }

  /** When a slot of the current turn begins. */
  #startOf(slot: number, level: number): number {
    const turnMs = SLOT_MS[level + 1];
    return Math.floor(this.#currentMs / turnMs) * turnMs + (slot % SLOT_COUNT) * SLOT_MS[level];
  }
}

/** A moment's digit on a level: which of 64 slots it falls into. */
function digitOf(ms: number, level: number): number {
  return Math.floor(ms / SLOT_MS[level]) % SLOT_COUNT;
}

function slotAt(ms: number, level: number): number {
  return level * SLOT_COUNT + digitOf(ms, level);
}

function isMark(link: number): boolean {
  return link > 0 && link <= MARK_MAX;
}
