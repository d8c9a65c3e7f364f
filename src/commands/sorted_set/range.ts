/**
 * Ranges: ZRANGE, ZRANGESTORE, and the older commands with one job each.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandHandler,
  type CommandSpec,
  defineCommands,
  keyAt,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { type RangeForm, RangeRequest } from "./range_request.ts";
import { replyMember, replyMemberCount, storeDraft } from "./result.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const RANGE_COMMANDS: readonly CommandSpec[] = defineCommands("sortedset", [
  { name: "zrange", arity: -4, flags: ["readonly"], keys: [keyAt(1, "RO access")],
    run: replyRange({ keyIndex: 1 }) },
  { name: "zrevrange", arity: -4, flags: ["readonly"], keys: [keyAt(1, "RO access")],
    run: replyRange({ keyIndex: 1, kind: "rank", isReverse: true }) },
  { name: "zrangebyscore", arity: -4, flags: ["readonly"], keys: [keyAt(1, "RO access")],
    run: replyRange({ keyIndex: 1, kind: "score", isReverse: false }) },
  { name: "zrevrangebyscore", arity: -4, flags: ["readonly"], keys: [keyAt(1, "RO access")],
    run: replyRange({ keyIndex: 1, kind: "score", isReverse: true }) },
  { name: "zrangebylex", arity: -4, flags: ["readonly"], keys: [keyAt(1, "RO access")],
    run: replyRange({ keyIndex: 1, kind: "lex", isReverse: false }) },
  { name: "zrevrangebylex", arity: -4, flags: ["readonly"], keys: [keyAt(1, "RO access")],
    run: replyRange({ keyIndex: 1, kind: "lex", isReverse: true }) },
  { name: "zrangestore", arity: -5, flags: ["write", "denyoom"],
    keys: [keyAt(1, "OW update"), keyAt(2, "RO access")], run: zrangestore },
]);

const STORED_FORM: RangeForm = { keyIndex: 2, isStored: true };

/** Reused by all commands: they run one after the other. */
const request = new RangeRequest();
const view = new ByteView();

/** The handler of a command that replies a range: `ZRANGE key start stop ...` → array of members. */
function replyRange(form: RangeForm): CommandHandler {
  return (context, args) => {
    const reply = context.reply;
    request.read(args, form);
    const set = context.db.readSortedSet(args.at(form.keyIndex));
    if (set === undefined) return reply.array(0);
    request.resolve(set);
    const { isReverse, wantsScores, count } = request;
    replyMemberCount(reply, count, wantsScores);
    let position = count === 0 ? 0 : set.at(request.firstRank);
    for (let index = 0; index < count; index++) {
      replyMember(reply, set, position, wantsScores);
      position = isReverse ? set.previous(position) : set.next(position);
    }
  };
}

/**
 * `ZRANGESTORE dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]` → integer.
 *
 * Redis gathers the members packed, as long as that goes: a score of -0 is an integer there, 0.
 */
function zrangestore(context: CommandContext, args: Args): void {
  const { db } = context;
  const { zsetMaxListpackEntries, zsetMaxListpackValue } = context.server.store.environment.limits;
  request.read(args, STORED_FORM);
  const set = db.readSortedSet(args.at(2));
  const draft = db.sortedSetDraft();
  if (set !== undefined) {
    request.resolve(set);
    const { isReverse, isByRank, count } = request;
    let isPacked = !isByRank || count <= zsetMaxListpackEntries;
    let position = count === 0 ? 0 : set.at(request.firstRank);
    for (let index = 0; index < count; index++) {
      const score = set.scoreAt(position);
      const member = set.memberAt(position, view);
      isPacked &&= index < zsetMaxListpackEntries && member.byteCount <= zsetMaxListpackValue;
      draft.find(member);
      draft.addMissed(member, isPacked ? score + 0 : score);
      position = isReverse ? set.previous(position) : set.next(position);
    }
  }
  storeDraft(context, args.at(1), draft, "zrangestore");
}
