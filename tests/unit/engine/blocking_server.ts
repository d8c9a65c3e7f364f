/**
 * Blocking server: a server with three more commands, the smallest that can wait.
 *
 * A string is a list of characters to them: TAKE waits for one, PASS waits for one and gives it to
 * another key, GUARD waits for `!` and is told when its key is lost. So what blocks, wakes and
 * propagates is seen without any type of Redis' that waits.
 *
 * @module
 */

import { ByteView } from "../../../src/base/byte_view.ts";
import { ManualClock } from "../../../src/base/clock.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { Client } from "../../../src/client/mod.ts";
import { COMMANDS } from "../../../src/commands/mod.ts";
import { Config } from "../../../src/config/mod.ts";
import {
  type CommandContext,
  type CommandSpec,
  CommandTable,
  type Demand,
  keyAt,
  keyRange,
} from "../../../src/engine/mod.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import type { Args, ReplyValue } from "../../../src/resp/mod.ts";
import { makeLog, newIdentity, Server, SilentSink } from "../../../src/server/mod.ts";
import { eventually } from "../../support/poll.ts";

const TYPE_STRING = 0;
/** PASS to this key is an error. */
const FORBIDDEN = "z";

const TAKE: Demand = {
  type: TYPE_STRING,
  serve(context, args, keyIndex) {
    const key = args.at(keyIndex);
    const character = takeCharacter(context, key);
    if (character === undefined) return false;
    context.effects.replaceWith("TAKE", key, "0");
    context.reply.array(2);
    context.reply.bulk(key);
    context.reply.bulkText(character);
    return true;
  },
};

const PASS: Demand = {
  type: TYPE_STRING,
  serve(context, args, keyIndex) {
    const key = args.at(keyIndex), target = args.at(keyIndex + 1);
    if (context.db.peek(key) === 0) return false;
    if (target.toText() === FORBIDDEN) throw new RedisError("ERR forbidden");
    const character = takeCharacter(context, key)!;
    const old = new ByteView();
    const rest = context.db.readString(target, old) ? old.toText() : "";
    context.db.setString(target, ByteView.ofText(rest + character));
    context.modified(target, "append");
    context.reply.bulkText(character);
    return true;
  },
};

const GUARD: Demand = {
  type: TYPE_STRING,
  lostError: new RedisError("UNBLOCKED the key is lost"),
  serve(context, args, keyIndex) {
    const value = new ByteView();
    if (!context.db.readString(args.at(keyIndex), value) || value.toText() !== "!") return false;
    context.reply.ok();
    return true;
  },
};

// deno-fmt-ignore
const WAITING_COMMANDS: readonly CommandSpec[] = [
  { name: "take", arity: -3, flags: ["write", "blocking"], keys: [keyRange(1, -2, 1, "RW")], run: take },
  { name: "taken", arity: -3, flags: ["write", "blocking"], keys: [keyRange(1, -2, 1, "RW")], run: taken },
  { name: "pass", arity: 4, flags: ["write", "blocking"], keys: [keyAt(1, "RW"), keyAt(2, "RW")], run: pass },
  { name: "guard", arity: 3, flags: ["readonly", "blocking"], keys: [keyAt(1, "RO")], run: guard },
];

/** `TAKE key [key ...] milliseconds` → key and character, or nil. */
function take(context: CommandContext, args: Args): void {
  const timeoutMs = args.integer(args.count - 1);
  context.takeOrBlock(args, TAKE, { firstKey: 1, keyCount: args.count - 2, timeoutMs });
}

/** `TAKEN key [key ...] milliseconds`: the same where nothing may wait. */
function taken(context: CommandContext, args: Args): void {
  context.mayBlock = false;
  take(context, args);
  context.mayBlock = true;
}

/** `PASS source destination milliseconds` → character, or nil. */
function pass(context: CommandContext, args: Args): void {
  context.takeOrBlock(args, PASS, { firstKey: 1, keyCount: 1, timeoutMs: args.integer(3) });
}

/** `GUARD key milliseconds` → OK. */
function guard(context: CommandContext, args: Args): void {
  context.takeOrBlock(args, GUARD, { firstKey: 1, keyCount: 1, timeoutMs: args.integer(2) });
}

/** Takes the first character of a string; one that becomes empty is removed. */
function takeCharacter(context: CommandContext, key: ByteView): string | undefined {
  const value = new ByteView();
  if (!context.db.readString(key, value)) return undefined;
  const text = value.toText();
  if (text.length === 1) context.db.remove(key);
  else context.db.setString(key, ByteView.ofText(text.slice(1)));
  context.modified(key, "take");
  return text[0];
}

class ServerWithWaitingCommands extends Server {
  override readonly commands: CommandTable = new CommandTable([...COMMANDS, ...WAITING_COMMANDS]);
}

/** The server, its clock, and what it tells logs. */
export class BlockingServer implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly server: Server;
  /** Commands for logs and replicas, their words separated by spaces. */
  readonly effects: string[] = [];
  readonly #clients: Client[] = [];

  constructor() {
    const config = new Config();
    config.set([["save", ""], ["hz", "1"]]);
    const clock = this.clock;
    this.server = new ServerWithWaitingCommands({
      config,
      clock,
      random: new SeededRandom(1),
      log: makeLog(config, clock, 1, new SilentSink()),
      identity: newIdentity(clock, ""),
      rewriteConfig: () => {},
      exit: () => {},
    });
    this.server.effects.addSink({
      append: (_, args) => this.effects.push([...args.texts(0)].join(" ")),
    });
  }

  /** How many clients are blocked. */
  get blockedCount(): number {
    return [...this.server.clients].filter((session) => session.isBlocked).length;
  }

  /** Another client, closed with the server. */
  client(): Client {
    const client = new Client(this.server.connect());
    this.#clients.push(client);
    return client;
  }

  /**
   * Has a client run a line that blocks.
   *
   * @returns Its reply to come, once it is blocked.
   */
  async block(client: Client, line: string): Promise<{ reply: Promise<ReplyValue> }> {
    const before = this.blockedCount;
    const reply = client.call(...line.split(" "));
    reply.catch(() => {}); // whoever waits for it sees the failure; not everybody does
    await eventually(() => this.blockedCount > before, { pauseMs: 0, what: line });
    return { reply };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.server.stop();
  }
}
