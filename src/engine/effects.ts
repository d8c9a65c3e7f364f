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
   * One effect.
   *
   * @param databaseIndex In which database.
   * @param args The command that repeats it; borrowed during the call.
   */
  append(databaseIndex: number, args: Args): void;
}

/** A word of an effect: binary text, or bytes that are copied. */
export type EffectWord = string | ByteView;

/** Collects the effect of the command that runs and passes it on. */
export class Effects {
  readonly #sinks: EffectSink[] = [];
  readonly #replacements: Args[] = [];
  #isReplaced = false;

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

  /** Sends this instead of the running command's own words; several calls send several. */
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
    for (const sink of this.#sinks) sink.append(databaseIndex, args);
  }

  /** Ends a command: passes its effect on if it changed something, and forgets it. */
  finish(hasChanged: boolean, databaseIndex: number, args: Args): void {
    if (hasChanged) {
      for (const sink of this.#sinks) {
        if (!this.#isReplaced) sink.append(databaseIndex, args);
        for (const replacement of this.#replacements) sink.append(databaseIndex, replacement);
      }
    }
    if (!this.#isReplaced) return;
    this.#isReplaced = false;
    this.#replacements.length = 0;
  }
}
