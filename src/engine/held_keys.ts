/**
 * Held keys: keys that wait until other servers have told what becomes of them.
 *
 * Redis moves keys to another server while its loop stands still, and has no transaction over several.
 * Here the loop goes on; only requests that would get in the way of a hold wait, and are tried again
 * when it ends. A hold may be for reading or for writing, key by key:
 *
 *                        held to be read    held to be written    the same, once it is exclusive
 *   request reads        goes on            goes on               waits
 *   request writes       waits              waits                 waits
 *   other hold reads     beside it          behind it             behind it
 *   other hold writes    behind it          behind it             behind it
 *
 * A hold gets all its keys at once, behind every hold before it that it can't be beside: first come,
 * first served, and nobody holds a key while waiting for another one here. Requests that wait have
 * their turn before the next hold of their keys does, so neither starves the other. What changes data without naming
 * keys (FLUSHALL) waits until nothing is held, and no hold begins before it ran.
 *
 * A key may still be changed by what was let in before: one whose time comes. That is no change for who
 * holds it, as it would have gone anyway. Any other change is noted.
 *
 * Always true: the gate is in force, and changes are listened to, exactly while keys are held.
 * Cost: for each request while keys are held, a look at the hash of each of its keys.
 * Not here: what is done with the keys, and how long they are held. They are held by name, in all
 * databases.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import type { RedisError } from "../errors/redis_error.ts";
import type { Args } from "../resp/mod.ts";
import type { KeyLookAhead, Keyspace } from "../store/mod.ts";
import type { ChangeListeners } from "./change_listeners.ts";
import type { Command } from "./command.ts";
import { type Gate, POSTPONED } from "./gates.ts";
import { KeyRecord, KeyRegistry } from "./key_registry.ts";
import type { ChangeListener } from "./ports.ts";
import type { Session } from "./session.ts";

/** What is done with a key that is held. */
export type HoldMode = "read" | "write";

/** A key to be held, and why. */
export interface HeldUse {
  readonly key: Uint8Array;
  readonly mode: HoldMode;
}

/** What a request is told that would get in the way. */
type Verdict = RedisError | typeof POSTPONED | undefined;

/** One key, and who holds it or will: in the order in which they came. */
class HeldKey extends KeyRecord<HeldKey> {
  readonly claims: { readonly hold: Hold; readonly mode: HoldMode }[] = [];

  constructor(key: ByteView, hash: number) {
    super(key.toText(), hash);
  }
}

/** Keys that are held together. */
export class Hold {
  /** Whether it has its keys; before, it waits for them. */
  isGranted = false;
  /** Whether requests that only read what it will write wait too. */
  isExclusive = false;
  /** What requests are told that would have to wait; `undefined`: they wait. */
  refusal: RedisError | undefined;
  readonly keys = new Map<HeldKey, HoldMode>();
  readonly granted: (hold: Hold) => void;
  readonly #changed = new Set<string>();

  /** @param granted Called when it has its keys, unless that is so at once. */
  constructor(granted: (hold: Hold) => void) {
    this.granted = granted;
  }

  /** Whether any of its keys has been changed by somebody else. */
  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** Whether a key has been changed nevertheless. */
  isChanged(databaseIndex: number, key: Uint8Array): boolean {
    return this.#changed.has(placeOf(databaseIndex, new ByteView(key).toText()));
  }

  /** Notes a change. @param key Binary text. */
  note(databaseIndex: number, key: string): void {
    this.#changed.add(placeOf(databaseIndex, key));
  }
}

/** What the keys are held in. */
export interface HeldKeysOptions {
  /** Those that are told of changes; `HeldKeys` is among them while keys are held. */
  readonly listeners: ChangeListeners;
  /** Hashes keys. */
  readonly hashing: KeyLookAhead;
  /** Runs something when all that is ready had its turn: requests that are tried again. */
  readonly afterTurn: (act: () => void) => void;
  /** Told when fewer keys are held than before, behind the requests that waited for them. */
  readonly released: () => void;
}

