/**
 * Change listeners: who is told of changed keys, and when.
 *
 * Every change goes through here, whether a command made it or a key vanished by itself, so there is
 * one place that can hold back: a transaction that may yet be rolled back must not be heard of
 * before it counts. What is held back is told in order when it does, and dropped when it does not.
 *
 *   changed, flushed, removed, postpone ──> told at once
 *                                      └──> held ── tellHeld ──> told, in order
 *                                                └─ dropHeld ──> dropped, but for what happened anyway
 *
 * A key whose time has come vanishes with the transaction or without. So such removals are told even
 * then, except for keys that the transaction has taken care of itself.
 *
 * Cost: usually one look at a field. Held back is a copy of each key, and none while nobody listens.
 * Not here: what listeners make of it.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import type { Keyspace } from "../store/mod.ts";
import type { Effects } from "./effects.ts";
import type { ChangeListener } from "./ports.ts";

/** A key that vanished by itself. */
export interface Removal {
  readonly databaseIndex: number;
  /** Borrowed during a call, a copy when it is held back. */
  readonly key: ByteView;
  readonly event: "expired" | "evicted";
  /** Whether its memory is freed later, which logs are told. */
  readonly isLazy: boolean;
}

/** Something that is told later. */
interface Held {
  readonly tell: () => void;
  /** A key that vanished by itself. */
  readonly removal?: Removal;
  /** Whether that is undone when what is held back is dropped. */
  readonly isUndone?: boolean;
}

/** Says of a key whether its removal will be undone if what is held back is dropped. */
type UndoTest = (databaseIndex: number, key: ByteView) => boolean;

/** The listeners of one server. */
export class ChangeListeners implements ChangeListener {
  readonly #effects: Effects;
  /** Replaced, not changed: who listens may come and go while all are told. */
  #listeners: readonly ChangeListener[] = [];
  #held: Held[] | undefined;
  #isUndone: UndoTest = () => false;

  /** @param effects Where the removal of a key leaves for logs and replicas. */
  constructor(effects: Effects) {
    this.#effects = effects;
  }

  /** How many there are. */
  get count(): number {
    return this.#listeners.length;
  }

  /** Adds one. */
  add(listener: ChangeListener): void {
    this.#listeners = [...this.#listeners, listener];
  }

  /** Takes one off; it may be told of the change at hand nevertheless. */
  remove(listener: ChangeListener): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener);
  }

  changed(databaseIndex: number, key: ByteView, event: string): void {
    const listeners = this.#listeners;
    if (this.#held !== undefined && listeners.length > 0) {
      const copy = new ByteView(key.copy());
      this.#held.push({ tell: () => this.changed(databaseIndex, copy, event) });
      return;
    }
    for (let index = 0; index < listeners.length; index++) {
      listeners[index].changed(databaseIndex, key, event);
    }
  }

  flushed(databases: readonly Keyspace[]): void {
    if (this.postpone(() => this.flushed(databases))) return;
    for (const listener of this.#listeners) listener.flushed(databases);
  }

  /** Tells listeners, logs and replicas of a key that vanishes by itself. */
  removed(removal: Removal): void {
    const { databaseIndex, key, event, isLazy } = removal;
    if (this.#held !== undefined) {
      const copy = { ...removal, key: new ByteView(key.copy()) };
      this.#held.push({
        tell: () => this.changed(databaseIndex, copy.key, event),
        removal: copy,
        isUndone: this.#isUndone(databaseIndex, key),
      });
    }
    if (this.#effects.isWanted) {
      this.#effects.emit(databaseIndex, isLazy ? "UNLINK" : "DEL", key);
    }
    if (this.#held === undefined) this.changed(databaseIndex, key, event);
  }

  /** Whether what happens now is told later, or never. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /**
   * Leaves something for later if changes are held back: a message that a client sends.
   *
   * @param tell What to do when they are told; must borrow nothing.
   * @returns Whether it was left; if not, the caller does it now.
   */
  postpone(tell: () => void): boolean {
    if (this.#held === undefined) return false;
    this.#held.push({ tell });
    return true;
  }

  /**
   * Holds back what happens from now on, effects too, until `tellHeld` or `dropHeld`.
   *
   * @param isUndone Asked when a key vanishes by itself.
   */
  hold(isUndone: UndoTest): void {
    this.#effects.hold();
    this.#held = [];
    this.#isUndone = isUndone;
  }

  /** Tells what was held back. */
  tellHeld(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#effects.passHeld();
    for (const { tell } of held) tell();
  }

  /**
   * Forgets what was held back, but for keys that vanished by themselves and stay away.
   *
   * @returns How many removals of expired keys were undone.
   */
  dropHeld(): number {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#effects.dropHeld();
    let undoneCount = 0;
    for (const { removal, isUndone } of held) {
      if (removal === undefined) continue;
      if (!isUndone) this.removed(removal);
      else if (removal.event === "expired") undoneCount++;
    }
    return undoneCount;
  }
}
