/**
 * Held keys: keys that nobody may touch until another server has told what became of them.
 *
 * Redis moves keys to another server while its loop stands still, so that nobody sees one that is
 * half here and half there. Here the loop goes on; only requests that name such a key wait, read or
 * write, and those that change data without naming keys (FLUSHALL). They are tried again afterwards.
 *
 * A key may still be changed by what was let in before, as a client that waits to move an element
 * into it. That is noted, so that the new value is not taken for the one that was sent.
 *
 * Always true: the gate is in force, and changes are listened to, exactly while keys are held.
 * Not here: what is done with the keys; keys are held by name, in all databases.
 *
 * @module
 */

import { type ByteView, textOfBytes } from "../base/byte_view.ts";
import type { Args } from "../resp/mod.ts";
import type { Keyspace } from "../store/mod.ts";
import type { ChangeListeners } from "./change_listeners.ts";
import type { Command } from "./command.ts";
import { type Gate, POSTPONED } from "./gates.ts";
import type { ChangeListener } from "./ports.ts";
import type { Session } from "./session.ts";

/** Keys that are held together. */
export class Hold {
  readonly databaseIndex: number;
  /** The keys as binary text. */
  readonly keys: ReadonlySet<string>;
  readonly #changed = new Set<string>();

  constructor(databaseIndex: number, keys: readonly Uint8Array[]) {
    this.databaseIndex = databaseIndex;
    this.keys = new Set(keys.map((key) => textOfBytes(key)));
  }

  /** Whether a key has been changed nevertheless. */
  isChanged(key: Uint8Array): boolean {
    return this.#changed.has(textOfBytes(key));
  }

  /** Notes a change. @param key Binary text. */
  note(key: string): void {
    if (this.keys.has(key)) this.#changed.add(key);
  }
}

/** All keys that are held in one server. */
export class HeldKeys implements Gate, ChangeListener {
  readonly #holds = new Set<Hold>();
  readonly #listeners: ChangeListeners;
  readonly #resume: () => void;

  /**
   * @param listeners Those that are told of changes; this is among them while keys are held.
   * @param resume Called when keys are free again, to try again what was postponed.
   */
  constructor(listeners: ChangeListeners, resume: () => void) {
    this.#listeners = listeners;
    this.#resume = resume;
  }

  get isInForce(): boolean {
    return this.#holds.size > 0;
  }

  /** Holds keys until `release`. @param keys Copied. */
  hold(databaseIndex: number, keys: readonly Uint8Array[]): Hold {
    if (this.#holds.size === 0) this.#listeners.add(this);
    const hold = new Hold(databaseIndex, keys);
    this.#holds.add(hold);
    return hold;
  }

  /** Lets them go. */
  release(hold: Hold): void {
    this.#holds.delete(hold);
    if (this.#holds.size === 0) this.#listeners.remove(this);
    this.#resume();
  }

  check(session: Session, command: Command, args: Args): typeof POSTPONED | undefined {
    const transaction = session.transaction;
    const isHeld = transaction === undefined
      ? this.#touches(command, args)
      : command.spec.withinMulti === "executes" &&
        transaction.some((queued, queuedArgs) => this.#touches(queued, queuedArgs));
    return isHeld ? POSTPONED : undefined;
  }

  changed(databaseIndex: number, key: ByteView, event: string): void {
    if (event === "expired" || event === "evicted") return; // it is gone, as it would be anyway
    for (const hold of this.#holds) {
      if (hold.databaseIndex === databaseIndex) hold.note(key.toText());
    }
  }

  flushed(databases: readonly Keyspace[]): void {
    const indices = databases.map((database) => database.index);
    for (const hold of this.#holds) {
      if (indices.includes(hold.databaseIndex)) { for (const key of hold.keys) hold.note(key); }
    }
  }

  #touches(command: Command, args: Args): boolean {
    if (command.spec.keys === undefined) return command.isWrite;
    const uses = command.keysOf(args) ?? [];
    return uses.some(({ argumentIndex }) => {
      const key = args.text(argumentIndex);
      for (const hold of this.#holds) if (hold.keys.has(key)) return true;
      return false;
    });
  }
}
