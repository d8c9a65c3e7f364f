/**
 * Slot set: some of the 16,384 slots, and how they are written down.
 *
 *   0-12 15 20-40      first-last or a single one, in order
 *
 * Always true: `count` is how many there are. A set that was handed out as read-only is not changed.
 *
 * @module
 */

import { SLOT_COUNT } from "../../base/crc16.ts";

/** Slots that nobody changes. */
export interface ReadonlySlotSet extends Iterable<number> {
  readonly count: number;
  has(slotIndex: number): boolean;
  /** Ranges in order; empty for none. */
  toText(): string;
}

/** Slots. */
export class SlotSet implements ReadonlySlotSet {
  readonly #flags = new Uint8Array(SLOT_COUNT);
  #count = 0;

  constructor(slots: Iterable<number> = []) {
    this.addAll(slots);
  }

  /**
   * Reads ranges.
   *
   * @returns `undefined` when the text is none.
   */
  static parse(text: string): SlotSet | undefined {
    const slots = new SlotSet();
    for (const word of text === "" ? [] : text.split(" ")) {
      const [, firstDigits, lastDigits = firstDigits] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word) ??
        [];
      const first = Number(firstDigits), last = Number(lastDigits);
      if (firstDigits === undefined || first > last || last >= SLOT_COUNT) return undefined;
      for (let slotIndex = first; slotIndex <= last; slotIndex++) slots.add(slotIndex);
    }
    return slots;
  }

  get count(): number {
    return this.#count;
  }

  has(slotIndex: number): boolean {
    return this.#flags[slotIndex] === 1;
  }

  /** Adds one. */
  add(slotIndex: number): void {
    this.#count += 1 - this.#flags[slotIndex];
    this.#flags[slotIndex] = 1;
  }

  /** Adds several. */
  addAll(slots: Iterable<number>): this {
    if (!(slots instanceof SlotSet)) {
      for (const slotIndex of slots) this.add(slotIndex);
      return this;
    }
    for (let slotIndex = 0; slotIndex < SLOT_COUNT; slotIndex++) {
      if (slots.has(slotIndex)) this.add(slotIndex);
    }
    return this;
  }

  /** Takes one off. */
  delete(slotIndex: number): void {
    this.#count -= this.#flags[slotIndex];
    this.#flags[slotIndex] = 0;
  }

  toText(): string {
    const words: string[] = [], flags = this.#flags;
    for (let first = flags.indexOf(1); first >= 0; first = flags.indexOf(1, first)) {
      let end = flags.indexOf(0, first);
      if (end < 0) end = SLOT_COUNT;
      words.push(end - first === 1 ? `${first}` : `${first}-${end - 1}`);
      first = end;
    }
    return words.join(" ");
  }

  /** In order. */
  *[Symbol.iterator](): IterableIterator<number> {
    const flags = this.#flags;
    for (let slot = flags.indexOf(1); slot >= 0; slot = flags.indexOf(1, slot + 1)) yield slot;
  }
}
