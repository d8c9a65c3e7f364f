/**
 * KEYS, RANDOMKEY, SCAN: which keys there are.
 *
 * SCAN's cursor is the keyspace's own and says where in the order of hashes the walk stands; see
 * `Dictionary.scan` for why a key that stays is met whatever comes and goes meanwhile.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  parseCursor,
  parseScanOptions,
  patternAt,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { type Ref, TYPE_NAMES } from "../../store/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const ITERATION_COMMANDS: readonly CommandSpec[] = defineCommands("keyspace", [
  { name: "keys", arity: 2, flags: ["readonly"], categories: ["dangerous"],
    tips: ["request_policy:all_shards", "nondeterministic_output_order"], acrossNodes: "keys", run: keys },
  { name: "randomkey", arity: 1, flags: ["readonly"],
    tips: ["request_policy:all_shards", "nondeterministic_output"], acrossNodes: "randomkey", run: randomkey },
  { name: "scan", arity: -2, flags: ["readonly"],
    tips: ["nondeterministic_output", "request_policy:special"], acrossNodes: "scan", run: scan },
]);

/** Reused by all commands: they run one after the other. */
const keyView = new ByteView();

/** `KEYS pattern` → array of bulk strings, in no order. */
function keys(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const pattern = patternAt(args, 1);
  const mark = reply.openArray();
  let keyCount = 0;
  db.forEach((ref) => {
    db.entries.keyView(ref, keyView);
    if (pattern !== undefined && !pattern.matches(keyView)) return;
    reply.bulk(keyView);
    keyCount++;
  });
  reply.closeArray(mark, keyCount);
}

/** `RANDOMKEY` → bulk string, or nil for an empty database. */
function randomkey(context: CommandContext): void {
  const ref = context.db.randomEntry();
  if (ref === 0) context.reply.nil();
  else context.reply.bulk(context.db.entries.keyView(ref, keyView));
}

/** `SCAN cursor [MATCH pattern] [COUNT n] [TYPE type]` → next cursor and keys. */
function scan(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const cursor = parseCursor(args.text(1));
  const { wantedCount, pattern, typeName } = parseScanOptions(args, 2, true);
  const found: Ref[] = [];
  const next = db.scan(cursor, wantedCount, (ref) => {
    if (pattern !== undefined && !pattern.matches(db.entries.keyView(ref, keyView))) return;
    if (typeName !== undefined) {
      db.countRead(); // Redis looks the key up to learn its type
      if (TYPE_NAMES[db.entries.typeOf(ref)] !== typeName) return;
    }
    found.push(ref);
  });
  reply.array(2);
  reply.bulkText(String(next));
  reply.array(found.length);
  for (const ref of found) reply.bulk(db.entries.keyView(ref, keyView));
}
