/**
 * Slot hold: requests for slots that are just being handed over wait for the few milliseconds that it
 * takes, and then are tried again: by then somebody else has the slot, or, if that failed, this node
 * still.
 *
 * Reads wait too: the other node may answer already. So do requests that change data without naming
 * keys. Nobody is refused.
 *
 * Always true: it is in force exactly while slots are held.
 * Cost: for each request meanwhile, the checksum of each of its keys.
 *
 * @module
 */

import { type Command, type Gate, POSTPONED, type Session } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { foldSlots } from "../request_slots.ts";
import type { ReadonlySlotSet } from "./slot_set.ts";

/** The slots of one node that nobody may touch at the moment. */
export class SlotHold implements Gate {
  #slots: ReadonlySlotSet | undefined;
  #postponed = new Set<Session>();
  readonly #joinHeld = (isHeld: boolean, slotIndex: number): boolean =>
    isHeld || this.isHeld(slotIndex);

  get isInForce(): boolean {
    return this.#slots !== undefined;
  }

  /** Whether a slot is held. */
  isHeld(slotIndex: number): boolean {
    return this.#slots?.has(slotIndex) === true;
  }

  /** Holds slots, and no others, until `release`. @param slots Not to be changed meanwhile. */
  hold(slots: ReadonlySlotSet): void {
    this.#slots = slots;
  }

  /** Lets them go, and has requests tried again that waited. */
  release(): void {
    this.#slots = undefined;
    const postponed = this.#postponed;
    this.#postponed = new Set();
    for (const session of postponed) session.retry();
  }

  check(session: Session, command: Command, args: Args): typeof POSTPONED | undefined {
    const transaction = session.transaction;
    const isHeld = transaction === undefined
      ? this.#touches(command, args)
      : command.spec.withinMulti === "executes" &&
        transaction.some((queued, queuedArgs) => this.#touches(queued, queuedArgs));
    if (!isHeld) return undefined;
    this.#postponed.add(session);
    return POSTPONED;
  }

  #touches(command: Command, args: Args): boolean {
    const { keys, findKeys } = command.spec;
    if (keys === undefined && findKeys === undefined) return command.isWrite;
    return foldSlots(command, args, false, this.#joinHeld);
  }
}
