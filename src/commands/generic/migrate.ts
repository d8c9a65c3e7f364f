/**
 * MIGRATE: keys go to another server.
 *
 * The client waits, the server does not: what is sent, and what the other server answers, happens
 * beside everything else. Meanwhile requests that name these keys wait too, so that for everybody a
 * key is in one place or in the other (`HeldKeys`). What the other server took is deleted here, even if
 * the client is gone by then, as it would be in two places otherwise.
 *
 * Not here: how keys are sent (`key_transfer.ts`). In a transaction it is refused, as a transaction
 * waits for nobody.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  type Hold,
  keyAt,
  keyAtWord,
  type KeySpec,
  type KeyUse,
} from "../../engine/mod.ts";
import { MIGRATE_KEY_NOT_EMPTY, NOT_AN_INTEGER, SYNTAX_ERROR } from "../../errors/catalogue.ts";
import { NOT_IN_TRANSACTION } from "../../errors/server_catalogue.ts";
import { Int64 } from "../../base/int64.ts";
import type { Args } from "../../resp/mod.ts";
import { transferKeys, type TransferOutcome, type TransferRequest } from "./key_transfer.ts";

const OPTIONS_INDEX = 6;
const DEFAULT_TIMEOUT_MS = 1000;
/** Longest timer of the runtime; a longer timeout is as good as none. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

const SINGLE_KEY = keyAt(3, "RW access delete");
const SEVERAL_KEYS: KeySpec = {
  ...keyAtWord("KEYS", -2, "RW access delete incomplete"),
  find: { by: "range", last: -1, step: 1, limit: 0 },
};

/** The row of this command. */
// deno-fmt-ignore
export const MIGRATE_COMMANDS: readonly CommandSpec[] = defineCommands("keyspace", [
  { name: "migrate", arity: -6, flags: ["write", "movablekeys"], categories: ["dangerous"], tips: ["nondeterministic_output"],
    keys: [SINGLE_KEY, SEVERAL_KEYS], findKeys: keysOfMigrate, withinMulti: "refused",
    acrossNodes: (args) => keysOfMigrate(args).length > 1 ? "migrate" : undefined, run: migrate },
]);

/** What MIGRATE is asked. */
interface MigrateOptions {
  isCopy: boolean;
  replaces: boolean;
  authentication: Uint8Array[];
  /** Which arguments are keys: from `firstKey` to before `endKey`. */
  firstKey: number;
  endKey: number;
}

/**
 * `MIGRATE host port key | "" db timeout [COPY] [REPLACE] [AUTH password | AUTH2 username password]
 * [KEYS key ...]` → OK, or NOKEY when none is there.
 */
function migrate(context: CommandContext, args: Args): void {
  const { db, server } = context;
  const options = parseOptions(context, args);
  const secretIndices = context.secretIndices;
  const givenMs = integerOf(args, 5), databaseIndex = integerOf(args, 4);
  const keys: Uint8Array[] = [];
  for (let index = options.firstKey; index < options.endKey; index++) {
    if (db.read(args.at(index)) !== 0) keys.push(args.at(index).copy());
  }
  if (keys.length === 0) return context.reply.simple("NOKEY");
  if (!context.mayBlock) throw NOT_IN_TRANSACTION;
  const request: TransferRequest = {
    address: { host: args.text(1), port: Number.parseInt(args.text(2), 10) || 0 },
    databaseIndex,
    timeoutMs: givenMs > 0n ? Math.min(Number(givenMs), TIMEOUT_MS_MAX) : DEFAULT_TIMEOUT_MS,
    replaces: options.replaces,
    authentication: options.authentication,
    keys,
  };
  const waiter = server.blocked.parkUntilFinished(context, args);
  const hold = server.heldKeys.hold(keys);
  transferKeys(server, db, request).then((outcome) => {
    server.blocked.finish(waiter, (context) => {
      context.secretIndices = secretIndices;
      if (!options.isCopy) removeTaken(context, outcome, hold);
      if (outcome.error === undefined) context.reply.ok();
      else context.reply.error(outcome.error);
    });
    server.heldKeys.release(hold);
  });
}

/** Deletes the keys that the other server has. */
function removeTaken(context: CommandContext, { taken }: TransferOutcome, hold: Hold): void {
  const removed: ByteView[] = [];
  for (const key of taken) {
    const view = new ByteView(key);
    if (hold.isChanged(context.db.index, key) || !context.db.remove(view)) continue;
    context.modified(view, "del");
    removed.push(view);
  }
  context.effects.replaceWith("DEL", ...removed);
}

/** A whole number, which may be any that Redis reads. */
function integerOf(args: Args, index: number): bigint {
  return args.int64(index, new Int64(), NOT_AN_INTEGER).toBigInt();
}

/** @throws {RedisError} When an option is unknown or lacks its value. */
function parseOptions(context: CommandContext, args: Args): MigrateOptions {
  const options: MigrateOptions = {
    isCopy: false,
    replaces: false,
    authentication: [],
    firstKey: 3,
    endKey: 4,
  };
  const secretIndices: number[] = [];
  const takeSecret = (index: number): Uint8Array => {
    secretIndices.push(index);
    context.secretIndices = secretIndices;
    return args.at(index).copy();
  };
  for (let index = OPTIONS_INDEX; index < args.count; index++) {
    const moreCount = args.count - 1 - index;
    if (args.isWord(index, "copy")) {
      options.isCopy = true;
    } else if (args.isWord(index, "replace")) {
      options.replaces = true;
    } else if (args.isWord(index, "auth") && moreCount >= 1) {
      const [username] = options.authentication.length === 2 ? options.authentication : [];
      const password = takeSecret(++index);
      options.authentication = username === undefined ? [password] : [username, password];
    } else if (args.isWord(index, "auth2") && moreCount >= 2) {
      options.authentication = [takeSecret(++index), takeSecret(++index)];
    } else if (args.isWord(index, "keys")) {
      if (args.at(3).byteCount > 0) throw MIGRATE_KEY_NOT_EMPTY;
      options.firstKey = index + 1;
      options.endKey = args.count;
      break;
    } else {
      throw SYNTAX_ERROR;
    }
  }
  return options;
}

/** Which arguments are keys; as in Redis, `KEYS` as the last word counts for nothing. */
function keysOfMigrate(args: Args): KeyUse[] {
  let first = 3, end = 4;
  for (let index = OPTIONS_INDEX; index < args.count - 1; index++) {
    if (args.isWord(index, "keys")) {
      first = index + 1;
      end = args.at(3).byteCount > 0 ? first : args.count;
      break;
    }
    if (args.isWord(index, "auth")) index++;
    else if (args.isWord(index, "auth2")) index += 2;
  }
  const uses: KeyUse[] = [];
  for (let index = first; index < end; index++) {
    uses.push({ argumentIndex: index, flags: SINGLE_KEY.flags });
  }
  return uses;
}
