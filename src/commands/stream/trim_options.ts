/**
 * Options of XADD and XTRIM: what to trim, and where the ID is.
 *
 * @module
 */

import type { CommandContext } from "../../engine/mod.ts";
import {
  SYNTAX_ERROR,
  TRIM_LENGTH_NEGATIVE,
  TRIM_LIMIT_NEGATIVE,
  TRIM_LIMIT_WITHOUT_STRATEGY,
  TRIM_LIMIT_WITHOUT_TILDE,
  TRIM_STRATEGY_CONFLICT,
  TRIM_STRATEGY_MISSING,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { TrimPlan } from "../../store/mod.ts";
import { idAt } from "./id_argument.ts";

const TILDE = 126;
const EQUALS = 61;
const STAR = 42;

/** Nodes whose entries an approximate trim may remove when no limit is given. */
const NODE_COUNT = 100;
const LIMIT_WITHOUT_NODES = 10_000;
const LIMIT_MAX = 1_000_000;

/** A register for the options of one command. */
export class TrimOptions {
  /** What to trim. */
  readonly plan = new TrimPlan();
  /** The argument that says how much to keep; only with a strategy. */
  thresholdIndex = 0;
  /** XADD: whether an absent key stays absent. */
  isNoMakeStream = false;
  #isLimitGiven = false;

  /**
   * Reads the options of XADD.
   *
   * @returns Number of the argument that is the ID.
   * @throws {RedisError} When they make no sense.
   */
  readXadd(args: Args): number {
    this.#reset();
    let index = 2;
    for (; index < args.count; index++) {
      if (isSign(args, index, STAR)) break;
      const next = this.#readOption(args, index);
      if (next > index) index = next;
      else if (args.isWord(index, "nomkstream")) this.isNoMakeStream = true;
      else break;
    }
    return index;
  }

  /**
   * Checks the options of XADD together; to be called when the ID was read.
   *
   * @throws {RedisError} When they make no sense.
   */
  settle(context: CommandContext): void {
    const { plan } = this;
    if (plan.countMax > 0 && plan.strategy === "none") throw TRIM_LIMIT_WITHOUT_STRATEGY;
    if (context.session.isReplayed) {
      // What is recorded is the exact threshold that was reached, with the limit's words still there.
      plan.countMax = 0;
    } else if (this.#isLimitGiven) {
      if (!plan.isApproximate) throw TRIM_LIMIT_WITHOUT_TILDE;
    } else if (plan.isApproximate) {
      const { streamNodeMaxEntries } = context.server.store.environment.limits;
      const count = NODE_COUNT * streamNodeMaxEntries;
      plan.countMax = count === 0 ? LIMIT_WITHOUT_NODES : Math.min(count, LIMIT_MAX);
    }
  }

  /**
   * Reads and checks the options of XTRIM.
   *
   * @throws {RedisError} When they make no sense.
   */
  readXtrim(context: CommandContext, args: Args): void {
    this.#reset();
    for (let index = 2; index < args.count; index++) {
      const next = this.#readOption(args, index);
      if (next === index) throw SYNTAX_ERROR;
      index = next;
    }
    const { plan } = this;
    if (plan.countMax === 0 && plan.strategy === "none") throw TRIM_STRATEGY_MISSING;
    this.settle(context);
  }

  #reset(): void {
    this.plan.strategy = "none";
    this.plan.isApproximate = false;
    this.plan.countMax = 0;
    this.isNoMakeStream = false;
    this.#isLimitGiven = false;
  }

  /** Reads the option at an argument; returns the number of its last, or the same if it is none. */
  #readOption(args: Args, index: number): number {
    const followingCount = args.count - index - 1;
    if (followingCount === 0) return index;
    if (args.isWord(index, "maxlen")) {
      const at = this.#readStrategy(args, index, followingCount);
      const lengthMax = args.integer(at);
      if (lengthMax < 0) throw TRIM_LENGTH_NEGATIVE;
      this.plan.strategy = "length";
      this.plan.lengthMax = lengthMax;
      return at;
    }
    if (args.isWord(index, "minid")) {
      const at = this.#readStrategy(args, index, followingCount);
      idAt(args, at, this.plan.leastId);
      this.plan.strategy = "id";
      return at;
    }
    if (!args.isWord(index, "limit")) return index;
    const limit = args.integer(index + 1);
    if (limit < 0) throw TRIM_LIMIT_NEGATIVE;
    this.plan.countMax = limit;
    this.#isLimitGiven = true;
    return index + 1;
  }

  /** Reads what stands between MAXLEN or MINID and the threshold; returns where that is. */
  #readStrategy(args: Args, index: number, followingCount: number): number {
    const { plan } = this;
    if (plan.strategy !== "none") throw TRIM_STRATEGY_CONFLICT;
    plan.isApproximate = followingCount >= 2 && isSign(args, index + 1, TILDE);
    const hasSign = plan.isApproximate || (followingCount >= 2 && isSign(args, index + 1, EQUALS));
    this.thresholdIndex = index + (hasSign ? 2 : 1);
    return this.thresholdIndex;
  }
}

/** Whether an argument is one certain byte. */
function isSign(args: Args, index: number, sign: number): boolean {
  const view = args.at(index);
  return view.end - view.start === 1 && view.bytes[view.start] === sign;
}
