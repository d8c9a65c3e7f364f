/**
 * Command: a row of the table made ready to run, with its counters.
 *
 * @module
 */

import { CommandStats } from "../observability/mod.ts";
import type { Args } from "../resp/mod.ts";
import type { AclCategory, CommandFlag, CommandHandler, CommandSpec, KeyUse } from "./spec.ts";
import { findKeyUses, type KeyRange, keyRangeOf } from "./key_finder.ts";

/** ACL categories that follow from a flag. */
const CATEGORIES_OF_FLAGS: readonly [CommandFlag, readonly AclCategory[]][] = [
  ["write", ["write"]],
  ["readonly", ["read"]],
  ["admin", ["admin", "dangerous"]],
  ["pubsub", ["pubsub"]],
  ["fast", ["fast"]],
  ["blocking", ["blocking"]],
];

/** Arguments of a brief command, unless its row says otherwise. */
const BRIEF_ARGUMENTS_MAX = 16;

/** Something a client can call. */
export class Command {
  readonly spec: CommandSpec;
  /** Lower case; `container|name` for a subcommand. */
  readonly fullName: string;
  /** The container's subcommands by name; empty for others. */
  readonly subcommands: ReadonlyMap<string, Command>;
  readonly container: Command | undefined;
  /** Calls, times and failures. */
  readonly stats = new CommandStats();
  /** `spec.arity`, at hand. */
  readonly arity: number = 0;
  /** `spec.run`, at hand. */
  readonly run: CommandHandler | undefined;
  readonly isWrite: boolean;
  /** With at most so many arguments it is brief. */
  readonly briefArgumentsMax: number = 0;
  /** Whether it could bring a gate into force, or take one out of it; a `fast` command can't. */
  readonly mayChangeGates: boolean;
  readonly isProtected: boolean;
  /** Whether monitors see it. */
  readonly isShown: boolean;
  /** Whether an open transaction queues it. */
  readonly isQueueable: boolean;
  /** Whether it may be called at all while a transaction is open. */
  readonly mayBeInMulti: boolean;
  /** Where its keys are, as far as one simple rule tells; `undefined` for other commands. */
  readonly keyRange: KeyRange | undefined;
  /** `spec.elements`, at hand. */
  readonly elements: CommandSpec["elements"];
  readonly #flags: ReadonlySet<CommandFlag>;

  constructor(spec: CommandSpec, container?: Command) {
    this.spec = spec;
    this.container = container;
    this.fullName = container === undefined ? spec.name : `${container.fullName}|${spec.name}`;
    this.arity = spec.arity;
    this.run = spec.run;
    this.#flags = new Set(spec.flags);
    this.isWrite = this.#flags.has("write");
    const isBrief = spec.isBrief ?? (this.#flags.has("fast") && !this.#flags.has("blocking"));
    this.briefArgumentsMax = isBrief ? spec.briefArgumentsMax ?? BRIEF_ARGUMENTS_MAX : 0;
    this.mayChangeGates = !isBrief && !this.#flags.has("fast");
    this.isProtected = this.#flags.has("protected");
    this.isShown = !this.#flags.has("admin") && !this.#flags.has("skip_monitor");
    this.isQueueable = spec.withinMulti === undefined;
    this.mayBeInMulti = spec.withinMulti !== "refused" && !this.#flags.has("no_multi");
    this.keyRange = keyRangeOf(spec);
    this.elements = spec.elements;
    this.subcommands = new Map(
      (spec.subcommands ?? []).map((row) => [row.name, new Command(row, this)]),
    );
  }

  /** Whether requests behind this one, which no transaction queues, will be queued. */
  keepsQueueing(isQueueing: boolean): boolean {
    const { opensTransaction, withinMulti } = this.spec;
    return opensTransaction === true || (isQueueing && withinMulti === "runs");
  }

  /** Whether the row has a flag. */
  has(flag: CommandFlag): boolean {
    return this.#flags.has(flag);
  }

  /** All ACL categories: those of the row and those that follow from its flags. */
  get categories(): ReadonlySet<AclCategory> {
    const categories = new Set(this.spec.categories);
    for (const [flag, implied] of CATEGORIES_OF_FLAGS) {
      if (this.has(flag)) implied.forEach((category) => categories.add(category));
    }
    if (!categories.has("fast")) categories.add("slow");
    return categories;
  }

  /** Whether it has as many arguments as it needs. */
  takes(args: Args): boolean {
    const { arity } = this;
    const isFit = arity >= 0 ? args.count === arity : args.count >= -arity;
    return isFit || this.spec.alsoTakes?.(args) === true;
  }

  /**
   * The keys of a request.
   *
   * @returns `undefined` when the arguments make no sense.
   */
  keysOf(args: Args): KeyUse[] | undefined {
    return this.spec.findKeys ? this.spec.findKeys(args) : findKeyUses(this.spec.keys ?? [], args);
  }

  /**
   * The keys of a request that it may change. A command that writes, but names keys only to be read,
   * keeps something in these (XREADGROUP).
   *
   * @param uses All its keys, as `keysOf` gave them.
   */
  changedAmong(uses: readonly KeyUse[]): readonly KeyUse[] {
    if (this.spec.recodesKeys) return uses;
    const changed = uses.filter(({ flags }) => !flags.includes("RO") && !flags.includes("not_key"));
    return this.isWrite && changed.length === 0 ? uses : changed;
  }
}
