/**
 * Effects: what a command changed, said in a way that repeats it exactly.
 *
 * A log or a replica that ran `EXPIRE key 10` an hour later would be an hour off; so what leaves is
 * `PEXPIREAT key <moment>`. A command whose words repeat its effect leaves as it came; any other
 * says what to send instead. Nothing is built while nobody listens.
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

/** Collects the effect of the command that runs and passes it on. */
export class Effects {
  readonly #sinks: EffectSink[] = [];
  readonly #replacements: Args[] = [];
  #isReplaced = false;
  #isUnit = false;
  /** The first effect of a unit, held back until it is known whether it stays alone. */
  #held: { databaseIndex: number; args: Args } | undefined;
  /** Database of a unit's last effect, once it has several; -1 before. */
  #framedIndex = -1;

  /** Whether anybody takes effects; if not, building one is wasted. */
  get isWanted(): boolean {
    return this.#sinks.length > 0;
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
    const held = this.#held;
    if (held !== undefined) this.#pass(held.databaseIndex, held.args);
    else if (this.#framedIndex >= 0) this.#pass(this.#framedIndex, EXEC);
    this.#held = undefined;
    this.#framedIndex = -1;
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
    const held = this.#held;
    if (held === undefined && this.#framedIndex < 0) {
      this.#held = { databaseIndex, args: args.copy() };
      return;
    }
    if (held !== undefined) {
      this.#pass(held.databaseIndex, MULTI);
      this.#pass(held.databaseIndex, held.args);
      this.#held = undefined;
    }
    this.#pass(databaseIndex, args);
    this.#framedIndex = databaseIndex;
  }

  #pass(databaseIndex: number, args: Args): void {
    for (const sink of this.#sinks) sink.append(databaseIndex, args);
  }
}
