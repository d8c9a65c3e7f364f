/**
 * Effects: what a command changed, said in a way that repeats it exactly.
 *
 * A log or a replica that ran `EXPIRE key 10` an hour later would be an hour off; so what leaves is
 * `PEXPIREAT key <moment>`. A command whose words repeat its effect leaves as it came; any other
 * says what to send instead. Nothing is built while nobody listens. The effects of a transaction that
 * may yet be rolled back are held back, and dropped if it is.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import { Args } from "../resp/mod.ts";

/** Takes the effects of commands: an append-only file, replicas, a test. */
export interface EffectSink {
  /**
   * One effect. Those that must count together or not at all, a transaction's, come between a `MULTI`
   * and an `EXEC` in one turn of the event loop.
   *
   * @param databaseIndex In which database.
   * @param args The command that repeats it; borrowed during the call.
   */
  append(databaseIndex: number, args: Args): void;
}

const MULTI = Args.of("MULTI");
const EXEC = Args.of("EXEC");

/** A word of an effect: binary text, or bytes that are copied. */
export type EffectWord = string | ByteView;

/** One that leaves later. */
interface Effect {
  readonly databaseIndex: number;
  readonly args: Args;
}

/** Collects the effect of the command that runs and passes it on. */
export class Effects {
  readonly #sinks: EffectSink[] = [];
  readonly #replacements: Args[] = [];
  #isReplaced = false;
  #isUnit = false;
  /** The first effect of a unit, kept until it is known whether it stays alone. */
  #first: Effect | undefined;
  /** Effects of a unit that may yet be dropped; `undefined`: it may not. */
  #held: Effect[] | undefined;
  /** Database of a unit's last effect, once it has several; -1 before. */
  #framedIndex = -1;

  /** Whether anybody takes effects; if not, building one is wasted. */
  get isWanted(): boolean {
    return this.#sinks.length > 0;
  }

  /** Whether a unit is open: who begins to take effects now would get only its end. */
  get isUnit(): boolean {
    return this.#isUnit;
  }

  /** Adds who takes effects. */
  addSink(sink: EffectSink): void {
    this.#sinks.push(sink);
  }

  /** Takes a sink off. */
  removeSink(sink: EffectSink): void {
    const index = this.#sinks.indexOf(sink);
    if (index >= 0) this.#sinks.splice(index, 1);
  }

  /** Sends this instead of the running command's own words; several calls send several, as a unit. */
  replaceWith(...words: readonly EffectWord[]): void {
    this.#isReplaced = true;
    if (!this.isWanted) return;
    this.#replacements.push(
      Args.of(...words.map((word) => word instanceof ByteView ? word.copy() : word)),
    );
  }

  /** Sends nothing for the running command. */
  suppress(): void {
    this.#isReplaced = true;
  }

  /** Sends something outside of a command, such as the removal of an expired key. */
  emit(databaseIndex: number, ...words: readonly EffectWord[]): void {
    if (!this.isWanted) return;
    const args = Args.of(...words.map((word) => word instanceof ByteView ? word.copy() : word));
    this.#send(databaseIndex, args);
  }

  /**
   * Begins a unit: the effects up to its end count together or not at all. Several leave between
   * `MULTI` and `EXEC`, a single one as it is, none without a trace.
   */
  beginUnit(): void {
    this.#isUnit = true;
  }

  /** Ends it. */
  endUnit(): void {
    this.#isUnit = false;
    const first = this.#first;
    if (first !== undefined) this.#pass(first.databaseIndex, first.args);
    else if (this.#framedIndex >= 0) this.#pass(this.#framedIndex, EXEC);
    this.#first = undefined;
    this.#framedIndex = -1;
  }

  /** Holds back the effects of the unit from now on, until `passHeld` or `dropHeld`. */
  hold(): void {
    this.#held = [];
  }

  /** Passes on what was held back. */
  passHeld(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const { databaseIndex, args } of held) this.#send(databaseIndex, args);
  }

  /** Forgets what was held back. */
  dropHeld(): void {
    this.#held = undefined;
  }

  /** Ends a command: passes its effect on if it changed something, and forgets it. */
  finish(hasChanged: boolean, databaseIndex: number, args: Args): void {
    if (hasChanged && this.isWanted) {
      if (!this.#isReplaced) this.#send(databaseIndex, args);
      else this.#sendReplacements(databaseIndex);
    }
    if (!this.#isReplaced) return;
    this.#isReplaced = false;
    this.#replacements.length = 0;
  }

  /** One command's effects count together, too. */
  #sendReplacements(databaseIndex: number): void {
    const isUnit = !this.#isUnit && this.#replacements.length > 1;
    if (isUnit) this.beginUnit();
    for (const replacement of this.#replacements) this.#send(databaseIndex, replacement);
    if (isUnit) this.endUnit();
  }

  #send(databaseIndex: number, args: Args): void {
    if (!this.#isUnit) return this.#pass(databaseIndex, args);
    if (this.#held !== undefined) {
      this.#held.push({ databaseIndex, args: args.copy() });
      return;
    }
    const first = this.#first;
    if (first === undefined && this.#framedIndex < 0) {
      this.#first = { databaseIndex, args: args.copy() };
      return;
    }
    if (first !== undefined) {
      this.#pass(first.databaseIndex, MULTI);
      this.#pass(first.databaseIndex, first.args);
      this.#first = undefined;
    }
    this.#pass(databaseIndex, args);
    this.#framedIndex = databaseIndex;
  }

  #pass(databaseIndex: number, args: Args): void {
    for (const sink of this.#sinks) sink.append(databaseIndex, args);
  }
}