/** All keys that are held in one server. */
export class HeldKeys implements Gate, ChangeListener {
  readonly #options: HeldKeysOptions;
  readonly #keys: KeyRegistry<HeldKey>;
  readonly #granted = new Set<Hold>();
  /** In the order in which they came. */
  readonly #waiting = new Set<Hold>();
  #postponed = new Set<Session>();
  /** Keys that requests wait for which are postponed. */
  #awaited = new Set<HeldKey>();
  /** Whether a request waits until nothing is held. */
  #isClosed = false;
  #isTurnAwaited = false;

  constructor(options: HeldKeysOptions) {
    this.#options = options;
    this.#keys = new KeyRegistry(options.hashing);
  }

  get isInForce(): boolean {
    return this.#granted.size > 0;
  }

  /**
   * Holds keys for writing, until `release`, at once and for readers too. To be called by a request
   * that has passed this gate with these keys.
   *
   * @param keys Copied.
   */
  hold(keys: readonly Uint8Array[]): Hold {
    const hold = new Hold(() => {});
    hold.isExclusive = true;
    this.#claim(hold, keys.map((key) => ({ key, mode: "write" })), "first");
    this.#grant(hold);
    return hold;
  }

  /**
   * Holds keys as soon as they can be had, until `release`.
   *
   * @param uses Copied; of a key that is there twice the stronger use counts.
   * @param granted Called when it has its keys, unless `isGranted` says so at once.
   */
  acquire(uses: readonly HeldUse[], granted: (hold: Hold) => void): Hold {
    const hold = new Hold(granted);
    this.#claim(hold, uses, "last");
    if (this.#isFree(hold)) this.#grant(hold);
    else this.#waiting.add(hold);
    return hold;
  }

  /** Lets them go, or waits for them no longer. */
  release(hold: Hold): void {
    this.#waiting.delete(hold);
    for (const held of hold.keys.keys()) {
      held.claims.splice(held.claims.findIndex((claim) => claim.hold === hold), 1);
      if (held.claims.length === 0) this.#keys.remove(held);
    }
    hold.keys.clear();
    if (this.#granted.delete(hold) && !this.isInForce) this.#options.listeners.remove(this);
    this.#goOn();
  }

  /** Has requests that only read what a hold will write wait, too. */
  makeExclusive(hold: Hold): void {
    hold.isExclusive = true;
  }

  /** Has requests wait for a hold no longer, but be told why not. */
  refuse(hold: Hold, refusal: RedisError): void {
    hold.refusal = refusal;
    this.#goOn();
  }

  /** Whether somebody holds a key, or waits for it. */
  isClaimed(key: ByteView): boolean {
    return this.#keys.first(key) !== undefined;
  }

  /** Whether somebody holds one of some keys, or waits for it. @param test Given keys as binary text. */
  someClaimed(test: (key: string) => boolean): boolean {
    for (const { key } of this.#keys) if (test(key)) return true;
    return false;
  }

  check(session: Session, command: Command, args: Args): Verdict {
    const transaction = session.transaction;
    let verdict: Verdict;
    if (transaction === undefined) {
      verdict = this.verdictOn(command, args);
      if (verdict === POSTPONED) this.#noteAwaited(command, args);
    } else if (command.spec.withinMulti === "executes") {
      transaction.some((queued, queuedArgs) => {
        verdict = this.verdictOn(queued, queuedArgs);
        return verdict !== undefined;
      });
      if (verdict === POSTPONED) {
        transaction.some((queued, queuedArgs) => {
          this.#noteAwaited(queued, queuedArgs);
          return false;
        });
      }
    }
    if (verdict === POSTPONED) this.#postponed.add(session);
    return verdict;
  }

  /** Whether a request gets in the way of a hold, and what is to be done about that. */
  verdictOn(command: Command, args: Args): Verdict {
    const { keys, findKeys } = command.spec;
    if (keys === undefined && findKeys === undefined) {
      return command.isWrite ? this.#verdictOnAll() : undefined;
    }
    if (!this.#namesHeld(command, args)) return undefined;
    const uses = command.keysOf(args) ?? [];
    const changed = command.changedAmong(uses);
    let verdict: Verdict;
    for (const use of uses) {
      const held = this.#keys.first(args.at(use.argumentIndex));
      for (const { hold, mode } of held?.claims ?? []) {
        const isInTheWay = changed.includes(use) || (hold.isExclusive && mode === "write");
        if (!hold.isGranted || !isInTheWay) continue;
        if (hold.refusal !== undefined) return hold.refusal;
        verdict = POSTPONED;
      }
    }
    return verdict;
  }

  changed(databaseIndex: number, key: ByteView, event: string): void {
    if (event === "expired" || event === "evicted") return; // it is gone, as it would be anyway
    const held = this.#keys.first(key);
    for (const { hold } of held?.claims ?? []) {
      if (hold.isGranted) hold.note(databaseIndex, held!.key);
    }
  }

  flushed(databases: readonly Keyspace[]): void {
    for (const hold of this.#granted) {
      for (const { key } of hold.keys.keys()) {
        for (const { index } of databases) hold.note(index, key);
      }
    }
  }

  /** Notes that a request waits for its keys: nobody else is to get them before it. */
  #noteAwaited(command: Command, args: Args): void {
    for (const { argumentIndex } of command.keysOf(args) ?? []) {
      const held = this.#keys.first(args.at(argumentIndex));
      if (held !== undefined) this.#awaited.add(held);
    }
  }

  /** A request that may change anything waits until nothing is held. */
  #verdictOnAll(): Verdict {
    for (const { refusal } of this.#granted) if (refusal !== undefined) return refusal;
    if (!this.isInForce) return undefined;
    this.#isClosed = true;
    return POSTPONED;
  }

  #namesHeld(command: Command, args: Args): boolean {
    const range = command.keyRange;
    if (range === undefined || command.spec.keys!.length > 1) return true; // a closer look will tell
    const last = range.last < 0 ? args.count + range.last : Math.min(range.last, args.count - 1);
    for (let index = range.first; index <= last; index += range.step) {
      if (this.#keys.first(args.at(index)) !== undefined) return true;
    }
    return false;
  }

  #claim(hold: Hold, uses: readonly HeldUse[], place: "first" | "last"): void {
    for (const { key, mode } of uses) {
      const held = this.#heldKeyOf(new ByteView(key));
      const before = hold.keys.get(held);
      if (before === undefined || mode === "write") hold.keys.set(held, mode);
    }
    for (const [held, mode] of hold.keys) {
      if (place === "first") held.claims.unshift({ hold, mode });
      else held.claims.push({ hold, mode });
    }
  }

  #heldKeyOf(key: ByteView): HeldKey {
    let held = this.#keys.first(key);
    if (held !== undefined) return held;
    held = new HeldKey(key, this.#keys.hashOf(key));
    this.#keys.add(held);
    return held;
  }

  /** Whether a hold can have its keys beside those that came before. */
  #isFree(hold: Hold): boolean {
    if (this.#isClosed || this.#isTurnAwaited) return false;
    for (const [held, mode] of hold.keys) {
      if (this.#awaited.has(held)) return false;
      for (const claim of held.claims) {
        if (claim.hold === hold) break;
        if (mode === "write" || claim.mode === "write") return false;
      }
    }
    return true;
  }

  #grant(hold: Hold): void {
    if (!this.isInForce) this.#options.listeners.add(this);
    this.#waiting.delete(hold);
    this.#granted.add(hold);
    hold.isGranted = true;
  }

  /** Fewer keys are held: first requests are tried again, then holds that wait. */
  #goOn(): void {
    const postponed = this.#postponed;
    this.#postponed = new Set();
    this.#awaited = new Set(); // who must wait still will say so
    for (const session of postponed) session.retry();
    if (!this.isInForce || this.#hasRefusal()) this.#isClosed = false;
    if (this.#isTurnAwaited) return;
    if (postponed.size === 0) return this.#grantWaiting();
    this.#isTurnAwaited = true;
    this.#options.afterTurn(() => {
      this.#isTurnAwaited = false;
      this.#grantWaiting();
    });
  }

  #hasRefusal(): boolean {
    for (const { refusal } of this.#granted) if (refusal !== undefined) return true;
    return false;
  }

  #grantWaiting(): void {
    for (const hold of [...this.#waiting]) {
      if (!this.#waiting.has(hold) || !this.#isFree(hold)) continue;
      this.#grant(hold);
      hold.granted(hold);
    }
    this.#options.released();
  }
}

function placeOf(databaseIndex: number, key: string): string {
  return `${databaseIndex} ${key}`;
}
