/**
 * Slow disk: the log of a node in a model, whose writes take some time and are lost by a crash until then.
 * While it is full they wait, and nobody waits for them.
 *
 * What it keeps is what a start makes of such a log: the keys, and the records of transactions that have
 * no end.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Clock } from "../../src/base/clock.ts";
import type { Random } from "../../src/base/random.ts";
import type { Args } from "../../src/resp/mod.ts";

/** How long a write takes at most, as a rule. */
const WRITE_MS = 3;
/** And now and then. */
export const SLOW_WRITE_MS = 100;
/** Of how many writes one is slow. */
const WRITES_PER_SLOW_ONE = 30;

/** What a disk needs. */
export interface DiskSurroundings {
  readonly clock: Clock;
  readonly random: Random;
}

/** What is on a node's disk, or on its way there. */
export class SlowDisk {
  readonly keys = new Map<string, { payload: Uint8Array; key: Uint8Array }>();
  readonly prepared = new Map<string, Args>();
  readonly decided = new Map<string, Args>();

  /** Settles when what was appended so far has arrived; `undefined`: it has. */
  arrival: Promise<void> | undefined;
  readonly #surroundings: DiskSurroundings;
  #coming: Args[] = [];
  /** What came since it is full. */
  #waiting: Args[] = [];
  #isFull = false;

  constructor(surroundings: DiskSurroundings) {
    this.#surroundings = surroundings;
  }

  /** What the system says of writes. */
  get writeError(): string | undefined {
    return this.#isFull ? "No space left on device" : undefined;
  }

  /** Whether there is room for what is to be written. */
  writeOut(): boolean {
    return !this.#isFull;
  }

  /** Has it be full, or not any more: then what waits is written. */
  fill(isFull: boolean): void {
    this.#isFull = isFull;
    const waiting = this.#waiting;
    if (isFull || waiting.length === 0) return;
    this.#waiting = [];
    this.#write(waiting);
  }

  /** Takes an effect that will be on the disk soon, if it has room. */
  append(args: Args): void {
    if (this.#isFull) this.#waiting.push(args.copy());
    else this.#write([args.copy()]);
  }

  #write(effects: readonly Args[]): void {
    this.#coming.push(...effects);
    this.arrival ??= new Promise((resolve) => {
      const { clock, random } = this.#surroundings;
      clock.setTimer(
        1 + random.below(random.below(WRITES_PER_SLOW_ONE) === 0 ? SLOW_WRITE_MS : WRITE_MS),
        () => {
          const arrived = this.#coming;
          this.#coming = [];
          this.arrival = undefined;
          for (const each of arrived) this.#keep(each);
          resolve();
        },
      );
    });
  }

  /** What has not arrived never will. */
  crash(): void {
    this.#coming = [];
    this.#waiting = [];
  }

  #keep(args: Args): void {
    const verb = args.text(0);
    if (verb === "RESTORE") {
      this.keys.set(args.text(1), { key: args.at(1).copy(), payload: args.at(3).copy() });
    } else if (verb === "DEL") {
      this.keys.delete(args.text(1));
    } else if (verb === "PEER") {
      this.#record(args, args.text(2));
    } else {
      assert(verb === "MULTI" || verb === "EXEC", `Unexpected effect: ${verb}`);
    }
  }

  #record(args: Args, id: string): void {
    switch (args.text(1)) {
      case "PREPARED":
        return void this.prepared.set(id, args);
      case "FINISHED":
        return void this.prepared.delete(id);
      case "DECIDED":
        return void this.decided.set(id, args);
      default:
        return void this.decided.delete(id);
    }
  }
}
