/**
 * Combinations: ZUNION, ZINTER, ZDIFF, ZINTERCARD, and those that store: ZUNIONSTORE, ZINTERSTORE,
 * ZDIFFSTORE.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandHandler,
  type CommandSpec,
  defineCommands,
  keyAt,
  keysCounted,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import type { Keyspace, SortedSetDraft } from "../../store/mod.ts";
import {
  aggregateScores,
  type CombineForm,
  type CombineRequest,
  readCombineOptions,
  readKeyCount,
  weigh,
} from "./combine_request.ts";
import { type MemberSource, openSource, type ScoredVisitor } from "./member_source.ts";
import { replyMember, replyMemberCount, storeDraft } from "./result.ts";

const RO = "RO access";

/** The rows of these commands. */
// deno-fmt-ignore
export const COMBINE_COMMANDS: readonly CommandSpec[] = defineCommands("sortedset", [
  { name: "zunion", arity: -3, flags: ["readonly", "movablekeys"], keys: [keysCounted(1, RO)], run: replyCombined(gatherUnion, true) },
  { name: "zinter", arity: -3, flags: ["readonly", "movablekeys"], keys: [keysCounted(1, RO)], run: replyCombined(gatherIntersection, true) },
  { name: "zdiff", arity: -3, flags: ["readonly", "movablekeys"], keys: [keysCounted(1, RO)], run: replyCombined(gatherDifference, false) },
  { name: "zintercard", arity: -3, flags: ["readonly", "movablekeys"], keys: [keysCounted(1, RO)], run: zintercard },
  { name: "zunionstore", arity: -4, flags: ["write", "denyoom", "movablekeys"],
    keys: [keyAt(1, "OW update"), keysCounted(2, RO)], run: storeCombined(gatherUnion, true) },
  { name: "zinterstore", arity: -4, flags: ["write", "denyoom", "movablekeys"],
    keys: [keyAt(1, "OW update"), keysCounted(2, RO)], run: storeCombined(gatherIntersection, true) },
  { name: "zdiffstore", arity: -4, flags: ["write", "denyoom", "movablekeys"],
    keys: [keyAt(1, "OW update"), keysCounted(2, RO)], run: storeCombined(gatherDifference, false) },
]);

/** Puts the members of a result into a draft. */
type Gatherer = (
  db: Keyspace,
  sources: readonly MemberSource[],
  request: CombineRequest,
) => SortedSetDraft;

/** What a command found in its arguments. */
interface Combination {
  readonly sources: readonly MemberSource[];
  readonly request: CombineRequest;
}

/** The handler of `ZUNION numkeys key [key ...] ...` → array of members. */
function replyCombined(gather: Gatherer, takesWeights: boolean): CommandHandler {
  const form = { countIndex: 1, takesWeights, takesScores: true, takesLimit: false };
  return (context, args) => {
    const { db, reply } = context;
    const { sources, request } = readCombination(context, args, form);
    const { withScores } = request;
    const draft = gather(db, sources, request);
    draft.sort();
    replyMemberCount(reply, draft.count, withScores);
    for (let index = 0; index < draft.count; index++) replyMember(reply, draft, index, withScores);
    draft.discard();
  };
}

/** The handler of `ZUNIONSTORE destination numkeys key [key ...] ...` → integer: members stored. */
function storeCombined(gather: Gatherer, takesWeights: boolean): CommandHandler {
  const form = { countIndex: 2, takesWeights, takesScores: false, takesLimit: false };
  return (context, args) => {
    const { sources, request } = readCombination(context, args, form);
    const draft = gather(context.db, sources, request);
    storeDraft(context, args.at(1), draft, context.command.fullName);
  };
}

const INTERCARD_FORM: CombineForm = {
  countIndex: 1,
  takesWeights: false,
  takesScores: false,
  takesLimit: true,
};

/** `ZINTERCARD numkeys key [key ...] [LIMIT limit]` → integer: members that are in all. */
function zintercard(context: CommandContext, args: Args): void {
  const { sources, request } = readCombination(context, args, INTERCARD_FORM);
  const [smallest, ...others] = bySize(sources);
  let count = 0;
  smallest.forEach((member) => {
    for (const other of others) if (!other.find(member)) return true;
    count++;
    return count !== request.limit;
  });
  context.reply.integer(count);
}

/** @throws {RedisError} When the arguments make no sense, or a key is of another type. */
function readCombination(context: CommandContext, args: Args, form: CombineForm): Combination {
  const keyCount = readKeyCount(args, form.countIndex, context.command.fullName);
  const sources: MemberSource[] = [];
  for (let index = 0; index < keyCount; index++) {
    sources.push(openSource(context.db, args.at(form.countIndex + 1 + index), index));
  }
  const request = readCombineOptions(args, form, keyCount);
  for (const [index, source] of sources.entries()) source.weight = request.weights[index];
  return { sources, request };
}

/** Smallest first: that one bounds an intersection, and sums are built in Redis' order. */
function bySize(sources: readonly MemberSource[]): MemberSource[] {
  return [...sources].sort((left, right) => left.count - right.count);
}

/** Members that are in any source. */
function gatherUnion(
  db: Keyspace,
  sources: readonly MemberSource[],
  request: CombineRequest,
): SortedSetDraft {
  const draft = db.sortedSetDraft();
  const { aggregate } = request;
  for (const source of bySize(sources)) {
    const weight = source.weight;
    source.forEach((member, score) => {
      const weighted = weigh(weight, score);
      if (draft.find(member)) {
        draft.updateFound(aggregateScores(aggregate, draft.score, weighted));
      } else {
        draft.addMissed(member, weighted);
      }
      return true;
    });
  }
  return draft;
}

/** Members that are in all sources. */
function gatherIntersection(
  db: Keyspace,
  sources: readonly MemberSource[],
  request: CombineRequest,
): SortedSetDraft {
  const draft = db.sortedSetDraft();
  const [smallest, ...others] = bySize(sources);
  smallest.forEach((member, score) => {
    let total = weigh(smallest.weight, score);
    for (const other of others) {
      if (!other.find(member)) return true;
      total = aggregateScores(request.aggregate, total, other.weight * other.score);
    }
    draft.find(member);
    draft.addMissed(member, total);
    return true;
  });
  return draft;
}

/** Members of the first source that are in no other. */
function gatherDifference(db: Keyspace, sources: readonly MemberSource[]): SortedSetDraft {
  const draft = db.sortedSetDraft();
  const [first, ...others] = sources;
  const add: ScoredVisitor = (member, score) => {
    draft.find(member);
    draft.addMissed(member, score);
    return true;
  };
  // Guide: ask every other source for each member, or gather what they exclude, whichever is less.
  const otherMemberCount = others.reduce((sum, other) => sum + other.count, 0);
  if (first.count * others.length <= first.count + otherMemberCount * 2) {
    const largestFirst = bySize(others).reverse();
    first.forEach((member, score) => {
      for (const other of largestFirst) if (other.find(member)) return true;
      return add(member, score);
    });
    return draft;
  }
  const excluded = db.sortedSetDraft(1);
  for (const other of others) {
    other.forEach((member) => {
      if (first.find(member) && !excluded.find(member)) excluded.addMissed(member, 0);
      return true;
    });
  }
  first.forEach((member, score) => excluded.find(member) || add(member, score));
  excluded.discard();
  return draft;
}
