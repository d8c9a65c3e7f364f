/**
 * Slot index: which keys are in which of some slots, for as long as somebody needs to know.
 *
 * A database knows its keys, not their slots: an index of all would cost every key memory, and every
 * command that makes or removes one time. So when slots move, an index of these alone is made by one
 * walk through the data, a slice at a time between everything else, and from its beginning it is told
 * of every change, so that it lacks nothing once the walk is through.
 *
 * It notes the keys that changed, too: what was sent of them is to be sent again.
 *
 * Always true, once built: every key of these slots is in it; it may have some that are gone.
 * Cost: about 100 bytes of heap a key; a few tenths of a second for a million keys walked.
 *
 * @module
 */

import { bytesOfText, ByteView } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import type { ChangeListener, ServerParts } from "../../engine/mod.ts";
import type { Keyspace, Ref } from "../../store/mod.ts";
import type { ReadonlySlotSet } from "./slot_set.ts";

/** Entries walked in one slice. */
const ENTRIES_PER_SLICE = 512;

/** A key of some database. */
export interface IndexedKey {
  readonly databaseIndex: number;
  readonly key: Uint8Array;
}

/** What walks need. */
export interface WalkSurroundings {
  readonly server: Pick<ServerParts, "store" | "changeListeners">;
  /** Lets everything that is ready have its turn. */
  readonly nextTurn: () => Promise<void>;
}

/** Keys of slots, followed until it is disposed of. */
export class SlotIndex implements ChangeListener, Disposable {
  /** Whether databases were emptied or exchanged, so that it says nothing any more. */
  isStale = false;

  readonly #surroundings: WalkSurroundings;
  readonly #slots: ReadonlySlotSet;
  /** Places of keys: the database's number, a space, and the key as binary text. */
  readonly #places = new Map<number, Set<string>>();
  readonly #changed = new Map<number, Set<string>>();

  /** Begins to listen. @param slots Whose keys; not to be changed. */
  constructor(surroundings: WalkSurroundings, slots: ReadonlySlotSet) {
    this.#surroundings = surroundings;
    this.#slots = slots;
    surroundings.server.changeListeners.add(this);
  }

  /** Walks through all data. */
  async build(): Promise<void> {
    await walkSlots(this.#surroundings, this.#slots, (slotIndex, keyspace, keyView) => {
      addTo(this.#places, slotIndex, placeOf(keyspace.index, keyView));
    });
  }

  /** Keys of a slot, with some that are gone. */
  keysOf(slotIndex: number): IndexedKey[] {
    return Array.from(this.#places.get(slotIndex) ?? [], keyAt);
  }

  /** How many keys a slot has, those counted that are gone. */
  keyCountOf(slotIndex: number): number {
    return this.#places.get(slotIndex)?.size ?? 0;
  }

  /** Takes the keys of slots that have changed since they were taken last. */
  takeChanged(slots: Iterable<number>): IndexedKey[] {
    const taken: IndexedKey[] = [];
    for (const slotIndex of slots) {
      for (const place of this.#changed.get(slotIndex) ?? []) taken.push(keyAt(place));
      this.#changed.delete(slotIndex);
    }
    return taken;
  }

  /** Whether keys of slots have changed since they were taken. */
  hasChanged(slots: Iterable<number>): boolean {
    for (const slotIndex of slots) if (this.#changed.has(slotIndex)) return true;
    return false;
  }

  /** Notes a key. */
  add(databaseIndex: number, key: ByteView): void {
    const slotIndex = slotOf(key);
    if (this.#slots.has(slotIndex)) addTo(this.#places, slotIndex, placeOf(databaseIndex, key));
  }

  /** Forgets slots. */
  drop(slots: Iterable<number>): void {
    for (const slotIndex of slots) {
      this.#changed.delete(slotIndex);
      this.#places.delete(slotIndex);
    }
  }

  changed(databaseIndex: number, key: ByteView): void {
    const slotIndex = slotOf(key);
    if (!this.#slots.has(slotIndex)) return;
    const place = placeOf(databaseIndex, key);
    addTo(this.#places, slotIndex, place);
    addTo(this.#changed, slotIndex, place);
  }

  flushed(): void {
    this.isStale = true;
  }

  [Symbol.dispose](): void {
    this.#surroundings.server.changeListeners.remove(this);
  }
}

/**
 * Walks through the keys of slots in all databases; one that is there throughout is visited, maybe
 * more than once.
 *
 * @param visit The view is borrowed during the call.
 */
export async function walkSlots(
  { server, nextTurn }: WalkSurroundings,
  slots: Pick<ReadonlySlotSet, "has">,
  visit: (slotIndex: number, keyspace: Keyspace, keyView: ByteView) => void,
): Promise<void> {
  const keyView = new ByteView();
  for (const keyspace of server.store.databases) {
    const see = (ref: Ref) => {
      const slotIndex = slotOf(keyspace.entries.keyView(ref, keyView));
      if (slots.has(slotIndex)) visit(slotIndex, keyspace, keyView);
    };
    let cursor = 0;
    do {
      cursor = keyspace.scanAll(cursor, ENTRIES_PER_SLICE, see);
      if (cursor !== 0) await nextTurn();
    } while (cursor !== 0);
  }
}

function addTo(places: Map<number, Set<string>>, slotIndex: number, place: string): void {
  const known = places.get(slotIndex);
  if (known === undefined) places.set(slotIndex, new Set([place]));
  else known.add(place);
}

function placeOf(databaseIndex: number, key: ByteView): string {
  return `${databaseIndex} ${key.toText()}`;
}

function keyAt(place: string): IndexedKey {
  const space = place.indexOf(" ");
  return {
    databaseIndex: Number(place.slice(0, space)),
    key: bytesOfText(place.slice(space + 1)),
  };
}
